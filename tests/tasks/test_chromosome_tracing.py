"""What is particular to tracing chains through slices: focus, tangles, order, stacks that nobody traced."""

import os
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from clonotate.annotators.virtual import STEADY, VirtualAnnotator
from clonotate.episodes.session import Session
from clonotate.formats.worlds import read_world
from clonotate.records import ClonotateError, Event, Label, Source
from clonotate.tasks import KEPT_OUT, task_named
from clonotate.tasks.chromosome_tracing import ChromosomeTracing, World, in_order
from clonotate.tasks.worlds import chromatin

NAME = "chromosome-tracing"
DATA = Path(os.environ.get("CLONOTATE_DATA", Path(__file__).parents[3] / "shared" / "data"))
TASK = ChromosomeTracing()
SEEDS = range(20_000, 20_008)


@cache
def world_of(seed: int, level: str = "standard") -> World:
    return task_named(NAME, level).begin(np.random.default_rng(seed))


def work(world: World, care: float) -> list[Label]:
    """What a person without slips does to the end of an episode."""
    session = Session(Source(NAME), world=world)
    person = VirtualAnnotator(session, replace(STEADY, care=care), np.random.default_rng(0))
    while not session.done and len(session.steps) < 400:
        session.click(person(session.screen))
    assert session.score().success
    return [step.label for step in session.steps if step.label]


def test_the_family_is_kept_out_of_pretraining():
    assert NAME in KEPT_OUT


class TestWorlds:
    def test_a_bead_is_brightest_in_its_slice(self):
        bright = []
        for seed in SEEDS:
            stack = world_of(seed).stack
            for x, y, z in stack.beads:
                through = stack.images[:, y - 1 : y + 2, x - 1 : x + 2].max(axis=(1, 2))
                bright.append(
                    abs(int(through.argmax()) - z) <= 1 and through[z] > stack.images[z].mean() + 50
                )
        assert np.mean(bright) > 0.93  # but where another chain passes right above or below

    def test_a_thread_leads_to_the_next_bead(self):
        """Half way to the next bead it is brighter than as far away to both sides."""
        brighter = []
        for seed in SEEDS:
            stack = world_of(seed).stack
            sharp = stack.images.astype(int)
            for one, other in zip(stack.beads[:-1], stack.beads[1:], strict=True):
                x, y = (one[0] + other[0]) // 2, (one[1] + other[1]) // 2
                away = np.array([other[1] - one[1], one[0] - other[0]]) * 0.6
                sides = [(round(x + s * away[0]), round(y + s * away[1])) for s in (-1, 1)]
                here = sharp[one[2], y - 1 : y + 2, x - 1 : x + 2].mean()
                beside = [sharp[one[2], v - 1 : v + 2, u - 1 : u + 2].mean() for u, v in sides]
                brighter.append(here > np.mean(beside))
        assert np.mean(brighter) > 0.9

    def test_neighbours_in_the_projection_belong_to_other_chains(self):
        """So following the nearest bead from above loses the chain."""
        lost = []
        for seed in SEEDS:
            stack = world_of(seed).stack
            every = np.concatenate([stack.chain, stack.others])
            at, left = 0, set(range(1, len(every)))
            while left:
                at = min(left, key=lambda i: np.hypot(*(every[i] - every[at])[:2]))
                left.remove(at)
                if len(every) - len(left) == len(stack.chain):
                    break
            lost.append(set(range(len(stack.chain))) & left)
        assert np.mean([len(beads) > 0 for beads in lost]) > 0.4

    def test_beads_lie_in_the_nucleus_and_one_slice_apart_at_most(self):
        for seed in SEEDS:
            stack = world_of(seed).stack
            chain = stack.chain
            assert chain[:, :2].min() > 8
            assert chain[:, :2].max() < 247
            assert np.abs(np.diff(chain[:, 2])).max() <= 1
            assert np.hypot(*np.diff(chain[:, :2], axis=0).T).min() > 10

    def test_a_nucleus_without_room_says_so(self, monkeypatch):
        monkeypatch.setattr(chromatin, "TRIES", 3)
        with pytest.raises(ClonotateError, match="no room"):
            chromatin.stack(chromatin.Nucleus(beads=(300, 300)), np.random.default_rng(0))


class TestScores:
    @pytest.mark.parametrize(("markers", "right"), [("abc", 3), ("acb", 2), ("cba", 1), ("axbc", 3), ("", 0)])
    def test_order_is_the_longest_common_subsequence(self, markers, right):
        places = {letter: (20 * i, 50, 3) for i, letter in enumerate("abcx")}
        assert in_order(tuple(places[m] for m in markers), tuple(places[b] for b in "abc")) == right

    def test_one_bead_may_be_missing_but_not_many(self):
        world = world_of(SEEDS[0])
        beads = world.stack.beads
        assert TASK.score(replace(world, markers=beads)).success
        assert TASK.score(replace(world, markers=beads[:3] + beads[4:])).success
        assert not TASK.score(replace(world, markers=beads[: int(0.85 * len(beads))])).success
        assert not TASK.score(replace(world, markers=beads[::-1])).success
        assert not TASK.score(replace(world, markers=tuple((x, y, (z + 4) % 8) for x, y, z in beads))).success

    def test_marking_every_bead_of_the_nucleus_fails(self):
        world = world_of(SEEDS[0])
        others = tuple(tuple(map(int, bead)) for bead in world.stack.others)
        assert not TASK.score(replace(world, markers=world.stack.beads + others)).success


class TestPeople:
    def test_slips_are_errors(self):
        world = world_of(SEEDS[1])
        intent = TASK.expert(world, TASK.remember(None, world), 0.5)
        slips = TASK.slips(world, intent)
        assert slips
        assert all(TASK.standing(TASK.update(world, slip)).in_error for slip in slips)

    def test_the_careful_look_farther_and_check_the_projection(self):
        world = world_of(SEEDS[2])
        hasty, careful = work(world, 0.0), work(world, 1.0)
        assert len(hasty) < len(careful)
        assert not any(label.target == "mip" for label in hasty)
        assert any(label.target == "mip" for label in careful)


class TestRealStacks:
    def test_a_traced_stack_is_scored(self):
        stack = world_of(SEEDS[3]).stack
        assert work(TASK.begin_from(stack.images, stack.chain.astype(float)), care=0.5)[-1].kind == "done"

    def test_a_stack_nobody_traced_is_not_scored(self):
        world = TASK.begin_from(world_of(SEEDS[3]).stack.images, start=(30, 40, 2))
        assert world.z == 2
        world = TASK.update(world, Event("canvas", (30, 40)))
        assert not TASK.standing(world).in_error
        with pytest.raises(ClonotateError, match="nobody traced"):
            TASK.score(world)

    @pytest.mark.data
    def test_real_nuclei_open(self):
        path = DATA / "nuclei-3d" / "nuclei.tif"
        if not path.exists():
            pytest.skip(
                f"no real data: {path} is missing; set CLONOTATE_DATA to the folder that holds the sets"
            )
        source, world = read_world(NAME, path)
        assert source.settings == {"truth": False}
        assert Session(source, world=world).screen.std() > 10
