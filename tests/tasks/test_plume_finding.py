"""What is particular to finding plumes: what shows where, and that nobody outlines one without looking."""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest

from clonotate.annotators.virtual import STEADY, VirtualAnnotator
from clonotate.episodes.rollout import rollout
from clonotate.episodes.session import Session
from clonotate.records import ClonotateError, Event, Source
from clonotate.tasks.plume_finding import MOST, OVERLAP, STEPS, PlumeFinding, World, strength, to_view
from clonotate.tasks.worlds import hyperspectral
from clonotate.tasks.worlds.outlines import outline_of

TASK = PlumeFinding()
SEEDS = range(20_000, 20_012)


@cache
def world_of(seed: int) -> World:
    return TASK.begin(np.random.default_rng(seed))


def with_plume() -> list[World]:
    return [world for seed in SEEDS if (world := world_of(seed)).cube.outline]


def after(world: World, *events: Event) -> World:
    for event in events:
        world = TASK.update(world, event)
    return world


def outlined(world: World, vertices: tuple[tuple[int, int], ...]) -> World:
    return after(world, *(Event("canvas", vertex) for vertex in vertices), Event("close"))


def test_most_cubes_hold_a_plume_and_some_hold_none() -> None:
    assert 0.5 < len(with_plume()) / len(SEEDS) < 1


def test_the_plume_shows_where_its_signature_says_and_not_between() -> None:
    for world in with_plume():
        cube = world.cube
        inside, around = cube.mask, cv2.dilate(cube.mask.astype(np.uint8), np.ones((25, 25))) == 0
        clear = min(range(len(cube.signature)), key=lambda b: cube.signature[b])
        contrast = [
            float(cube.differences[b][inside].mean() - cube.differences[b][around].mean())
            for b in (*cube.telling, clear)
        ]
        assert min(contrast[:-1]) > 12
        assert min(contrast[:-1]) > contrast[-1]


def test_dots_on_the_canvas_tell_the_lines_of_the_gas_and_which_is_strongest() -> None:
    for seed in SEEDS:
        world = world_of(seed)
        cube = world.cube
        dots = [len(strength(replace(world, band=band))) for band in range(len(cube.signature))]
        assert tuple(band for band, count in enumerate(dots) if count) == cube.telling
        assert sorted(filter(None, dots)) == [1, 2, 3]
        assert dots[int(np.argmax(cube.signature))] == 3


def test_of_many_lines_the_weakest_share_one_dot() -> None:
    signature = tuple(0.5 + 0.01 * band if band % 3 == 1 else 0.0 for band in range(30))
    cube = replace(world_of(SEEDS[0]).cube, signature=signature)
    dots = [len(strength(World(cube, band=band))) for band in cube.telling]
    assert dots == [1] * 6 + [2, 3, 4, MOST]


def test_which_band_to_look_at_follows_from_the_signature() -> None:
    for seed in SEEDS:
        cube = world_of(seed).cube
        assert len(cube.telling) == 3
        assert cube.line_before < cube.last_line
        assert {cube.line_before, cube.last_line} <= set(cube.telling)
        assert to_view(cube, 0.0) == [(band, True) for band in cube.telling]


def test_an_outline_that_ignores_the_picture_fails() -> None:
    """The mean plume of many worlds, the whole canvas, its middle, and "No plume" everywhere."""
    mean = np.mean([world.cube.mask for world in with_plume()], axis=0) > 0.25
    typical = outline_of(mean)
    guesses = [((0, 0), (255, 0), (255, 255), (0, 255)), ((64, 64), (192, 64), (192, 192), (64, 192))]
    if typical:
        guesses.append(tuple(typical.at(position) for position in range(0, len(typical.contour), 20)))
    for guess in guesses:
        right = [TASK.score(outlined(world_of(seed), guess)).success for seed in SEEDS]
        assert np.mean(right) < 0.1
    absent = [TASK.score(after(world_of(seed), Event("absent"))).success for seed in SEEDS]
    assert np.mean(absent) < 0.4


def test_in_one_band_a_decoy_may_glow_like_a_plume() -> None:
    """Decoys share a band of the target's: without a second band one would outline them."""
    worlds = [world_of(seed) for seed in range(SEEDS.start, SEEDS.start + 24)]
    empty = [world.cube for world in worlds if world.cube.outline is None]
    bright = [
        [cv2.blur(cube.differences[b], (9, 9)).sum(axis=2) > 330 for b in cube.telling] for cube in empty
    ]
    assert sum(any(outline_of(glow) for glow in bands) for bands in bright) >= 2
    assert not any(all(outline_of(glow) for glow in bands) for bands in bright)


def test_no_plume_is_an_answer_only_before_the_first_vertex() -> None:
    world = with_plume()[0]
    assert after(world, Event("canvas", (9, 9)), Event("absent")).absent is False
    absent = after(world, Event("absent"))
    assert absent.absent
    assert TASK.update(absent, Event("canvas", (9, 9))) is absent
    assert after(absent, Event("undo")).absent is False


def test_close_needs_three_vertices_and_undo_opens_again() -> None:
    world = after(with_plume()[0], Event("canvas", (9, 9)), Event("canvas", (99, 9)))
    assert not after(world, Event("close")).closed
    closed = after(world, Event("canvas", (99, 99)), Event("close"))
    assert closed.closed
    assert len(after(closed, Event("undo")).vertices) == 3


