"""What is particular to turning spores about: no one view tells, and every way of looking comes back."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from clonotate.annotators.virtual import STEADY, Habits, VirtualAnnotator
from clonotate.episodes.session import Session
from clonotate.records import Click, Event, Screen, Source
from clonotate.screens.pointing import locate
from clonotate.tasks.exploration_3d import (
    CLASSES,
    LEVELS,
    NAMES,
    PLAIN,
    SIDES,
    Exploration3D,
    World,
    plain,
    shown,
    side,
)
from clonotate.tasks.worlds import spores
from clonotate.tasks.worlds.turntable import AZIMUTHS, ELEVATIONS, Angle

TASK = LEVELS["easy"]
EVERY_ANGLE = [Angle(azimuth, tilt) for azimuth in range(AZIMUTHS) for tilt in range(len(ELEVATIONS))]


def world(seed: int = 20_000, task: Exploration3D = TASK) -> World:
    return task.begin(np.random.default_rng(seed))


def after(world: World, *buttons: str) -> World:
    for button in buttons:
        world = TASK.update(world, Event(button))
    return world


def session(seed: int, level: str = "easy") -> Session:
    return Session(Source(TASK.name, level, seed))


def with_class(kind: int) -> World:
    """A single spore of that class."""
    return World((spores.spore(kind, spores.STANDARD, np.random.default_rng(kind)),))


@pytest.mark.parametrize("seed", range(20_000, 20_004))
def test_no_view_tells_a_class_alone(seed: int) -> None:
    for spore in world(seed).spores:
        assert not any(len(plain(spore, angle)) == 2 for angle in EVERY_ANGLE)


def test_the_sides_leave_no_gap() -> None:
    eyes = np.array([angle.eye for angle in EVERY_ANGLE if side(angle) >= 0])
    everywhere = np.random.default_rng(0).standard_normal((2000, 3))
    everywhere /= np.linalg.norm(everywhere, axis=1, keepdims=True)
    farthest = np.degrees(np.arccos((everywhere @ eyes.T).max(axis=1).min()))
    assert farthest < PLAIN[0] - 5
    assert shown(*EVERY_ANGLE) == set(range(SIDES))


@pytest.mark.parametrize("turn", [("right", "left"), ("up", "down"), ("zoom in", "zoom out"), ("right",) * 8])
def test_turning_back_shows_the_same_picture(turn: tuple[str, ...]) -> None:
    before = world()
    again = after(before, *turn)
    assert again.angle == before.angle
    assert np.array_equal(TASK.view(again).canvas.image, TASK.view(before).canvas.image)
    assert not np.array_equal(TASK.view(after(before, turn[0])).canvas.image, TASK.view(before).canvas.image)


def test_a_turn_shows_what_lay_at_the_side() -> None:
    """What is in the middle moves to the left when one looks from farther right."""
    body = replace(
        with_class(0).spores[0].body, stretch=np.eye(3), noise=0, relief=np.full((256, 512), 128, np.uint8)
    )
    body.relief[118:138, 246:266] = 255  # at longitude 180 degrees on the equator
    at = [np.argwhere(body.picture(Angle(azimuth, 2)) > 150)[:, 1].mean() for azimuth in (3, 4, 5)]
    assert at[0] > 160 > 140 > at[1] > 115 > 95 > at[2]


def test_spines_stand_out_over_the_rim() -> None:
    spiny = with_class(NAMES.index("I spines")).spores[0]
    bare = replace(spiny.body, thorns=spiny.body.thorns[:0])
    aside = min(EVERY_ANGLE, key=lambda angle: abs(spiny.away @ angle.eye))
    beyond = bare.picture(aside) < 40
    assert (spiny.body.picture(aside)[beyond] > 60).sum() > 50


@pytest.mark.parametrize("kind", range(len(CLASSES)))
def test_a_choice_counts_as_looked_at_only_after_the_sides_that_tell(kind: int) -> None:
    hasty = after(with_class(kind), NAMES[kind])
    assert TASK.score(hasty).success
    assert TASK.score(hasty).parts["seen_before_choice"] == 0
    thorough = after(with_class(kind), *("right",) * 7, "up", "up", *("down",) * 4, NAMES[kind])
    assert TASK.score(thorough).parts["seen_before_choice"] == 1


def test_another_spore_is_seen_from_the_front() -> None:
    away = after(world(), "right", "up", "zoom in", "next")
    assert (away.present, away.angle, shown(*away.turned)) == (1, Angle(0, 2), {0})


def test_kept_pictures_lie_in_the_corners_until_thrown_away() -> None:
    before = world()
    two = after(before, "keep", "right", "keep")
    changed = TASK.view(two).canvas.image != TASK.view(after(before, "right")).canvas.image
    assert changed[:56].any()
    assert not changed[56:].any()
    assert after(two, "keep").kept == (before.angle,)
    assert after(two, "next").kept == ()


def test_the_expert_looks_again_when_its_picture_was_thrown_away() -> None:
    bare = with_class(NAMES.index("I pores"))
    memory = TASK.remember(None, bare)
    while (intent := TASK.expert(bare, memory, 0.0)).event != Event("keep"):
        bare = after(bare, intent.event.widget)
        memory = TASK.remember(memory, bare)
    lost = after(bare, "keep")
    memory = TASK.remember(memory, lost)
    assert not memory.fresh
    memory = TASK.remember(memory, after(lost, "keep"))
    assert memory.fresh
    assert not memory.known | memory.sides


def test_one_button_for_all_fails() -> None:
    """Classes are drawn evenly, so that no constant answer does."""
    kinds = Counter(spore.kind for seed in range(8) for spore in world(seed).spores)
    assert len(kinds) == len(CLASSES)
    assert max(kinds.values()) < sum(kinds.values()) / 2


class Blind:
    """Chooses as the first view suggests, and goes on."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def __call__(self, screen: Screen) -> Click:
        world, last = self.session.world, len(self.session.world.spores) - 1
        if world.present not in world.chosen:
            marks = plain(world.spores[world.present], world.angle)
            button = next(name for name in NAMES if marks <= set(name.split()))
        else:
            button = "next" if world.present < last else "done"
        return locate(self.session.view, self.session.layout, Event(button))


