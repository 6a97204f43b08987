"""The log: rows that a killed run wrote past its last checkpoint go, the others stay."""

import json

from clonotate.training.log import Clock, Log


def steps(path):
    return [json.loads(row)["step"] for row in path.read_text().splitlines()]


def test_it_goes_on_from_the_last_checkpoint(tmp_path, capsys):
    path = tmp_path / "metrics.jsonl"
    with Log(path, 0, 10) as log:
        for step in range(4):
            log.write(step, loss=1 / 3)
    path.write_text(path.read_text() + '{"step": 4, "lo')  # cut off in the middle of a row
    with Log(path, 3, 10) as log:
        log.write(3, loss=float("nan"))
    assert steps(path) == [0, 1, 2, 3]
    assert json.loads(path.read_text().splitlines()[-1])["loss"] is None
    assert "loss 0.33333" in capsys.readouterr().err


def test_a_silent_log_touches_nothing(tmp_path, capsys):
    with Log(tmp_path / "metrics.jsonl", 0, 10, silent=True) as log:
        log.advance(0)
    assert list(tmp_path.iterdir()) == []
    assert capsys.readouterr().err == ""


def test_the_clock_tells_waiting_from_working(monkeypatch):
    now = iter([0.0, 10.0, 13.0, 20.0])
    monkeypatch.setattr("time.monotonic", lambda: next(now))
    clock = Clock(minutes=2.0, frames=100)
    things = clock.waiting(["one"])
    assert next(things) == "one"
    clock.frames += 50
    monkeypatch.setattr("time.monotonic", lambda: 20.0)
    lap = clock.lap()
    assert (lap["frames"], lap["frames_per_s"], lap["data_wait"]) == (150, 2.5, 0.15)
    assert lap["minutes"] == 2 + 20 / 60
