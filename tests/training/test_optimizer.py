"""Muon for matrices, AdamW for the rest, and both can be put down and taken up again."""

import pytest
import torch
from torch import nn

from clonotate.training.optimizer import Optimizer


def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(16, 16), nn.LayerNorm(16), nn.Linear(16, 1))


def learn(model: nn.Module, optimizer: Optimizer, steps: int) -> float:
    x = torch.linspace(-1, 1, 64 * 16).view(64, 16)
    for _ in range(steps):
        model.zero_grad()
        loss = (model(x)[:, 0] - x.sum(1)).square().mean()
        loss.backward()
        optimizer.step(0.01)
    return loss.item()


def test_matrices_turn_and_the_rest_does_not():
    model = network()
    optimizer = Optimizer(list(model.parameters()), (0.9, 0.98), 0.01, turn=2.0)
    homes = {name: optimizer.home(weight) for name, weight in model.named_parameters()}
    assert [name for name, home in homes.items() if home is optimizer.muon] == ["0.weight"]


def test_without_turning_all_is_left_to_adamw():
    optimizer = Optimizer(list(network().parameters()), (0.9, 0.98), 0.01, turn=0.0)
    assert optimizer.muon is None


def test_it_learns():
    model = network()
    optimizer = Optimizer(list(model.parameters()), (0.9, 0.98), 0.01, turn=2.0)
    assert learn(model, optimizer, 60) < 0.2 * learn(network(), optimizer, 1)


def test_what_it_remembers_can_be_put_back():
    unbroken, broken = network(), network()
    first = Optimizer(list(unbroken.parameters()), (0.9, 0.98), 0.01, turn=2.0)
    learn(unbroken, first, 5)
    second = Optimizer(list(broken.parameters()), (0.9, 0.98), 0.01, turn=2.0)
    broken.load_state_dict(unbroken.state_dict())
    for weight, other in zip(unbroken.parameters(), broken.parameters(), strict=True):
        second.recall(other, {what: kept.clone() for what, kept in first.moments(weight).items()})
    assert learn(unbroken, first, 5) == learn(broken, second, 5)


def test_weights_learn_at_their_own_pace_and_a_pace_of_nothing_leaves_them():
    model = network()
    before = [weight.detach().clone() for weight in model.parameters()]
    optimizer = Optimizer(list(model.parameters()), (0.9, 0.98), 0.0, 1.0, [0, 0, 1, 1, 0.1, 0.1])
    learn(model, optimizer, 1)
    moved = [(now - then).abs().max() for now, then in zip(model.parameters(), before, strict=True)]
    assert moved[0] == moved[1] == 0
    assert moved[2].item() == pytest.approx(0.01, rel=1e-3)  # AdamW's first step is its learning rate
    assert moved[5].item() == pytest.approx(0.001, rel=1e-3)
