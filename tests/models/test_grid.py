"""The grid family: windows of screens, the published sizes, and backbones of timm."""

import sys

import pytest
import torch
from safetensors.torch import save_file

from clonotate.models import build
from clonotate.models.grid import TOKENS, windows
from clonotate.records import ClonotateError

SIZES = {"grid-26m": 26e6, "grid-50m": 50e6, "grid-95m": 95e6, "grid-320m": 320e6}


@pytest.fixture(scope="module")
def timm():
    """timm, imported as the family does."""
    build("grid", width=64, depth=1, backbone="test_vit")
    return pytest.importorskip("timm")


def screens_of(count, seed=0):
    return torch.randint(0, 256, (count, 64, 96, 3), generator=torch.Generator().manual_seed(seed)).byte()


def clicks_of(count):
    g = torch.Generator().manual_seed(1)
    return torch.stack(
        (torch.randint(0, 96, (count,), generator=g), torch.randint(0, 64, (count,), generator=g)), 1
    )


@pytest.mark.parametrize(("stride", "lengths"), [(5, [27, 1, 10]), (10, [27, 10, 11]), (5, [10])])
def test_every_frame_is_predicted_from_a_window_of_its_own_episode(stride, lengths):
    starts, window, place = windows(lengths, 10, stride)
    frames = torch.arange(sum(lengths))
    assert torch.equal(starts[window] + place, frames)
    firsts = torch.tensor([0, *lengths]).cumsum(0)[:-1].repeat_interleave(torch.tensor(lengths))
    assert (starts[window] >= firsts).all()
    assert (place < 10).all()
    known = torch.minimum(frames - firsts, torch.tensor(10 - stride))
    assert (place >= known).all()


@pytest.fixture
def small():
    torch.manual_seed(0)
    return build("grid-pico", context=4).eval()


def test_steps_equal_the_whole_long_after_the_window_moved_on(small):
    screens, clicks = screens_of(11), clicks_of(11)
    past = torch.cat((torch.tensor([[-1, -1]]), clicks[:-1]))
    state, found = small.start(), []
    with torch.no_grad():
        whole = small(screens, past, [11]).nll(clicks)
        for k in range(11):
            state, guess = small.step(state, screens[k], past[k])
            found.append(guess.nll(clicks[k : k + 1]))
    torch.testing.assert_close(torch.cat(found), whole, rtol=1e-4, atol=1e-4)
    assert len(state.tokens) <= 4


@torch.no_grad()
def test_screens_older_than_the_context_fall_out_of_sight(small):
    screens, past = screens_of(9), torch.full((9, 2), -1)
    changed = screens.clone()
    changed[:5] = screens_of(5, seed=9)
    clicks = clicks_of(9)
    one, other = (small(seen, past, [9]).nll(clicks) for seen in (screens, changed))
    assert torch.equal(one[8], other[8])
    assert (one[5:7] - other[5:7]).abs().min() > 1e-6


def test_tokens_of_a_screen_attend_both_ways_and_never_to_a_later_screen(small):
    tokens = torch.randn(1, 3, TOKENS, 64)
    changed = tokens.clone()
    changed[0, 1, -1] = torch.randn(64)
    with torch.no_grad():
        one, other = small.sequence(tokens)[0][0], small.sequence(changed)[0][0]
    assert torch.equal(one[0], other[0])
    assert (one[1, 0] - other[1, 0]).abs().max() > 1e-6
    assert (one[2] - other[2]).abs().max() > 1e-6


def test_an_episode_is_learnt_by_heart():
    torch.manual_seed(0)
    model, screens, clicks = build("grid-pico"), screens_of(4), clicks_of(4)
    past = torch.cat((torch.tensor([[-1, -1]]), clicks[:-1]))
    optimizer = torch.optim.Adam(model.parameters(), 3e-3)
    for _ in range(60):
        optimizer.zero_grad()
        model.loss(screens, past, [4], clicks).mean().backward()
        optimizer.step()
    with torch.no_grad():
        guess = model.eval()(screens, past, [4])
    assert (guess.argmax() - clicks).abs().max() <= 1
    assert guess.nll(clicks).mean() < 0.5


@pytest.mark.parametrize("preset", SIZES)
def test_the_sizes_are_those_published(timm, preset):
    with torch.device("meta"):
        model = build(preset)
    above = {name: p.numel() for name, p in model.named_parameters() if not name.startswith("backbone.")}
    assert sum(above.values()) == pytest.approx(SIZES[preset], rel=0.02)
    assert sum(p.numel() for p in model.backbone.parameters()) == pytest.approx(86.6e6, rel=0.01)
    with torch.device("meta"):
        screens = torch.zeros(2, 288, 384, 3, dtype=torch.uint8)
        assert model.backbone(screens).shape == (2, TOKENS, 768)


@pytest.mark.parametrize("backbone", ["test_vit", "test_vit2", "test_convnext", "test_resnet"])
def test_backbones_of_timm_give_a_grid_and_learn_at_their_own_pace(timm, backbone):
    model = build("grid", width=64, depth=1, backbone=backbone, backbone_rate=0.1)
    with torch.no_grad():
        guess = model.eval()(screens_of(3), torch.full((3, 2), -1), [3])
    assert guess.nll(clicks_of(3)).isfinite().all()
    assert (model.pace("backbone.network.stem.weight"), model.pace("cell")) == (0.1, 1.0)
    again = build("grid", **model.settings)
    assert [p.shape for p in again.parameters()] == [p.shape for p in model.parameters()]


def test_a_backbone_takes_weights_from_a_file_and_fits_their_positions(timm, tmp_path):
    other = timm.create_model("test_vit", num_classes=7)
    file = tmp_path / "vit.safetensors"
    save_file(dict(other.state_dict()), file)
    model = build("grid", width=64, depth=1, backbone="test_vit", backbone_rate=0, weights=str(file))
    weights = dict(model.backbone.network.named_parameters())
    assert torch.equal(weights["blocks.0.attn.qkv.weight"], other.blocks[0].attn.qkv.weight)
    assert weights["pos_embed"].shape != other.pos_embed.shape
    assert not any(weight.requires_grad for weight in weights.values())
    assert model.project.weight.requires_grad


def test_wrong_backbones_are_refused_in_one_line(timm, tmp_path):
    with pytest.raises(ClonotateError, match="timm has no model 'vit_huge_nonsense'"):
        build("grid", backbone="vit_huge_nonsense")
    file = tmp_path / "other.safetensors"
    with pytest.raises(ClonotateError, match="is not a readable safetensors file"):
        build("grid", backbone="test_vit", weights=str(file))
    save_file({"pos_embed": torch.zeros(1, 5, 64)}, file)
    with pytest.raises(ClonotateError, match="holds no weights of this backbone"):
        build("grid", backbone="test_vit", weights=str(file))


def test_without_timm_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(ClonotateError, match=r"pip install clonotate\[grid\]"):
        build("grid", backbone="test_vit")
