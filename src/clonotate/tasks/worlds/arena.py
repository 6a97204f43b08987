"""Look-alike animals in an arena, filmed from above: larval and adult zebrafish, and mice, with their truth.

Paths are drawn at random until they stay in view, never hide an end of an animal under another one, and can
be told apart by how the animals move; they cross near a meeting place. An animal is a midline with a width
along it, painted as a few filled outlines over a still backdrop.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.records import ClonotateError

Floats: TypeAlias = NDArray[np.float64]
Layer: TypeAlias = tuple[Floats, float, float]  # an outline [points, 2], its grey level and its opacity
Outline: TypeAlias = tuple[tuple[int, int], ...]

SIZE = 256  # px along a side of a frame
EDGE = 9  # px that every end keeps from the border
STATIONS = np.linspace(0, 1, 25)  # along a body, from front to back
HINGE = 9  # the station that moves along the path
FINE = 2  # animals are painted so many times as fine
MARGIN = 9.0  # px by which the true continuation of two animals must fit better than the swapped one
BATCH, REDRAWS, TRIES = 160, 4, 60  # paths drawn at once, again for an animal, and for all of them
COARSE = 3  # every so many stations are compared with another animal's
MOUSE_TAIL = 0.75  # body lengths


@dataclass(frozen=True)
class Arena:
    """How hard a film is to follow. Ranges are inclusive and drawn per world."""

    frames: tuple[int, int] = (6, 10)
    animals: tuple[int, int] = (2, 4)
    stride: float = 0.38  # typical way in a frame, body lengths
    turning: float = 24.0  # typical turn in a frame, degrees
    company: float = 26.0  # how far from the meeting place animals pass, px: the less, the more they cross
    difference: float = 0.06  # how much individuals differ in size and shade
    noise: float = 1.0  # of the camera, 1 is typical


@dataclass(frozen=True, eq=False)
class Film:
    """Frames, and where each animal's front and back are."""

    images: NDArray[np.uint8]  # [frames, 256, 256]
    ends: NDArray[np.int64]  # [frames, animals, 2, 2]: front then back, x then y
    outlines: tuple[Outline, ...]  # round each animal in the first frame


@dataclass(frozen=True)
class Species:
    """A body and how it moves; widths are half widths along the body, all in body lengths."""

    length: tuple[float, float]  # px, from front to back
    widths: tuple[tuple[float, float], ...]  # (station, half width)
    follow: float  # how far the back lags behind in a turn, 1 is all of it
    beat: float  # swing of the tail, radians
    layers: Callable[["Pose"], list[Layer]]
    backdrop: Callable[[np.random.Generator], Floats]
    ink: tuple[float, float]  # range of the grey level that all animals of a film share

    @property
    def profile(self) -> Floats:
        """The half width at every station."""
        at, width = np.array(self.widths).T
        return np.asarray(np.interp(STATIONS, at, width))


@dataclass(frozen=True, eq=False)
class Pose:
    """One animal in one frame."""

    spine: Floats  # [stations, 2] canvas px, from front to back
    widths: Floats  # [stations] px
    length: float  # px
    ink: float  # grey level

    def across(self, where: float, aside: float) -> Floats:
        """The place at a station in [0, 1], so many body lengths to the left (negative) or right."""
        normal = self.normals[round(where * (len(STATIONS) - 1))]
        return np.asarray(self.along(where) + aside * self.length * normal)

    def along(self, where: float) -> Floats:
        """The place on the spine at a station in [0, 1]."""
        return np.array([np.interp(where, STATIONS, self.spine[:, axis]) for axis in (0, 1)])

    @property
    def normals(self) -> Floats:
        """Unit vectors to the right of the spine: `[stations, 2]`."""
        way = np.gradient(self.spine, axis=0)
        return np.asarray(way[:, ::-1] * (1, -1) / np.hypot(*way.T)[:, None])

    def body(self, factor: float = 1.0, more: float = 0.0, until: float = 1.0) -> Floats:
        """The outline with its widths times a factor and so many px more: `[points, 2]`."""
        last = round(until * (len(STATIONS) - 1)) + 1
        side = ((self.widths * factor + more)[:, None] * self.normals)[:last]
        return np.concatenate([self.spine[:last] + side, (self.spine[:last] - side)[::-1]])

    def spot(self, where: float, aside: float, long: float, wide: float) -> Floats:
        """An ellipse along the body; its half axes in body lengths."""
        normal = self.normals[round(where * (len(STATIONS) - 1))]
        turn = np.linspace(0, 2 * np.pi, 14, endpoint=False)[:, None]
        axes = long * np.cos(turn) * normal[::-1] * (-1, 1) + wide * np.sin(turn) * normal
        return np.asarray(self.across(where, aside) + self.length * axes)


