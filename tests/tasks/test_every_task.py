"""What every task must keep, at every level; a new one in TASKS is tested without a line here.

But for `HIDDEN`, which says what of its world must never be drawn, and `AGREES`, which holds a finished
annotation against the truth. Golden digests are made anew by
CLONOTATE_REGENERATE=1 pytest tests/tasks/test_every_task.py
"""

import hashlib
import json
import math
import os
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from functools import cache
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clonotate.annotation import Categories, Graph, Landmarks, Points, Poses, Region, Tracks, is_empty
from clonotate.annotators.baselines import RandomAnnotator
from clonotate.annotators.virtual import STEADY, Habits, VirtualAnnotator
from clonotate.episodes.rollout import Guards, rollout
from clonotate.episodes.session import Session
from clonotate.records import Event, Source
from clonotate.screens.layout import LAYOUTS
from clonotate.screens.pointing import hit, locate
from clonotate.screens.render import render
from clonotate.screens.widgets import CANVAS
from clonotate.tasks import (
    TASKS,
    animal_tracking,
    cell_lineage,
    chromosome_tracing,
    colored_dots,
    exploration_3d,
    image_alignment,
    limb_tracking,
    neuron_tracking,
    plume_finding,
    road_network,
    shape_matching,
    task_named,
)
from clonotate.tasks.base import Task

GOLDEN = Path(__file__).with_name("golden.json")
SEED = 20_000
CLUMSY = Habits(mistake=0.4, late=0.5, glance=0.4)
every_task = pytest.mark.parametrize("name", TASKS)
every_level = pytest.mark.parametrize(
    ("name", "level"), [(name, level) for name, levels in TASKS.items() for level in levels]
)
few = settings(max_examples=6, deadline=None, derandomize=True)


@cache
def world_of(name: str, level: str = "easy", seed: int = SEED) -> Any:
    """The world of a seed; worlds are frozen, so tests may share it."""
    return task_named(name, level).begin(np.random.default_rng(seed))


def session_on(name: str, level: str = "easy", seed: int = SEED) -> Session:
    """A session that has just begun."""
    version = task_named(name, level).version
    return Session(Source(name, level, seed, version), world=world_of(name, level, seed))


def working(session: Session, habits: Habits, seed: int = 0, budget: int = 600) -> Iterator[VirtualAnnotator]:
    """A person at work; yields before each click, when the person has not looked at the screen yet."""
    person = VirtualAnnotator(session, habits, np.random.default_rng(seed))
    while not session.done and len(session.steps) < budget:
        yield person
        session.click(person(session.screen))


def finish(session: Session, habits: Habits = STEADY, seed: int = 0) -> bool:
    """Whether a person finishes a session with success."""
    for _ in working(session, habits, seed):
        pass
    return session.score().success


