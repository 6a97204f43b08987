"""The engine: never blocking, never stale, and true to the history, whatever happens to the session."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from clonotate.annotators.collect import demonstrate
from clonotate.copilot.engine import Copilot
from clonotate.copilot.suggestion import Follower, Glimpse, glimpse, glimpses
from clonotate.episodes.session import Session
from clonotate.models import build
from clonotate.records import Source

DOTS = Source("colored-dot-tracking", "easy", 7)


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return build("pico")


@pytest.fixture(scope="module")
def executor():
    with ThreadPoolExecutor(1) as made:
        yield made


@pytest.fixture(scope="module")
def episode():
    return demonstrate(DOTS, budget=12)


class Inbox:
    """Keeps the suggestions, and waits for the one of a step."""

    def __init__(self):
        self.all, self.came = [], threading.Condition()

    def __call__(self, suggestion):
        with self.came:
            self.all.append(suggestion)
            self.came.notify_all()

    def of(self, step):
        with self.came:
            assert self.came.wait_for(lambda: any(one.step == step for one in self.all), 20)
            return next(one for one in self.all if one.step == step)


def expected(model, shown):
    follower = Follower(model)
    for one in shown:
        follower.see(one)
    return follower.suggest()


def test_each_screen_gets_its_suggestion(model, executor, episode):
    inbox, shown = Inbox(), list(glimpses(episode))
    copilot = Copilot(model, executor, inbox)
    for step, one in enumerate(shown[:5]):
        copilot.see(one)
        assert inbox.of(step) == copilot.latest
    assert inbox.all[-1] == expected(model, shown[:5])
    assert 0 < copilot.took < 20


def test_who_feeds_it_never_waits_and_stale_work_is_dropped(model, executor, episode):
    inbox, gate, shown = Inbox(), threading.Event(), list(glimpses(episode))
    executor.submit(gate.wait)  # somebody else's turn
    copilot = Copilot(model, executor, inbox)
    began = time.monotonic()
    for one in shown:
        copilot.see(one)
    assert time.monotonic() - began < 0.5
    assert copilot.latest is None
    gate.set()
    assert inbox.of(len(shown) - 1) == expected(model, shown)
    assert len(inbox.all) == 1


def test_a_restart_is_another_history_and_can_be_gone_on_from(model, executor, episode):
    inbox, shown = Inbox(), list(glimpses(episode))
    copilot = Copilot(model, executor, inbox)
    for one in shown[:3]:
        copilot.see(one)
    session = Session(DOTS)
    for step in episode.steps[:6]:
        session.click(step)
    copilot.restart(glimpses(session.episode()))
    session.click(episode.steps[6])
    copilot.see(glimpse(session))
    assert inbox.of(7) == expected(model, shown[:8])


def test_many_sessions_take_turns(model, executor, episode):
    boxes = [Inbox() for _ in range(4)]
    for box in boxes:
        Copilot(model, executor, box).restart(glimpses(episode))
    assert len({box.of(len(episode.steps)) for box in boxes}) == 1


def test_what_it_cannot_look_at_is_trouble_and_no_more(model, executor, episode):
    inbox = Inbox()
    copilot = Copilot(model, executor, inbox)
    copilot.see(Glimpse(np.zeros((50, 70, 3), np.uint8)))
    deadline = time.monotonic() + 20
    while not copilot.trouble and time.monotonic() < deadline:
        time.sleep(0.01)
    assert "multiples of 16" in copilot.trouble
    copilot.see(Glimpse(np.zeros((48, 64, 3), np.uint8)))
    copilot.restart(glimpses(episode))
    assert inbox.of(len(episode.steps)).confidence > 0
    assert copilot.trouble == ""


def test_closed_it_says_nothing(model, executor, episode):
    inbox, gate = Inbox(), threading.Event()
    executor.submit(gate.wait)
    copilot = Copilot(model, executor, inbox)
    copilot.see(next(iter(glimpses(episode))))
    copilot.close()
    gate.set()
    executor.submit(lambda: None).result()
    assert inbox.all == []
    copilot.close()
