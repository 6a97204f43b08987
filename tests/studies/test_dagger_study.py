"""The study of DAgger: both experts beside one cloned policy, and verdicts by intervals over all seeds."""

import pytest

from clonotate.studies.dagger import OBLIVIOUS, UNDOING, Job, figures, findings, measure, tables
from clonotate.studies.rates import share_of
from clonotate.studies.study import Bench

DOTS = "colored-dot-tracking"


def rows(cloned, undoing, oblivious, episodes=40):
    about = {"policy": "p", "task": DOTS, "episodes": episodes, "loops": 0.0, "put": 10, "repaired": 0.5}
    ends = {UNDOING: undoing, OBLIVIOUS: oblivious}
    return [
        {**about, "seed": seed, "expert": name, "round": k, "success": end if k else cloned}
        for seed in range(3)
        for name, end in ends.items()
        for k in (0, 1)
    ]


@pytest.mark.slow
def test_one_policy_practises_beside_both(tmp_path):
    found = measure(Bench("shipped", tmp_path), Job(DOTS, "easy", "pico", 1, 1, 1, 1, 1, 0))
    assert [(row["expert"], row["round"]) for row in found] == [
        (UNDOING, 0),
        (OBLIVIOUS, 0),
        (UNDOING, 1),
        (OBLIVIOUS, 1),
    ]
    assert all(0 <= row["success"] <= 1 for row in found)


@pytest.mark.parametrize(
    ("shares", "verdicts"),
    [
        ((0.2, 0.8, 0.2), ["confirmed", "confirmed"]),
        ((0.5, 0.5, 0.5), ["undecided", "undecided"]),
        ((0.8, 0.2, 0.8), ["contradicted", "contradicted"]),
    ],
)
def test_verdicts_follow_from_intervals(shares, verdicts):
    made = rows(*shares)
    assert [found.verdict for found in findings(made)] == verdicts
    assert set(figures(made)) == {"rounds"}
    assert tables(made)


def test_shares_are_of_all_seeds_share_of():
    made = rows(0.2, 0.8, 0.2)
    assert share_of(made, "repaired", "put").count == 120
    assert share_of([{"success": None, "episodes": 5}], "success", "episodes").count == 0
    assert not findings([row for row in made if row["round"] == 0])
