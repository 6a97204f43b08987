"""Cells in culture, filmed, and their lineage: they crawl, bend, touch, divide, leave and enter.

A cell is a centre and a rim `r(angle)` with lobes that come and go: spindles with tails, or cobblestones.
Where rims overlap, each pixel goes to the cell whose rim reaches farther beyond it, so that touching cells
share a smooth border. `microscopy` makes the pictures.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.tasks.worlds.microscopy import BANK, SIZE, Floats, Layer, noise, picture, scene
from clonotate.tasks.worlds.neuropil import smooth
from clonotate.tasks.worlds.tracks import Film, Frame, numbered

RIM = 28  # px that the centres of cells which stay keep from the border
ANGLES = 128  # steps of a rim
LOBES = 4


@dataclass(frozen=True)
class Culture:
    """How hard a film is to follow. Ranges are inclusive and drawn per film."""

    frames: tuple[int, int] = (8, 12)
    cells: tuple[int, int] = (3, 6)  # in the first frame
    divisions: tuple[int, int] = (0, 3)
    speed: float = 9.0  # typical way of a cell from frame to frame, px
    alike: float = 0.5  # how much the cells resemble each other, from 0 to 1
    noise: float = 1.0  # grain, relative to a typical camera
    passers: float = 0.6  # chance that a further cell crosses the border


@dataclass(frozen=True, eq=False)
class _Lives:
    """Who lives when: cell n from frame `born[n]` to `dies[n] - 1`."""

    born: NDArray[np.int64]  # [cells]
    dies: NDArray[np.int64]  # [cells]
    parent: NDArray[np.int64]  # [cells], -1 for founders
    passer: int  # the cell that crosses the border, -1 for none

    def alive(self, t: int) -> NDArray[np.int64]:
        """The cells of frame t."""
        return np.flatnonzero((self.born <= t) & (t < self.dies))


@dataclass(frozen=True, eq=False)
class _Bodies:
    """Where cells are and what they look like."""

    centres: Floats  # [frames, cells, 2]
    rims: Floats  # [frames, cells, ANGLES] px from the centre
    turn: Floats  # [frames, cells] radians
    mitosis: Floats  # [frames, cells] 1 in the frame before a division
    tone: Floats  # [cells] brightness, about 1
    patch: Floats  # [cells, 2] where in the sheet its texture is cut


def film(culture: Culture, rng: np.random.Generator) -> Film:
    """A new film; everything random comes from `rng`."""
    count = int(rng.integers(culture.frames[0], culture.frames[1] + 1))
    lives = _lives(culture, count, rng)
    bodies = _bodies(culture, lives, count, rng)
    look = scene(culture.noise, rng)
    frames, owners = [], []
    for t in range(count):
        layer = _layer(bodies, lives.alive(t), t, noise(look.grain))
        segments, owner = numbered(layer.owner)
        frames.append(Frame(picture(layer, look, rng), segments))
        owners.append([n - 1 for n in owner])
    return Film(tuple(frames), _origins(owners, lives))


def _lives(culture: Culture, frames: int, rng: np.random.Generator) -> _Lives:
    """Founders, and divisions of cells that are at least three frames old."""
    founders = int(rng.integers(culture.cells[0], culture.cells[1] + 1))
    divisions = int(rng.integers(culture.divisions[0], culture.divisions[1] + 1))
    passer = founders if rng.random() < culture.passers else -1
    total = founders + (passer >= 0)
    born, dies, parent = [0] * total, [frames] * total, [-1] * total
    for when in np.sort(rng.integers(2, frames - 1, divisions)).tolist():
        old = max(when - 3, 0)
        ripe = [n for n in range(len(born)) if n != passer and dies[n] == frames and born[n] <= old]
        if ripe:
            mother = int(rng.choice(ripe))
            dies[mother] = when
            born, dies, parent = born + [when] * 2, dies + [frames] * 2, parent + [mother] * 2
    return _Lives(np.array(born), np.array(dies), np.array(parent), passer)


def _bodies(culture: Culture, lives: _Lives, frames: int, rng: np.random.Generator) -> _Bodies:
    total = len(lives.born)
    mitosis = _mitosis(lives, frames)
    radii, tone = _heritage(culture, lives, frames, rng)
    turn = rng.uniform(0, 2 * np.pi, total) + 0.5 * smooth(frames, (total,), 3, rng)
    rims = _rims(radii, turn.astype(np.float32), mitosis, rng)
    centres = _crawl(culture, lives, radii, rng)
    patch = rng.uniform(80, BANK - 80, (total, 2)).astype(np.float32)
    return _Bodies(centres, rims, turn.astype(np.float32), mitosis, tone, patch)


def _mitosis(lives: _Lives, frames: int) -> Floats:
    """`[frames, cells]` how round and bright a cell is for dividing, 0 to 1: just before, and just after."""
    t = np.arange(frames)[:, None]
    before = np.where(np.isin(np.arange(len(lives.born)), lives.parent), 1 - 0.5 * (lives.dies - 1 - t), 0)
    after = np.where(lives.parent >= 0, 0.8 - 0.4 * (t - lives.born), 0)
    return np.asarray(np.maximum(before, np.where(t >= lives.born, after, 0)).clip(0, 1), np.float32)


def _heritage(
    culture: Culture, lives: _Lives, frames: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Radii `[frames, cells]` px and tones `[cells]`; daughters take after their mother, and grow."""
    total, own = len(lives.born), 1 - culture.alike
    typical = rng.uniform(14.5, 22)
    adult = typical * np.exp(0.22 * own * rng.standard_normal(total)).clip(0.8, 1.25)
    tone = np.exp(0.35 * own * rng.standard_normal(total)).clip(0.6, 1.6)
    for n in np.flatnonzero(lives.parent >= 0).tolist():
        tone[n] = tone[lives.parent[n]] * (1 + 0.1 * rng.standard_normal())
        adult[n] = adult[lives.parent[n]]
    age = np.arange(frames)[:, None] - lives.born
    grown = np.where(lives.parent >= 0, (0.74 + 0.03 * age).clip(0.74, 0.92), 1)
    return (adult * grown).astype(np.float32), tone.astype(np.float32)


