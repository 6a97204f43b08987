"""The command line: what newcomers type, and what they read when they mistype."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from clonotate.cli import app, main
from clonotate.cli.options import names_of
from clonotate.cli.terminal import spread
from clonotate.episodes.files import read_episodes, write_episodes
from clonotate.models import build
from clonotate.models.checkpoint import save_model
from clonotate.records import ClonotateError
from clonotate.screens.layout import LAYOUTS
from clonotate.studies import humans
from clonotate.tasks import KEPT_OUT, NINE, TASKS

DOTS = "colored-dot-tracking"
COMMANDS = [c.name or c.callback.__name__ for c in app.registered_commands if c.callback]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command; gives the exit code, what it printed and what it said on standard error."""

    def call(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        return int(end.value.code or 0), *capsys.readouterr()

    return call


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of three episodes."""
    file = tmp_path_factory.mktemp("collected") / "dots.parquet"
    with pytest.raises(SystemExit):
        main(["collect", DOTS, "--level", "easy", "--episodes", "3", "--out", str(file), "--processes", "1"])
    return file


class TestHelp:
    def test_it_lists_every_command(self, run: Run) -> None:
        code, out, _ = run("--help")
        assert code == 0
        assert all(command in out for command in [*COMMANDS, "study"])

    @pytest.mark.parametrize(
        "command", [*([name] for name in COMMANDS), ["study", "humans"], ["study", "all"]]
    )
    def test_every_command_has_an_example(self, run: Run, command: list[str]) -> None:
        code, out, _ = run(*command, "--help")
        assert code == 0
        assert f"Example: clonotate {' '.join(command)}" in " ".join(out.split())

    def test_it_is_fast_and_imports_nothing_heavy(self) -> None:
        program = "import sys, clonotate.cli; print(*sys.modules)"
        loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        assert not {"torch", "cv2", "pyarrow", "scipy"} & set(loaded.stdout.split())


class TestLooking:
    def test_tasks(self, run: Run) -> None:
        code, out, _ = run("tasks")
        assert code == 0
        assert all(name in out for name in TASKS)
        assert "MIP" in out

    def test_layouts_say_which_are_held_out(self, run: Run) -> None:
        _, out, _ = run("layouts", "--json", "-")
        rows = json.loads(out)
        assert [row["layout"] for row in rows] == list(LAYOUTS)
        assert sum(row["held_out"] for row in rows) == 3

    def test_the_expert_plays(self, run: Run) -> None:
        code, out, _ = run("play", DOTS, "--level", "easy", "--seed", 3)
        assert code == 0
        assert out.count("\n") == 1
        assert "success" in out

    def test_random_clicks_never_finish(self, run: Run) -> None:
        _, out, _ = run("play", DOTS, "--by", "random", "--level", "easy", "--budget", 20)
        assert "never finished in 20 clicks" in out

    def test_a_film_is_made(self, run: Run, tmp_path: Path) -> None:
        film = tmp_path / "new" / "film.gif"
        code, out, _ = run(
            "play", DOTS, "--by", "random", "--budget", 3, "--level", "easy", "--gif", film, "--scale", 0.5
        )
        assert code == 0
        assert str(film) in out
        assert film.read_bytes().startswith(b"GIF89a")


class TestEpisodes:
    def test_collected_episodes_replay(self, run: Run, collected: Path) -> None:
        episodes = read_episodes(collected)
        assert [episode.source.task for episode in episodes] == [DOTS] * 3
        assert len({episode.source.seed for episode in episodes}) == 3
        code, out, _ = run("validate", collected, "--processes", 1)
        assert code == 0
        assert "all 3 episodes" in out

    def test_processes_change_nothing(self, run: Run, collected: Path, tmp_path: Path) -> None:
        spread_out = tmp_path / "two.parquet"
        run("collect", DOTS, "--level", "easy", "--episodes", 3, "--out", spread_out, "--processes", 2)
        assert read_episodes(spread_out) == read_episodes(collected)

    def test_drift_is_found(self, run: Run, collected: Path, tmp_path: Path) -> None:
        good, bad, bare = read_episodes(collected)
        file = tmp_path / "broken.parquet"
        write_episodes(file, [good, replace(bad, digest="0" * 64), replace(bare, digest="")])
        code, out, _ = run("validate", file, "--processes", 1, "--json", "-")
        assert code == 1
        page = json.loads(out)
        assert page["episodes"] == 3
        assert [broken["index"] for broken in page["broken"]] == [1, 2]
        code, out, _ = run("validate", file, "--processes", 1)
        assert code == 1
        assert "2 of 3" in out
        assert "differ" in out

    def test_another_version_is_found(self, run: Run, collected: Path, tmp_path: Path) -> None:
        first = read_episodes(collected)[0]
        file = tmp_path / "old.parquet"
        write_episodes(file, [replace(first, source=replace(first.source, version=99))])
        code, out, _ = run("validate", file)
        assert code == 1
        assert "99" in out


class TestEvaluating:
    def test_an_expert_is_measured(self, run: Run, tmp_path: Path) -> None:
        file = tmp_path / "page.json"
        options = ("--level", "easy", "--episodes", 2, "--processes", 1)
        code, out, _ = run("evaluate", "expert", "--tasks", DOTS, *options, "--json", file)
        assert code == 0
        assert "100.0 % of 2" in out
        page = json.loads(file.read_text())
        assert page["tasks"][DOTS]["closed_loop"]["success"] == 1.0
        assert page["tasks"][DOTS]["teacher_forced"] is None

    def test_json_on_standard_output_is_all_there_is(self, run: Run) -> None:
        options = ("--level", "easy", "--episodes", 1, "--processes", 1, "--budget", 12, "--loop-guard", 3)
        _, out, _ = run("evaluate", "repeat", "--tasks", f"{DOTS},{DOTS}", *options, "--json", "-")
        page = json.loads(out)
        assert list(page["tasks"]) == [DOTS]
        assert page["guards"] == {"budget": 12, "loop": 3, "ask": 0.0}

    def test_doubts_mistakes_and_calibration_are_shown_where_asked_for(
        self, run: Run, tmp_path: Path
    ) -> None:
        model = save_model(tmp_path / "tiny", build("pointer", width=32, depth=1))
        options = ("--tasks", DOTS, "--level", "easy", "--episodes", 1, "--processes", 1, "--budget", 3)
        code, out, _ = run("evaluate", model, *options, "--ask", 0.99, "--recovery", "--calibration")
        assert code == 0
        words = ("calibration error", "repaired", "would ask", "of 1", "How sure, how often right")
        assert [word for word in words if word not in " ".join(out.split())] == []

    def test_a_study_tells_what_it_found_and_all_of_them_make_a_report(
        self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(humans, "STUDY", replace(humans.STUDY, jobs=lambda scale: [humans.Job(0, 1)]))
        code, out, _ = run("study", "humans", "--out", tmp_path / "found", "--processes", 1)
        assert code == 0
        assert "navigation : placement" in out
        page = tmp_path / "page.md"
        code, out, _ = run("report", tmp_path / "found", "--page", page)
        assert code == 0
        assert "found/humans-ranges.png" in page.read_text()
        assert "<table>" in (tmp_path / "found" / "report.html").read_text()


class TestReview:
    def test_steps_are_ranked_by_what_a_policy_would_do(self, run: Run, collected: Path) -> None:
        code, out, _ = run("review", collected, "--top", "4", "--json", "-")
        found = json.loads(out)
        assert code == 0
        assert len(found) == 4
        assert found == sorted(found, key=lambda doubt: -doubt["score"])

    @pytest.mark.slow
    def test_and_by_a_flag_once_it_was_fitted(self, run: Run, collected: Path, tmp_path: Path) -> None:
        policy = save_model(tmp_path / "policy", build("pico"))
        asked = ("review", collected, "--policy", policy, "--by", "flag", "--top", "3", "--json", "-")
        code, _, said = run(*asked)
        assert (code, "clonotate fit-flag" in said) == (2, True)
        assert run("fit-flag", policy, "--tasks", DOTS, "--episodes", "3")[0] == 0
        code, out, _ = run(*asked)
        assert code == 0
        assert all(0 < doubt["score"] < 1 for doubt in json.loads(out))


class TestBadInput:
    @pytest.mark.parametrize(
        ("arguments", "word"),
        [
            (["play", "no-such-task"], "no task 'no-such-task'"),
            (["play", DOTS, "--level", "silly"], "no level 'silly'"),
            (["play", DOTS, "--layout", "silly"], "no layout 'silly'"),
            (["play", DOTS, "--by", "nobody"], "no checkpoint 'nobody'"),
            (["play", DOTS, "--gif", "film.mp4"], "should end in .gif"),
            (["collect", "no-such-task", "--out", "x.parquet"], "no task 'no-such-task'"),
            (["collect", ",", "--out", "x.parquet"], "no task given"),
            (["collect", DOTS, "--layout", "silly", "--out", "x.parquet"], "no layout 'silly'"),
            (["validate", "no-such-file"], "no such file"),
            (["train", "no:such", "--out", "x"], "no recipe 'no:such'"),
            (["train", "foundation", "--out", "x"], "no recipe 'foundation'"),
            (["train", "json:dumps", "--out", "x"], "no recipe 'json:dumps'"),
            (["evaluate", "nobody"], "no checkpoint 'nobody'"),
            (["evaluate", "expert", "--tasks", "silly"], "no task 'silly'"),
        ],
    )
    def test_it_gets_one_clear_line(self, run: Run, arguments: list[str], word: str) -> None:
        code, out, err = run(*arguments)
        assert code == 2
        assert out == ""
        assert err.startswith("clonotate: ")
        assert word in err
        assert err.count("\n") == 1

    @pytest.mark.parametrize("arguments", [["play"], ["play", DOTS, "--seed", "x"], ["no-such-command"]])
    def test_usage_errors_exit_with_2(self, run: Run, arguments: list[str]) -> None:
        code, _, err = run(*arguments)
        assert code == 2
        assert "Traceback" not in err

    def test_an_output_that_cannot_be_written_is_named(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        code, _, err = run("layouts", "--json", tmp_path / "file" / "x.json")
        assert code == 2
        assert "cannot write" in err


def heed_interrupts() -> None:
    """A shell starts its background jobs deaf to SIGINT, and their children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_interrupted_it_exits_quietly_with_130(tmp_path: Path) -> None:
    arguments = ["study", "humans", "--scale", "full", "--out", str(tmp_path)]
    program = f"from clonotate.cli import main; print('begun', flush=True); main({arguments})"
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed_interrupts,
    )
    try:
        assert process.stdout
        process.stdout.readline()
        time.sleep(2.0)
        os.kill(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=120)
    finally:
        process.kill()
    assert process.returncode == 130
    assert err == ""


