"""Dogs, cats, horses, mice and rats that walk by, seen from the side."""

from dataclasses import dataclass, replace

import numpy as np

from clonotate.tasks.worlds.bodies import DARK, Animal, Part, Sketch, Tone, Walk, bones, dimmed
from clonotate.tasks.worlds.gaits import FOUR_FEET, Floats, bend, curve, footfall, wander


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


def quadruped(
    build: Build, walk: Walk, coat: Tone, skin: Tone, rightward: float, rng: np.random.Generator
) -> Animal:
    """A quadruped that walks to the right, with that chance, or to the left; the side it shows is near."""
    gait = FOUR_FEET[list(FOUR_FEET)[rng.integers(len(FOUR_FEET))]]
    build = varied(build, rng)
    right = bool(rng.random() < rightward)
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
        foot = foot + np.array([0.02 if hind else 1.0, build.leg * 0.8 + (0.0 if near else 0.035)])
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
