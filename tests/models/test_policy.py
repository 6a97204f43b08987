"""A policy acts from pixels and its own clicks alone."""

import numpy as np
import pytest
import torch

from clonotate.models import build
from clonotate.models.base import ClickDistribution
from clonotate.models.policy import Policy
from clonotate.records import Click


@pytest.fixture
def screens():
    return np.random.default_rng(0).integers(0, 256, (4, 64, 96, 3), np.uint8)


@pytest.fixture
def model():
    torch.manual_seed(0)
    return build("pico")


def test_it_clicks_on_the_screen_and_says_how_sure_it_is(model, screens):
    policy = Policy(model)
    assert policy.confidence == 0
    click = policy(screens[0])
    assert 0 <= click.x < 96
    assert 0 <= click.y < 64
    assert 0 < policy.confidence <= 1


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_after_reset_it_does_the_same_again(model, screens, temperature):
    policy = Policy(model, temperature, seed=3)
    first = [policy(screen) for screen in screens]
    policy.reset()
    assert [policy(screen) for screen in screens] == first


def test_it_acts_on_what_forward_predicts_given_its_own_clicks(model, screens):
    policy = Policy(model)
    clicks = torch.tensor([(click.x, click.y) for click in map(policy, screens)])
    past = torch.cat((torch.tensor([[-1, -1]]), clicks[:-1]))
    with torch.no_grad():
        assert torch.equal(model(torch.from_numpy(screens), past, [4]).argmax(), clicks)


def test_temperature_spreads_clicks_and_seeds_differ(model, screens):
    drawn = {Policy(model, 1.0, seed)(screens[0]) for seed in range(5)}
    assert len(drawn) > 1


def test_who_comes_back_to_a_screen_grows_restless(model, screens):
    policy = Policy(model, unrest=0.4)
    assert [heat(policy, screens[0]) for _ in range(5)] == [0.0, 0.4, 0.8, 1.0, 1.0]
    assert heat(policy, screens[1]) == 0.0
    policy.reset()
    assert heat(policy, screens[0]) == 0.0
    assert heat(Policy(model, 1.5, unrest=0.4), screens[0]) == 1.5


def heat(policy, screen):
    policy.look(screen)
    return round(policy.heat(), 1)


class Undoer(ClickDistribution):
    """Sure of a corner, and where that is barred of the one across."""

    def argmax(self):
        return torch.tensor([[90, 60]])

    def candidates(self, count):
        return torch.tensor([[[90, 60], [4, 5]]]), torch.tensor([[0.9, 0.1]])

    nll = sample = mass = within = None


def test_what_leads_back_again_and_again_is_not_clicked_for_a_while(model, screens):
    policy = Policy(model, unrest=1e-9)
    policy.heat = lambda: 0
    made = []
    for turn in range(4):  # the mark lies a pixel further off each time: a new screen, then the old one
        for screen in (screens[0], np.roll(screens[1], turn, 1)):
            policy.look(screen)
            click = policy.choose(Undoer()) if screen is not screens[0] else Click(40, 30)
            policy.made(click)
            made.append((click.x, click.y))
    assert made[1::2] == [(90, 60), (90, 60), (4, 5), (90, 60)]


def test_where_nothing_is_left_to_try_it_does_what_it_holds_best(model, screens):
    policy, made = Policy(model, unrest=1e-9), []
    policy.heat = lambda: 0
    for _ in range(7):  # nothing that it clicks changes the screen
        policy.look(screens[0])
        policy.made(click := policy.choose(Undoer()))
        made.append((click.x, click.y))
    assert made == 3 * [(90, 60)] + 3 * [(4, 5)] + [(90, 60)]


@torch.inference_mode()
def test_it_remembers_what_was_made_whoever_made_it(model, screens):
    policy, told = Policy(model), Policy(model)
    clicks = [policy(screen) for screen in screens]
    for screen, click in zip(screens, clicks, strict=True):
        guess = told.look(screen)
        told.made(click)
    assert guess.argmax()[0].tolist() == [clicks[-1].x, clicks[-1].y]
    told.reset()
    told.look(screens[0])
    told.made(Click(1, 2))
    other = told.look(screens[1])
    assert not torch.equal(other.mass(), guess.mass())
