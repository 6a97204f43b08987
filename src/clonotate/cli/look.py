"""See what there is: the tasks, the layouts, and somebody at work."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clonotate.cli.options import TEST_SEED, Budget, Json, Layout, Level, Seed, Task
from clonotate.cli.terminal import bar, report, table, write_text
from clonotate.records import ClonotateError

if TYPE_CHECKING:
    from clonotate.episodes.session import Session


def tasks(
    json: Json = None,
    page: Annotated[
        Path | None,
        typer.Option(help="Write a page on every task, and pictures beside it.", metavar="FILE.md"),
    ] = None,
    episodes: Annotated[
        int, typer.Option(help="For the page, of each task; 0 keeps what was measured before.", min=0)
    ] = 200,
    sheet: Annotated[
        Path | None, typer.Option(help="Write every task under several layouts.", metavar="FILE.png")
    ] = None,
) -> None:
    """List the tasks, their levels and their widgets.

    Example: clonotate tasks --page docs/tasks.md
    """
    import numpy as np

    from clonotate.tasks import TASKS

    if sheet:
        draw_sheet(sheet)
    if page:
        write_page(page, episodes)
    if sheet or page:
        return
    shown = table("Tasks", "task", "levels", "buttons")
    rows = []
    for name, levels in TASKS.items():
        easiest = next(iter(levels.values()))
        buttons = easiest.view(easiest.begin(np.random.default_rng(TEST_SEED))).buttons
        rows.append({"task": name, "levels": list(levels), "buttons": [button.text for button in buttons]})
        shown.add_row(name, ", ".join(levels), "  ".join(button.text for button in buttons))
    report(shown, rows, json)


def draw_sheet(file: Path) -> None:
    """Every task under several layouts, as one picture."""
    from clonotate.formats.png import write_png
    from clonotate.studies import handbook
    from clonotate.tasks import TASKS

    write_png(file, handbook.sheet(list(TASKS)))
    print(f"wrote {file}")


def write_page(file: Path, episodes: int) -> None:
    """The page on every task; pictures and what was measured go to a folder of its name."""
    from clonotate.formats.png import write_png
    from clonotate.studies import experts, handbook
    from clonotate.tasks import TASKS

    folder = file.with_suffix("")
    rows = experts.read_rows(folder / "measured.json") if episodes == 0 else {}
    with bar("measuring", len(TASKS) * (episodes + 1)) as advance:
        for name in TASKS:
            write_png(folder / f"{name}.png", handbook.screen_of(name))
            advance()
            if episodes:
                rows[name] = experts.run(name, episodes, TEST_SEED, progress=advance)
    experts.write_rows(folder / "measured.json", rows)
    draw_sheet(folder / "layouts.png")
    write_text(file, handbook.page(rows, folder.name))
    print(f"wrote {file}")


def layouts(json: Json = None) -> None:
    """List the layouts: how the tool of any task can look.

    Besides, sampled-SEED is one drawn at random, and painted-SEED one in any colours.

    Example: clonotate layouts
    """
    from clonotate.screens.layout import KNOWN, LAYOUTS

    shown = table("Layouts", "layout", "panel", "theme", "buttons", "size", "border", "status", "")
    rows = []
    for name, it in LAYOUTS.items():
        training = "" if name in KNOWN else "held out"
        shown.add_row(name, it.side, it.theme, it.button, it.size, it.border, it.status, training)
        row = {"layout": name, "panel": it.side, "theme": it.theme, "button": it.button, "size": it.size}
        rows.append(row | {"border": it.border, "status": it.status, "held_out": name not in KNOWN})
    report(shown, rows, json)


def play(
    task: Task,
    by: Annotated[
        str, typer.Option(help="expert, random, repeat, specialists, nine, or a checkpoint folder.")
    ] = "expert",
    seed: Seed = TEST_SEED,
    level: Level = "standard",
    layout: Layout = "original",
    data: Annotated[
        Path | None, typer.Option(help="Real data: a file, or a folder with its truth.", metavar="PATH")
    ] = None,
    gif: Annotated[
        Path | None, typer.Option(help="Write what happened as a GIF here.", metavar="FILE")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write the episode as Parquet here.", metavar="FILE")
    ] = None,
    scale: Annotated[
        float, typer.Option(help="Size of the GIF; 2 is twice the screen.", min=0.25, max=4)
    ] = 1.0,
    temperature: Annotated[
        float, typer.Option(help="Of a policy; 0 takes the likeliest click.", min=0)
    ] = 0.0,
    budget: Budget = 500,
) -> None:
    """Let somebody work through one episode, made up or on real data, and look at it.

    Example: clonotate play colored-dot-tracking --by shipped --gif dots.gif
    """
    from clonotate.episodes.rollout import Guards, rollout
    from clonotate.evaluation.contenders import contender
    from clonotate.formats.gif import write_gif

    if gif and gif.suffix.lower() != ".gif":
        raise ClonotateError(f"{gif} should end in .gif")
    session = begun(task, level, seed, layout, data)
    if by == "expert" and not session.scored:
        raise ClonotateError(f"{data} comes without a truth, so there is no expert; name a policy with --by")
    annotator, screens = contender(by, temperature).annotator(session, seed), []

    def watched(screen):  # type: ignore[no-untyped-def]
        screens.append(screen)
        return annotator(screen)

    rollout(session, watched, Guards(budget))
    print(f"{by} on {task} ({data or level}, seed {seed}): {outcome(session)}")
    if gif:
        write_gif(gif, [*screens, session.screen], [step.click for step in session.steps], scale)
        print(f"wrote {gif}")
    if out:
        keep(out, session, data)


def begun(task: str, level: str, seed: int, layout: str, data: Path | None) -> "Session":
    """A session on a made-up world, or on real data."""
    from clonotate.episodes.session import Session
    from clonotate.formats.worlds import read_world
    from clonotate.records import Source
    from clonotate.tasks import task_named

    if data is None:
        return Session(Source(task, level, seed, task_named(task, level).version), layout)
    source, world = read_world(task, data, seed, level)
    return Session(source, layout, world)


def outcome(session: "Session") -> str:
    """How it ended, in a few words."""
    clicks = f"in {len(session.steps)} clicks"
    if not session.scored:
        return f"{'finished' if session.done else 'never finished'} {clicks}; no truth, so no score"
    score = session.score()
    ending = "success" if score.success else "finished wrong" if session.done else "never finished"
    return f"{ending} {clicks}; {', '.join(f'{name} {value:.2f}' for name, value in score.parts.items())}"


def keep(out: Path, session: "Session", data: Path | None) -> None:
    """Write the episode with the digest of its screens; real data keep their own licence."""
    from dataclasses import replace

    from clonotate.episodes.files import write_episodes
    from clonotate.episodes.replay import digest
    from clonotate.formats.worlds import world_of

    episode = session.episode()
    kept = replace(episode, digest=digest(episode, world_of(episode.source)))
    write_episodes(out, [kept], licence="that of the data" if data else "CC0-1.0")
    print(f"wrote {out}")
