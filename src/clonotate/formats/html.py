"""HTML out: one self-contained page with a success table and episodes to play; it loads nothing.

The markup, the style and the player are files of the folder `page`; this one fills them in.
"""

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from pathlib import Path
from statistics import fmean, median
from string import Template

from clonotate.evaluation.intervals import bootstrap, wilson
from clonotate.formats.film import ACROSS, TILE, Film, spoken
from clonotate.records import Episode
from clonotate.whole import whole

PAGE = files("clonotate.formats") / "page"


class Html(str):
    """Text that is markup already; all other text is escaped on its way into the page."""

    __slots__ = ()


@dataclass(frozen=True)
class Chapter:
    """One task: `episodes` are counted in the table where they have a score, `films` can be played."""

    title: str
    lead: str
    episodes: Sequence[Episode]
    films: Sequence[Film]


@dataclass(frozen=True)
class Report:
    """A page: what it says at the top, a few facts of a caption and a value, and a chapter for each task."""

    title: str
    lead: str
    facts: Sequence[tuple[str, str]]
    chapters: Sequence[Chapter]


@dataclass(frozen=True)
class Tally:
    """The scored episodes of a chapter, counted: rates in [0, 1] with 95 % intervals."""

    successes: int
    episodes: int
    low: float
    high: float
    parts: dict[str, tuple[float, float, float]]  # mean, low, high
    clicks: float  # median

    @property
    def rate(self) -> float:
        """The share of successes."""
        return self.successes / self.episodes


def tally(episodes: Sequence[Episode]) -> Tally | None:
    """Count the episodes that have a score: success by Wilson, parts by bootstrap; None without any."""
    scores = [episode.score for episode in episodes if episode.score]
    if not scores:
        return None
    successes = sum(score.success for score in scores)
    parts = {name: [score.parts[name] for score in scores] for name in scores[0].parts}
    return Tally(
        successes=successes,
        episodes=len(scores),
        **wilson(successes, len(scores))._asdict(),
        parts={name: (fmean(values), *bootstrap(values)) for name, values in parts.items()},
        clicks=median(len(episode.steps) for episode in episodes if episode.score),
    )


def write_report(path: Path, report: Report) -> None:
    """Write a report as one HTML file. Raises ClonotateError where it cannot be written."""
    with whole(path) as beside:
        beside.write_text(page(report), encoding="utf-8")


def page(report: Report) -> Html:
    """The whole page."""
    return fill(
        "report.html",
        title=report.title,
        lead=report.lead,
        facts=joined(fill("fact.html", name=name, value=value) for name, value in report.facts),
        table=table(report.chapters),
        chapters=joined(section(number, chapter) for number, chapter in enumerate(report.chapters)),
        css=verbatim("report.css"),
        script=verbatim("player.js"),
    )


def fill(template: str, **values: str | float) -> Html:
    """A file of `page` with its $names filled in; what is not `Html` is escaped."""
    safe = {name: value if isinstance(value, Html) else escape(str(value)) for name, value in values.items()}
    return Html(Template(verbatim(template)).substitute(safe))


def verbatim(name: str) -> Html:
    """A file of `page` as it is."""
    return Html((PAGE / name).read_text(encoding="utf-8"))


def joined(pieces: Iterable[Html]) -> Html:
    """Markup one after the other."""
    return Html("".join(pieces))


def table(chapters: Sequence[Chapter]) -> Html:
    """The success table; nothing where no chapter was scored."""
    rows = [
        row(number, chapter.title, counted)
        for number, chapter in enumerate(chapters)
        if (counted := tally(chapter.episodes))
    ]
    return fill("table.html", rows=joined(rows)) if rows else Html()


def row(number: int, title: str, counted: Tally) -> Html:
    """One task in the success table."""
    low, high, rate = (f"{100 * share:.1f}" for share in (counted.low, counted.high, counted.rate))
    parts = [
        fill("part.html", name=spoken(name), mean=f"{mean:.3f}", low=f"{below:.3f}", high=f"{above:.3f}")
        for name, (mean, below, above) in counted.parts.items()
    ]
    return fill(
        "row.html",
        anchor=f"task-{number}",
        title=title,
        rate=rate,
        low=low,
        high=high,
        successes=counted.successes,
        episodes=counted.episodes,
        parts=joined(parts),
        clicks=f"{counted.clicks:g}",
    )


def section(number: int, chapter: Chapter) -> Html:
    """One task with its player and the films that can be put into it; nothing without films."""
    if not chapter.films:
        return Html()
    return fill(
        "chapter.html",
        anchor=f"task-{number}",
        title=chapter.title,
        lead=chapter.lead,
        width=chapter.films[0].width,
        height=chapter.films[0].height,
        cards=joined(card(f"film-{number}-{i}", film, i == 0) for i, film in enumerate(chapter.films)),
    )


def card(name: str, film: Film, chosen: bool) -> Html:
    """An episode to choose, with the film itself."""
    return fill(
        "card.html",
        name=name,
        chosen=str(chosen).lower(),
        title=film.title,
        words=film.outcome.words,
        state=film.outcome.state,
        clicks=film.clicks,
        still=base64_of(film.still),
        film=film_json(film),
    )


def film_json(film: Film) -> Html:
    """A film as JSON that may stand inside a script element; the names are those that `player.js` reads."""
    widgets = sorted({(press.widget, press.text) for press in film.presses})
    content = {
        "state": film.outcome.state,
        "words": film.outcome.words,
        "width": film.width,
        "height": film.height,
        "tile": TILE,
        "across": ACROSS,
        "sheets": [f"data:image/webp;base64,{base64_of(sheet)}" for sheet in (film.plain, film.textured)],
        "first": film.first_textured,
        "changes": film.changes,
        "widgets": widgets,
        "presses": [
            [press.click.x, press.click.y, widgets.index((press.widget, press.text)), press.kind or ""]
            for press in film.presses
        ],
    }
    return Html(json.dumps(content, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c"))


def base64_of(data: bytes) -> str:
    """Bytes as text."""
    return base64.b64encode(data).decode("ascii")
