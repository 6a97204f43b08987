"""Spores under a scanning electron microscope, made up with their class.

A spore carries the scar of its tetrad on one face, a straight slit (monolete, I) or three rays (trilete, Y);
the face turned away from it may bear spines or pores. The two never lie in one good view. All over the wall
is an ornament that means nothing, with some folds and specks of debris.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import cos, pi, sin

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.tasks.worlds.turntable import HEIGHT, LEVEL, WIDTH, Body

Float = NDArray[np.float32]
Vector = NDArray[np.float64]  # [3]
Relief = Callable[[Float, Float], Float]
"""Height in grey levels on a chart that touches the globe; the unit of `x` and `y` is the radius."""
CLASSES = tuple((scar, ornament) for scar in ("I", "Y") for ornament in ("bare", "spines", "pores"))
"""The scar of a class and what the face turned away bears."""
APART = 122.0  # degrees between the two faces that tell, at least
FOOT = 0.08  # radius of the foot of a spine, in radians
REACH = 0.77  # how far a scar or a group of pores reaches from its middle, in radians


@dataclass(frozen=True)
class Make:
    """How hard spores are to tell: knobs of their making."""

    relief: float = 1.0  # how strongly scar and pores are modelled
    wall: float = 1.0  # strength of the ornament that means nothing
    folds: tuple[int, int] = (0, 2)  # lines that resemble a slit but have no lips
    debris: tuple[int, int] = (0, 5)  # specks that resemble a pore from afar
    noise: tuple[int, int] = (4, 9)  # grey levels


@dataclass(frozen=True, eq=False)
class Spore:
    """A body, what it is, and where the faces that tell are (unit vectors of the body)."""

    body: Body
    kind: int  # index of `CLASSES`
    scar: Vector
    away: Vector


def spore(kind: int, make: Make, rng: np.random.Generator) -> Spore:
    """A new spore of class `kind`, in any pose."""
    scar, ornament = CLASSES[kind]
    face, away = faces(rng)
    height = 24 * make.wall * rng.uniform(0.6, 1.1) * wall(rng)
    for _ in range(rng.integers(make.folds[0], make.folds[1] + 1)):
        press(height, rng.standard_normal(3), fold(rng), rng)
    for _ in range(rng.integers(make.debris[0], make.debris[1] + 1)):
        press(height, rng.standard_normal(3), speck(rng), rng, reach=0.07)
    press(height, face, scarred(scar, make.relief, rng), rng, keep=0.3)
    thorns = np.zeros((0, 3))
    if ornament == "pores":
        press(height, away, pierced(make.relief, rng), rng, keep=0.3)
    elif ornament == "spines":
        thorns = tufted(away, rng)
        press(height, away, even, rng, keep=0.3)
        raise_feet(height, thorns)
    body = Body(
        relief=(LEVEL + height).clip(0, 255).astype(np.uint8).reshape(HEIGHT, WIDTH),
        stretch=stretched(rng),
        thorns=thorns,
        length=rng.uniform(0.09, 0.13),
        brightness=rng.uniform(0.85, 1.2),
        noise=int(rng.integers(make.noise[0], make.noise[1] + 1)),
    )
    return Spore(body, kind, face, away)


@cache
def globe(fine: int = 1) -> Float:
    """The unit vector of every texel, or of every `fine`-th: `[3, texels]`, row by row."""
    wide, high = WIDTH // fine, HEIGHT // fine
    longitude, latitude = np.meshgrid(
        (np.arange(wide) + 0.5) / wide * 2 * np.pi, ((np.arange(high) + 0.5) / high - 0.5) * np.pi
    )
    ring = np.cos(latitude)
    places = np.stack([ring * np.cos(longitude), ring * np.sin(longitude), np.sin(latitude)])
    return places.reshape(3, -1).astype(np.float32)


def cap(center: Vector, reach: float) -> tuple[NDArray[np.intp], Float]:
    """The texels within `reach` radians of a unit vector, and how far each is along it: `[near]` both.

    Looked for only in the rows of latitude that the cap crosses.
    """
    latitude = np.arcsin(np.clip(center[2], -1, 1))
    low, high = ((latitude + side * reach) / np.pi * HEIGHT + HEIGHT / 2 for side in (-1, 1))
    first, beyond = max(int(low), 0) * WIDTH, min(int(high) + 1, HEIGHT) * WIDTH
    depth = along(center, globe()[:, first:beyond])
    near = np.flatnonzero(depth > np.float32(np.cos(reach)))
    return near + first, depth[near]


def along(axis: Vector, places: Float) -> Float:
    """How far each of `[3, count]` places lies along an axis: `[count]`."""
    x, y, z = axis.astype(np.float32)
    return np.asarray(x * places[0] + y * places[1] + z * places[2])


def faces(rng: np.random.Generator) -> tuple[Vector, Vector]:
    """The middles of the scar and of the face turned away, at least `APART` degrees from each other."""
    scar, aside, _ = axes(rng.standard_normal(3), rng)
    turn = np.radians(rng.uniform(APART, 180))
    return scar, np.cos(turn) * scar + np.sin(turn) * aside


def axes(ahead: Vector, rng: np.random.Generator) -> NDArray[np.float64]:
    """Three axes at right angles, the first along `ahead`, the others turned at random: `[3, 3]`."""
    first = ahead / np.linalg.norm(ahead)
    second = np.cross(first, rng.standard_normal(3))
    second /= np.linalg.norm(second)
    return np.stack([first, second, np.cross(first, second)])


def stretched(rng: np.random.Generator) -> NDArray[np.float64]:
    """A spheroid's shape: symmetric `[3, 3]`, longest axis 1."""
    turn = axes(rng.standard_normal(3), rng)
    return np.asarray(turn.T @ np.diag([1.0, rng.uniform(0.86, 1), rng.uniform(0.8, 1)]) @ turn)