def test_an_open_outline_is_no_answer() -> None:
    world = with_plume()[0]
    outline = world.cube.outline
    vertices = tuple(outline.at(position) for position in range(0, len(outline.contour), 15))
    drawn = outlined(world, vertices)
    assert TASK.score(drawn).success
    assert drawn.iou > 0.85
    assert TASK.score(after(drawn, Event("undo"))).parts["iou"] == 0


def test_slips_are_wrong_and_near() -> None:
    session = Session(Source(TASK.name, seed=with_plume_seed()), world=world_of(with_plume_seed()))
    person = VirtualAnnotator(session, STEADY, np.random.default_rng(0))
    met = set()
    while not session.done:
        intent, _ = person.intend()
        slips = TASK.slips(session.world, intent)
        assert all(TASK.update(session.world, slip).wrong for slip in slips if slip.widget != "close")
        met |= {slip.widget for slip in slips}
        session.click(person(session.screen))
    assert met == {"canvas", "absent", "close"}


def with_plume_seed() -> int:
    return next(seed for seed in SEEDS if world_of(seed).cube.outline)


def test_steps_of_an_expert_are_many_enough_and_few_enough() -> None:
    counts = []
    for seed in SEEDS:
        session = Session(Source(TASK.name, seed=seed), world=world_of(seed))
        rollout(session, VirtualAnnotator(session, replace(STEADY, care=0.6), np.random.default_rng(seed)))
        assert session.score().success
        counts.append(len(session.steps))
    assert 40 <= np.median(counts) <= 80


def test_bands_end_where_the_cube_does() -> None:
    world = world_of(SEEDS[0])
    assert after(world, Event("-5")).band == 0
    last = len(world.cube.plain) - 1
    assert after(world, *[Event("+5")] * 9).band == last
    assert STEPS.keys() <= {button.name for button in TASK.view(world).buttons}


# Real cubes


def flat(bands: int = 12, side: int = 48) -> np.ndarray:
    """A cube of plain noisy light, where a disc is missing light in band 6."""
    light = 1 + 0.01 * np.random.default_rng(0).standard_normal((bands, side, side))
    light[6, 10:34, 10:34] -= 0.15
    return light.astype(np.float32)


SIGNATURE = np.exp(-((np.arange(12) - 6.0) ** 2)).astype(np.float32)


@pytest.mark.parametrize("emits", [False, True])
def test_a_real_cube_is_outlined_where_its_mask_is(emits: bool) -> None:
    mask = flat()[6] < 0.92
    cube = 2 - flat() if emits else flat()
    world = TASK.begin_from(cube, SIGNATURE, mask, emits)
    red = world.cube.differences[6, :, :, 0].astype(int)
    assert red[80:160, 80:160].min() > np.median(red[200:]) + 50
    session = Session(Source(TASK.name), world=world)
    rollout(session, VirtualAnnotator(session, STEADY, np.random.default_rng(0)))
    assert session.score().success


def test_without_a_mask_there_is_no_score_and_everything_else() -> None:
    world = TASK.begin_from(flat(), SIGNATURE)
    assert TASK.view(after(world, Event("difference"), Event("absent"))).status
    assert not TASK.standing(world).in_error
    with pytest.raises(ClonotateError, match="no mask"):
        TASK.score(world)


@pytest.mark.parametrize(
    ("cube", "signature", "mask"),
    [
        (flat()[0], SIGNATURE, None),
        (flat()[:7], SIGNATURE[:7], None),
        (flat(), SIGNATURE[:-1], None),
        (flat(), 0 * SIGNATURE, None),
        (flat() * np.nan, SIGNATURE, None),
        (flat(), SIGNATURE, np.ones((4, 4), bool)),
    ],
)
def test_parts_that_do_not_fit_are_refused(cube, signature, mask) -> None:
    with pytest.raises(ClonotateError) as refusal:
        TASK.begin_from(cube, signature, mask)
    assert "\n" not in str(refusal.value)


def test_an_oblong_cube_shows_its_middle() -> None:
    wide = np.pad(flat(), ((0, 0), (0, 0), (20, 20)), constant_values=1)
    middle = TASK.begin_from(wide, SIGNATURE).cube
    assert np.array_equal(middle.plain, TASK.begin_from(flat(), SIGNATURE).cube.plain)


def test_a_success_needs_the_overlap_that_is_promised() -> None:
    world = next(iter(with_plume()))
    x, y = np.argwhere(world.cube.mask)[:, ::-1].mean(axis=0).astype(int).tolist()
    small = outlined(world, ((x - 5, y - 5), (x + 5, y - 5), (x + 5, y + 5), (x - 5, y + 5)))
    assert 0 <= small.iou < OVERLAP
    assert not TASK.score(small).success
    assert TASK.standing(small).in_error


def test_levels_grow_harder() -> None:
    easy, hard = hyperspectral.EASY, hyperspectral.HARD
    assert easy.depth > hyperspectral.STANDARD.depth > hard.depth
    assert easy.noise < hyperspectral.STANDARD.noise < hard.noise
