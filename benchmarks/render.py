"""How fast screens and demonstrations are made on one core, and how fast a headless browser is.

    python benchmarks/render.py [--tasks nine] [--rounds 9] [--chromium /usr/bin/chromium | --no-browser]

They take turns, so that whatever else the machine does hits both: ours with states of ever new episodes, the
browser with those of one episode, whose pictures it has been given before. Memory is what a session has
allocated by the end of an episode, its world and all that is cached with it.
"""

import argparse
import base64
import os
import platform
import shutil
import time
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from clonotate.annotators.virtual import STEADY, VirtualAnnotator
from clonotate.cli.options import names_of
from clonotate.episodes.session import Session
from clonotate.records import Source
from clonotate.screens.layout import LAYOUTS
from clonotate.screens.render import render
from clonotate.screens.widgets import View
from clonotate.tasks import TASKS
from page import markup, picture, state

if TYPE_CHECKING:
    from playwright.sync_api import Page

LAYOUT = LAYOUTS["original"]
WORLDS = 12  # a round
SCREENSHOTS, OURS = 25, 1200  # a round
SEED = 30_000


class Spent(NamedTuple):
    """Seconds by the clock and on processors."""

    clock: float
    processor: float


def main() -> None:
    """Measure and print the tables of README.md."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--chromium", default=shutil.which("chromium") or shutil.which("chromium-browser"))
    options.add_argument("--no-browser", action="store_true", help="only our own speed and memory")
    options.add_argument("--tasks", nargs="+", default=["all"], help="names, nine or all")
    options.add_argument("--rounds", type=int, default=9)
    chosen = options.parse_args()
    cv2.setNumThreads(1)
    with suppress(AttributeError):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    print(f"{platform.processor() or platform.machine()}, one core, load {os.getloadavg()[0]:.1f}\n")
    tasks = names_of(chosen.tasks)
    if not chosen.no_browser:
        print("| task | our screens/s | Chromium, PNG | ratio | Chromium, best path | ratio |")
        print("|---|---|---|---|---|---|")
        for task in tasks:
            print(screens_rows(task, chosen.chromium, chosen.rounds), flush=True)
        print()
    print("| task | expert steps/s, no screens | with screens | with new worlds | a world, ms | memory, MB |")
    print("|---|---|---|---|---|---|")
    for task in tasks:
        print(steps_row(task, chosen.rounds), flush=True)


def screens_rows(task: str, chromium: str, rounds: int) -> str:
    """Two rows of the first table: by the clock, and by processor time with all processes of the browser."""
    from playwright.sync_api import sync_playwright

    views = views_of(task, SEED)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": LAYOUT.width, "height": LAYOUT.height})
        states = opened(page, views)
        protocol = page.context.new_cdp_session(page)
        ways: dict[str, Callable[[View, dict[str, Any]], Any]] = {
            "png": lambda _, state: (page.evaluate("show", state), page.screenshot()),
            "best": lambda _, state: (page.evaluate("show", state), captured(protocol)),
            "ours": lambda view, _: render(view, LAYOUT),
        }
        times: dict[str, list[Spent]] = {name: [] for name in ways}
        for turn in range(rounds + 1):  # the first one warms up
            for name, way in ways.items():
                shown = fresh(task, OURS, turn) if name == "ours" else views[:SCREENSHOTS]
                times[name].append(timed(way, list(zip(shown, cycle(states), strict=False))))
        browser.close()
    measured = {name: np.array(spent[1:]).T for name, spent in times.items()}
    return "\n".join(
        screens_row(f"{task}, {how}", {name: spent[i] for name, spent in measured.items()})
        for i, how in enumerate(("by the clock", "by processor time"))
    )


def screens_row(what: str, seconds: dict[str, NDArray[np.float64]]) -> str:
    """Rates and ratios: medians over the rounds."""
    ours, png, best = (f"{1 / np.median(seconds[name]):,.0f}" for name in ("ours", "png", "best"))
    slower = [f"{np.median(seconds[name] / seconds['ours']):,.0f} x" for name in ("png", "best")]
    return f"| {what} | {ours} | {png} | {slower[0]} | {best} | {slower[1]} |"


def fresh(task: str, count: int, turn: int) -> list[View]:
    """So many states of new episodes, for nothing drawn before may help."""
    views: list[View] = []
    while len(views) < count:
        views += views_of(task, SEED + 1 + turn * count + len(views))
    return views[:count]


def views_of(task: str, seed: int) -> list[View]:
    """What is on the screen in the course of one episode of an expert."""
    session = Session(Source(task, seed=seed))
    expert = VirtualAnnotator(session, STEADY, np.random.default_rng(0))
    views = []
    while not session.done:
        views.append(session.view)
        session.click(expert(session.screen))
    return views


def opened(page: "Page", views: list[View]) -> list[dict[str, Any]]:
    """Load the page with all pictures of an episode; returns the states that it can show."""
    page.set_content(markup(views[0], LAYOUT))
    numbers: dict[bytes, int] = {}
    states = []
    for view in views:
        key = view.canvas.image.tobytes()
        if key not in numbers:
            numbers[key] = len(numbers)
            page.evaluate("([...given]) => load(...given)", picture(view.canvas.image))
        states.append(state(view, numbers[key]))
    return states


def captured(protocol: Any) -> bytes:
    """A screenshot by the shortest way there is: the browser's own protocol, speed before size."""
    shot = protocol.send("Page.captureScreenshot", {"format": "png", "optimizeForSpeed": True})
    return base64.b64decode(shot["data"])


