"""What every policy network must do, over all presets, and several behind a gate too."""

import math

import pytest
import torch

from clonotate.models import PRESETS, build
from clonotate.models.checkpoint import load, save_model
from clonotate.models.specialists import Specialists, look_of
from clonotate.records import ClonotateError

LENGTHS = [4, 1, 3]
LARGE = ("base", "grid-nano-vit", "grid-26m", "grid-50m", "grid-95m", "grid-320m")
"""Presets too large to be computed with here; tests of their families count their parameters."""


SMALL = [name for name in PRESETS if name not in LARGE]


@pytest.fixture(scope="module", params=[*SMALL, "specialists"])
def model(request, episodes):
    torch.manual_seed(0)
    if request.param in SMALL:
        return build(request.param).eval()
    first = episodes[0][: LENGTHS[0]]  # one episode's look, while the others begin otherwise
    return Specialists(
        {"one": build("pico"), "other": build("pico")}, [("one", look_of(first[:1]))], "other"
    ).eval()


@pytest.fixture(scope="module", params=SMALL)
def network(request):
    torch.manual_seed(0)
    return build(request.param).eval()


@pytest.fixture(scope="module")
def episodes():
    """Screens, past clicks and clicks of eight frames: coarse blocks, so that windows repeat."""
    g = torch.Generator().manual_seed(1)
    blocks = torch.randint(0, 256, (8, 4, 6, 3), generator=g, dtype=torch.uint8)
    screens = blocks.repeat_interleave(16, 1).repeat_interleave(16, 2)
    clicks = torch.stack(
        (torch.randint(0, 96, (8,), generator=g), torch.randint(0, 64, (8,), generator=g)), 1
    )
    past = clicks.roll(1, 0)
    past[[0, 4, 5]] = -1
    return screens, past, clicks


def nll(model, screens, past, clicks, lengths):
    with torch.no_grad():
        return model(screens, past, lengths).nll(clicks)


def test_nothing_later_and_no_other_episode_changes_a_prediction(model, episodes):
    screens, past, clicks = episodes
    before = nll(model, screens, past, clicks, LENGTHS)
    later = screens.clone()
    later[2:] = 255 - later[2:]
    after = nll(model, later, past, clicks, LENGTHS)
    torch.testing.assert_close(after[:2], before[:2])
    assert (after[2:4] - before[2:4]).abs().max() > 1e-4
    other = screens.clone()
    other[:4] = 255 - other[:4]
    torch.testing.assert_close(nll(model, other, past, clicks, LENGTHS)[4:], before[4:])


def test_episodes_packed_equal_episodes_one_by_one(model, episodes):
    packed = nll(model, *episodes, LENGTHS)
    parts = zip(*(part.split(LENGTHS) for part in episodes), LENGTHS, strict=True)
    single = torch.cat([nll(model, *three, [length]) for *three, length in parts])
    torch.testing.assert_close(packed, single, rtol=1e-4, atol=1e-4)


def test_steps_equal_the_whole(model, episodes):
    screens, past, clicks = (part[:4] for part in episodes)
    state, found = model.start(), []
    with torch.no_grad():
        for k in range(4):
            state, guess = model.step(state, screens[k], past[k])
            found.append(guess.nll(clicks[k : k + 1]))
    torch.testing.assert_close(torch.cat(found), nll(model, screens, past, clicks, [4]), rtol=1e-4, atol=1e-4)


def test_all_pixels_share_a_probability_of_one(model, episodes):
    screen, past = episodes[0][:1, :32, :48], episodes[1][:1]
    pixels = torch.stack(torch.meshgrid(torch.arange(48), torch.arange(32), indexing="xy"), -1).view(-1, 2)
    with torch.no_grad():
        guess = model(screen, past, [1])
        total = sum(guess.nll(pixel[None]).neg().exp().item() for pixel in pixels)
    assert total == pytest.approx(1, abs=1e-3)


def test_every_parameter_learns(model, episodes):
    screens, past, clicks = episodes
    model.zero_grad()
    model.loss(screens, past, LENGTHS, clicks).sum().backward()
    still = [name for name, p in model.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    model.zero_grad()
    assert still == []


def test_guesses_lie_on_the_screen_and_samples_follow_their_seed(model, episodes):
    screens, past, _ = episodes
    with torch.no_grad():
        guess = model(screens, past, LENGTHS)
        drawn = [guess.sample(1.0, torch.Generator().manual_seed(seed)) for seed in (0, 0, 1)]
        confidence = guess.confidence()
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])
    for clicks in (guess.argmax(), *drawn):
        assert clicks.shape == (8, 2)
        assert (clicks >= 0).all()
        assert (clicks < torch.tensor((96, 64))).all()
    assert ((confidence > 0) & (confidence <= 1)).all()


def test_mass_is_that_of_the_clicks_in_it(model, episodes):
    screen, past = episodes[0][:1, :32, :48], episodes[1][:1]
    cells, pixels = torch.arange(24), torch.cartesian_prod(torch.arange(32), torch.arange(32))
    with torch.no_grad():
        guess = model(screen, past, [1])
        mass, best = guess.mass(), torch.cat([guess.within(cell[None]) for cell in cells])
        left = sum(guess.nll(pixel[None]).neg().exp().item() for pixel in pixels)
    assert mass.shape == (1, 4, 6)
    assert mass.sum().item() == pytest.approx(1, abs=1e-4)
    assert mass[0, :, :4].sum().item() == pytest.approx(left, abs=1e-3)
    assert torch.equal(best[:, 1] // 8 * 6 + best[:, 0] // 8, cells)


def test_candidates_are_apart_and_the_likely_ones_come_first(model, episodes):
    screens, past, _ = episodes
    with torch.no_grad():
        guess = model(screens, past, LENGTHS)
        clicks, probability = guess.candidates(3)
        entropy = guess.entropy()
    assert clicks.shape == (8, 3, 2)
    assert (probability[:, :-1] >= probability[:, 1:]).all()
    assert (probability.sum(1) <= 1 + 1e-5).all()
    apart = (clicks[:, :, None] // 8 - clicks[:, None] // 8).abs().amax(-1)
    assert (apart[:, ~torch.eye(3, dtype=torch.bool)] > 2).all()
    assert ((entropy > 0) & (entropy <= math.log(12 * 8) + 1e-4)).all()


def test_a_low_temperature_is_the_argmax(model, episodes):
    screens, past, _ = episodes
    with torch.no_grad():
        guess = model(screens, past, LENGTHS)
        assert torch.equal(guess.sample(1e-6, torch.Generator().manual_seed(0)), guess.argmax())


def test_a_checkpoint_gives_the_same_model(network, episodes, tmp_path):
    loaded = load(save_model(tmp_path / "kept", network))
    assert loaded.settings == network.settings
    torch.testing.assert_close(
        nll(loaded, *episodes, LENGTHS), nll(network, *episodes, LENGTHS), rtol=0.02, atol=0.02
    )


def test_settings_build_the_same_network(network):
    again = type(network)(**network.settings)
    assert [p.shape for p in again.parameters()] == [p.shape for p in network.parameters()]


def test_names_and_settings_that_do_not_exist_are_refused():
    with pytest.raises(ClonotateError, match=r"no model called 'huge'; there are .*nano"):
        build("huge")
    with pytest.raises(ClonotateError, match="wrong settings"):
        build("pointer", colour="red")


def test_nano_fits_in_six_megabytes_of_half_precision():
    assert sum(p.numel() for p in build("nano").parameters()) * 2 < 6e6
