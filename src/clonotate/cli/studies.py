"""Ask a question of everything: run studies by name, and join what they found into one page."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clonotate.cli.judge import study
from clonotate.cli.options import Processes, cores
from clonotate.cli.terminal import report as print_table
from clonotate.cli.terminal import table, write_text
from clonotate.records import ClonotateError
from clonotate.studies import STUDIES

if TYPE_CHECKING:
    from clonotate.studies.study import Finding

Scale = Annotated[
    str, typer.Option(help="laptop (under an hour a study, on two cores), workstation or full.")
]
Out = Annotated[Path, typer.Option(help="For tables and figures; what is there is not measured again.")]
Work = Annotated[Path, typer.Option(help="For what is trained on the way.")]
Policy = Annotated[str, typer.Option(help="Whom to ask: a checkpoint folder, shipped or nine.")]
RESULTS, RUNS = Path("out/results"), Path("runs/studies")


def add(name: str, question: str) -> None:
    """Make a study a command of `clonotate study`."""

    @study.command(name, help=f"{question}\n\nExample: clonotate study {name} --out docs/results")
    def command(
        scale: Scale = "laptop",
        out: Out = RESULTS,
        policy: Policy = "shipped",
        work: Work = RUNS,
        processes: Processes = cores(),
    ) -> None:
        ask([name], scale, out, policy, work, processes)


for each in STUDIES.items():
    add(*each)


@study.command("all")
def every(
    scale: Scale = "laptop",
    out: Out = RESULTS,
    policy: Policy = "shipped",
    work: Work = RUNS,
    processes: Processes = cores(),
) -> None:
    """Run every study that has a table; what was measured before is kept.

    Example: clonotate study all --out docs/results
    """
    ask(list(STUDIES), scale, out, policy, work, processes)


def ask(names: list[str], scale: str, out: Path, policy: str, work: Path, processes: int) -> None:
    """Run studies one after the other, each to its table."""
    from clonotate.cli.terminal import counting
    from clonotate.evaluation.contenders import folder_of
    from clonotate.studies import study_named
    from clonotate.studies.study import SCALES, Bench, run

    if scale not in SCALES:
        raise ClonotateError(f"no scale {scale!r}; there are: {', '.join(SCALES)}")
    folder_of(policy)  # a policy that is not there is said now, not after the first jobs
    for name in names:
        with counting(name) as progress:
            rows = run(
                study_named(name), SCALES[SCALES.index(scale)], Bench(policy, work), out, processes, progress
            )
        tell(name, study_named(name).findings(rows))
        print(f"{name}: {len(rows)} rows in {out / name}.csv")
    print(f"next: clonotate report {out}")


def forecast(
    sessions: Annotated[
        Path, typer.Argument(help="Recorded sessions of one task, Parquet.", show_default=False)
    ],
    policy: Policy = "shipped",
    steps: Annotated[int, typer.Option(help="Of fine-tuning, for each number of sessions.", min=1)] = 100,
    worlds: Annotated[
        int, typer.Option(help="Generated worlds to try the task on, alone; 0 where data are real.", min=0)
    ] = 20,
    out: Annotated[Path, typer.Option(help="For what is trained, the table and the figure.")] = Path(
        "runs/forecast"
    ),
    processes: Processes = cores(),
) -> None:
    """Forecast how many more sessions it takes until the policy works as in these; the same command goes on.

    Example: clonotate forecast sessions.parquet --out runs/forecast
    """
    from dataclasses import replace

    from clonotate.cli.terminal import counting
    from clonotate.studies.forecast import STUDY, jobs_on
    from clonotate.studies.study import Bench, run

    found = jobs_on(sessions, steps, worlds)
    asked = replace(STUDY, jobs=lambda scale: found)
    with counting("learning from more and more sessions") as progress:
        rows = run(asked, "laptop", Bench(policy, out), out, processes, progress)
    tell("forecast", STUDY.findings(rows))
    print(f"{len(rows)} rows in {out / 'forecast.csv'}, drawn in {out / 'forecast-curves.png'}")


def tell(name: str, findings: Sequence["Finding"]) -> None:
    """What a study found, on the terminal."""
    shown = table(STUDIES[name], "verdict", "finding", "published", "ours")
    for one in findings:
        shown.add_row(one.verdict, one.claim, one.published, one.ours)
    print_table(shown, [], None)


def report(
    folder: Annotated[Path, typer.Argument(help="Where studies left their tables.", show_default=False)],
    page: Annotated[
        Path | None,
        typer.Option(help="Also write it as Markdown, with links to the folder.", metavar="FILE.md"),
    ] = None,
) -> None:
    """Join what all studies found into one HTML file, published figures beside ours.

    Example: clonotate report docs/results --page docs/results.md
    """
    import os

    from clonotate.studies import results

    write_text(folder / "report.html", results.html(folder))
    print(f"wrote {folder / 'report.html'}")
    if page:
        write_text(page, results.page(folder, os.path.relpath(folder, page.parent)))
        print(f"wrote {page}")
