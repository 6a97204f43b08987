"""A tool that finds slender animals: head and tail, also where two cross, and none where there are none."""

from functools import cache
from math import dist

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clonotate.tasks import task_named
from clonotate.tasks.slender import Pose, blobs, claimed, poses


def worm(image, front, back):
    """A thick head and a body that tapers to its tail."""
    for share in np.linspace(0, 1, 60):
        x, y = (round(a + share * (b - a)) for a, b in zip(front, back, strict=True))
        cv2.circle(image, (x, y), 5 if share < 0.15 else round(3 - 2 * share), 60, cv2.FILLED)


def film(*frames):
    """Frames of worms on a noisy ground."""
    images = np.random.default_rng(0).normal(150, 2, (len(frames), 256, 256)).clip(0, 255).astype(np.uint8)
    for image, worms in zip(images, frames, strict=True):
        for one in worms:
            worm(image, *one)
    return images


def heading(degrees, middle, half=30):
    dx, dy = half * np.cos(np.radians(degrees)), half * np.sin(np.radians(degrees))
    x, y = middle
    return Pose((round(x + dx), round(y + dy)), (round(x - dx), round(y - dy)))


def near(one, other, px=6):
    return dist(one.front, other.front) <= px and dist(one.back, other.back) <= px


@settings(max_examples=20)
@given(st.lists(st.integers(0, 359), min_size=5, max_size=5))
def test_a_worm_is_found_whichever_way_it_heads(turns):
    there = [heading(turn, (50 + 38 * t, 128)) for t, turn in enumerate(turns)]
    found = poses(film(*([one] for one in there)))
    assert [len(frame) for frame in found] == [1] * 5
    assert all(near(frame[0], one) for frame, one in zip(found, there, strict=True))


def test_two_that_cross_are_told_apart():
    apart = [[heading(0, (50 + 40 * t, 60)), heading(90, (60 + 40 * t, 180))] for t in range(4)]
    cross = [heading(20, (128, 120)), heading(110, (128, 120))]
    found = poses(film(*apart[:2], cross, *apart[2:]))[2]
    claims = [claimed(cross, found, which) for which in (0, 1)]
    assert all(claim and near(claim, one) for claim, one in zip(claims, cross, strict=True))


def test_a_tail_under_another_is_not_guessed():
    apart = [[heading(0, (50 + 40 * t, 60)), heading(90, (60 + 40 * t, 180))] for t in range(4)]
    along = [heading(0, (100, 120)), heading(0, (136, 120))]  # the second one's tail lies on the first
    found = poses(film(*apart[:2], along, *apart[2:]))[2]
    assert not any(near(along[1], one, 12) for one in found)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_the_ground_of_a_few_frames_is_not_known(count):
    assert poses(film(*([heading(0, (60 + 60 * t, 128))] for t in range(count)))) == ((),) * count


def test_nothing_moves():
    assert poses(film([], [], [], [])) == ((),) * 4
    assert poses(np.zeros((4, 256, 256), np.uint8)) == ((),) * 4


def test_what_is_too_large_for_animals_is_a_ground_that_is_not_still():
    moved = np.zeros((256, 256))
    moved[10:240, 20:26] = 20.0
    assert len(list(blobs(moved))) == 1
    for row in range(10, 240, 16):
        moved[row : row + 6, 20:200] = 20.0
    assert not list(blobs(moved))


@cache
def films():
    task = task_named("animal-behavioral-tracking")
    return [task.begin(np.random.default_rng(seed)).film for seed in range(16)]


def test_of_larvae_and_fish_most_are_found_and_of_mice_none():
    assert {film.kind for film in films()} >= {"larva", "fish"}
    there = found = right = 0
    for film in films():
        if "mouse" in film.kind:
            assert not any(film.poses)
            continue
        for poses_here, ends in zip(film.poses, film.ends.tolist(), strict=True):
            animals = [Pose(tuple(front), tuple(back)) for front, back in ends]
            there += len(animals)
            found += len(poses_here)
            right += sum(any(near(pose, one) for one in animals) for pose in poses_here)
    assert found > 0.6 * there
    assert right > 0.93 * found


HERE, THERE = heading(0, (60, 60)), heading(0, (160, 160))


def test_an_animal_claims_the_pose_where_it_is_expected():
    found = [heading(5, (163, 158)), heading(10, (65, 66))]
    assert claimed([HERE, THERE], found, 0) == found[1]
    assert claimed([HERE, THERE], found, 1) == found[0]


def test_what_another_wants_as_much_is_claimed_by_neither():
    between = [heading(0, (110, 110))]
    assert claimed([heading(0, (100, 110)), heading(0, (120, 110))], between, 0) is None
    assert claimed([heading(0, (100, 110)), heading(0, (120, 110))], between, 1) is None


def test_what_lies_far_away_is_not_claimed():
    assert claimed([HERE], [THERE], 0) is None
    assert claimed([HERE], [], 0) is None


def test_who_heads_the_other_way_is_another():
    assert claimed([HERE], [Pose(HERE.back, HERE.front)], 0) is None
