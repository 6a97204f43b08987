"""GIF out: an episode as a short film, a cursor going from click to click and a ripple where it presses."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from clonotate.records import Click, ClonotateError, Screen

FILM_MS = 15_000  # what an episode should last, if its clicks need no longer or shorter than these:
CLICK_MS = (120, 700)
LAST_MS = 2_000  # the result stays on
RIPPLES = ((5, 0.9), (11, 0.5))  # radius in logical pixels and opacity, of the frames of one click
RIPPLE = (255, 140, 0)
ARROW = np.array([(0, 0), (0, 11), (3, 9), (5, 13), (7, 12), (5, 8), (8, 8)])  # a cursor, its tip first
COMMON = 80  # of 256 colours


def write_gif(path: Path, screens: Sequence[Screen], clicks: Sequence[Click], scale: float = 1.0) -> None:
    """Write an endless GIF of screens and the click on each; the last screen has none and stays a while.

    Raises ClonotateError if there is not one screen more than clicks, or the file cannot be written.
    """
    if len(screens) != len(clicks) + 1:
        raise ClonotateError(f"{len(clicks)} clicks need {len(clicks) + 1} screens, not {len(screens)}")
    frames = [enlarged(frame, scale) for frame in film(screens, clicks)]
    palette = common_palette(frames)
    pictures = [
        Image.fromarray(frame).quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames
    ]
    durations = [click_ms(len(clicks)) // len(RIPPLES)] * (len(frames) - 1) + [LAST_MS]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=durations, loop=0)
    except OSError as error:
        raise ClonotateError(f"cannot write {path}: {error}") from None


def click_ms(clicks: int) -> int:
    """How long each click is shown: short ones in long episodes, so that the film has a bearable length."""
    return int(np.clip(FILM_MS // max(clicks, 1), *CLICK_MS)) // 20 * 20


def film(screens: Sequence[Screen], clicks: Sequence[Click]) -> Iterator[Screen]:
    """The frames: for each click the cursor with a growing ripple, then the last screen."""
    for screen, click in zip(screens, clicks, strict=False):
        for radius, opacity in RIPPLES:
            yield pressed(screen, click, radius, opacity)
    yield screens[-1]


def pressed(screen: Screen, click: Click, radius: int, opacity: float) -> Screen:
    """A copy of a screen with a ripple round a click and the cursor on it."""
    ratio = max(round(screen.shape[1] / 384), 1)
    rippled = cv2.circle(screen.copy(), (click.x, click.y), radius * ratio, RIPPLE, 2 * ratio, cv2.LINE_AA)
    frame = cv2.addWeighted(rippled, opacity, screen, 1 - opacity, 0)
    arrow = (ARROW * ratio + (click.x, click.y)).astype(np.int32)
    cv2.fillPoly(frame, [arrow], (255, 255, 255))
    cv2.polylines(frame, [arrow], True, (0, 0, 0), ratio, cv2.LINE_AA)
    return np.asarray(frame, np.uint8)


def enlarged(frame: Screen, scale: float) -> Screen:
    """A frame `scale` times as large; whole factors keep its pixels sharp."""
    if scale == 1:
        return frame
    how = cv2.INTER_NEAREST if scale.is_integer() else cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(frame, None, fx=scale, fy=scale, interpolation=how), np.uint8)


def common_palette(frames: Sequence[Screen]) -> Image.Image:
    """One palette for all frames, of a few of them, so that colours do not flicker.

    The commonest colours as they are, and what stands best for all distinct ones: the few pixels of a
    coloured dot matter as much as the noise round it.
    """
    some = np.concatenate(frames[:: max(len(frames) // 12, 1)]).reshape(-1, 3)
    packed, counts = np.unique(some @ np.array([65536, 256, 1]), return_counts=True)
    distinct = np.stack([packed >> 16, packed >> 8 & 255, packed & 255], axis=1).astype(np.uint8)
    common = distinct[np.argsort(counts)[-COMMON:]]
    others = Image.fromarray(distinct[None]).quantize(256 - COMMON).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette([*common.ravel().tolist(), *others][: 3 * 256])
    return palette
