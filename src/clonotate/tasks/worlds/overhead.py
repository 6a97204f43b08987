"""Mice and insects that walk about, seen from above."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from clonotate.tasks.worlds.bodies import DARK, Animal, Sketch, Tone, Walk, bones, dimmed
from clonotate.tasks.worlds.gaits import FOUR_FEET, SIX_FEET, Floats, bend, footfall, wander

Place = Callable[..., Floats]


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

    feet = ((-0.02, 0.09, 0), (-0.02, 0.09, 1), (0.40, 0.142, 2), (0.40, 0.142, 3))
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
