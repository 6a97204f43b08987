"""Forecast: the sessions of one person, a law that is found again, and one that breaks and is told to."""

import numpy as np
import pytest

from clonotate.episodes.files import write_episodes
from clonotate.models import build
from clonotate.models.checkpoint import save_model
from clonotate.records import ClonotateError
from clonotate.studies.forecast import (
    DIFFERS,
    FAILS,
    Job,
    figures,
    findings,
    forecast,
    jobs_on,
    measure,
    tables,
    work_of,
)
from clonotate.studies.study import Bench

DOTS = "colored-dot-tracking"
COUNTS = (5, 10, 20, 40, 80, 160)


def test_it_learns_from_the_first_sessions_and_agrees_with_the_last(tmp_path):
    start = save_model(tmp_path / "start", build("pico"), run={"preset": "pico"})
    job = Job(DOTS, "easy", "dark-split", "", 1, 1, 2, 1, 1, 0)
    differs, fails = measure(Bench(str(start), tmp_path), job)
    assert (fails["what"], fails["of"]) == (FAILS, 1)
    assert differs["what"] == DIFFERS
    assert 0 < differs["wrong"] <= differs["of"]


def test_a_person_has_the_same_sessions_however_many_are_learnt_from():
    few, many = (work_of(Job(DOTS, "easy", "dark-split", "", n, 1, 2, 1, 1, 3)) for n in (1, 2))
    assert few == many
    assert len(few) == 3


def test_a_file_of_sessions_gives_a_curve_that_can_be_checked(tmp_path):
    sessions = [episode for episode, _ in work_of(Job(DOTS, "easy", "dark-split", "", 1, 2, 2, 1, 1, 0))]
    file = tmp_path / "mine.parquet"
    write_episodes(file, sessions * 6)
    found = jobs_on(file, worlds=0)
    assert [job.sessions for job in found] == [1, 2, 5, 10, 20]
    assert {(job.held_out, job.largest, job.layout) for job in found} == {(4, 20, "dark-split")}
    few = tmp_path / "few.parquet"
    write_episodes(few, sessions)
    with pytest.raises(ClonotateError, match="needs 20"):
        jobs_on(few)


def test_a_law_is_continued_and_says_how_many_sessions_it_takes():
    wrong = [round(1000 * 2 * n**-0.5) for n in COUNTS[2:]]
    told = forecast(COUNTS[2:], wrong, [1000] * 4)
    share, (low, high) = told.at(400)
    assert low < 0.1 < high
    assert share == pytest.approx(0.1, rel=0.1)
    sessions, (least, most) = told.needed(0.1)
    assert sessions == pytest.approx(400, rel=0.2)
    assert least < 400 < most


def test_a_curve_that_does_not_fall_never_arrives():
    sessions, (_, most) = forecast(COUNTS, [10] * 6, [10] * 6).needed(0.1)
    assert sessions > 1e6
    assert most > 1e6
    with pytest.raises(ClonotateError, match="different counts"):
        forecast((5, 5), (1, 1), (2, 2))


def curve(shares, of):
    about = {"policy": "p", "task": "t", "level": "easy", "layout": "original"}
    about |= {"data": "", "seed": 0, "steps": 1, "largest": 160}
    return [
        {**about, "sessions": n, "what": FAILS, "wrong": round(of * share), "of": of}
        for n, share in zip(COUNTS, shares, strict=True)
    ]


@pytest.mark.parametrize(
    ("shares", "of", "verdict"),
    [
        (np.array(COUNTS) ** -0.5, 400, "confirmed"),
        ([0.45, 0.32, 0.22, 0.16, 0.6, 0.6], 400, "contradicted"),
        ([0.6, 0.8, 0.6, 0.4, 0.4, 0.4], 5, "undecided"),
        ([1.0] * 6, 400, "undecided"),
    ],
)
def test_verdicts_follow_from_what_was_held_out(shares, of, verdict):
    rows = curve(shares, of)
    assert [one.verdict for one in findings(rows)] == [verdict]
    assert set(figures(rows)) == {"curves"}
    assert len(tables(rows)) == 2


def test_short_curves_say_nothing():
    assert not findings(curve([0.5] * 6, 9)[:4])