def timed(work: Callable[..., Any], jobs: list[tuple[Any, ...]]) -> Spent:
    """Seconds for one piece of work, over many of them."""
    clock, processor = time.perf_counter(), processor_seconds()
    for job in jobs:
        work(*job)
    return Spent((time.perf_counter() - clock) / len(jobs), (processor_seconds() - processor) / len(jobs))


def processor_seconds() -> float:
    """Processor time of this process and of all that it has started, as Linux counts it."""
    spent, family = 0.0, [os.getpid()]
    for process in family:
        with suppress(OSError):
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            spent += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
            for thread in Path(f"/proc/{process}/task").iterdir():
                family += map(int, (thread / "children").read_text().split())
    return spent


def steps_row(task: str, rounds: int) -> str:
    """One row of the second table; processor time, so that neighbours do not count, and memory."""
    bare, drawn, whole, worlds = [], [], [], []
    for turn in range(rounds + 1):
        seeds = range(SEED + turn * WORLDS, SEED + (turn + 1) * WORLDS)
        making, sessions = made(task, seeds)
        _, again = made(task, seeds)
        steps, without = worked(sessions, draw=False)
        _, with_screens = worked(again, draw=True)
        bare.append(steps / without)
        drawn.append(steps / with_screens)
        whole.append(steps / (with_screens + making))
        worlds.append(1000 * making / WORLDS)
    numbers = " | ".join(f"{median(values[1:]):,.0f}" for values in (bare, drawn, whole))
    return f"| {task} | {numbers} | {median(worlds[1:]):.1f} | {memory(task):.1f} |"


def memory(task: str) -> float:
    """Megabytes that one environment holds after an episode; what all share was made by one before."""
    worked(made(task, range(SEED, SEED + 1))[1], draw=True)
    tracemalloc.start()
    _, sessions = made(task, range(SEED + 1, SEED + 2))
    worked(sessions, draw=True)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return held / 1e6


def made(task: str, seeds: range) -> tuple[float, list[Session]]:
    """Sessions on new worlds, and the seconds it took to make them."""
    version = TASKS[task]["standard"].version
    begun = time.process_time()
    sessions = [Session(Source(task, "standard", seed, version)) for seed in seeds]
    return time.process_time() - begun, sessions


def worked(sessions: list[Session], draw: bool) -> tuple[int, float]:
    """Let an expert finish every session; the number of steps and the seconds."""
    begun = time.process_time()
    for session in sessions:
        expert = VirtualAnnotator(session, STEADY, np.random.default_rng(session.source.seed))
        nothing = np.empty((0, 0, 3), np.uint8)
        while not session.done:
            session.click(expert(session.screen if draw else nothing))
    return sum(len(session.steps) for session in sessions), time.process_time() - begun


if __name__ == "__main__":
    main()
