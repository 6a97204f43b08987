"""GIF out: what is on the frames, and for how long."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from clonotate.formats.gif import CLICK_MS, LAST_MS, click_ms, common_palette, film, pressed, write_gif
from clonotate.records import Click, ClonotateError

GREY = np.full((288, 384, 3), 90, np.uint8)
CLICKS = [Click(30, 40), Click(200, 150)]


def frames(path: Path) -> list[np.ndarray]:
    with Image.open(path) as image:
        shown = []
        for i in range(image.n_frames):
            image.seek(i)
            shown.append(np.asarray(image.convert("RGB")))
        return shown


def test_every_click_is_pressed_and_the_last_screen_stays(tmp_path: Path) -> None:
    path = tmp_path / "new" / "film.gif"
    write_gif(path, [GREY, GREY, np.full_like(GREY, 200)], CLICKS)
    shown = frames(path)
    assert len(shown) == 5
    assert (shown[-1] == 200).all()
    with Image.open(path) as image:
        assert image.info["loop"] == 0
        assert image.info["duration"] > 0
        image.seek(4)
        assert image.info["duration"] == LAST_MS


def test_the_mark_is_where_the_click_is() -> None:
    for click in CLICKS:
        changed = np.argwhere((pressed(GREY, click, 6, 1.0) != GREY).any(axis=2))
        assert np.abs(changed.mean(axis=0) - (click.y, click.x)).max() < 8
        assert 50 < len(changed) < 900


def test_screens_are_left_as_they_are() -> None:
    screen = GREY.copy()
    list(film([screen, screen], CLICKS[:1]))
    assert (screen == GREY).all()


def test_a_click_at_the_edge_is_no_trouble(tmp_path: Path) -> None:
    write_gif(tmp_path / "edge.gif", [GREY] * 3, [Click(383, 287), Click(0, 0)])


@pytest.mark.parametrize(("scale", "size"), [(0.5, (192, 144)), (2.0, (768, 576)), (1.5, (576, 432))])
def test_it_is_scaled(tmp_path: Path, scale: float, size: tuple[int, int]) -> None:
    write_gif(tmp_path / "film.gif", [GREY, GREY], CLICKS[:1], scale)
    with Image.open(tmp_path / "film.gif") as image:
        assert image.size == size


def test_long_episodes_are_shown_faster() -> None:
    assert click_ms(3) == CLICK_MS[1]
    assert click_ms(500) == CLICK_MS[0]
    assert CLICK_MS[0] < click_ms(50) < CLICK_MS[1]


def test_rare_colours_survive() -> None:
    rng = np.random.default_rng(0)
    noisy = rng.integers(0, 60, (288, 384, 1)).repeat(3, axis=2).astype(np.uint8)
    rare = np.array([(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)], np.uint8)
    noisy[100:104, 100:104] = rare[:, None]
    quantized = Image.fromarray(noisy).quantize(palette=common_palette([noisy]), dither=Image.Dither.NONE)
    seen = np.asarray(quantized.convert("RGB")).astype(int)[100:104, 100]
    assert np.abs(seen - rare).max() < 40


def test_screens_and_clicks_must_fit(tmp_path: Path) -> None:
    with pytest.raises(ClonotateError, match="2 clicks need 3 screens, not 2"):
        write_gif(tmp_path / "film.gif", [GREY, GREY], CLICKS)


def test_what_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ClonotateError, match="cannot write"):
        write_gif(tmp_path / "file" / "film.gif", [GREY, GREY], CLICKS[:1])
