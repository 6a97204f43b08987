"""Muon for matrices, AdamW for the rest, and both can be put down and taken up again."""

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
