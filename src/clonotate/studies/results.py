"""What all studies found, on one page: Markdown for the docs, HTML for whoever has only the file.

clonotate report docs/results
"""

import base64
import re
from collections.abc import Sequence
from inspect import getdoc, getmodule
from pathlib import Path

from clonotate.formats.html import Html, fill
from clonotate.records import ClonotateError
from clonotate.studies import STUDIES, study_named
from clonotate.studies.study import Finding, Row, Study, draw, markdown, read_rows

HEADINGS = ("study", "finding", "published", "ours", "verdict")
VERDICTS = {
    "confirmed": "**confirmed**",
    "contradicted": "**contradicted**",
    "undecided": "not decidable here",
}
LEAD = """# What the studies found

    clonotate study all --scale laptop --out {folder}
    clonotate report {folder}

Each study asks on our tasks, at our scale, what the published one found on its own (Chandok and Park, *A
Systematic Study of Behavioral Cloning for Scientific Data Annotation*, arXiv 2606.07568). A finding that does
not come out the same, or that so small a scale cannot decide, is said to be so. Tables are CSV, one row a
measurement, beside this page.
"""


def measured(folder: Path) -> list[tuple[Study, list[Row]]]:
    """The studies that a folder has tables of. Raises ClonotateError where there are none."""
    found = [(study_named(name), read_rows(folder / f"{name}.csv")) for name in STUDIES]
    if not any(rows for _, rows in found):
        raise ClonotateError(
            f"{folder} holds no tables of studies; first: clonotate study all --out {folder}"
        )
    return [(study, rows) for study, rows in found if rows]


def page(folder: Path, told: str) -> str:
    """The page as Markdown: findings of all studies first, then a chapter for each, its pictures in `told`.

    Draws the figures again from the tables, so that page, figures and tables cannot drift.
    """
    studies = measured(folder)
    found = [(study.name, finding) for study, rows in studies for finding in study.findings(rows)]
    chapters = [chapter(study, rows, folder, told) for study, rows in studies]
    return "\n".join([LEAD.format(folder=folder), finding_table(found), *chapters])


def finding_table(found: Sequence[tuple[str, Finding]]) -> str:
    """Finding by finding: theirs, ours, and what to make of it."""
    return markdown(
        HEADINGS,
        [
            (name, one.claim, one.published, one.ours, f"{VERDICTS[one.verdict]}. {one.why}".rstrip(". "))
            for name, one in found
        ],
    )


def chapter(study: Study, rows: Sequence[Row], folder: Path, told: str) -> str:
    """One study: its question, its figures and its tables."""
    draw(study, rows, folder)
    pictures = [f"![{study.name}: {name}]({told}/{study.name}-{name}.png)" for name in study.figures(rows)]
    tables = [f"### {title}\n\n{table}" for title, table in study.tables(rows).items()]
    link = f"[{study.name}.csv]({told}/{study.name}.csv)"
    lead = [f"## {study.name}", f"{STUDIES[study.name]} {link}", about(study)]
    return "\n\n".join(["", *lead, *pictures, *tables]) + "\n"


def about(study: Study) -> str:
    """What a study does, in the words of its module; the question is said already."""
    words = getdoc(getmodule(study.measure)) or ""
    return words.partition("\n")[2].strip("\n")


def html(folder: Path) -> str:
    """The same page as one HTML file that loads nothing: figures are inside."""
    from markdown_it import MarkdownIt  # comes with rich

    def inside(link: re.Match[str]) -> str:
        picture = base64.b64encode((folder / link[1]).read_bytes()).decode()
        return f'src="data:image/png;base64,{picture}"'

    body = MarkdownIt("commonmark").enable("table").render(page(folder, "."))
    return fill("results.html", body=Html(re.sub(r'src="\./([\w-]+\.png)"', inside, body)))
