"""The command line: `clonotate --help`. Each command is a function in a file of this folder."""

import sys
from collections.abc import Sequence

import typer

from clonotate.cli.annotate import annotate
from clonotate.cli.copilot import effort, fit_flag, review
from clonotate.cli.data import collect, validate
from clonotate.cli.demo import demo
from clonotate.cli.export import export
from clonotate.cli.habits import fit_habits
from clonotate.cli.judge import evaluate, study
from clonotate.cli.learn import average, dagger, finetune, gather, train
from clonotate.cli.look import layouts, play, tasks
from clonotate.cli.studies import forecast, report
from clonotate.cli.studio import studio
from clonotate.records import ClonotateError

app = typer.Typer(
    name="clonotate",
    help="Learn how an expert annotates scientific data, click by click, from screens alone.",
    epilog="Begin with: clonotate play colored-dot-tracking --gif dots.gif",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
making = (demo, annotate, studio, tasks, layouts, play, collect, validate, export)
for command in (
    *making,
    train,
    dagger,
    average,
    gather,
    finetune,
    evaluate,
    effort,
    review,
    forecast,
    report,
):
    app.command()(command)
app.command("fit-habits")(fit_habits)
app.command("fit-flag")(fit_flag)
app.add_typer(study, name="study")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit: 0 well, 1 something was found broken, 2 bad input, 130 interrupted."""
    try:
        app(args=arguments)
    except ClonotateError as error:
        print(f"clonotate: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
