from clonotate.copilot.effort import effort
from clonotate.records import Click, Step


def session(*steps):
    return [Step(Click(1, 1), ms, by) for by, ms in steps]


def test_each_column_from_who_and_when():
    found = effort(
        session(
            ("person", 1000),
            ("policy", 1300),
            ("policy", 1600),
            ("accepted", 2500),
            ("correction", 4500),
            ("person", 5000),
            ("policy", 5300),
            ("correction", 6300),
        )
    )
    assert (found.seconds, found.acting, found.watching) == (6.3, 5.4, 0.9)
    assert (found.own, found.corrections, found.accepted, found.policy) == (4, 2, 1, 3)
    assert found.interventions == 3
    assert found.clicks == 8


def test_a_long_pause_is_no_work_and_time_never_runs_back():
    assert effort(session(("person", 1000), ("person", 500_000), ("person", 499_000))).seconds == 31


def test_alone_a_session_is_one_intervention():
    assert effort(session(("virtual", 900), ("virtual", 1800))).interventions == 1


def test_what_was_copied_before_took_nobody_any_time():
    assert effort(session(("person", 9_000), ("person", 9_500)), begun=8_000).seconds == 1.5
