"""A judge of rivals: it is asked where the pointer doubts, and learns to tell squares apart."""

import pytest
import torch

from clonotate.models import build
from clonotate.models.checkpoint import save_model
from clonotate.models.fovea import SQUARE
from clonotate.models.judge import rivals
from clonotate.records import ClonotateError
from clonotate.training.curriculum import Curriculum
from clonotate.training.train import Run, begin

PAST = torch.full((4, 2), -1)


def test_where_one_square_is_sure_there_are_no_rivals():
    squares = torch.tensor([[9.0, 0, 0, 0], [1.0, 3, 2, 0], [2.0, 0, 0, 2]])
    screens, found = rivals(squares, 2)
    assert screens.tolist() == [1, 2]
    assert found[0].tolist() == [1, 2]
    assert set(found[1].tolist()) == {0, 3}
    assert rivals(squares, 9)[1].shape == (2, 4)


@pytest.fixture
def screens():
    """Four screens of a dot in one of six squares, brighter than what lies in the others."""
    shown = torch.full((4, 64, 96, 3), 90, dtype=torch.uint8)
    shown[:, 6::16, 6::16] = 130
    for frame, (x, y) in enumerate(((6, 6), (38, 6), (70, 38), (6, 38))):
        shown[frame, y, x] = 255
    return shown


def test_a_fresh_judge_changes_nothing(screens, tmp_path):
    torch.manual_seed(0)
    plain = build("nano")
    save_model(tmp_path / "plain", plain)
    judging = begin(Run(Curriculum(), preset="nano-judge", start=str(tmp_path / "plain")))
    plain = begin(Run(Curriculum(), start=str(tmp_path / "plain")))
    one, two = (model(screens, PAST, [4]) for model in (plain, judging))
    torch.testing.assert_close(two.squares, one.squares)
    torch.testing.assert_close(two.mass(), one.mass())


def test_a_network_with_a_judge_does_not_go_on_without(tmp_path):
    save_model(tmp_path, build("nano-judge"))
    with pytest.raises(ClonotateError, match="is not a nano model"):
        begin(Run(Curriculum(), start=str(tmp_path)))


def test_it_learns_which_square_is_right_where_all_else_stays(screens):
    torch.manual_seed(0)
    model = build("pico", rivals=6).requires_grad_(False)
    model.judge.requires_grad_(True)
    clicks = torch.tensor([[6, 6], [38, 6], [70, 38], [6, 38]])
    optimizer = torch.optim.Adam(model.judge.parameters(), 1e-2)
    for _ in range(40):
        optimizer.zero_grad()
        model.loss(screens, PAST, [4], clicks).mean().backward()
        optimizer.step()
    with torch.no_grad():
        guess = model(screens, PAST, [4])
    assert (guess.argmax() // SQUARE == clicks // SQUARE).all()