def film(arena: Arena, rng: np.random.Generator) -> Film:
    """A new film; everything random comes from `rng`."""
    species = SPECIES[rng.integers(len(SPECIES))]
    frames = int(rng.integers(arena.frames[0], arena.frames[1] + 1))
    count = int(rng.integers(arena.animals[0], arena.animals[1] + 1))
    size = rng.uniform(*species.length) * (1.08 - 0.04 * count)
    lengths = size * (1 + rng.uniform(-arena.difference, arena.difference, count))
    spines = together(arena, species, frames, lengths, rng)
    inks = rng.uniform(*species.ink) + 120 * rng.uniform(-arena.difference, arena.difference, count)
    poses = [
        [Pose(spine, species.profile * long, long, ink) for spine, long, ink in zip(*row, strict=True)]
        for row in ((spines[:, t], lengths, inks) for t in range(frames))
    ]
    images = filmed(poses, species, arena.noise, rng)
    ends = np.rint(spines[:, :, [0, -1]]).astype(np.int64).swapaxes(0, 1)
    return Film(images, ends, tuple(outline(pose) for pose in poses[0]))


def outline(pose: Pose) -> Outline:
    """A line a few px outside of an animal."""
    ahead, behind = (5 * way / np.hypot(*way) for way in pose.spine[[0, -1]] - pose.spine[[1, -2]])
    right, left = pose.body(more=4.0).reshape(2, -1, 2)[:, ::3]
    points = np.concatenate([[pose.spine[0] + ahead], right, [pose.spine[-1] + behind], left])
    return tuple((round(float(x)), round(float(y))) for x, y in points.clip(1, SIZE - 2))


# Paths


def together(
    arena: Arena, species: Species, frames: int, lengths: Floats, rng: np.random.Generator
) -> Floats:
    """Midlines of animals that meet, `[animals, frames, stations, 2]`."""
    for _ in range(TRIES):
        meeting = rng.normal(SIZE / 2, 14, 2)
        chosen: list[Floats] = []
        for length in lengths:
            for _ in range(REDRAWS):
                paths = wander(arena, species, frames, length, meeting, rng)
                paths = suited(paths, chosen, species.profile * length, arena.stride * length)
                if len(paths):
                    chosen.append(paths[0])
                    break
            else:
                break
        if len(chosen) == len(lengths):
            return np.stack(chosen)
    raise ClonotateError(f"no room for {len(lengths)} animals over {frames} frames: make the arena easier")


def suited(paths: Floats, others: list[Floats], widths: Floats, stride: float) -> Floats:
    """The candidates that stay in view, apart from the others, and followable past them: `[some, ...]`."""
    paths = paths[inside(paths)]
    for other in others:
        paths = paths[apart(paths[:, :, ::COARSE], other[:, ::COARSE], widths[::COARSE])]
        paths = paths[followable(paths, other, stride)]
    return paths


def wander(
    arena: Arena, species: Species, frames: int, length: float, meeting: Floats, rng: np.random.Generator
) -> Floats:
    """Candidate midlines, each passing near the meeting place once: `[candidates, frames, stations, 2]`."""
    turns = steady((BATCH, frames), 0.5, rng) * np.radians(arena.turning)
    headings = rng.uniform(0, 2 * np.pi, (BATCH, 1)) + np.cumsum(turns, axis=1)
    strides = arena.stride * length * np.exp(0.45 * steady((BATCH, frames), 0.4, rng))
    ways = strides[..., None] * np.stack([np.cos(headings), np.sin(headings)], axis=-1)
    places = np.cumsum(ways, axis=1)
    when = rng.integers(1, frames - 1, BATCH)
    places += (meeting + rng.normal(0, arena.company, (BATCH, 2)) - places[np.arange(BATCH), when])[:, None]
    swing = species.beat * np.sin(rng.uniform(0, 2 * np.pi, (BATCH, 1)) + 2.1 * np.arange(frames))
    along = STATIONS[None, None]
    bend = -species.follow * turns[..., None] * along + swing[..., None] * along * np.sin(4.5 * along)
    angles = headings[..., None] + np.pi + bend
    steps = np.stack([np.cos(angles), np.sin(angles)], axis=-1) * length / (len(STATIONS) - 1)
    spines = np.cumsum(steps, axis=2)
    return np.asarray(spines + (places - spines[:, :, HINGE])[:, :, None])


