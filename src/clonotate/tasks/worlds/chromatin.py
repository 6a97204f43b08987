"""Traced chromosomes: chains of bright loci in a nucleus, as a microscope sees them slice by slice.

Chains grow bead by bead and wind through each other, never so close that a link could be mistaken where it is
in focus: chains that cross in the projection do so at different depths.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.records import ClonotateError

Floats: TypeAlias = NDArray[np.float32]
Places: TypeAlias = NDArray[np.float64]  # [..., 3]: x, y in px and the slice

SIZE = 256  # px along a side of a slice
STEPS = (-1, 0, 1)  # slices from a bead to the next
CLEAR = 9.0  # px between links of different chains, and between beads that are not neighbours
DEEP = 2  # slices apart, from which on they may cross
SAMPLES = 5  # points on a link that are kept clear
CHOICES, TRIES = 24, 60  # ways tried from a bead, and chains tried for a place
AFRESH = 40  # times that a nucleus is begun anew where there is no room for another chain
AXIAL = (1.0, 0.42, 0.1)  # how bright a bead is so many slices out of focus
LATERAL = (1.9, 2.6, 4.2)  # and how wide: sigma in px


@dataclass(frozen=True)
class Nucleus:
    """How hard a nucleus is to trace. Ranges are inclusive and drawn per world."""

    slices: tuple[int, int] = (8, 16)
    chains: tuple[int, int] = (3, 5)
    beads: tuple[int, int] = (22, 30)  # of each chain
    thread: float = 0.3  # how bright links are, relative to beads
    uneven: float = 0.3  # how much beads differ in brightness
    noise: float = 1.0  # 1 is typical


@dataclass(frozen=True, eq=False)
class Chromosomes:
    """A stack, the beads of the chain to trace in order, and those of the others."""

    images: NDArray[np.uint8]  # [slices, 256, 256]
    beads: NDArray[np.int64]  # [count, 3]: x, y, slice
    others: NDArray[np.int64]  # [count of all the others, 3]


@dataclass(frozen=True)
class Shape:
    """An ellipse that narrows towards the first and the last slice; lengths in px."""

    slices: int
    axes: tuple[float, float]
    angle: float

    def holds(self, places: Places) -> NDArray[np.bool_]:
        """Which of `[count, 3]` places lie inside."""
        return np.asarray(self.depth(places[:, 0], places[:, 1], places[:, 2]) < 0.9)

    def depth(
        self, x: NDArray[np.float64], y: NDArray[np.float64], z: NDArray[np.float64] | float
    ) -> NDArray[np.float64]:
        """0 in the middle, 1 at the border."""
        dx, dy = x - SIZE / 2, y - SIZE / 2
        u = (dx * np.cos(self.angle) + dy * np.sin(self.angle)) / self.axes[0]
        v = (dy * np.cos(self.angle) - dx * np.sin(self.angle)) / self.axes[1]
        w = (z - (self.slices - 1) / 2) / (0.75 * self.slices)
        return np.asarray(np.sqrt(u * u + v * v + w * w))


def stack(nucleus: Nucleus, rng: np.random.Generator) -> Chromosomes:
    """A new stack; everything random comes from `rng`."""
    slices = int(rng.integers(nucleus.slices[0], nucleus.slices[1] + 1))
    long = rng.uniform(104, 118)
    shape = Shape(slices, (long, long * rng.uniform(0.82, 1)), rng.uniform(0, np.pi))
    count = int(rng.integers(nucleus.chains[0], nucleus.chains[1] + 1))
    chains = tangle(shape, rng.integers(nucleus.beads[0], nucleus.beads[1] + 1, count), rng)
    images = photographed(chains, shape, nucleus, rng)
    return Chromosomes(images, chains[0], np.concatenate(chains[1:]))


# Chains


def tangle(shape: Shape, counts: NDArray[np.int64], rng: np.random.Generator) -> list[NDArray[np.int64]]:
    """Chains of so many beads, each `[count, 3]`, that keep clear of each other."""
    for _ in range(AFRESH):
        chains: list[NDArray[np.int64]] = []
        taken: Places = np.empty((0, 3))
        for count in counts.tolist():
            chain = fitted_in(shape, count, taken, rng)
            if chain is None:
                break  # those before lie badly: all anew
            chains.append(chain)
            taken = np.concatenate([taken, *(link(a, b) for a, b in pairwise(chain))])
        else:
            return chains
    raise ClonotateError(f"no room for {len(counts)} chains of {max(counts)} beads: make the nucleus easier")


def fitted_in(shape: Shape, count: int, taken: Places, rng: np.random.Generator) -> NDArray[np.int64] | None:
    """A chain of so many beads that is clear of what is taken; None where many tries found none."""
    grown_ones = (grown(shape, count, taken, rng) for _ in range(TRIES))
    return next((chain for chain in grown_ones if len(chain) == count), None)


def grown(shape: Shape, count: int, taken: Places, rng: np.random.Generator) -> NDArray[np.int64]:
    """A chain that turns at random, clear of what is taken; shorter than `count` where it got stuck."""
    start: Places = np.rint([*rng.normal(SIZE / 2, 34, 2), rng.integers(shape.slices)])
    angle, rise = rng.uniform(0, 2 * np.pi), int(rng.choice(STEPS))
    if not (shape.holds(start[None]).all() and clear(start[None], taken)):
        return np.empty((0, 3), np.int64)
    chain: list[Places] = [start]
    own: Places = np.empty((0, 3))
    while len(chain) < count:
        for turn in rng.normal(0, 0.75, CHOICES):
            step = rise if rng.random() < 0.45 else int(rng.choice(STEPS))
            far = rng.uniform(12.5, 17)
            ahead = (far * np.cos(angle + turn), far * np.sin(angle + turn), step)
            following: Places = np.rint(chain[-1] + np.array(ahead))
            between = link(chain[-1], following)[1:]
            inside = shape.holds(between).all() and 0 <= following[2] < shape.slices
            if inside and clear(between, taken) and clear(between[2:], own[: -SAMPLES - 1]):
                break
        else:
            break
        own = np.concatenate([own, link(chain[-1], following)])
        chain.append(following)
        angle, rise = angle + turn, step
    return np.array(chain, np.int64)


def link(one: Places, other: Places) -> Places:
    """Points on the way between two beads: `[SAMPLES, 3]`."""
    return np.asarray(one + np.linspace(0, 1, SAMPLES)[:, None] * (other - one))


def clear(places: Places, taken: Places) -> bool:
    """Whether no place comes near what is taken, or only well above or below it."""
    gap = places[:, None] - taken[None]
    return bool(((np.hypot(gap[..., 0], gap[..., 1]) > CLEAR) | (np.abs(gap[..., 2]) >= DEEP)).all())


# Pictures


def photographed(
    chains: list[NDArray[np.int64]], shape: Shape, nucleus: Nucleus, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """The slices: uint8 `[slices, 256, 256]`."""
    light = np.zeros((shape.slices, SIZE, SIZE), np.float32)
    for chain in chains:
        glow = 1 + nucleus.uneven * rng.uniform(-1, 1, len(chain))
        light[chain[:, 2], chain[:, 1], chain[:, 0]] += glow
        for one, other in pairwise(chain):
            thread(light, one, other, nucleus.thread * rng.uniform(0.8, 1.2), rng)
    bright, dim = rng.uniform(150, 195), rng.uniform(22, 42)
    haze, images = mottle(rng), []
    for z in range(shape.slices):
        image = bright * focused(light, z) + dim * haze * within(shape, z) + rng.uniform(8, 11)
        grain = nucleus.noise * (1.5 + 0.28 * np.sqrt(image))
        images.append((image + grain * rng.standard_normal(image.shape, np.float32)).clip(0, 255))
    return np.stack(images).astype(np.uint8)


def thread(
    light: Floats, one: NDArray[np.int64], other: NDArray[np.int64], strength: float, rng: np.random.Generator
) -> None:
    """The link between two beads, a little bowed, in place; each of its points lies between two slices."""
    share = np.linspace(0, 1, 14)[1:-1]
    places = one + share[:, None] * (other - one)
    way = other[:2] - one[:2]
    bow = rng.normal(0, 0.07) * np.array([-way[1], way[0]])
    across = np.rint(places[:, :2] + np.sin(np.pi * share)[:, None] * bow).astype(int)
    low = np.floor(places[:, 2]).astype(int)
    upper = places[:, 2] - low
    for z, weight in ((low, 1 - upper), (np.minimum(low + 1, len(light) - 1), upper)):
        np.add.at(light, (z, across[:, 1], across[:, 0]), (0.3 * strength * weight).astype(np.float32))


def focused(light: Floats, z: int) -> Floats:
    """What the objective sees of point sources at slice `z`: a bead in focus has a peak of its brightness."""
    seen = np.zeros((SIZE, SIZE), np.float32)
    for away, (weight, sigma) in enumerate(zip(AXIAL, LATERAL, strict=True)):
        layers = [light[other] for other in {z - away, z + away} if 0 <= other < len(light)]
        if layers:
            peak = weight * 2 * np.pi * LATERAL[0] ** 2 * (sigma / LATERAL[0])
            seen += peak * cv2.GaussianBlur(sum(layers[1:], layers[0]), (0, 0), sigma)
    return seen


def within(shape: Shape, z: int) -> Floats:
    """How much of the nucleus shows in a slice, smooth at its border: `[256, 256]` in 0..1."""
    along = np.arange(SIZE, dtype=np.float64)
    depth = shape.depth(along[None], along[:, None], float(z))
    return np.asarray(1 / (1 + np.exp((depth - 1.05) * 22)), np.float32)


def mottle(rng: np.random.Generator) -> Floats:
    """The uneven texture of a stained nucleus, about 1 and never below 0: `[256, 256]`."""
    texture = np.ones((SIZE, SIZE), np.float32)
    for cell, strength in ((40, 0.15), (9, 0.22)):
        coarse = rng.standard_normal((SIZE // cell + 3, SIZE // cell + 3), np.float32)
        texture += strength * cv2.resize(coarse, (SIZE, SIZE), interpolation=cv2.INTER_CUBIC)
    return np.maximum(texture, 0)


EASY = Nucleus(slices=(8, 10), chains=(2, 3), beads=(10, 14), thread=0.45, uneven=0.15, noise=0.6)
STANDARD = Nucleus()
HARD = Nucleus(slices=(12, 16), chains=(4, 6), beads=(24, 30), thread=0.22, uneven=0.45, noise=1.5)