def test_who_looks_at_one_side_alone_fails() -> None:
    succeeded = 0
    for seed in range(20_000, 20_005):
        attempt = session(seed)
        blind = Blind(attempt)
        while not attempt.done:
            attempt.click(blind(attempt.screen))
        succeeded += attempt.score().success
    assert succeeded <= 1


def test_slips_choose_a_look_alike() -> None:
    bare = with_class(NAMES.index("Y bare"))
    memory = TASK.remember(None, bare)
    while (intent := TASK.expert(bare, memory, 0.0)).kind != "select":
        bare = after(bare, intent.event.widget)
        memory = TASK.remember(memory, bare)
    assert intent.event == Event("Y bare")
    assert {slip.widget for slip in TASK.slips(bare, intent)} == {"I bare", "Y spines", "Y pores"}


def test_the_cautious_look_closer() -> None:
    def zooms(care: float) -> int:
        attempt = session(20_003)
        person = VirtualAnnotator(attempt, replace(STEADY, care=care), np.random.default_rng(0))
        while not attempt.done:
            attempt.click(person(attempt.screen))
        return sum(step.label.target == "zoom in" for step in attempt.steps if step.label)

    assert zooms(0.2) == 0 < zooms(0.9)


def test_a_wrong_class_of_an_earlier_spore_is_found_by_looking_again() -> None:
    attempt = session(20_005)
    wrong = NAMES[(attempt.world.spores[0].kind + 1) % len(NAMES)]
    for button in (wrong, "next"):
        attempt.click(locate(attempt.view, attempt.layout, Event(button)))
    person = VirtualAnnotator(attempt, Habits(mistake=0, glance=0.3), np.random.default_rng(0))
    while not attempt.done:
        attempt.click(person(attempt.screen))
    assert attempt.score().success
