"""A film of a walking animal: light and coat around the chains of `bodies.py`, and what is hidden.

Every part is painted into a chart of twice the canvas's resolution; the chart gives colour, relief (by the
distance to the edge of a layer) and how much of each keypoint can be seen.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.tasks.worlds.bodies import Animal, Part, Tone, Walk
from clonotate.tasks.worlds.gaits import Floats
from clonotate.tasks.worlds.overhead import INSECTS, insect_above, mouse_above
from clonotate.tasks.worlds.poses import Film
from clonotate.tasks.worlds.quadrupeds import BUILDS, quadruped
from clonotate.tasks.worlds.scenery import Image, Light, from_above, from_the_side, obstacles, octaves

SIZE = 256  # px along a side of the canvas
FINE = 2  # samples per px along each axis
MARGIN = 14  # px that the animal keeps from the border
OBSTACLE = 250  # the layer of what stands before the animal
PINK: Tone = (0.80, 0.60, 0.55)
Chart = NDArray[np.uint8]
Pan = NDArray[np.int64]


@dataclass(frozen=True)
class Scene:
    """One world's knobs."""

    frames: tuple[int, int]
    pace: tuple[float, float]  # strides from a frame to the next
    contrast: float  # least difference of luminance between keypoints and ground, in [0, 1]
    clutter: float  # of the ground, in [0, 1]
    noise: float  # grey levels
    blur: float  # px
    cover: float  # chance of things in front of animals outside an arena
    kinds: tuple[str, ...] = ("mouse above", "mouse above", *BUILDS, *INSECTS)
    rightward: float = 0.5  # chance that what is seen from the side walks to the right


COATS: dict[str, tuple[Tone, ...]] = {
    "rodent": (
        (0.10, 0.10, 0.10),
        (0.16, 0.13, 0.11),
        (0.34, 0.27, 0.20),
        (0.50, 0.46, 0.42),
        (0.86, 0.84, 0.80),
    ),
    "pet": (
        (0.14, 0.13, 0.13),
        (0.40, 0.25, 0.14),
        (0.62, 0.46, 0.28),
        (0.45, 0.43, 0.42),
        (0.85, 0.80, 0.72),
        (0.30, 0.17, 0.10),
    ),
    "insect": (
        (0.10, 0.08, 0.08),
        (0.24, 0.12, 0.07),
        (0.42, 0.20, 0.08),
        (0.12, 0.16, 0.13),
        (0.35, 0.28, 0.16),
    ),
}


def shoot(scene: Scene, rng: np.random.Generator) -> Film:
    """A film of an animal of the scene's kinds; everything random comes from `rng`."""
    kind = scene.kinds[rng.integers(len(scene.kinds))]
    frames = int(rng.integers(scene.frames[0], scene.frames[1] + 1))
    animal = cast(kind, Walk(frames, rng.uniform(*scene.pace), rng.uniform(0, 1)), scene.rightward, rng)
    animal, pan = staged(animal, rng)
    height, width = (int(SIZE + reach) for reach in np.ptp(pan[:, ::-1], axis=0))
    level = ground_level(animal, scene.contrast, rng)
    arena = group_of(kind) == "rodent"
    if animal.above:
        ground = from_above(arena, height, width, level, scene.clutter, rng)
    else:
        horizon = int(animal.travel[0, 1] - rng.uniform(3, 22))
        ground = from_the_side(horizon, height, width, level, scene.clutter, rng)
    if not arena and rng.random() < scene.cover:
        animal = covered(animal, pan, rng)
    grey = arena and rng.random() < 0.6
    images, seen = exposed(animal, ground, pan, scene, grey, rng)
    points = np.stack([animal.parts[j.part].circles[:, j.circle, :2] for j in animal.joints], axis=1)
    return Film(images, tuple(j.name for j in animal.joints), animal.bones, points, seen, kind)


def group_of(kind: str) -> str:
    """Whose coats a kind wears."""
    if kind in INSECTS:
        return "insect"
    return "rodent" if kind in ("mouse above", "mouse", "rat") else "pet"


