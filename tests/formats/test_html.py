"""The report is one file that loads nothing, and says nothing it was not told."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from clonotate.formats.film import Film, Outcome, Press
from clonotate.formats.html import Chapter, Html, Report, fill, film_json, page, tally, write_report
from clonotate.records import Click, ClonotateError, Episode, Score, Source, Step

NASTY = """<script>alert("1")</script>&'"""


def made(title: str = "World 1", text: str = "Done") -> Film:
    presses = (Press(Click(3, 4), "canvas", "canvas", "place"), Press(Click(9, 9), "done", text, None))
    changes = ((0, 0), (0, 1), ())
    return Film(
        title, Outcome("success", "success"), 32, 32, b"plain", b"textured", 1, b"still", changes, presses, 2
    )


def ended(success: bool, part: float) -> Episode:
    steps = (Step(Click(0, 0)),) * 3
    return Episode(Source("neuron-tracking"), "original", steps, True, Score(success, {"coverage": part}))


def report(**changed: object) -> Report:
    chapter = Chapter("Dots", "Some dots.", [ended(True, 1.0), ended(False, 0.5)], [made()])
    return Report(
        **(
            {"title": "A report", "lead": "About it.", "facts": [("Worlds", "2")], "chapters": [chapter]}
            | changed
        )
    )


class Reader(HTMLParser):
    """Collects what a page loads, and checks that its elements close in order."""

    EMPTY = ("meta", "img", "input", "path", "link", "br")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loaded: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.loaded += [
            value or "" for name, value in attributes if name in ("src", "href", "data", "srcset")
        ]
        self.ids += [value or "" for name, value in attributes if name == "id"]
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.EMPTY:
            assert self.open.pop() == tag


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    assert reader.open == []
    return reader


def test_a_page_loads_nothing() -> None:
    text = page(report())
    reader = read(text)
    assert all(place.startswith(("data:", "#")) for place in reader.loaded)
    assert not re.search(r"https?://|@import|url\(|fetch\(|XMLHttp", text)
    assert "default-src 'none'" in text


def test_links_lead_somewhere_and_names_are_given_once() -> None:
    reader = read(page(report()))
    assert len(set(reader.ids)) == len(reader.ids)
    assert {place[1:] for place in reader.loaded if place.startswith("#")} <= set(reader.ids)


def test_text_is_escaped_everywhere() -> None:
    chapter = Chapter(NASTY, NASTY, [ended(True, 1.0)], [made(NASTY, NASTY)])
    text = page(report(title=NASTY, lead=NASTY, facts=[(NASTY, NASTY)], chapters=[chapter]))
    read(text)
    assert "<script>alert" not in text
    assert 'alert("1")</script>' not in text


def test_a_film_comes_back_from_its_json() -> None:
    film = json.loads(film_json(made(text="a < b")))
    assert film["changes"] == [[0, 0], [0, 1], []]
    assert [film["widgets"][press[2]] for press in film["presses"]] == [
        ["canvas", "canvas"],
        ["done", "a < b"],
    ]
    assert film["presses"][0] == [3, 4, 0, "place"]
    assert film["first"] == 1


def test_the_player_finds_what_it_looks_for() -> None:
    """Every class that the script asks for is in the markup."""
    text = page(report())
    script = text[text.rindex("<script>") :]
    wanted = set(re.findall(r'find\("(\w+)"\)', script))
    assert len(wanted) >= 8
    assert all(f'class="{name}"' in text for name in wanted)


def test_counting_gives_rates_with_intervals() -> None:
    counted = tally([ended(True, 1.0), ended(True, 1.0), ended(False, 0.4)])
    assert counted is not None
    assert counted.rate == pytest.approx(2 / 3)
    assert counted.low < 2 / 3 < counted.high
    assert counted.parts["coverage"][0] == pytest.approx(0.8)
    assert counted.clicks == 3


def test_without_scores_there_is_no_table() -> None:
    unscored = Episode(Source("neuron-tracking"), "original", (), True, None)
    assert tally([unscored]) is None
    assert "<table>" not in page(report(chapters=[Chapter("Real", "", [unscored], [made()])]))


def test_only_markup_passes_unescaped() -> None:
    assert fill("fact.html", name=Html("<b>"), value="<b>") == "<div><dt><b></dt><dd>&lt;b&gt;</dd></div>\n"


def test_a_report_is_written_or_refused(tmp_path: Path) -> None:
    write_report(tmp_path / "deep" / "report.html", report())
    assert (tmp_path / "deep" / "report.html").read_text().startswith("<!doctype html>")
    (tmp_path / "file").write_text("")
    with pytest.raises(ClonotateError, match="cannot write"):
        write_report(tmp_path / "file" / "report.html", report())
