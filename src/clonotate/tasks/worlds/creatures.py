"""Animals seen from above, and the grounds they live on: larval and adult zebrafish, and mice.

An animal is a midline with a width along it, painted as a few filled outlines over a still backdrop.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Layer: TypeAlias = tuple[Floats, float, float]  # an outline [points, 2], its grey level and its opacity

SIZE = 256  # px along a side of a frame
STATIONS = np.linspace(0, 1, 25)  # along a body, from front to back
FINE = 2  # animals are painted so many times as fine
MOUSE_TAIL = 0.75  # body lengths


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
SPECIES = {"larva": LARVA, "fish": FISH, "black mouse": BLACK_MOUSE, "white mouse": WHITE_MOUSE}