def cast(kind: str, walk: Walk, rightward: float, rng: np.random.Generator) -> Animal:
    """An animal of that kind, of some colour; `rightward` as in `Scene`."""
    coats = COATS[group_of(kind)]
    r, g, b = (float(np.clip(c + rng.normal(0, 0.02), 0.04, 0.95)) for c in coats[rng.integers(len(coats))])
    coat = (r, g, b)
    if kind in INSECTS:
        return insect_above(INSECTS[kind], walk, coat, scaled(coat, rng.uniform(0.7, 1.2)), rng)
    if kind == "mouse above":
        return mouse_above(walk, coat, mixed(PINK, coat, 0.35), rng)
    rodent = group_of(kind) == "rodent"
    skin = mixed(PINK, coat, 0.25) if rodent else scaled(coat, rng.uniform(0.55, 0.9))
    return quadruped(BUILDS[kind], walk, coat, skin, rightward, rng)


def scaled(tone: Tone, factor: float) -> Tone:
    """Lighter or darker."""
    return (min(tone[0] * factor, 1), min(tone[1] * factor, 1), min(tone[2] * factor, 1))


def mixed(one: Tone, other: Tone, share: float) -> Tone:
    """`share` of the other."""
    r, g, b = (a + share * (c - a) for a, c in zip(one, other, strict=True))
    return (r, g, b)


def luminance(tone: Tone) -> float:
    """Weighted as the eye does."""
    return 0.30 * tone[0] + 0.59 * tone[1] + 0.11 * tone[2]


def ground_level(animal: Animal, contrast: float, rng: np.random.Generator) -> float:
    """A luminance of the ground that all parts with keypoints stand out from."""
    tones = [luminance(animal.parts[joint.part].tone) for joint in animal.joints]
    choices = np.linspace(0.12, 0.88, 39)
    apart = np.abs(choices[:, None] - tones).min(axis=1)
    clear = choices[apart >= contrast]
    return float(rng.choice(clear) if len(clear) else choices[apart.argmax()])


def staged(animal: Animal, rng: np.random.Generator) -> tuple[Animal, Pan]:
    """The animal in canvas px, and how far the camera has followed it: `[frames, 2]` px.

    The camera follows no more than it must to keep the whole animal in the picture.
    """
    room = SIZE - 2 * MARGIN
    spots = np.concatenate([part.circles for part in animal.parts], axis=1)[..., :2]
    travel = animal.travel * (1, int(animal.above))
    still = extent(spots - travel[:, None])
    scale = room * rng.uniform(0.8, 0.98) / max(still[2:] - still[:2])
    for follow in np.linspace(rng.choice([0.0, 0.4]), 1, 8):
        pan = np.rint(scale * follow * travel).astype(np.int64)
        box = extent(scale * spots - pan[:, None])
        if max(box[2:] - box[:2]) <= room:
            break
    low, high = (0.0, 1.0) if animal.above else (0.45, 0.9)
    slack = np.maximum(room - (box[2:] - box[:2]), 0)
    shift = MARGIN + slack * rng.uniform((0, low), (1, high)) - box[:2] - pan
    moved = np.pad(shift, ((0, 0), (0, 1)))[:, None]
    parts = tuple(replace(part, circles=part.circles * scale + moved) for part in animal.parts)
    return replace(animal, parts=parts, travel=animal.travel * scale + shift), pan


def covered(animal: Animal, pan: Pan, rng: np.random.Generator) -> Animal:
    """With things that stand on the ground between the animal and the camera, and hide what passes behind."""
    spots = np.concatenate([animal.parts[joint.part].circles[:, -1] for joint in animal.joints])
    fixed = np.pad(pan, ((0, 0), (0, 1)))[:, None]
    things = obstacles(extent(spots[:, :2] + np.tile(pan, (len(animal.joints), 1))), animal.above, rng)
    parts = tuple(Part(circles - fixed, tone, OBSTACLE) for circles, tone in things)
    return replace(animal, parts=animal.parts + parts)


def extent(points: Floats) -> Floats:
    """Left, top, right, bottom of points `[..., 2]`."""
    flat = points.reshape(-1, 2)
    return np.concatenate([flat.min(axis=0), flat.max(axis=0)])


