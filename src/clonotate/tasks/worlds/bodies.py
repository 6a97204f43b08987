"""Walking animals as chains of circles: quadrupeds from the side, mice and insects from above.

An animal is a list of parts in painter's order, farthest first, posed in every frame. Each keypoint is a
circle of one part. Lengths are body lengths, x to the right and y down; the camera is `footage.py`'s.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from clonotate.tasks.worlds.gaits import (
    FOUR_FEET,
    SIX_FEET,
    Floats,
    bend,
    curve,
    footfall,
    wander,
)

Tone = tuple[float, float, float]  # RGB in 0..1
DARK: Tone = (0.05, 0.045, 0.05)


@dataclass(frozen=True, eq=False)
class Part:
    """A tapered chain. Parts of one layer shade into one another; other layers can hide them."""

    circles: Floats  # [frames, n, 3]: x, y, radius
    tone: Tone
    layer: int = 0


@dataclass(frozen=True)
class Joint:
    """A keypoint: a circle of a part."""

    name: str
    part: int
    circle: int = -1


@dataclass(frozen=True, eq=False)
class Animal:
    """All parts in all frames."""

    parts: tuple[Part, ...]
    joints: tuple[Joint, ...]
    bones: tuple[tuple[int, int], ...]  # pairs of keypoints that tools join by a line
    above: bool  # seen from above, else from the side, standing on y = 0
    travel: Floats  # [frames, 2]: where the trunk is
    heading: Floats  # [frames] rad, for the pattern of the coat


@dataclass(frozen=True)
class Build:
    """Proportions of a quadruped; lengths in units from hip to shoulder."""

    hip: float
    shoulder: float
    rump: float  # radii of the trunk
    loin: float
    chest: float
    neck: tuple[float, float, float]  # length, elevation in rad, radius
    head: tuple[float, float, float]  # length to the snout, droop in rad, radius of the skull
    snout: float
    ear: tuple[float, float]  # length, radius
    tail: tuple[float, float, float, float]  # length, elevation at its base and tip in rad, radius
    leg: float  # radius of the shank
    paw: float  # length
    stride: float
    arch: float = 0.0  # of the back
    names: tuple[str, ...] = ("Snout", "Tail base", "L fore", "R fore", "L hind", "R hind")


MOUSE_NAMES = ("Snout", "Tail base", "Tail tip", "L fore", "R fore", "L hind", "R hind")
BUILDS = {
    "dog": Build(
        0.95, 0.98, 0.17, 0.165, 0.22, (0.30, 0.85, 0.13), (0.36, 0.28, 0.125), 0.058,
        (0.11, 0.06), (0.55, 0.5, 1.3, 0.04), 0.05, 0.09, 0.50,
    ),
    "cat": Build(
        0.66, 0.64, 0.145, 0.15, 0.165, (0.16, 0.55, 0.12), (0.17, 0.22, 0.125), 0.055,
        (0.09, 0.04), (0.80, 0.1, 0.9, 0.04), 0.048, 0.08, 0.42, 0.02,
        ("Snout", "Tail base", "Tail tip", "L fore", "R fore", "L hind", "R hind"),
    ),
    "horse": Build(
        1.12, 1.12, 0.22, 0.22, 0.23, (0.50, 0.85, 0.16), (0.48, 0.85, 0.105), 0.065,
        (0.10, 0.032), (0.70, -1.0, -1.5, 0.06), 0.042, 0.06, 0.52,
    ),
    "mouse": Build(
        0.52, 0.47, 0.22, 0.23, 0.17, (0.12, 0.10, 0.15), (0.33, 0.22, 0.14), 0.034,
        (0.09, 0.085), (0.85, 0.10, 0.35, 0.032), 0.038, 0.11, 0.34, 0.10, MOUSE_NAMES,
    ),
    "rat": Build(
        0.54, 0.48, 0.20, 0.20, 0.165, (0.18, 0.05, 0.135), (0.38, 0.18, 0.125), 0.038,
        (0.065, 0.06), (0.90, 0.0, 0.25, 0.038), 0.042, 0.12, 0.36, 0.06, MOUSE_NAMES,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Walk:
    """A bout of walking: how many frames, strides from one to the next, and in which one it begins."""

    frames: int
    pace: float
    start: float

    @property
    def phase(self) -> Floats:
        """`[frames]` strides."""
        return np.asarray(self.start + self.pace * np.arange(self.frames), np.float64)


@dataclass
class Sketch:
    """Parts and keypoints while an animal is put together."""

    parts: list[Part] = field(default_factory=list)
    joints: list[Joint] = field(default_factory=list)

    def add(self, points: Floats, radii: Floats | list[float], tone: Tone, layer: int, count: int = 0) -> int:
        """A chain through points `[frames, n, 2]`, smoothed to `count` circles if given; its index."""
        widths = np.broadcast_to(np.asarray(radii, float)[:, None], (*points.shape[:2], 1))
        circles = np.concatenate([points, widths], axis=-1)
        self.parts.append(Part(curve(circles, count) if count else circles, tone, layer))
        return len(self.parts) - 1

    def mark(self, name: str, part: int, circle: int = -1) -> None:
        self.joints.append(Joint(name, part, circle))


def quadruped(build: Build, walk: Walk, coat: Tone, skin: Tone, rng: np.random.Generator) -> Animal:
    """A quadruped that walks to the left or to the right, so that its left or its right side is near."""
    gait = FOUR_FEET[list(FOUR_FEET)[rng.integers(len(FOUR_FEET))]]
    build = varied(build, rng)
    right = bool(rng.random() < 0.5)
    sketch, frames = Sketch(), walk.frames
    bob = 0.02 * np.sin(4 * np.pi * walk.phase + rng.uniform(0, 6.3))
    far, near = ("L", "R") if right else ("R", "L")
    legs = Legs(build, walk, gait.landing, gait.duty, bob)
    for layer, hind in ((1, True), (2, False)):
        legs.draw(sketch, far, hind, dimmed(coat, 0.62), dimmed(skin, 0.7), layer, near=False)
    trunk(sketch, build, bob, frames, coat, skin, rng)
    for layer, hind in ((4, True), (5, False)):
        legs.draw(sketch, near, hind, coat, skin, layer, near=True)
    order = sorted(sketch.joints, key=lambda joint: build.names.index(joint.name))
    face = 1.0 if right else -1.0
    forward = face * build.stride / gait.duty * (walk.phase - walk.start)
    parts = [mirrored(part, face, forward) for part in sketch.parts]
    return Animal(
        parts=tuple(parts),
        joints=tuple(order),
        bones=bones(tuple(joint.name for joint in order)),
        above=False,
        travel=np.stack([forward, np.zeros(frames)], axis=-1),
        heading=np.zeros(frames),
    )


def varied(build: Build, rng: np.random.Generator) -> Build:
    """Another individual: most proportions off by up to a tenth."""
    names = ("hip", "shoulder", "rump", "loin", "chest", "leg", "paw", "stride")
    tall = rng.uniform(0.94, 1.06)
    scale = {name: rng.uniform(0.92, 1.08) for name in names}
    scale |= {"hip": tall, "shoulder": tall * rng.uniform(0.97, 1.03)}
    length, base, tip, radius = build.tail
    neck, rise, width = build.neck
    return replace(
        build,
        **{name: getattr(build, name) * factor for name, factor in scale.items()},
        tail=(length * rng.uniform(0.85, 1.1), base + rng.normal(0, 0.2), tip + rng.normal(0, 0.35), radius),
        neck=(neck * rng.uniform(0.9, 1.1), rise + rng.normal(0, 0.12), width),
    )


def mirrored(part: Part, face: float, forward: Floats) -> Part:
    """From x forward, y up to the picture: y down, to the right or left, as far as the walk led."""
    circles = part.circles * np.array([face, -1.0, 1.0])
    circles[..., 0] += forward[:, None]
    return replace(part, circles=circles)


@dataclass(frozen=True, eq=False)
class Legs:
    """What the four legs of a quadruped have in common."""

    build: Build
    walk: Walk
    landing: tuple[float, ...]
    duty: float
    bob: Floats

    def draw(
        self, sketch: Sketch, side: str, hind: bool, coat: Tone, skin: Tone, layer: int, near: bool
    ) -> None:
        """One leg; the haunch of a near one belongs to the trunk, so that it shades into it."""
        build, frames = self.build, self.walk.frames
        phase = self.walk.phase - self.landing[2 * hind + (side == "R")]
        height = build.hip if hind else build.shoulder
        foot = footfall(phase, self.duty, build.stride, 0.14 * height)
        lifted = foot[:, 1] / (0.14 * height)
        drop = 1.0 * build.rump if hind else 0.85 * build.chest
        top = np.stack([np.full(frames, 0.03 if hind else 0.96), height - drop + self.bob], axis=-1)
        # The far feet stand a little higher in the picture, as the ground is seen from slightly above.
        foot = foot + np.array([0.02 if hind else 1.0, build.leg * 0.8 + (0.0 if near else 0.05)])
        tilt = (0.55 if hind else 0.1) + (0.75 if hind else 1.3) * lifted
        cannon = (0.30 if hind else 0.22) * height
        ankle = foot + cannon * np.stack([-np.sin(tilt), np.cos(tilt)], axis=-1)
        bone = 0.54 * (height - drop - cannon * 0.9) + 0.05 * height
        knee = bend(top, ankle, bone, bone, 1.0 if hind else -1.0)
        toe = foot + build.paw * np.stack([np.cos(0.9 * lifted), -np.sin(0.9 * lifted)], axis=-1)
        thick, haunch = build.leg, (0.95 if hind else 0.85)
        thigh = np.stack([top, 0.5 * (top + knee), knee], axis=1)
        widths = [haunch * (2.4 * thick + 0.04), haunch * 2.2 * thick, 1.35 * thick]
        sketch.add(thigh, widths, coat, 3 if near else layer, 7)
        sketch.add(
            np.stack([knee, ankle, foot], axis=1), [1.3 * thick, 0.85 * thick, 0.8 * thick], coat, layer
        )
        paw = sketch.add(np.stack([foot, toe], axis=1), [0.85 * thick, 0.75 * thick], skin, layer)
        sketch.mark(f"{side} {'hind' if hind else 'fore'}", paw)


def trunk(
    sketch: Sketch, build: Build, bob: Floats, frames: int, coat: Tone, skin: Tone, rng: np.random.Generator
) -> None:
    """Tail, trunk, neck, head, ears and an eye, all in layer 3."""
    nod = bob + 0.5 * wander(frames, 0.02, rng)

    def at(x: float, y: float, lift: Floats = bob) -> Floats:
        return np.stack([np.full(frames, x), y + lift], axis=-1)

    neck, rise, girth = build.neck
    length, droop, skull = build.head
    poll = (1.04 + neck * np.cos(rise), build.shoulder - 0.35 * build.chest + neck * np.sin(rise))
    nose = (poll[0] + length * np.cos(droop), poll[1] - length * np.sin(droop))
    rump = (-0.02, build.hip - 0.97 * build.rump)
    bare = build.names == MOUSE_NAMES
    base = (rump[0] - 0.86 * build.rump, rump[1] + (0.0 if bare else 0.42) * build.rump)
    tail = tail_course(build, base, bob, frames, rng)
    radii = build.tail[3] * np.linspace(1, 0.45, tail.shape[1])
    painted = sketch.add(tail, list(radii), skin if bare else coat, 3, 16)
    sketch.mark("Tail base", painted, 0)
    if "Tail tip" in build.names:
        sketch.mark("Tail tip", painted)
    ear = curve(np.stack([at(*poll, nod), at(poll[0] - 0.06, poll[1] + skull, nod)], 1), 3)
    sketch.add(ear + np.array([0.03, build.ear[0] * 0.5]), [build.ear[1]] * 3, skin, 3)
    back = [
        at(*rump),
        at(0.45, build.hip - build.loin + build.arch),
        at(0.9, build.shoulder - 0.9 * build.chest),
    ]
    throat = at(1.04, build.shoulder - 0.5 * build.chest)
    middle = at(0.5 * (1.04 + poll[0]), 0.5 * (build.shoulder - 0.4 * build.chest + poll[1]), nod)
    chain = np.stack([*back, throat, middle, at(*poll, nod)], axis=1)
    widths = [build.rump, build.loin, build.chest, 1.15 * girth + 0.02, girth, 0.85 * skull]
    sketch.add(chain, widths, coat, 3, 26)
    cheek = at(poll[0] + 0.45 * length * np.cos(droop), poll[1] - 0.45 * length * np.sin(droop), nod)
    face = np.stack([at(*poll, nod), cheek, at(*nose, nod)], axis=1)
    head = sketch.add(face, [skull, 0.72 * skull, build.snout], coat, 3, 10)
    sketch.mark("Snout", head)
    sketch.add(at(nose[0] + 0.3 * build.snout, nose[1], nod)[:, None], [0.6 * build.snout], DARK, 3)
    flap = np.stack([at(poll[0] - 0.03, poll[1] + 0.6 * skull, nod)] * 2, axis=1)
    flap[:, 1] += np.array([-0.5 * build.ear[0], build.ear[0]])
    sketch.add(flap, [build.ear[1], 0.8 * build.ear[1]], skin if bare else coat, 3)
    eye = at(
        poll[0] + 0.34 * length * np.cos(droop), poll[1] + 0.25 * skull - 0.3 * length * np.sin(droop), nod
    )
    sketch.add(eye[:, None], [0.028 if bare else 0.02], DARK, 3)


def tail_course(
    build: Build, base: tuple[float, float], bob: Floats, frames: int, rng: np.random.Generator
) -> Floats:
    """The tail as `[frames, 7, 2]`: it leaves backwards and bends up or down, swaying."""
    length, first, last, _ = build.tail
    sway = wander(frames, 0.18, rng)
    share = np.linspace(0, 1, 6)
    angle = first + (last - first) * share + sway[:, None] * share
    steps = length / 6 * np.stack([-np.cos(angle), np.sin(angle)], axis=-1)
    start = np.stack([np.full(frames, base[0]), base[1] + bob], axis=-1)[:, None]
    course = np.concatenate([start, start + np.cumsum(steps, axis=1)], axis=1)
    course[..., 1] = np.maximum(course[..., 1], 0.04)  # not into the ground
    return course


def mouse_above(walk: Walk, coat: Tone, skin: Tone, rng: np.random.Generator) -> Animal:
    """A mouse that runs and turns, seen from above: feet show beside the body or lie hidden under it."""
    gait, frames, sketch = FOUR_FEET["walk" if rng.random() < 0.5 else "trot"], walk.frames, Sketch()
    turn = np.cumsum(wander(frames, 0.12, rng) + rng.normal(0, 0.06))
    heading = rng.uniform(0, 2 * np.pi) + turn
    stride, fat = 0.34, rng.uniform(0.9, 1.3)
    step = walk.pace * stride / gait.duty * np.stack([np.cos(heading), np.sin(heading)], axis=-1)
    travel = np.cumsum(step, axis=0)
    bent = np.clip(np.gradient(heading) if frames > 1 else turn, -0.35, 0.35)

    def at(back: float | Floats, aside: float | Floats) -> Floats:
        """A place by its distance behind the shoulders and to the right of the spine, as the trunk bends."""
        behind, beside = np.broadcast_to(back, (frames,)), np.broadcast_to(aside, (frames,))
        angle = heading - 1.5 * bent * behind + 0.9 * np.maximum(-behind, 0) * bent
        along, across = np.cos(angle), np.sin(angle)
        x, y = -behind * along - beside * across, -behind * across + beside * along
        return np.asarray(travel + np.stack([x, y], axis=-1))

    feet = ((-0.02, 0.09, 0), (-0.02, 0.09, 1), (0.40, 0.150, 2), (0.40, 0.150, 3))
    for back, aside, foot in feet:
        side = -1.0 if foot % 2 == 0 else 1.0
        swing = footfall(walk.phase - gait.landing[foot], gait.duty, stride, 0.02)
        reach = side * fat * (aside + swing[:, 1])
        heel, toe = back - swing[:, 0], back - 0.1 - swing[:, 0]
        toes = np.stack([at(heel, reach), at(toe, reach + side * 0.025)], axis=1)
        paw = sketch.add(toes, [0.024, 0.022], skin, 1 + foot)
        if foot > 1:
            sketch.mark("R hind" if side > 0 else "L hind", paw)
    wave, sway = wander(frames, 0.35, rng), wander(frames, 0.35, rng)
    share = np.linspace(0, 1, 8)
    curl = (heading - 1.1 * bent)[:, None] + wave[:, None] * share + sway[:, None] * share**2
    steps = -rng.uniform(0.09, 0.125) * np.stack([np.cos(curl), np.sin(curl)], axis=-1)
    rump = at(0.62, 0.0)[:, None]
    tail = np.concatenate([rump, rump + np.cumsum(steps, axis=1)], axis=1)
    whip = sketch.add(tail, list(np.linspace(0.026, 0.010, 9)), skin, 5, 20)
    spine = np.stack([at(b, 0.0) for b in (0.60, 0.45, 0.25, 0.02, -0.14, -0.27, -0.37)], axis=1)
    widths = fat * np.array([0.05, 0.15, 0.175, 0.125, 0.095, 0.075, 0.026])
    body = sketch.add(spine, list(widths), coat, 5, 28)
    for side, name in ((-1.0, "L ear"), (1.0, "R ear")):
        shell = np.stack([at(-0.135, side * 0.085), at(-0.125, side * 0.125)], axis=1)
        sketch.mark(name, sketch.add(shell, [0.032, 0.045], skin, 5))
    sketch.mark("Snout", body)
    sketch.mark("Tail base", whip, 1)
    sketch.mark("Tail tip", whip)
    names = ("Snout", "L ear", "R ear", "L hind", "R hind", "Tail base", "Tail tip")
    order = sorted(sketch.joints, key=lambda joint: names.index(joint.name))
    return Animal(tuple(sketch.parts), tuple(order), bones(names), True, travel, heading)


@dataclass(frozen=True)
class Insect:
    """Proportions of an insect from above; lengths in units of its body."""

    head: tuple[float, float]  # distance before the thorax, radius
    thorax: tuple[float, float, float]  # half length, radii before and behind
    abdomen: tuple[float, float, float]  # distance of its start and end behind the thorax, radius
    leg: float  # radius
    feet: tuple[tuple[float, float], ...]  # fore, middle, hind: ahead and aside
    feelers: float
    wings: float = 0.0  # length
    stripe: bool = False  # wing cases that meet in a line


INSECTS = {
    "ant": Insect(
        (0.30, 0.105), (0.15, 0.075, 0.055), (0.20, 0.50, 0.12), 0.016,
        ((0.46, 0.36), (0.02, 0.50), (-0.48, 0.42)), 0.42,
    ),
    "beetle": Insect(
        (0.32, 0.09), (0.12, 0.13, 0.17), (0.06, 0.55, 0.20), 0.022,
        ((0.44, 0.36), (-0.02, 0.50), (-0.46, 0.44)), 0.30, 0.0, True,
    ),
    "fly": Insect(
        (0.24, 0.115), (0.10, 0.13, 0.13), (0.16, 0.44, 0.12), 0.018,
        ((0.42, 0.30), (0.04, 0.46), (-0.42, 0.40)), 0.08, 0.62,
    ),
    "cockroach": Insect(
        (0.28, 0.07), (0.10, 0.15, 0.17), (0.04, 0.56, 0.17), 0.02,
        ((0.44, 0.34), (-0.06, 0.48), (-0.58, 0.42)), 0.75, 0.0, True,
    ),
}  # fmt: skip


def insect_above(kind: Insect, walk: Walk, coat: Tone, skin: Tone, rng: np.random.Generator) -> Animal:
    """An insect that walks on six legs, seen from above."""
    gait, frames, sketch = SIX_FEET["tripod" if rng.random() < 0.7 else "wave"], walk.frames, Sketch()
    heading = rng.uniform(0, 2 * np.pi) + np.cumsum(wander(frames, 0.09, rng) + rng.normal(0, 0.04))
    stride, spread = 0.26, rng.uniform(0.92, 1.1)
    ahead, left = (
        np.stack([np.cos(heading), np.sin(heading)], -1),
        np.stack([np.sin(heading), -np.cos(heading)], -1),
    )
    travel = np.cumsum(walk.pace * stride / gait.duty * ahead, axis=0)

    def at(forward: float | Floats, aside: float | Floats = 0.0) -> Floats:
        f, a = np.broadcast_to(forward, (frames,)), np.broadcast_to(aside, (frames,))
        return np.asarray(travel + f[:, None] * ahead + a[:, None] * left)

    for leg, landing in enumerate(gait.landing):
        side, (x, y) = (1.0 if leg < 3 else -1.0), kind.feet[leg % 3]
        swing = footfall(walk.phase - landing, gait.duty, stride, 0.05)
        hip = at(0.11 * (1 - leg % 3), side * 0.06)
        tip = at(spread * x + swing[:, 0], side * spread * (y + swing[:, 1]))
        longest = np.hypot(*(tip - hip).T).max()
        knee = bend(hip, tip, 0.48 * longest, 0.57 * longest, side if leg % 3 == 2 else -side)
        ankle = tip + 0.28 * (knee - tip)
        chain = np.stack([hip, knee, ankle, tip], axis=1)
        widths = [1.3 * kind.leg, kind.leg, 0.8 * kind.leg, 0.6 * kind.leg]
        part = sketch.add(chain, widths, skin, 1 + leg)
        sketch.mark(f"{'L' if side > 0 else 'R'}{1 + leg % 3}", part)
    torso(sketch, kind, at, coat, skin, wander(frames, 0.12, rng))
    names = ("Head", "L1", "L2", "L3", "R1", "R2", "R3")
    order = sorted(sketch.joints, key=lambda joint: names.index(joint.name))
    return Animal(tuple(sketch.parts), tuple(order), bones(names), True, travel, heading)


Place = Callable[..., Floats]


def torso(sketch: Sketch, kind: Insect, at: Place, coat: Tone, skin: Tone, nod: Floats) -> None:
    """Feelers, abdomen, thorax, wings and head of an insect, in layer 7."""
    start, end, girth = kind.abdomen
    half, before, behind = kind.thorax
    reach, skull = kind.head
    for side in (-1.0, 1.0):
        feeler = [at(reach + skull * 0.6, side * 0.05)]
        feeler += [
            at(reach + skull + s * kind.feelers, side * (0.08 + 0.2 * s) + s * nod) for s in (0.4, 1.0)
        ]
        sketch.add(np.stack(feeler, axis=1), [0.014, 0.011, 0.008], skin, 7, 8)
    belly = [at(-start - share * (end - start)) for share in (0.0, 0.3, 0.7, 1.0)]
    front = 0.8 if kind.stripe else 0.35
    sketch.add(np.stack(belly, 1), [front * girth, girth, 0.95 * girth, 0.3 * girth], coat, 7, 16)
    if kind.stripe:
        sketch.add(np.stack([at(-start), at(-end)], axis=1), [0.009, 0.007], dimmed(coat, 0.45), 7)
    chest = np.stack([at(half), at(0.0), at(-half)], axis=1)
    sketch.add(chest, [before, 0.5 * (before + behind), behind], dimmed(coat, 0.75), 7, 7)
    for side in (-1.0, 1.0) if kind.wings else ():
        wing = [at(0.0, side * 0.06), at(-0.5 * kind.wings, side * 0.10), at(-kind.wings, side * 0.10)]
        sketch.add(np.stack(wing, axis=1), [0.03, 0.085, 0.06], (0.62, 0.60, 0.58), 7, 8)
    face = np.stack([at(reach - 0.04), at(reach + 0.3 * skull)], axis=1)
    sketch.mark("Head", sketch.add(face, [skull, 0.75 * skull], dimmed(coat, 0.85), 7))
    width, tone = (0.4, (0.45, 0.10, 0.07)) if kind.wings else (0.22, DARK)
    for side in (-1.0, 1.0):
        eye = at(reach + 0.1 * skull, side * 0.75 * skull)[:, None]
        sketch.add(eye, [width * skull], tone, 7)


def dimmed(tone: Tone, factor: float) -> Tone:
    """A darker tone."""
    return (factor * tone[0], factor * tone[1], factor * tone[2])


def bones(names: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """The lines that annotation tools draw between keypoints, as pairs of indices."""
    pairs = [
        ("Snout", "Tail base"), ("Tail base", "Tail tip"), ("Snout", "L fore"), ("Snout", "R fore"),
        ("Tail base", "L hind"), ("Tail base", "R hind"), ("Snout", "L ear"), ("Snout", "R ear"),
        *(("Head", f"{side}{leg}") for side in "LR" for leg in (1, 2, 3)),
    ]  # fmt: skip
    return tuple((names.index(a), names.index(b)) for a, b in pairs if a in names and b in names)