def _rims(radii: Floats, turn: Floats, mitosis: Floats, rng: np.random.Generator) -> Floats:
    """`[frames, cells, ANGLES]`: a film is of spindles with a few pointed lobes, or of blunt cobblestones."""
    frames, total = radii.shape
    spindle = rng.random() < 0.5
    typical = np.array([2.4, 2.1, 0.7, 0.1] if spindle else [0.45, 0.4, 0.35, 0.3])
    sharp = rng.uniform(3.6, 6) if spindle else rng.uniform(2.5, 7)
    spread = np.array([0, np.pi, 1.7, -1.5] if spindle else np.arange(LOBES) * np.pi / 2)
    height = typical * rng.uniform(0.5, 1.25, (total, LOBES))
    lobes = (height * (1 + 0.45 * smooth(frames, (total, LOBES), 2.5, rng))).clip(0, 3)
    place = spread + rng.normal(0, 0.35, (total, LOBES)) + 0.25 * smooth(frames, (total, LOBES), 3, rng)
    angles = np.linspace(0, 2 * np.pi, ANGLES, endpoint=False)
    away = 1 - np.cos(angles - (place + turn[..., None])[..., None])
    profile = np.exp(-sharp * (np.sqrt(away) if spindle else away))  # pointed, or blunt
    bumps = (lobes * (1 - mitosis[..., None]) ** 1.5)[..., None] * profile
    body = radii * ((0.62 if spindle else 0.82) + 0.2 * mitosis)
    return np.asarray(body[..., None] * (1 + bumps.sum(axis=2)), np.float32)


def _crawl(culture: Culture, lives: _Lives, radii: Floats, rng: np.random.Generator) -> Floats:
    """`[frames, cells, 2]` centres: own ways, spurts, a stage that shakes, and room made for each other."""
    frames, total = radii.shape
    own = 0.75 * smooth(frames, (total, 2), 1.5, rng)
    spurts = rng.standard_normal((frames, total, 2)) * 1.6 * (rng.random((frames, total, 1)) < 0.15)
    steps = culture.speed * (own + spurts) + rng.normal(0, 0.2 * culture.speed, (frames, 1, 2))
    home = SIZE / 2 + rng.normal(0, 25, 2)
    centres = np.empty((frames, total, 2), np.float32)
    here: NDArray[np.float64] = (home + rng.normal(0, 52, (total, 2))).clip(RIM, SIZE - RIM)
    crossing = _crossing(frames, rng)
    for t in range(frames):
        for mother in np.flatnonzero(lives.dies == t).tolist():
            apart = rng.uniform(0, 2 * np.pi)
            offset = 0.78 * radii[t - 1, mother] * np.array([np.cos(apart), np.sin(apart)])
            here[np.flatnonzero(lives.parent == mother)] = here[mother] + np.array([offset, -offset])
        if lives.passer >= 0:
            here[lives.passer] = crossing[t]
        alive = lives.alive(t)
        for _ in range(24 if t == 0 else 6):
            here[alive] = _make_room(here[alive], radii[t, alive], alive == lives.passer)
        centres[t] = here
        here = here + steps[t] + (home - here) * 0.03
    return centres


