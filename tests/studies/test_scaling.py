"""Scaling: a tiny training is looked at on the way, and known laws are found in made-up ones."""

import pytest

from clonotate.studies.scaling import (
    Job,
    common,
    figures,
    findings,
    frames_to,
    measure,
    samples,
    tables,
    trainings,
)
from clonotate.studies.study import Bench

FRAMES = (1_000, 10_000, 100_000)


@pytest.mark.parametrize("data", [0, 2])
def test_a_training_is_looked_at_on_the_way(tmp_path, data):
    rows = measure(Bench("shipped", tmp_path), Job("dots", "easy", "pico", data, 2, 1, 1, 0))
    assert len({row["frames"] for row in rows}) == len(rows) == 2
    assert rows[0]["parameters"] == rows[1]["parameters"] > 100_000
    assert len(list(tmp_path.rglob("*.parquet"))) == bool(data)


def made_up(parameters, seed, faster, right=1):
    """A training whose loss falls as a power of frames, `faster` times sooner than the slowest."""
    about = {"policy": "p", "mix": "dots", "level": "easy", "preset": f"s{parameters}", "data": 0, "steps": 9}
    return [
        {
            **about,
            "seed": seed,
            "parameters": parameters,
            "frames": frames,
            "task": "t",
            "world": world,
            "nats": 20 * (frames * faster / 1000) ** -0.3 * (1 + 0.01 * seed),
            "shown": 20,
            "success": frames > 50_000,
            **{f"{kind}_asked": 2 for kind in ("undo", "done", "verify")},
            **{f"{kind}_right": right for kind in ("undo", "done", "verify")},
        }
        for frames in FRAMES
        for world in range(4)
    ]


def test_frames_to_a_loss_are_found_between_looks():
    (slow,) = trainings(made_up(10**6, 0, 1.0))
    (fast,) = trainings(made_up(10**7, 0, 3.0))
    loss = common([slow, fast])
    assert loss == min(look.loss for look in slow)
    assert frames_to(slow, loss) == pytest.approx(FRAMES[-1])
    assert FRAMES[-1] / frames_to(fast, loss) == pytest.approx(3, rel=0.15)
    assert frames_to(slow, 0.0) == float("inf")


@pytest.mark.parametrize(
    ("faster", "right", "verdicts"),
    [
        (3.0, 1, ["confirmed", "undecided"]),
        (1 / 3, 1, ["contradicted", "undecided"]),
        (3.0, 0, ["confirmed", "confirmed"]),
        (3.0, 2, ["confirmed", "contradicted"]),
    ],
)
def test_verdicts_follow_from_intervals(faster, right, verdicts):
    rows = [row for seed in range(3) for row in made_up(10**6, seed, 1.0)]
    rows += [row for seed in range(3) for row in made_up(10**7, seed, faster, right)]
    assert [one.verdict for one in findings(rows)] == verdicts
    assert set(figures(rows)) == {"dots"}
    assert set(tables(rows)) == {"At the end of every training", "Power laws"}


def test_few_trainings_decide_nothing():
    rows = [row for size in (10**6, 10**7) for row in made_up(size, 0, size / 10**6)]
    assert len(samples(rows)[0]) == 2
    assert findings(rows)[0].verdict == "undecided"