def steady(shape: tuple[int, int], memory: float, rng: np.random.Generator) -> Floats:
    """Unit noise along the second axis in which each value keeps a share of the one before."""
    fresh = rng.standard_normal(shape)
    for t in range(1, shape[1]):
        fresh[:, t] = memory * fresh[:, t - 1] + np.sqrt(1 - memory**2) * fresh[:, t]
    return fresh


def inside(paths: Floats) -> NDArray[np.bool_]:
    """Which candidates stay in view: `[candidates]`."""
    return np.asarray(((paths > EDGE) & (paths < SIZE - 1 - EDGE)).all(axis=(1, 2, 3)))


def apart(paths: Floats, other: Floats, widths: Floats) -> NDArray[np.bool_]:
    """Which candidates keep all ends clear of the other's body, and start well away: `[candidates]`."""
    clear = np.ones(len(paths), bool)
    for end in (0, -1):
        mine = np.linalg.norm(paths[:, :, end, None] - other[None], axis=-1)
        its = np.linalg.norm(paths - other[None, :, end, None], axis=-1)
        clear &= ((mine > widths + 2) & (its > widths + 2)).all(axis=(1, 2))
        for its_end in (0, -1):
            clear &= (np.linalg.norm(paths[:, :, end] - other[None, :, its_end], axis=-1) > 8).all(axis=1)
    first = np.linalg.norm(paths[:, 0, :, None] - other[0], axis=-1).min(axis=(1, 2))
    return np.asarray(clear & (first > 2 * widths.max() + 8))


def followable(paths: Floats, other: Floats, stride: float) -> NDArray[np.bool_]:
    """Which candidates go on where their heading leads, not where the other's does: `[candidates]`."""
    mine, its = fits(paths, paths, stride), fits(other[None], other[None], stride)
    swapped = fits(paths, other[None], stride) + fits(other[None], paths, stride)
    return np.asarray((swapped - mine - its).min(axis=1) > MARGIN)


def fits(before: Floats, after: Floats, stride: float) -> Floats:
    """How badly the animal `after` continues the one `before`, in px: `[paths, frames - 1]`."""
    middle, way = before.mean(axis=2), before[:, :, 0] - before[:, :, HINGE]
    way = way / np.linalg.norm(way, axis=-1, keepdims=True)
    its_way = after[:, :, 0] - after[:, :, HINGE]
    its_way = its_way / np.linalg.norm(its_way, axis=-1, keepdims=True)
    off = np.linalg.norm(after.mean(axis=2)[:, 1:] - (middle + stride * way)[:, :-1], axis=-1)
    turned = 1 - (way[:, :-1] * its_way[:, 1:]).sum(axis=-1)
    return np.asarray(off + stride * turned)


# Pictures


