"""The study of habits: figures from clicks, and whether people are spanned."""

import pytest

from clonotate.annotators.virtual import STEADY
from clonotate.studies.humans import PUBLISHED, Row, cells, compare, figures, page, person, run


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
    row = Row("steps", 80.0, 60.0, 100.0, 118.0, (111.0, 88.0, 55.0))
    assert row.missed == {"annotator 1": 11.0, "annotator 4": -5.0}
    assert cells(row)[-1] == "annotator 1 +11.0; annotator 4 -5.0"
    assert cells(Row("steps", 80.0, 50.0, 120.0, 118.0, (111.0, 88.0, 55.0)))[-1] == "yes"


def test_the_range_is_over_people() -> None:
    persons = [dict.fromkeys(PUBLISHED, float(value)) for value in range(101)]
    for row in compare(persons):
        assert (row.low, row.mean, row.high) == pytest.approx((5, 50, 95))


def test_a_study_is_a_function_of_its_seed_and_makes_a_page() -> None:
    told: list[None] = []
    rows = run(people=3, stacks=1, seed=20_000, progress=lambda: told.append(None))
    assert rows == run(people=3, stacks=1, seed=20_000)
    assert len(told) == 3
    text = page(rows, 3, 1, 20_000)
    assert "--people 3 --stacks 1 --seed 20000" in text
    assert all(f"| {figure} |" in text for figure in PUBLISHED)


@pytest.mark.slow
def test_the_population_spans_the_published_people() -> None:
    missed = {row.figure: row.missed for row in run() if row.missed}
    assert missed.keys() <= {"done right %"}
