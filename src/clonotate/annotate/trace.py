"""One neurite through a whole volume: a chain of ordinary sessions, screens in and clicks out.

A policy learnt on windows of a few dozen slices with the neurite at the centre of the first. So a long or
wandering neurite is followed in several sessions: each ends after `CHUNK` sections or where the trace nears
the border of the canvas, and the next begins there, centred on the last node. From the start the chain runs
to the end of the stack; a second one runs back to its beginning, through the sections in reverse.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from clonotate.annotation import Spot
from clonotate.episodes.replay import screens
from clonotate.episodes.rollout import LOOPED, Annotator, Guards, rollout
from clonotate.episodes.session import Session
from clonotate.formats.volumes import Volume
from clonotate.formats.window import Window
from clonotate.records import Click, ClonotateError, Episode, Screen, Source
from clonotate.screens.widgets import CANVAS
from clonotate.tasks.neuron_tracking import NeuronTracking

TASK = NeuronTracking.name
CHUNK = 48  # sections a session; training worlds have at most 50
MARGIN = 40  # canvas pixels from the border where a new window begins
Node = tuple[float, float, float]  # z, y, x in voxels
Worker = Callable[[Session], Annotator]
"""Puts an annotator before a session; a policy uses nothing of it, a virtual expert its world."""


@dataclass(frozen=True)
class Trace:
    """A neurite as one line of nodes, one a section at most, ordered by section."""

    nodes: tuple[Node, ...]
    start: int  # the section it was begun in
    open_ends: int  # sessions that ended neither by Done nor at the border of their window
    seconds: float
    scale: float
    episodes: tuple[Episode, ...]  # in the order they were worked through

    @property
    def done(self) -> bool:
        """Whether the annotator saw every session through."""
        return self.open_ends == 0

    @property
    def steps(self) -> int:
        """Clicks in all."""
        return sum(len(episode.steps) for episode in self.episodes)

    @property
    def root(self) -> int:
        """Index of the node nearest to the start section; 0 if there is no node."""
        return min(range(len(self.nodes)), key=lambda i: abs(self.nodes[i][0] - self.start), default=0)


def trace(
    volume: Volume,
    start: tuple[int, int, int],
    worker: Worker,
    scale: float = 1.0,
    watch: Callable[[int], object] = lambda sections: None,
    chunk: int = CHUNK,
) -> Trace:
    """Follow the neurite at `start` (z, y, x in voxels) through a stack, `scale` voxels per canvas pixel.

    `watch` hears after every session how many sections it brought. ClonotateError for a start outside.
    """
    refuse_outside(volume, start)
    begun = time.perf_counter()
    nodes: dict[int, Node] = {}
    episodes: list[Episode] = []
    open_ends = 0
    for step in (1, -1):
        for session, found in chain(volume, start, worker, scale, step, chunk):
            episodes.append(session.episode())
            open_ends += not (session.done or left(session))
            watch(len(found.keys() - nodes.keys()))
            nodes = found | nodes
    line = tuple(nodes[z] for z in sorted(nodes))
    return Trace(line, start[0], open_ends, time.perf_counter() - begun, scale, tuple(episodes))


def chain(
    volume: Volume, start: tuple[float, float, float], worker: Worker, scale: float, step: int, chunk: int
) -> Iterator[tuple[Session, dict[int, Node]]]:
    """Session after session from `start` in one direction with its nodes, until one brings nothing new."""
    here, last = start, volume.shape[0] - 1 if step > 0 else 0
    while here[0] != last:
        count = min(chunk, abs(last - round(here[0])) + 1)
        window = Window.around(here, scale, count, step)
        session = begin(volume, window)
        rollout(session, worker(session), Guards(budget=60 + 8 * count, loop=LOOPED), until=left)
        kept = trusted(session.world.skeleton)
        found = {window.section(i): at(volume, window, i, place) for i, place in kept.items()}
        yield session, found
        if not any(kept):
            return
        here = found[window.section(max(kept))]


def begin(volume: Volume, window: Window) -> Session:
    """An ordinary session on what a window shows."""
    source = Source(
        task=TASK,
        version=NeuronTracking.version,
        data=str(volume.path),
        data_digest=volume.digest,
        settings=window.settings,
    )
    return Session(source, world=NeuronTracking().begin_from(window.images(volume)))


def left(session: Session) -> bool:
    """Whether a node lies near the border and the annotator has gone on from it: time for a new window."""
    skeleton = session.world.skeleton
    return any(session.world.z > i for i in skeleton if i > 0 and near_border(skeleton[i]))


def near_border(place: tuple[int, int]) -> bool:
    """Whether a canvas place is less than `MARGIN` pixels from the border."""
    return not all(MARGIN <= coordinate < CANVAS - MARGIN for coordinate in place)


def trusted(skeleton: dict[int, tuple[int, int]]) -> dict[int, tuple[int, int]]:
    """The nodes in order of slice, up to the first near the border: there the neurite leaves the window."""
    kept = {}
    for i in sorted(skeleton):
        kept[i] = skeleton[i]
        if i > 0 and near_border(skeleton[i]):
            break
    return kept


def at(volume: Volume, window: Window, index: int, place: tuple[int, int]) -> Node:
    """A node on the canvas as a node in the volume."""
    spot = window.placing(volume).spot(Spot(*place, index))
    return window.section(index), spot.y, spot.x


def showing(volume: Volume, result: Trace, every: int = 1) -> tuple[list[Screen], list[Click]]:
    """Every n-th screen of a trace, drawn again, with the click on it; then the last screen, without one."""
    shown, clicks = [], []
    for episode in result.episodes:
        world = begin(volume, Window(**episode.source.settings)).world
        *before, last = screens(episode, world)
        shown += before
        clicks += [step.click for step in episode.steps]
    return [*shown[::every], last], clicks[::every]


def refuse_outside(volume: Volume, start: tuple[int, int, int]) -> None:
    """ClonotateError unless the start is a voxel of the volume."""
    if not all(0 <= place < length for place, length in zip(start, volume.shape, strict=True)):
        raise ClonotateError(
            f"--start {start} is outside the volume; it has {volume.shape} voxels along Z, Y, X"
        )
