"""A film holds every screen of its episode: panels to the pixel, textures nearly so."""

import io

import numpy as np
import pytest
from PIL import Image

from clonotate.annotators.virtual import STEADY, VirtualAnnotator
from clonotate.episodes.replay import screens
from clonotate.episodes.rollout import Guards, rollout
from clonotate.episodes.session import Session
from clonotate.formats.film import ACROSS, TILE, Film, film, mosaic, outcome, sheet, sorted_out
from clonotate.records import Click, Episode, Score, Source, Step
from clonotate.tasks import task_named


def worked(task: str, budget: int = 500) -> Episode:
    session = Session(Source(task, "easy", 20_001, task_named(task).version))
    rollout(session, VirtualAnnotator(session, STEADY, np.random.default_rng(0)), Guards(budget))
    return session.episode()


@pytest.fixture(scope="module", params=["colored-dot-tracking", "neuron-tracking"])
def episode(request: pytest.FixtureRequest) -> Episode:
    return worked(request.param)


def cells(data: bytes) -> np.ndarray:
    """The tiles of a sheet, in order."""
    picture = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    rows = picture.shape[0] // TILE
    return picture.reshape(rows, TILE, ACROSS, TILE, 3).swapaxes(1, 2).reshape(-1, TILE, TILE, 3)


def played(made: Film) -> list[np.ndarray]:
    """The screens that a browser puts together."""
    pieces = [*cells(made.plain)[: made.first_textured], *cells(made.textured)]
    columns = -(-made.width // TILE)
    screen = np.zeros((-(-made.height // TILE) * TILE, columns * TILE, 3), np.uint8)
    shown = []
    for change in made.changes:
        for place, number in zip(change[::2], change[1::2], strict=True):
            row, column = divmod(place, columns)
            screen[row * TILE :, column * TILE :][:TILE, :TILE] = pieces[number]
        shown.append(screen[: made.height, : made.width].copy())
    return shown


def test_all_screens_come_back(episode: Episode) -> None:
    made = film(episode, "one")
    shown, true = played(made), list(screens(episode))
    assert len(shown) == len(true) == len(made.presses) + 1
    for mine, original in zip(shown, true, strict=True):
        error = np.abs(mine.astype(int) - original)
        assert error[:, -TILE:].max() == 0  # the panel
        assert error.mean() < 6


def test_a_film_is_small(episode: Episode) -> None:
    made = film(episode, "one")
    assert (len(made.plain) + len(made.textured)) / len(made.changes) < 16_000  # bytes a screen
    assert len(made.still) < 12_000


def test_presses_say_what_was_clicked() -> None:
    episode = worked("colored-dot-tracking")
    made = film(episode, "one")
    assert [press.click for press in made.presses] == [step.click for step in episode.steps]
    assert made.presses[-1].widget == "done"
    assert made.presses[-1].kind == "done"
    assert {press.text for press in made.presses} >= {"canvas", "+z", "Done"}


def test_a_click_on_nothing_is_shown_as_such() -> None:
    session = Session(Source("colored-dot-tracking", "easy", 20_001))
    session.click(Step(Click(383, 287)))
    press = film(session.episode(), "missed").presses[0]
    assert (press.widget, press.text, press.kind) == ("", "nothing", None)


def test_a_mosaic_keeps_each_distinct_tile_once() -> None:
    black, white = np.zeros((TILE, 2 * TILE, 3), np.uint8), np.full((TILE, 2 * TILE, 3), 255, np.uint8)
    pieces, changes = mosaic([black, white, white, black])
    assert len(pieces) == 2
    assert changes == [[0, 0, 1, 0], [0, 1, 1, 1], [], [0, 0, 1, 0]]


def test_textured_tiles_are_numbered_last() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (TILE, TILE, 3), np.uint8).tobytes()
    flat = bytes(len(noise))
    plain, textured, changes = sorted_out([noise, flat], [[0, 0, 1, 1]])
    assert (plain, textured, changes) == ([flat], [noise], ((0, 1, 1, 0),))


def test_a_sheet_has_a_row_even_without_tiles() -> None:
    assert sheet([]).shape == (TILE, ACROSS * TILE, 3)


@pytest.mark.parametrize(
    ("score", "done", "state", "words"),
    [
        (Score(True, {"f1": 1.0}), True, "success", "success"),
        (Score(False, {"marker_f1": 0.5, "in_order": 1.0}), True, "failed", "failed: marker f1 0.50"),
        (Score(False, {"coverage": 0.25}), False, "failed", "failed: Done not pressed, coverage 0.25"),
        (Score(False, {"f1": 1.0}), True, "failed", "failed"),
        (None, False, "unscored", "no truth to score with, Done not pressed"),
    ],
)
def test_an_outcome_says_what_is_lacking(score: Score | None, done: bool, state: str, words: str) -> None:
    ended = outcome(Episode(Source("neuron-tracking"), "original", (), done, score))
    assert (ended.state, ended.words) == (state, words)
