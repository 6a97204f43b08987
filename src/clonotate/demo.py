"""The demo: the shipped policy annotates worlds they never saw, and one HTML page shows how that went."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from clonotate.annotate.trace import Trace, begin, refuse_outside, trace
from clonotate.episodes.rollout import LOOPED, Guards, rollout
from clonotate.episodes.session import Session
from clonotate.evaluation.closed_loop import Attempt, attempts
from clonotate.evaluation.contenders import SPECIALISTS, Contender, contender
from clonotate.evaluation.fan_out import fan_out
from clonotate.formats.film import Film, film
from clonotate.formats.html import Chapter, Report, write_report
from clonotate.formats.scale import familiar_scale
from clonotate.formats.swc import line, write_swc
from clonotate.formats.volumes import Volume, read_volume
from clonotate.formats.window import Window
from clonotate.models.base import ClickModel
from clonotate.models.specialists import Specialists
from clonotate.records import Episode
from clonotate.tasks import NINE

TEST_SEED = 20_000
GUARDS = Guards(budget=300, loop=LOOPED)
EPISODES, FILMS = 12, 4  # of each task: worked through, and shown


@dataclass(frozen=True)
class Stack:
    """A real image stack, and a voxel (z, y, x) inside the neurite to follow."""

    volume: Volume
    start: tuple[int, int, int]


def crew() -> dict[str, Contender]:
    """Who works on each task: the shipped policy, or the virtual expert where the package has no weights."""
    return dict.fromkeys(NINE, contender("specialists" if SPECIALISTS.is_dir() else "expert"))


def stack(path: Path, start: tuple[int, int, int] | None = None) -> Stack:
    """A stack to trace in, from the middle of its first section if no start is given.

    Raises ClonotateError for a file that is no stack and a start outside of it.
    """
    volume = read_volume(path)
    _, height, width = volume.shape
    start = start or (0, height // 2, width // 2)
    refuse_outside(volume, start)
    return Stack(volume, start)


def demo(
    out: Path,
    crew: Mapping[str, Contender],
    episodes: int = EPISODES,
    real: Stack | None = None,
    workers: int = 1,
    progress: Callable[[str], None] = lambda what: None,
) -> Report:
    """Let everyone of a crew work through `episodes` test worlds of a task and, perhaps, a real stack.

    Leaves `report.html` in `out`, and `trace.swc` with a real stack. `progress` hears what was done, a task's
    name or "report", after every episode and every film.
    """
    begun = time.perf_counter()
    jobs = [
        job for task in crew for job in attempts(task, episodes, TEST_SEED, "standard", "original", GUARDS)
    ]
    worked = []
    for episode in fan_out(work, crew, jobs, workers):
        worked.append(episode)
        progress(episode.source.task)
    seconds = time.perf_counter() - begun
    chapters = [task_chapter(task, who, of_task(worked, task), progress) for task, who in crew.items()]
    if real:
        chapters.append(real_chapter(out, crew["neuron-tracking"], real))
        progress("report")
    report = Report(
        title="Annotation learnt from screens alone",
        lead="Test worlds that no training ever touched: a policy sees the screen of an annotation tool, and "
        "clicks. Play any episode below.",
        facts=facts(crew, worked, seconds, workers),
        chapters=chapters,
    )
    write_report(out / "report.html", report)
    return report


def work(crew: Mapping[str, Contender], what: Attempt) -> Episode:
    """One world, worked through."""
    session = Session(what.source, what.layout)
    rollout(session, crew[what.source.task].annotator(session, what.source.seed), what.guards)
    return session.episode()


def of_task(episodes: Sequence[Episode], task: str) -> list[Episode]:
    """Those of one task, in order."""
    return [episode for episode in episodes if episode.source.task == task]


def task_chapter(
    task: str, who: Contender, episodes: Sequence[Episode], progress: Callable[[str], None]
) -> Chapter:
    """One task: all its episodes, and films of some."""
    films = []
    for episode in to_show(episodes):
        films.append(film(episode, f"World {episode.source.seed:,}"))
        progress("report")
    lead = (
        f"{describe(who)} in {len(episodes)} worlds of the standard level, from {TEST_SEED:,} on. "
        "Shown are the first ones, and the first that failed if there is any."
    )
    return Chapter(named(task), lead, episodes, films)


def to_show(episodes: Sequence[Episode]) -> list[Episode]:
    """The first `FILMS`, unchosen; the first failure takes the last place if none is among them."""
    first = list(episodes[:FILMS])
    failed = [episode for episode in episodes if episode.score and not episode.score.success]
    if failed and len(episodes) > FILMS and failed[0] not in first:
        first[-1] = failed[0]
    return first


def real_chapter(out: Path, who: Contender, real: Stack) -> Chapter:
    """A neurite through a real stack, as SWC and as films, one a session."""
    scale = familiar_scale(real.volume, real.start)
    result = trace(real.volume, real.start, lambda session: who.annotator(session, 0), scale)
    spacing = real.volume.spacing or (1.0, 1.0, 1.0)
    points = np.array(result.nodes, float).reshape(-1, 3) * spacing
    write_swc(out / "trace.swc", line(points, result.root, real.volume.unit or "voxel"))
    depth = real.volume.shape[0]
    lead = (
        f"{real.volume.path.name}, {' × '.join(map(str, real.volume.shape))} voxels: from z, y, x = "
        f"{', '.join(map(str, real.start))} a node in {len(result.nodes)} of {depth} sections, "
        f"{result.steps} clicks in {result.seconds:.1f} s. The trace is in trace.swc."
    )
    return Chapter("A real stack", lead, result.episodes, list(real_films(real, result)))


def real_films(real: Stack, result: Trace) -> list[Film]:
    """The first sessions of a trace as films."""
    films = []
    for number, episode in enumerate(result.episodes[:FILMS]):
        window = Window(**episode.source.settings)
        world = begin(real.volume, window).world
        sections = f"Sections {window.section(0)} to {window.section(window.count - 1)}"
        films.append(film(episode, f"{number + 1}. {sections}", world))
    return films


def facts(
    crew: Mapping[str, Contender], episodes: Sequence[Episode], seconds: float, workers: int
) -> list[tuple[str, str]]:
    """What the head of the page states."""
    clicks = sum(len(episode.steps) for episode in episodes)
    policies = {who.name: who.model for who in crew.values() if who.model}
    return [
        *(("Parameters", spoken_size(policy)) for policy in policies.values()),
        ("Worlds", f"{len(episodes)}"),
        ("Clicks", f"{clicks:,}"),
        ("Time", f"{seconds:.0f} s on {workers} {'core' if workers == 1 else 'cores'}"),
        ("Clicks a second", f"{clicks / seconds:.0f}"),
    ]


def spoken_size(policy: ClickModel[Any]) -> str:
    """How many parameters a policy has, and in how many networks."""
    parameters = f"{sum(p.numel() for p in policy.parameters()):,}"
    if not isinstance(policy, Specialists):
        return parameters
    return f"{parameters} in {len(policy.members)} networks, one of which works at a time"


def describe(who: Contender) -> str:
    """Who it is, in words."""
    names = {
        "specialists": "The shipped policy",
        "expert": "The virtual expert",
    }
    return names.get(who.name, who.name)


def named(task: str) -> str:
    """A task's name for people."""
    return task.replace("-", " ").capitalize()
