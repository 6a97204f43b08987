"""The study of habits: figures from clicks, and whether people are spanned."""

from pathlib import Path

import pytest

from clonotate.annotators.virtual import STEADY
from clonotate.studies.humans import (
    PUBLISHED,
    Compared,
    Job,
    cells,
    compare,
    figures,
    figures_of,
    findings,
    jobs,
    measure,
    person,
    tables,
)
from clonotate.studies.study import Bench


def test_figures_are_the_published_ones_and_the_widget_decides() -> None:
    clicks = {"+z": 40, "-z": 10, "canvas": 18, "undo": 2, "mip": 8, "done": 2}
    found = figures(clicks, right=1, episodes=2)
    assert found.keys() == PUBLISHED.keys()
    assert found["navigation %"] == pytest.approx(62.5)
    assert found["placement %"] == pytest.approx(22.5)
    assert found["MIP toggle %"] == pytest.approx(10)
    assert found["undo %"] == pytest.approx(2.5)
    assert found["navigation : placement"] == pytest.approx(50 / 18)
    assert found["steps"] == 40
    assert found["correction rate %"] == pytest.approx(10)
    assert found["done right %"] == 50


def test_a_steady_person_corrects_next_to_nothing() -> None:
    found = person(STEADY, range(20_000, 20_003))
    assert found["done right %"] == 100
    assert found["correction rate %"] < 8
    assert 40 < found["steps"] < 160


def test_who_lies_outside_is_said_by_how_much() -> None:
    one = Compared("steps", 80.0, 60.0, 100.0, 118.0, (111.0, 88.0, 55.0))
    assert one.missed == {"annotator 1": 11.0, "annotator 4": -5.0}
    assert cells(one)[-1] == "annotator 1 +11.0; annotator 4 -5.0"
    assert cells(Compared("steps", 80.0, 50.0, 120.0, 118.0, (111.0, 88.0, 55.0)))[-1] == "yes"


def test_the_range_is_over_people() -> None:
    rows = [{"figure": figure, "value": float(value)} for value in range(101) for figure in PUBLISHED]
    for one in compare(rows):
        assert (one.low, one.mean, one.high) == pytest.approx((5, 50, 95))


def test_a_person_is_a_function_of_its_number(tmp_path: Path) -> None:
    bench = Bench("shipped", tmp_path)
    rows = [row for one in range(3) for row in measure(bench, Job(one, 1))]
    assert rows[:8] == measure(bench, Job(0, 1)) != rows[8:16]
    assert {row["figure"] for row in rows} == PUBLISHED.keys()
    assert len(findings(rows)) == len(PUBLISHED)
    assert all(f"| {figure} |" in table for table in tables(rows).values() for figure in PUBLISHED)
    assert set(figures_of(rows)) == {"ranges"}


@pytest.mark.slow
def test_the_population_spans_the_published_people(tmp_path: Path) -> None:
    rows = [row for job in jobs("laptop") for row in measure(Bench("shipped", tmp_path), job)]
    assert {one.figure for one in compare(rows) if one.missed} <= {"done right %"}
