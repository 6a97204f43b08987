"""A tool that learns how animals look from those that are marked: what moves, and along which line."""

import numpy as np
import pytest
from worms import GROUND, Worm, film

from clonotate.tasks.appearance import Pose, learned, midline, moved

STRAIGHT = Worm((60, 60), 0), Worm((120, 180), 70)


def walking(worm, frames=5, step=30):
    """The same worm, a little further down and right in every frame."""
    return [[Worm((worm.middle[0] + step * t, worm.middle[1] + step * t), worm.way)] for t in range(frames)]


@pytest.mark.parametrize("ink", [60, 235])
def test_what_moves_differs_from_the_ground_dark_or_light(ink):
    images = film(*walking(STRAIGHT[0]), ink=ink)
    apart = moved(images)
    assert apart.dtype == np.float32
    assert abs(apart[0, 60, 60] - (ink - GROUND)) < 12
    assert abs(np.median(apart)) < 0.5
    assert np.abs(apart[0, 200:, :40]).max() < 15


def test_of_a_single_frame_the_ground_is_not_known():
    image = moved(film(*walking(STRAIGHT[0], frames=1)))
    assert not image.any()
    assert learned(image[0], [STRAIGHT[0].pose]) is None


def test_where_one_stays_for_half_the_film_the_ground_is_known_by_how_others_differ():
    stays, others = Worm((60, 60), 0), walking(Worm((40, 130), 0), frames=7, step=15)
    images = film(*([*other, stays if t < 4 else Worm((200, 200), 0)] for t, other in enumerate(others)))
    assert moved(images)[0, 60, 60] < -60
    assert abs(moved(images)[5, 60, 60]) < 15


def test_a_look_is_as_long_as_bodies_and_as_wide_as_their_heads():
    look = learned(moved(film(*walking(STRAIGHT[0])))[0], [STRAIGHT[0].pose])
    assert abs(look.length - 60) < 4
    assert look.lengths == (look.length,)
    assert look.strip.shape == look.body.shape == (40, len(look.across))
    wide = (look.body > 0).sum(axis=1)
    assert wide[2] > wide[-3] > 3
    assert (look.strip == look.strip[:, ::-1]).all()


def test_a_midline_follows_the_bend():
    bent = Worm((128, 128), 30, bend=1.2)
    frames = [[bent], *walking(Worm((40, 60), 0), 4)]
    line = midline(moved(film(*frames))[0], bent.pose, 8.0)
    assert np.abs(line[0] - bent.pose.front).max() < 1
    assert np.abs(line[-1] - bent.pose.back).max() < 1
    off = np.linalg.norm(line[:, None] - bent.line, axis=-1).min(axis=1)
    straight = np.linspace(line[0], line[-1], len(line))
    assert off.max() < 3
    assert np.linalg.norm(straight[:, None] - bent.line, axis=-1).min(axis=1).max() > 6


def test_nothing_is_learnt_where_nothing_stands_out():
    image = moved(film(*walking(STRAIGHT[0])))[0]
    assert learned(image, []) is None
    assert learned(image, [Pose((60, 60), (60, 60))]) is None
    assert learned(image, [Pose((180, 60), (220, 60))]) is None
    assert learned(moved(np.full((3, 256, 256), 90, np.uint8))[0], [STRAIGHT[0].pose]) is None


def test_marks_at_the_edge_are_taken_as_they_are():
    image = moved(film(*walking(STRAIGHT[0])))[0]
    assert learned(image, [Pose((0, 0), (255, 255)), Pose((0, 255), (3, 255))]) is not None