def waves(fineness: float, count: int, rng: np.random.Generator) -> Float:
    """Noise all over the globe, about [-1, 1]: a sum of plane waves, about `fineness` radians a radius."""
    heading = rng.standard_normal((count, 3))
    heading *= fineness * rng.uniform(0.7, 1.3, (count, 1)) / np.linalg.norm(heading, axis=1, keepdims=True)
    phase, field = (
        rng.uniform(0, 2 * np.pi, count).astype(np.float32),
        np.zeros(globe(2).shape[1], np.float32),
    )
    for way, begin in zip(heading, phase, strict=True):
        field += np.cos(along(way, globe(2)) + begin)
    chart = (field / np.float32(np.sqrt(count))).reshape(HEIGHT // 2, WIDTH // 2)
    whole = cv2.resize(chart, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    return np.asarray(whole, np.float32).ravel()


def wall(rng: np.random.Generator) -> Float:
    """An ornament that means nothing, about [-1, 1]: even, granulate, reticulate, rugulate or foveolate."""
    coarse, fine = 0.4 * waves(rng.uniform(4, 7), 6, rng), waves(rng.uniform(16, 30), 12, rng)
    styles: tuple[Callable[[], Float], ...] = (
        lambda: 0.1 * fine,
        lambda: 0.6 * fine,
        lambda: 1.2 * ridges(fine, 0.35) - 0.5,
        lambda: np.float32(0.8) * np.tanh(3 * fine),
        lambda: -0.9 * np.maximum(fine - 0.9, 0),
    )
    return coarse + styles[rng.integers(len(styles))]()


def ridges(across: Float, width: float) -> Float:
    """A ridge of height 1 where `across` is 0."""
    return np.asarray(np.exp(-((across / np.float32(width)) ** 2)))


def press(
    height: Float,
    center: Vector,
    relief: Relief,
    rng: np.random.Generator,
    keep: float = 1.0,
    reach: float = REACH,
) -> None:
    """Press a mark into a wall, in place, turned at random; `keep` of the wall is left in its middle."""
    ahead, east, north = axes(center, rng)
    (near, depth), edge = cap(ahead, reach), np.float32(np.cos(reach))
    places = globe()[:, near]
    fade = np.minimum((depth - edge) / (np.float32(0.35) * (1 - edge)), 1)
    height[near] = height[near] * (1 - (1 - keep) * fade) + relief(along(east, places), along(north, places))


def even(x: Float, y: Float) -> Float:
    """No relief."""
    return np.zeros_like(x)


def scarred(scar: str, strength: float, rng: np.random.Generator) -> Relief:
    """A scar: furrows between raised lips, from the middle of its face, two in a line or three."""
    count = {"I": 2, "Y": 3}[scar]
    longest = rng.uniform(0.46, 0.54) if scar == "I" else rng.uniform(0.40, 0.48)
    turns = [2 * pi * i / count for i in range(count)]
    lengths = longest * rng.uniform(0.9, 1.05, count)

    def relief(x: Float, y: Float) -> Float:
        rays = [
            ray(x * cos(turn) + y * sin(turn), y * cos(turn) - x * sin(turn), length)
            for turn, length in zip(turns, lengths, strict=True)
        ]
        furrows: Float = np.minimum.reduce(rays)
        lips: Float = np.maximum.reduce(rays)
        return np.float32(strength) * np.where(furrows < -12, furrows, lips.clip(0))

    return relief


def ray(along: Float, across: Float, length: float) -> Float:
    """One furrow between its lips, from 0 to `length`, fading at both ends."""
    taper = np.clip((length - along) / 0.12, 0, 1) * np.clip(along / 0.03 + 1, 0, 1)
    lips: Float = np.abs(across) - np.float32(0.08)
    return np.asarray(taper * (62 * ridges(lips, 0.04) - 80 * ridges(across, 0.034)), np.float32)


def pierced(strength: float, rng: np.random.Generator) -> Relief:
    """A group of round pores, each in a raised ring."""
    count = int(rng.integers(4, 7))
    turns = np.arange(count) * 2 * np.pi / count
    places = np.zeros((count + 1, 2))
    places[1:] = 0.34 * np.column_stack([np.cos(turns), np.sin(turns)])
    places = (places + rng.normal(0, 0.018, places.shape)).astype(np.float32)
    size = np.float32(rng.uniform(0.062, 0.08))

    def relief(x: Float, y: Float) -> Float:
        off: Float = np.minimum.reduce([np.hypot(x - right, y - up) for right, up in places]) / size
        return np.float32(strength) * (48 * ridges(off - np.float32(1.45), 0.35) - 95 * ridges(off * off, 1))

    return relief


def tufted(face: Vector, rng: np.random.Generator) -> NDArray[np.float64]:
    """Where a group of spines stands: unit vectors `[count, 3]`, in a sunflower's order, a little shaken."""
    count = int(rng.integers(15, 22))
    number = np.arange(count)
    off, turn = 0.5 * np.sqrt((number + 0.3) / count), number * 2.39996
    _, east, north = axes(face, rng)
    x, y = (off * f(turn) + rng.normal(0, 0.018, count) for f in (np.cos, np.sin))
    places = face + x[:, None] * east + y[:, None] * north
    return np.asarray(places / np.linalg.norm(places, axis=1, keepdims=True))


def raise_feet(height: Float, thorns: NDArray[np.float64]) -> None:
    """Raise the wall to a cone under every spine, in place: what one sees of a spine from above."""
    raised = np.zeros_like(height)
    for thorn in thorns:
        near, depth = cap(thorn, FOOT)
        off = np.sqrt(np.maximum(2 - 2 * depth, 0)) / np.float32(FOOT)
        raised[near] = np.maximum(raised[near], 85 * (1 - off))
    height += raised


def fold(rng: np.random.Generator) -> Relief:
    """A fold in the wall: a long shallow line that bends, without lips."""
    bend = np.float32(rng.uniform(-0.5, 0.5))
    return lambda x, y: -26 * ridges(y + bend * x * x, 0.04) * ridges(x * x, 0.16)


def speck(rng: np.random.Generator) -> Relief:
    """A small round body on the wall."""
    size = np.float32(rng.uniform(0.03, 0.06))
    return lambda x, y: np.asarray(70 * np.sqrt(np.maximum(1 - (x * x + y * y) / size**2, 0)))


EASY = Make(relief=1.15, wall=0.5, folds=(0, 0), debris=(0, 2), noise=(3, 5))
STANDARD = Make()
HARD = Make(relief=0.75, wall=1.3, folds=(1, 4), debris=(2, 9), noise=(8, 13))