def content(value: Any) -> Any:
    """A world as plain values that can be compared; arrays as digests."""
    if isinstance(value, np.ndarray):
        return value.shape, hashlib.sha256(value.tobytes()).hexdigest()
    if is_dataclass(value):
        return {field.name: content(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [content(part) for part in value]
    return value


def events(names: tuple[str, ...]) -> st.SearchStrategy[Event]:
    """Buttons of a task and places on its canvas, in any order."""
    place = st.integers(0, CANVAS - 1)
    on_canvas = st.builds(lambda x, y: Event("canvas", (x, y)), place, place)
    return on_canvas | st.sampled_from([Event(name) for name in names])


def buttons(name: str) -> tuple[str, ...]:
    """All buttons of a task but Done."""
    view = TASKS[name]["easy"].view(world_of(name))
    return tuple(button.name for button in view.buttons if button.name != "done")


def strayed(name: str, data: st.DataObject, most: int = 12) -> Session:
    """A session after any few clicks."""
    session = session_on(name)
    for event in data.draw(st.lists(events(buttons(name)), max_size=most)):
        session.click(locate(session.view, session.layout, event))
    return session


def misled(name: str, seed: int) -> Session:
    """A session in which somebody did, up to Done, what was right in the world of another seed."""
    other, session = session_on(name, seed=seed), session_on(name)
    assert finish(other)
    for step in other.steps[:-1]:
        session.click(step.click)
    return session


@every_level
class TestAtEveryLevel:
    @pytest.mark.parametrize("care", [0.0, 1.0])
    def test_the_expert_finishes_with_success(self, name: str, level: str, care: float) -> None:
        session = session_on(name, level)
        assert finish(session, replace(STEADY, care=care))
        assert session.invalid == 0
        assert all(value == pytest.approx(1, abs=0.15) for value in session.score().parts.values())

    def test_the_first_screen_matches_its_golden_digest(self, name: str, level: str) -> None:
        digest = hashlib.sha256(session_on(name, level).screen.tobytes()).hexdigest()
        golden = json.loads(GOLDEN.read_text()) if GOLDEN.exists() else {}
        key = f"{name} {level} v{task_named(name, level).version}"
        if os.environ.get("CLONOTATE_REGENERATE"):
            GOLDEN.write_text(json.dumps(dict(sorted((golden | {key: digest}).items())), indent=2) + "\n")
        else:
            assert golden.get(key) == digest

    @pytest.mark.slow
    @pytest.mark.parametrize("seed", range(SEED + 1, SEED + 9))
    def test_people_of_any_care_finish_many_worlds(self, name: str, level: str, seed: int) -> None:
        habits = replace(CLUMSY, care=(seed - SEED) / 9)
        assert finish(session_on(name, level, seed), habits, seed)


@every_task
class TestEveryTask:
    def test_a_seed_is_a_world(self, name: str) -> None:
        again = TASKS[name]["easy"].begin(np.random.default_rng(SEED))
        assert content(again) == content(world_of(name))
        assert content(again) != content(world_of(name, seed=SEED + 1))

    @few
    @given(data=st.data())
    def test_update_is_pure_and_total(self, name: str, data: st.DataObject) -> None:
        task, world = TASKS[name]["easy"], world_of(name)
        before = content(world)
        nonsense = ("no such widget", "done", "canvas")
        for event in data.draw(st.lists(events(buttons(name) + nonsense), min_size=1, max_size=20)):
            world = task.update(world, event)
            standing = task.standing(world)
            task.annotation(world)
            assert 0 <= standing.position <= 1
            assert 0 <= standing.progress <= 1
            assert all(0 <= part <= 1 for part in task.score(world).parts.values())
            task.view(world)
        assert content(world_of(name)) == before

    def test_an_event_without_meaning_leaves_the_very_world(self, name: str) -> None:
        world = world_of(name)
        assert TASKS[name]["easy"].update(world, Event("no such widget")) is world

    def test_undo_removes_the_last_placement(self, name: str) -> None:
        session = session_on(name)
        task, undone = session.task, 0
        for person in working(session, STEADY):
            world = session.world
            intent, _ = person.intend()
            if intent.kind not in ("place", "select"):
                continue
            after = task.update(task.update(world, intent.event), Event("undo"))
            assert task.score(after) == task.score(world)
            assert task.standing(after).progress == task.standing(world).progress
            undone += 1
        assert undone > 0

    @few
    @given(data=st.data())
    def test_the_expert_recovers_from_any_clicks(self, name: str, data: st.DataObject) -> None:
        assert finish(strayed(name, data))

    @few
    @given(data=st.data())
    def test_the_expert_takes_over_in_the_middle_of_anything(self, name: str, data: st.DataObject) -> None:
        session = session_on(name)
        stray = iter(data.draw(st.lists(events(buttons(name)), min_size=1, max_size=8)))
        turns = data.draw(st.integers(1, 5))
        for person in working(session, STEADY, budget=800):
            if len(session.steps) % turns == 0 and (event := next(stray, None)):
                person.intend()  # it watches what another hand does
                session.click(locate(session.view, session.layout, event))
        assert session.score().success

    @pytest.mark.parametrize("seed", [SEED + 1, SEED + 2])
    def test_the_expert_repairs_what_a_bad_policy_left(self, name: str, seed: int) -> None:
        """Its marks are plausible, many, all over the data, and nearly all wrong."""
        assert finish(misled(name, seed))

    def test_a_policy_that_ignores_the_picture_fails(self, name: str) -> None:
        """What was right elsewhere is right here by chance alone: once in a while there is no plume."""
        sessions = [misled(name, SEED + 1 + i) for i in range(4)]
        assert sum(session.task.score(session.world).success for session in sessions) <= 1

    def test_people_repair_their_slips(self, name: str) -> None:
        session = session_on(name)
        assert finish(session, CLUMSY)
        labels = [step.label for step in session.steps if step.label]
        assert any(label.mistake for label in labels)
        assert any(label.in_error for label in labels)

    @pytest.mark.parametrize("care", [0.0, 0.5, 1.0])
    def test_no_clairvoyance(self, name: str, care: float) -> None:
        """The expert does the same if everything it has not seen is another world's."""
        session, other = session_on(name), world_of(name, seed=SEED + 1)
        task, differed = session.task, False
        for person in working(session, replace(CLUMSY, care=care), seed=1):
            memory = task.remember(person.memory, session.world)
            disguised = task.disguise(session.world, other, memory)
            assert task.expert(disguised, memory, care) == task.expert(session.world, memory, care)
            assert np.array_equal(render(task.view(disguised), session.layout), session.screen)
            differed = differed or content(disguised) != content(session.world)
        assert differed

    def test_the_truth_is_never_drawn(self, name: str) -> None:
        if name not in HIDDEN:
            pytest.fail(f"say in HIDDEN how to change what is hidden of {name}")
        session = session_on(name)
        for _ in islice(working(session, CLUMSY, seed=2), 0, None, 3):
            changed = HIDDEN[name](session.world)
            assert content(changed) != content(session.world)
            assert np.array_equal(render(session.task.view(changed), session.layout), session.screen)

    @pytest.mark.parametrize("seed", [SEED, SEED + 1])
    def test_what_an_expert_annotated_agrees_with_the_truth(self, name: str, seed: int) -> None:
        if name not in AGREES:
            pytest.fail(f"say in AGREES what a finished annotation of {name} agrees with")
        session = session_on(name, seed=seed)
        assert is_empty(session.task.annotation(session.world)) or name == "cell-lineage-tracking"
        assert finish(session)
        found = session.task.annotation(session.world)
        assert not is_empty(found)
        assert hash(found.marks) == hash(session.task.annotation(session.world).marks)
        AGREES[name](session.world, found)

    def test_an_annotation_is_what_was_made_and_not_the_truth(self, name: str) -> None:
        session = session_on(name)
        for _ in islice(working(session, CLUMSY, seed=2), 0, None, 3):
            made = session.task.annotation(session.world)
            assert session.task.annotation(HIDDEN[name](session.world)) == made

    def test_random_clicking_does_not_succeed(self, name: str) -> None:
        for seed in range(3):
            session = session_on(name)
            rollout(session, RandomAnnotator(seed), Guards(budget=200))
            assert not session.score().success

    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_clicks_and_events_are_inverse(self, name: str, layout: str) -> None:
        view, look = session_on(name).view, LAYOUTS[layout]
        for button in view.buttons:
            event = Event(button.name)
            assert hit(view, look, locate(view, look, event)) == (event if button.enabled else None)
        for place in ((0, 0), (17, 201), (CANVAS - 1, CANVAS - 1)):
            assert hit(view, look, locate(view, look, Event("canvas", place))) == Event("canvas", place)


def other_dots(world: colored_dots.World) -> colored_dots.World:
    """The same pictures with the dots elsewhere, as many as before."""
    return replace(world, stack=replace(world.stack, dots=world.stack.dots[::-1]))


def other_labels(world: neuron_tracking.World) -> neuron_tracking.World:
    """The same sections with another neurite to follow."""
    return replace(world, stack=replace(world.stack, labels=world.stack.truth[::-1], target=2))


def other_animals(world: animal_tracking.World) -> animal_tracking.World:
    """The same frames with fronts and backs, and who is who, exchanged; the outlines shown stay."""
    ends = world.film.ends
    assert ends is not None
    return replace(world, film=replace(world.film, ends=ends[:, ::-1, ::-1]))


def other_map(world: image_alignment.World) -> image_alignment.World:
    """The same two channels with another map between them, and other landmarks to take."""
    pictures = world.pictures
    hidden = replace(pictures, matrix=pictures.truth + 5, landmarks=pictures.landmarks[::-1])
    return replace(world, pictures=hidden)


def other_tracks(world: cell_lineage.World) -> cell_lineage.World:
    """The same cells, of another descent."""
    origins = tuple(tuple(reversed(frame)) for frame in world.film.truth)
    return replace(world, film=replace(world.film, origins=origins))


def other_kinds(world: exploration_3d.World) -> exploration_3d.World:
    """The same pictures of spores of other classes, with their faces swapped."""
    spores = (
        replace(spore, kind=(spore.kind + 1) % 6, scar=spore.away, away=spore.scar) for spore in world.spores
    )
    return replace(world, spores=tuple(spores))


def other_limbs(world: limb_tracking.World) -> limb_tracking.World:
    """The same frames with the keypoints elsewhere and others of them hidden."""
    points, seen = world.film.known
    return replace(world, film=replace(world.film, points=points[::-1, ::-1], seen=1 - seen))


def other_matches(world: shape_matching.World) -> shape_matching.World:
    """The same boards with just the other tiles to choose."""
    slide = world.slide
    assert slide.matches is not None
    return replace(world, slide=replace(slide, matches=~slide.matches, unlike=slide.unlike[::-1]))


def other_plume(world: plume_finding.World) -> plume_finding.World:
    """The same cube with its plume elsewhere."""
    return replace(world, cube=replace(world.cube, mask=~world.cube.mask))


def other_roads(world: road_network.World) -> road_network.World:
    """The same picture with the roads elsewhere."""
    network = world.tile.truth
    return replace(world, tile=replace(world.tile, network=replace(network, points=network.points[::-1])))


def other_chain(world: chromosome_tracing.World) -> chromosome_tracing.World:
    """The same slices with another chain to trace from the start that is shown."""
    assert world.stack.chain is not None
    return replace(world, stack=replace(world.stack, chain=world.stack.chain[::-1]))


HIDDEN: dict[str, Callable[[Any], Any]] = {
    "chromosome-tracing": other_chain,
    "cell-lineage-tracking": other_tracks,
    "animal-behavioral-tracking": other_animals,
    "colored-dot-tracking": other_dots,
    "exploration-classification-3d": other_kinds,
    "animal-limb-tracking": other_limbs,
    "neuron-tracking": other_labels,
    "road-network-construction": other_roads,
    "multichannel-image-alignment": other_map,
    "shape-matching": other_matches,
    "spectral-plume-finding": other_plume,
}


def agrees_with_dots(world: Any, found: Points) -> None:
    """Each dot or bead of a chain marked in its order."""
    truth = world.stack.places if isinstance(world, colored_dots.World) else world.stack.beads
    np.testing.assert_allclose([spot[:2] for spot in found.marks], [at[:2] for at in truth], atol=5)
    np.testing.assert_allclose([spot.z for spot in found.marks], [at[2] for at in truth], atol=1)


def agrees_with_neurite(world: neuron_tracking.World, found: Points) -> None:
    """A node in every slice, inside the neurite."""
    assert [spot.z for spot in found.marks] == list(range(len(world.stack.truth)))
    assert all(world.stack.truth[int(z), int(y), int(x)] == world.stack.target for x, y, z in found.marks)


def agrees_with_tracks(world: cell_lineage.World, found: Tracks) -> None:
    """Every cell's parent is the one the film knows."""
    parents = {link.child: found.cells[link.parent].spot for link in found.marks if link.child is not None}
    cells = iter(enumerate(found.cells))
    for t, come in enumerate(world.film.truth):
        for origin in come:
            n, cell = next(cells)
            assert cell.spot.z == t
            right = (*world.film.frames[t - 1].cells[origin - 1].middle, t - 1) if origin else None
            assert parents.get(n) == right


def agrees_with_map(world: image_alignment.World, found: Landmarks) -> None:
    """The fitted map is the true one to 3 px on average."""
    off = np.array(found.matrix) - world.pictures.truth
    grid = np.stack(np.meshgrid(*[np.linspace(0, CANVAS, 9)] * 2), axis=-1)
    assert np.linalg.norm(grid @ off[:, :2].T + off[:, 2], axis=-1).mean() <= 3
    assert len(found.marks) == world.pairs


def agrees_with_limbs(world: limb_tracking.World, found: Poses) -> None:
    """Every keypoint is where it is, or hidden."""
    assert found.names == world.film.names
    assert len(found.marks) == found.frames * len(found.names)
    assert all(world.film.right((t, k, spot[:2] if spot else None)) for t, _, k, spot in found.marks)


def agrees_with_animals(world: animal_tracking.World, found: Poses) -> None:
    """Both ends of every animal, under its name."""
    truth = {tuple(slot): at for slot, at in world.film.truth.items()}
    assert {mark[:3] for mark in found.marks} == truth.keys()
    assert all(math.dist(mark.spot[:2], truth[mark[:3]]) <= 6 for mark in found.marks if mark.spot)


def agrees_with_kinds(world: exploration_3d.World, found: Categories) -> None:
    """Every spore under its class."""
    right = [(i, exploration_3d.NAMES[spore.kind]) for i, spore in enumerate(world.spores)]
    assert [mark[:2] for mark in found.marks] == right


def agrees_with_plume(world: plume_finding.World, found: Region) -> None:
    """A closed outline that overlaps the plume, or none where there is none."""
    outline = world.cube.outline
    assert found.absent == (outline is None)
    if outline:
        assert found.closed
        assert outline.overlap(tuple((int(x), int(y)) for x, y, _ in found.marks)) >= 0.7


def agrees_with_roads(world: road_network.World, found: Graph) -> None:
    """All nodes lie on roads, and nearly all of the roads have nodes."""
    network = world.tile.truth
    nodes = np.array([spot[:2] for path in found.paths for spot in path])
    assert network.tree.query(nodes)[0].max() <= 8
    lines = np.concatenate([np.linspace(a[:2], b[:2], 50) for path in found.paths for a, b in pairwise(path)])
    gaps = np.hypot(*(network.points[:, None] - lines[None]).transpose(2, 0, 1)).min(axis=1)
    assert (gaps <= 8).mean() > 0.95


def agrees_with_matches(world: shape_matching.World, found: Categories) -> None:
    """The tiles of the reference's form, each by its frame."""
    tiles: list[set[int | None]] = [set() for _ in world.slide.truth]
    for board, category, region in found.marks:
        assert category == "match"
        x, y, _ = np.mean(region, axis=0).astype(int).tolist()
        tiles[board].add(shape_matching.tile_at(x, y))
    assert tiles == list(map(set, world.slide.truth))


AGREES: dict[str, Callable[[Any, Any], None]] = {
    "chromosome-tracing": agrees_with_dots,
    "cell-lineage-tracking": agrees_with_tracks,
    "animal-behavioral-tracking": agrees_with_animals,
    "colored-dot-tracking": agrees_with_dots,
    "exploration-classification-3d": agrees_with_kinds,
    "animal-limb-tracking": agrees_with_limbs,
    "neuron-tracking": agrees_with_neurite,
    "road-network-construction": agrees_with_roads,
    "multichannel-image-alignment": agrees_with_map,
    "shape-matching": agrees_with_matches,
    "spectral-plume-finding": agrees_with_plume,
}


def test_every_task_has_the_three_levels() -> None:
    assert all({"easy", "standard", "hard"} <= levels.keys() for levels in TASKS.values())
    assert all(
        isinstance(task, Task) and task.name == name for name, ls in TASKS.items() for task in ls.values()
    )