class TestTraining:
    def test_a_recipe_is_trained_as_changed(
        self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from clonotate.training import train as training

        asked: list[tuple[object, ...]] = []
        monkeypatch.setattr(training, "train", lambda *arguments: asked.append(arguments))
        options = ("--steps", 7, "--processes", 1, "--max-minutes", 0.5)
        code, out, _ = run("train", "foundation:nano", "--out", tmp_path / "nano", *options)
        assert code == 0
        assert "evaluate" in out
        [(what, folder, minutes, device, _)] = asked
        assert isinstance(what, training.Run)
        assert (what.steps, what.processes) == (7, 1)
        assert (folder, minutes, device) == (tmp_path / "nano", 0.5, "cpu")

    def test_practice_is_as_asked_for(
        self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from clonotate.training import dagger as practising

        asked: list[practising.Dagger] = []
        monkeypatch.setattr(practising, "dagger", lambda plan, *rest: asked.append(plan) or tmp_path)
        options = ("--rounds", 1, "--tasks", DOTS, "--astray", 0, "--seed", 4)
        code, *_ = run("dagger", "nine", "--recipe", "foundation:nano", "--out", tmp_path, *options)
        assert code == 0
        assert (asked[0].start, asked[0].rounds, asked[0].only, asked[0].seed) == ("nine", 1, (DOTS,), 4)
        assert asked[0].practice == practising.Practice(astray=0)

    def test_a_recipe_of_ones_own_is_found(
        self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from clonotate.cli.learn import recipe_named

        source = "from dataclasses import replace\nfrom recipes.foundation import nano\n"
        (tmp_path / "my_runs.py").write_text(source + "def tiny():\n    return replace(nano(), steps=3)\n")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "path", [path for path in sys.path if path])
        assert recipe_named("my_runs:tiny").steps == 3
        assert recipe_named("recipes.foundation:nano") == recipe_named("foundation:nano")


class TestNames:
    def test_commas_repetition_and_groups(self) -> None:
        assert names_of([f"{DOTS}, neuron-tracking", DOTS]) == [DOTS, "neuron-tracking"]
        assert names_of(["all"]) == list(TASKS)
        assert names_of(["nine"]) == [name for name in TASKS if name not in KEPT_OUT]
        assert names_of(["nine,all"]) == [*NINE, *(name for name in TASKS if name in KEPT_OUT)]

    def test_unknown_ones_are_refused(self) -> None:
        with pytest.raises(ClonotateError, match="no task 'dots'"):
            names_of(["all,dots"])


def test_work_is_spread_in_order() -> None:
    assert list(spread(abs, [-3, -2, -1], processes=2)) == [3, 2, 1]
