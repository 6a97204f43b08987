from dataclasses import replace

import numpy as np
import pytest

from clonotate.episodes.session import Session
from clonotate.records import ClonotateError, Source
from clonotate.screens.layout import layout_named
from clonotate.tasks import KEPT_OUT, NINE, TASKS, task_named
from clonotate.training.curriculum import Curriculum, demonstration


def test_families_that_are_kept_out_are_not_learnt_from_unless_named() -> None:
    learnt = {name for name, _ in Curriculum().tasks}
    assert learnt == set(NINE) == set(TASKS) - set(KEPT_OUT)
    assert len(NINE) == 9
    assert Curriculum((("shape-matching", "easy"),)).tasks == (("shape-matching", "easy"),)


def test_sampled_layouts_are_drawn_anew_for_each_lesson() -> None:
    curriculum = Curriculum(layouts=("original", "sampled@416x320"))
    drawn = [curriculum.layout(np.random.default_rng(i)) for i in range(40)]
    sampled = [name for name in drawn if name != "original"]
    assert drawn == [curriculum.layout(np.random.default_rng(i)) for i in range(40)]
    assert 10 < len(set(sampled)) == len(sampled) < 30
    assert {(layout_named(name).width, layout_named(name).height) for name in sampled} == {(416, 320)}


def test_worth_changes_what_a_kind_of_click_counts_and_nothing_else() -> None:
    usual = Curriculum((("colored-dot-tracking", "easy"),))
    plain, weighted = usual.lesson(3), replace(usual, worth=(("undo", 4.0), ("done", 2.0))).lesson(3)
    assert (plain.clicks == weighted.clicks).all()
    worth = {"undo": 4.0, "done": 2.0}
    assert weighted.weight.tolist() == [worth.get(kind, 1.0) for kind in plain.kinds]
    assert weighted.weight.dtype == np.float32
    assert {"undo", "done"} <= set(plain.kinds)


def test_four_of_five_lessons_are_excerpts_of_the_whole_ones() -> None:
    usual = Curriculum((("colored-dot-tracking", "easy"),))
    cut = replace(usual, excerpt=8)
    firsts = set()
    for index in range(6):
        whole, some = usual.lesson(index), cut.lesson(index)
        if index % 5 == 0:
            assert len(some.clicks) == len(whole.clicks)
            continue
        assert len(some.screens) == len(some.past) == len(some.weight) == len(some.kinds) == 8
        found = [
            k
            for k in range(len(whole.clicks) - 7)
            if (whole.clicks[k : k + 8] == some.clicks).all()
            and (whole.past[k : k + 8] == some.past).all()
            and (whole.screens[k : k + 8] == some.screens).all()
        ]
        assert found
        firsts.add(found[0])
    assert len(firsts) > 1
    assert len(replace(usual, excerpt=10_000).lesson(1).clicks) == len(usual.lesson(1).clicks)


def test_turns_that_would_never_have_a_whole_lesson_are_refused() -> None:
    with pytest.raises(ClonotateError, match="10 turns and a whole lesson in 5"):
        Curriculum(10 * (("colored-dot-tracking", "easy"),), excerpt=8)


def test_lessons_under_sampled_layouts_are_lessons() -> None:
    lesson = Curriculum((("colored-dot-tracking", "easy"),), layouts=("sampled@400x304",), budget=3).lesson(0)
    assert lesson.screens.shape == (3, 304, 400, 3)


@pytest.mark.parametrize("name", NINE)
def test_people_whose_hands_stray_far_finish_too(name: str) -> None:
    for k in range(4):
        source = Source(name, "standard", 10_000 + k, task_named(name, "standard").version)
        session = Session(source, "original")
        demonstration(session, np.random.default_rng([3, k]), 400, tremor=7.0)
        assert session.done, k