def filmed(
    poses: list[list[Pose]], species: Species, noise: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """The frames: uint8 `[frames, 256, 256]`."""
    backdrop = species.backdrop(rng).astype(np.float32)
    order = rng.permutation(len(poses[0]))  # who is above whom
    blur, grain = rng.uniform(0.45, 0.8), noise * rng.uniform(2.5, 6.5)
    images = []
    for row in poses:
        image = backdrop.copy()
        for animal in order:
            paint(image, species.layers(row[animal]))
        shot = grain * rng.standard_normal((SIZE, SIZE), np.float32)
        images.append((cv2.GaussianBlur(image, (0, 0), blur) + shot).clip(0, 255).astype(np.uint8))
    return np.stack(images)


def paint(image: NDArray[np.float32], layers: list[Layer]) -> None:
    """Lay the outlines of one animal over a frame, in place."""
    points = np.concatenate([polygon for polygon, _, _ in layers])
    left, top = np.maximum(np.floor(points.min(axis=0)).astype(int) - 2, 0)
    right, bottom = np.minimum(np.ceil(points.max(axis=0)).astype(int) + 3, SIZE)
    shade = np.zeros(((bottom - top) * FINE, (right - left) * FINE), np.uint8)
    cover = np.zeros_like(shade)
    for polygon, grey, opacity in layers:
        fine = np.rint((polygon - (left, top) + 0.5) * FINE * 16 - 8).astype(np.int32)
        cv2.fillPoly(shade, [fine], float(np.clip(grey, 4, 251)), cv2.LINE_8, 4)
        cv2.fillPoly(cover, [fine], 255 * opacity, cv2.LINE_AA, 4)
    small = (int(right - left), int(bottom - top))
    alpha = cv2.resize(cover, small, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    inked = (shade > 0).astype(np.float32)
    level = cv2.resize(shade.astype(np.float32), small, interpolation=cv2.INTER_AREA)
    share = cv2.resize(inked, small, interpolation=cv2.INTER_AREA)
    window = image[top:bottom, left:right]
    window += alpha * (share > 0) * (level / np.maximum(share, 1e-3) - window)


def larva(pose: Pose) -> list[Layer]:
    """Two black eyes, a wedge of a body, the swim bladder and a thin, clear tail."""
    ink = pose.ink
    return [
        (pose.body(more=0.35), ink + 38, 0.66),
        (pose.body(until=0.36), ink + 22, 0.8),
        (pose.body(0.5, until=0.24), ink - 6, 0.8),
        (pose.spot(0.29, 0, 0.062, 0.036), ink - 38, 0.92),
        (pose.spot(0.29, 0, 0.04, 0.018), ink + 8, 0.92),
        *((pose.spot(0.065, side, 0.042, 0.03), ink - 68, 1.0) for side in (-0.055, 0.055)),
    ]


def fish(pose: Pose) -> list[Layer]:
    """A dark back between paler flanks, side fins and a tail fin."""
    ink = pose.ink
    fins = [
        (np.array([pose.across(0.24, s * 0.07), pose.across(0.38, s * 0.17), pose.across(0.34, s * 0.06)]))
        for s in (-1, 1)
    ]
    return [
        *((fin, ink + 40, 0.45) for fin in fins),
        (pose.body(1.0, 0.4), ink + 34, 0.9),
        (pose.body(0.78), ink + 14, 1.0),
        (pose.body(0.5, until=0.86), ink - 8, 1.0),
        (pose.body(0.22, until=0.8), ink - 22, 1.0),
        *((pose.spot(0.085, side, 0.026, 0.02), ink - 35, 1.0) for side in (-0.052, 0.052)),
    ]


def mouse(pose: Pose) -> list[Layer]:
    """A furry body, lighter along its back, two ears, and a bare tail that goes on behind the back."""
    ink, skin = pose.ink, (1 if pose.ink < 128 else -1.2)  # bare skin: paler than black, darker than white
    way = pose.spine[-1] - pose.spine[-5]
    way = way / np.hypot(*way) * pose.length * MOUSE_TAIL
    side = way[::-1] * (1, -1)
    curl = 0.28 * np.sin(pose.spine[0].sum() / 37)  # swings as the animal moves
    s = np.linspace(0, 1, 12)[:, None]
    tail = pose.spine[-1] + s * way + curl * np.sin(2.6 * s) * side
    thick = (1.7 - 1.0 * s) * side / np.hypot(*side)
    return [
        (pose.body(1.0, 1.6), ink * 0.72, 0.35),  # its shadow
        (np.concatenate([tail + thick, (tail - thick)[::-1]]), ink + 28 * skin, 0.9),
        *((pose.body(f), ink + up, 1.0) for f, up in ((1.0, -6), (0.8, 4), (0.58, 14), (0.3, 22))),
        *((pose.spot(0.235, aside, 0.062, 0.056), ink + 34 * skin, 1.0) for aside in (-0.115, 0.115)),
        *((pose.spot(0.235, aside, 0.036, 0.03), ink + 14 * skin, 1.0) for aside in (-0.12, 0.12)),
        (pose.spot(0.015, 0, 0.02, 0.022), ink + 40 * skin, 1.0),
    ]


def clouds(cell: int, rng: np.random.Generator) -> Floats:
    """Smooth unit noise of about `cell` px: `[256, 256]`."""
    coarse = rng.standard_normal((SIZE // cell + 3, SIZE // cell + 3))
    return np.asarray(cv2.resize(coarse, (SIZE, SIZE), interpolation=cv2.INTER_CUBIC))


def specked(ground: Floats, count: int, depth: float, rng: np.random.Generator) -> Floats:
    """The ground with small dark crumbs."""
    for x, y in rng.uniform(4, SIZE - 4, (count, 2)):
        at, grey = (int(x), int(y)), float(ground[int(y), int(x)] - depth * rng.uniform(0.3, 1))
        cv2.ellipse(ground, at, rng.integers(1, 4, 2).tolist(), rng.uniform(0, 180), 0, 360, grey, -1)
    return ground


def dish(rng: np.random.Generator) -> Floats:
    """A dish lit from below, its rim now and then in view."""
    ground = rng.uniform(185, 215) + 5 * clouds(90, rng) + 2.5 * clouds(3, rng)
    if rng.random() < 0.6:
        centre = tuple(int(v) for v in rng.normal(SIZE / 2, 8, 2))
        radius = int(rng.uniform(146, 180))
        cv2.circle(ground, centre, radius, float(ground.mean() - rng.uniform(25, 70)), 4, cv2.LINE_AA)
        cv2.circle(ground, centre, radius + 6, float(ground.mean() - 15), 2, cv2.LINE_AA)
    return specked(ground, int(rng.integers(3, 12)), 60, rng)


def tank(rng: np.random.Generator) -> Floats:
    """A shallow tank with ripples of light and, often, a wall."""
    ground = rng.uniform(140, 195) + 9 * clouds(70, rng) + rng.uniform(2, 7) * clouds(18, rng)
    ground += 2 * clouds(2, rng)
    if rng.random() < 0.6:
        wall, inset = float(ground.mean() - rng.uniform(30, 80)), int(rng.integers(1, 7))
        cv2.rectangle(ground, (inset, inset), (SIZE - 1 - inset, SIZE - 1 - inset), wall, 2)
    return specked(ground, int(rng.integers(2, 20)), 45, rng)


def cage(rng: np.random.Generator) -> Floats:
    """A pale floor, bare or with bedding, droppings and scuffs."""
    ground = rng.uniform(150, 205) + 7 * clouds(80, rng) + 4 * clouds(6, rng)
    for _ in range(int(rng.choice([0, 25, 420]))):
        x, y = rng.uniform(0, SIZE, 2)
        angle, long, grey = rng.uniform(0, np.pi), rng.uniform(3, 9), float(ground.mean() + rng.normal(0, 20))
        dx, dy = long * np.cos(angle), long * np.sin(angle)
        cv2.line(ground, (int(x - dx), int(y - dy)), (int(x + dx), int(y + dy)), grey, 2, cv2.LINE_AA)
    return specked(ground, int(rng.integers(0, 14)), 75, rng)


def dark_cage(rng: np.random.Generator) -> Floats:
    """The same in a dark arena."""
    return np.asarray(48 + 0.28 * cage(rng))


LARVA = Species(
    length=(62, 78),
    widths=((0, 0.035), (0.05, 0.055), (0.2, 0.032), (0.28, 0.04), (0.36, 0.024), (0.45, 0.015), (1, 0.004)),
    follow=1.3,
    beat=0.75,
    layers=larva,
    backdrop=dish,
    ink=(85, 110),
)
FISH = Species(
    length=(58, 76),
    widths=(
        (0, 0.014),
        (0.05, 0.05),
        (0.2, 0.085),
        (0.35, 0.08),
        (0.62, 0.044),
        (0.82, 0.016),
        (0.9, 0.018),
        (1, 0.03),
    ),
    follow=1.1,
    beat=0.45,
    layers=fish,
    backdrop=tank,
    ink=(45, 85),
)
BODY = ((0, 0.018), (0.06, 0.06), (0.15, 0.1), (0.24, 0.12), (0.34, 0.115), (0.52, 0.17), (0.72, 0.195))
RUMP = ((0.88, 0.16), (0.97, 0.085), (1, 0.04))
BLACK_MOUSE = Species((50, 62), BODY + RUMP, 0.9, 0.08, mouse, cage, ink=(38, 62))
WHITE_MOUSE = Species((50, 62), BODY + RUMP, 0.9, 0.08, mouse, dark_cage, ink=(185, 215))
SPECIES = (LARVA, FISH, BLACK_MOUSE, WHITE_MOUSE)

EASY = Arena(frames=(5, 6), animals=(2, 2), stride=0.3, turning=16, company=48, difference=0.12, noise=0.6)
STANDARD = Arena()
HARD = Arena(frames=(9, 12), animals=(3, 4), stride=0.42, turning=28, company=18, difference=0.02, noise=1.6)