def exposed(
    animal: Animal, ground: Image, pan: Pan, scene: Scene, grey: bool, rng: np.random.Generator
) -> tuple[NDArray[np.uint8], Floats]:
    """All frames, uint8 `[frames, 256, 256, 3]`, and the share seen of each keypoint."""
    corner, fur, lamp = pan.min(axis=0), pelt(rng), rng.uniform(-0.6, 0.6)
    across = np.linspace(-1, 1, SIZE, dtype=np.float32) - np.float32(rng.uniform(-0.4, 0.4))
    fading = 1 - np.float32(rng.uniform(0.05, 0.28)) * (across[:, None] ** 2 + across**2) / 2
    vignette = cv2.merge([fading] * 3)
    speck = cv2.merge([rng.normal(0, scene.noise, (SIZE + 32, SIZE + 32)).astype(np.float32)] * 3)
    images = np.empty((len(pan), SIZE, SIZE, 3), np.uint8)
    seen = np.empty((len(pan), len(animal.joints)))
    for t, (left, top) in enumerate((pan - corner).tolist()):
        picture = ground[top : top + SIZE, left : left + SIZE].copy()
        chart = painted(animal, t)
        seen[t] = visible(animal, chart, t)
        lay_on(picture, chart, animal, t, fur, lamp)
        picture = cv2.GaussianBlur(picture, (5, 5), scene.blur) * vignette
        x, y = rng.integers(0, 32, 2)
        picture += speck[y : y + SIZE, x : x + SIZE]
        images[t] = np.clip(picture * np.float32(rng.uniform(0.97, 1.03)), 0, 255, out=picture)
        if grey:
            images[t] = cv2.cvtColor(cv2.cvtColor(images[t], cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    return images, seen


def pelt(rng: np.random.Generator) -> Light:
    """The pattern of a coat, factors about 1: streaks along the body and, on some animals, patches."""
    streaks = cv2.resize(rng.standard_normal((SIZE, SIZE // 4), np.float32), (SIZE, SIZE))
    fur = 1 + 0.06 * streaks
    if rng.random() < 0.3:
        spots = octaves(SIZE, SIZE, (int(rng.integers(14, 30)),), rng)
        fur *= 1 - np.float32(rng.uniform(0.2, 0.45)) * np.clip(4 * spots, 0, 1)
    return np.asarray(fur, np.float32)


def painted(animal: Animal, t: int) -> Chart:
    """Which part (from 1) is foremost at every sample: uint8 `[512, 512]`, 0 where there is ground."""
    chart = np.zeros((SIZE * FINE, SIZE * FINE), np.uint8)
    for index, part in enumerate(animal.parts, 1):
        chain(chart, part.circles[t] * FINE, index)
    return chart


def chain(chart: Chart, circles: Floats, value: int) -> None:
    """Paint circles `[n, 3]` and what lies between neighbours, in place."""
    for x, y, radius in np.rint(circles * 16).astype(np.int64).tolist():
        cv2.circle(chart, (x, y), radius, value, -1, cv2.LINE_8, 4)
    start, end = circles[:-1], circles[1:]
    way = end[:, :2] - start[:, :2]
    normal = way[:, ::-1] * (-1, 1) / np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-6)[:, None]
    near, far = normal * start[:, 2:], normal * end[:, 2:]
    a, b = start[:, :2], end[:, :2]
    for quad in np.rint(16 * np.stack([a + near, b + far, b - far, a - near], axis=1)).astype(np.int32):
        cv2.fillConvexPoly(chart, quad, value, cv2.LINE_8, 4)


def layers_of(animal: Animal) -> Chart:
    """The layer of every value of a chart, 255 for the ground: uint8 `[256]`."""
    layers = np.full(256, 255, np.uint8)
    layers[1 : 1 + len(animal.parts)] = [part.layer for part in animal.parts]
    return layers


def visible(animal: Animal, chart: Chart, t: int) -> Floats:
    """The share of the animal that belongs to a keypoint's own layer, in a disc around it: `[keypoints]`."""
    layers, share = layers_of(animal), []
    for joint in animal.joints:
        x, y, radius = animal.parts[joint.part].circles[t, joint.circle] * FINE
        reach = int(np.clip(radius, 3, 6))
        top, left = max(int(y) - reach, 0), max(int(x) - reach, 0)
        disc = layers[chart[top : int(y) + reach + 1, left : int(x) + reach + 1]]
        own = disc[disc != 255] == animal.parts[joint.part].layer
        share.append(float(own.mean()) if own.size else 0.0)
    return np.array(share)


def lay_on(picture: Image, chart: Chart, animal: Animal, t: int, fur: Light, lamp: float) -> None:
    """Put the animal and its shadow on the ground, in place: colour, relief and the pattern of its coat."""
    tones = np.zeros((256, 1, 3), np.uint8)
    tones[1 : 1 + len(animal.parts), 0] = np.rint([np.multiply(part.tone, 255) for part in animal.parts])
    box = cv2.boundingRect(chart)
    left, top = max(box[0] // FINE - 2, 0), max(box[1] // FINE - 2, 0)
    right, bottom = min((box[0] + box[2]) // FINE + 3, SIZE), min((box[1] + box[3]) // FINE + 3, SIZE)
    chart, size = chart[FINE * top : FINE * bottom, FINE * left : FINE * right], (right - left, bottom - top)
    color = cv2.resize(cv2.LUT(cv2.merge([chart] * 3), tones), size, interpolation=cv2.INTER_AREA)
    solid = np.where(chart > 0, np.uint8(255), np.uint8(0))
    cover = cv2.resize(solid, size, interpolation=cv2.INTER_AREA).astype(np.float32) * np.float32(1 / 255)
    turn = cv2.getRotationMatrix2D((SIZE / 2, SIZE / 2), -np.degrees(animal.heading[t]), 1.0)
    turn[:, 2] += animal.travel[t] - SIZE / 2 - (left, top)
    coat = cv2.warpAffine(fur, turn, size, borderMode=cv2.BORDER_WRAP)
    cast_shadow(picture, cover, (left, top), animal, t)
    shade = relief(chart[::FINE, ::FINE], animal, lamp) * coat
    window = picture[top:bottom, left:right]
    window *= cv2.merge([1 - cover] * 3)
    window += color * cv2.merge([shade] * 3)


def cast_shadow(picture: Image, cover: Light, corner: tuple[int, int], animal: Animal, t: int) -> None:
    """Darken the ground below the animal, in place; `cover` is its silhouette, with its corner there."""
    left, top = corner
    if animal.above:
        place = np.array([[1, 0, left + 3], [0, 1, top + 4]], np.float32)
    else:
        foot = animal.travel[t, 1]
        place = np.array([[1, 0, left], [0, 0.07, foot - 0.07 * (foot - top) + 1]], np.float32)
    shadow = cv2.GaussianBlur(cv2.warpAffine(cover, place, (SIZE, SIZE)), (13, 13), 3)
    picture *= cv2.merge([1 - np.float32(0.35) * shadow] * 3)


def relief(chart: Chart, animal: Animal, lamp: float) -> Light:
    """How light every px of the animal is: darker at the edges of a layer, and away from the lamp above."""
    layer = cv2.LUT(np.ascontiguousarray(chart), layers_of(animal))
    edges = cv2.morphologyEx(layer, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    depth = np.minimum(cv2.distanceTransform((edges == 0).astype(np.uint8), cv2.DIST_L2, 3), 13)
    smooth = cv2.GaussianBlur(depth, (7, 7), 1.6)
    slope = lamp * cv2.Sobel(smooth, cv2.CV_32F, 1, 0) - cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    return np.asarray((0.68 + 0.11 * np.sqrt(smooth) - 0.035 * slope).clip(0.3, 1.5), np.float32)


EASY = Scene(frames=(6, 7), pace=(0.08, 0.12), contrast=0.30, clutter=0.3, noise=3.0, blur=0.5, cover=0.2)
STANDARD = Scene(
    frames=(7, 10), pace=(0.10, 0.18), contrast=0.20, clutter=0.7, noise=5.0, blur=0.6, cover=0.6
)
RIGHTWARD = replace(STANDARD, kinds=tuple(BUILDS), rightward=1.0)
HARD = Scene(frames=(10, 10), pace=(0.18, 0.28), contrast=0.13, clutter=1.0, noise=9.0, blur=0.8, cover=0.8)
