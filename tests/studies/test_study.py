"""Any study: measured rows are kept and not measured again, and every listed one keeps the contract."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

import pytest

from clonotate.records import ClonotateError
from clonotate.studies import STUDIES, results, study_named
from clonotate.studies.figures import blank
from clonotate.studies.study import (
    SCALES,
    Bench,
    Finding,
    Row,
    Study,
    parsed,
    read_rows,
    run,
    select,
    write_rows,
)


@dataclass(frozen=True)
class Sum:
    one: int
    other: int


def added(bench: Bench, job: Sum) -> list[Row]:
    with (bench.work / "asked").open("a") as notes:
        notes.write(f"{job.one}+{job.other}\n")
    return [{"what": "sum", "value": job.one + job.other}, {"what": "product", "value": job.one * job.other}]


def sums(scale: str) -> list[Sum]:
    return [Sum(1, other) for other in range(2 if scale == "laptop" else 3)]


def pictured(rows: Sequence[Row]):
    drawn = blank()
    drawn.subplots().plot([float(str(one["value"])) for one in rows])
    return {"values": drawn}


def told(rows: Sequence[Row]) -> list[Finding]:
    return [Finding("sums grow", "they do", f"{len(rows)} rows", "confirmed")]


ADDING = Study("adding", sums, added, pictured, lambda rows: {"All": str(len(rows))}, told)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench("shipped", tmp_path)


class TestRun:
    @pytest.mark.parametrize("workers", [1, 2])
    def test_every_job_leaves_its_rows_and_figures(self, bench, tmp_path, workers):
        rows = run(ADDING, "laptop", bench, tmp_path, workers)
        assert len(rows) == 4
        assert sorted(read_rows(tmp_path / "adding.csv"), key=str) == sorted(rows, key=str)
        assert select(rows, one=1, other=1, what="sum")[0]["value"] == 2
        assert {file.suffix for file in tmp_path.glob("adding-values.*")} == {".png", ".svg"}

    def test_what_is_measured_is_not_measured_again(self, bench, tmp_path):
        run(ADDING, "laptop", bench, tmp_path)
        heard = []
        rows = run(ADDING, "full", bench, tmp_path, progress=lambda done, total: heard.append((done, total)))
        assert (tmp_path / "asked").read_text().split() == ["1+0", "1+1", "1+2"]
        assert len(rows) == 6
        assert heard == [(2, 3), (3, 3)]

    def test_another_policy_is_measured_beside_it(self, bench, tmp_path):
        run(ADDING, "laptop", bench, tmp_path)
        assert len(run(ADDING, "laptop", Bench("mine", tmp_path), tmp_path)) == 8

    def test_a_file_that_is_no_table_is_refused(self, bench, tmp_path):
        (tmp_path / "adding.csv").write_bytes(b"\xff\xfe\x00")
        with pytest.raises(ClonotateError, match="not a table"):
            run(ADDING, "laptop", bench, tmp_path)


@pytest.mark.parametrize("value", [None, True, False, 3, -2.5, 1e-7, "words, and more"])
def test_values_come_back_from_a_table(tmp_path, value):
    write_rows(tmp_path / "t.csv", [{"a": 1, "b": value}])
    assert read_rows(tmp_path / "t.csv") == [{"a": 1, "b": value}]
    assert parsed("") is None


@pytest.mark.parametrize("name", STUDIES)
class TestEveryStudy:
    def test_jobs_are_plain_distinct_and_never_fewer_at_a_larger_scale(self, name):
        counts = []
        for scale in SCALES:
            jobs = study_named(name).jobs(scale)
            assert len(set(jobs)) == len(jobs) > 0
            for job in jobs:
                assert all(
                    isinstance(value, str | int | float | bool | None) for value in asdict(job).values()
                )
            counts.append(len(jobs))
        assert counts == sorted(counts)

    def test_an_empty_table_says_nothing_and_breaks_nothing(self, name):
        study = study_named(name)
        assert study.name == name
        assert not study.findings([])
        study.figures([])
        study.tables([])


class TestReport:
    def test_it_joins_what_was_measured(self, tmp_path, monkeypatch, bench):
        monkeypatch.setattr(results, "STUDIES", {"adding": "Do sums grow?"})
        monkeypatch.setattr(results, "study_named", lambda name: ADDING)
        run(ADDING, "laptop", bench, tmp_path)
        page = results.page(tmp_path, "results")
        assert "| sums grow | they do | 4 rows | **confirmed** |" in page
        assert "Do sums grow? [adding.csv](results/adding.csv)" in page
        html = results.html(tmp_path)
        assert "data:image/png;base64," in html
        assert "<td>sums grow</td>" in html
        assert 'src="./' not in html

    def test_without_tables_it_says_what_to_do(self, tmp_path):
        with pytest.raises(ClonotateError, match="study all"):
            results.page(tmp_path, ".")


def never(bench: Bench, job: Sum) -> list[Row]:
    (bench.work / f"{os.getpid()}.pid").touch()
    time.sleep(120)
    return []


def untold(rows: Sequence[Row]) -> dict[str, str]:
    return {}


ENDLESS = Study("endless", sums, never, pictured, untold, told)


def test_killed_it_leaves_nobody_at_work(bench, tmp_path):
    study = get_context("spawn").Process(target=run, args=(ENDLESS, "laptop", bench, tmp_path, 2))
    study.start()
    wait_until(lambda: len(list(tmp_path.glob("*.pid"))) == 2)
    study.kill()
    for file in tmp_path.glob("*.pid"):
        wait_until(lambda file=file: not alive(int(file.stem)))


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)
