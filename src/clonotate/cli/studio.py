"""The studio: a page where people annotate, on their own machine."""

from pathlib import Path
from typing import Annotated

import typer


def studio(
    data: Annotated[
        list[Path] | None,
        typer.Option(help="Your own data, a file or a folder; more than once for more.", metavar="PATH"),
    ] = None,
    policy: Annotated[
        str, typer.Option(help="Who helps: specialists, nine, expert, or a checkpoint folder.")
    ] = "specialists",
    journal: Annotated[
        str, typer.Option(help="Where clicks are kept: a file, or postgresql://host/name.", metavar="WHERE")
    ] = "studio.sqlite",
    port: Annotated[int, typer.Option(help="Of the address.", min=1, max=65535)] = 8642,
    host: Annotated[str, typer.Option(help="What to listen on.")] = "127.0.0.1",
    remote: Annotated[
        bool, typer.Option("--remote", help="Let other machines in; the line is not encrypted.")
    ] = False,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
) -> None:
    """Annotate in the browser, on this machine alone; every click is on disk before it is shown.

    Example: clonotate studio --data stack.tif
    """
    from clonotate.studio.serve import serve

    serve(journal, data or [], policy, host, port, remote, browser)