def _crossing(frames: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """`[frames, 2]` a straight way over the border, in or out, fast enough not to linger there."""
    angle, when = rng.uniform(0, 2 * np.pi), rng.uniform(0.25, 0.75) * frames
    outward = np.array([np.cos(angle), np.sin(angle)])
    border = SIZE / 2 + outward * (SIZE / 2) / np.abs(outward).max()
    pace = rng.choice([-1, 1]) * rng.uniform(11, 16)
    along = ((np.arange(frames) - when) * pace).clip(-75, 75)
    return np.asarray(border + along[:, None] * outward + 3 * smooth(frames, (2,), 1.5, rng))


def _make_room(centres: NDArray[np.float64], radii: Floats, free: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Centres after cells that overlap pushed each other apart; all but the `free` are kept in view."""
    apart = centres[:, None] - centres
    far = np.hypot(apart[..., 0], apart[..., 1]) + 1e-3
    push = (0.92 * (radii[:, None] + radii) - far).clip(0, None) * (1 - np.eye(len(radii)))
    moved = centres + 0.4 * (apart / far[..., None] * push[..., None]).sum(axis=1)
    return np.asarray(np.where(free[:, None], centres, moved.clip(RIM, SIZE - RIM)))


def _layer(bodies: _Bodies, alive: NDArray[np.int64], t: int, sheet: Floats) -> Layer:
    """Frame t, pixel by pixel."""
    owner = np.zeros((SIZE, SIZE), np.uint8)
    depth, texture = np.zeros((2, SIZE, SIZE), np.float32)
    for n in alive.tolist():
        x, y = bodies.centres[t, n].tolist()
        reach = float(bodies.rims[t, n].max()) + 1
        columns, rows = (np.arange(max(int(v - reach), 0), min(int(v + reach) + 2, SIZE)) for v in (x, y))
        if not len(columns) or not len(rows):
            continue
        window = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        dx, dy = np.meshgrid((columns - x).astype(np.float32), (rows - y).astype(np.float32))
        far, angle = cv2.cartToPolar(dx, dy)
        above = bodies.rims[t, n].take((angle * (ANGLES / (2 * np.pi))).astype(np.intp), mode="wrap") - far
        mine = above > depth[window]
        depth[window][mine] = above[mine]
        owner[window][mine] = n + 1
        c, s = np.cos(bodies.turn[t, n]), np.sin(bodies.turn[t, n])
        u, v = dx * c + dy * s + bodies.patch[n, 0], dy * c - dx * s + bodies.patch[n, 1]
        texture[window][mine] = cv2.remap(sheet, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)[mine]
    tone, mitosis = (np.append(np.float32(0), of).take(owner) for of in (bodies.tone, bodies.mitosis[t]))
    return Layer(owner, depth, texture, tone, mitosis)


def _origins(owners: list[list[int]], lives: _Lives) -> tuple[tuple[int, ...], ...]:
    """For each segment the number of the same cell, or of its mother, in the frame before."""
    origins: list[tuple[int, ...]] = [(0,) * len(owners[0])]
    for t in range(1, len(owners)):
        before = {n: i + 1 for i, n in enumerate(owners[t - 1])}
        come = [lives.parent[n] if lives.born[n] == t else n for n in owners[t]]
        origins.append(tuple(before.get(int(n), 0) for n in come))
    return tuple(origins)


EASY = Culture(frames=(8, 9), cells=(3, 4), divisions=(0, 1), speed=6.0, alike=0.1, noise=0.6, passers=0.2)
STANDARD = Culture()
HARD = Culture(frames=(11, 12), cells=(5, 6), divisions=(2, 3), speed=11.0, alike=0.9, noise=1.8, passers=0.7)
