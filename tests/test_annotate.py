"""The main job on a small tissue of tubes: through the library, and through the command line."""

import json
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image

import clonotate.evaluation.contenders as contenders
from clonotate.annotate import trace
from clonotate.annotate.trace import CHUNK, MARGIN, begin, showing, trusted
from clonotate.annotation import Spot
from clonotate.annotators.baselines import RandomAnnotator
from clonotate.cli import main
from clonotate.episodes.replay import digest
from clonotate.formats.placing import mirrored
from clonotate.formats.scale import SCALES, familiar_scale
from clonotate.formats.swc import read_swc
from clonotate.formats.volumes import Volume, read_volume
from clonotate.formats.window import Window, reflected
from clonotate.records import ClonotateError, Event
from clonotate.screens.pointing import locate
from clonotate.tasks.worlds import em

DEPTH, SIDE = 60, 400
CENTRES = np.column_stack([np.linspace(90, 300, DEPTH), np.linspace(300, 70, DEPTH)])  # y, x of a tube
DATA = Path(os.environ.get("CLONOTATE_DATA", Path(__file__).parents[2] / "shared" / "data"))


def tube_labels(depth=DEPTH, radius=14):
    labels = np.zeros((depth, SIDE, SIDE), np.uint8)
    for layer, (y, x) in zip(labels, CENTRES, strict=False):
        cv2.circle(layer, (round(x), round(y)), radius, 1, cv2.FILLED)
    return labels


@pytest.fixture(scope="module")
def tube(tmp_path_factory):
    """A bright drifting tube in dark tissue, on disk."""
    path = tmp_path_factory.mktemp("tube") / "tube.npy"
    np.save(path, 60 + 120 * tube_labels())
    return path


@pytest.fixture(scope="module")
def short_tube(tmp_path_factory):
    """The first sections of it."""
    path = tmp_path_factory.mktemp("tube") / "short.npy"
    np.save(path, 60 + 120 * tube_labels(8))
    return path


class Follower:
    """Sees the canvas only: clicks the middle of the profile near its last click, then +z; at last Done."""

    def __init__(self, session, presses_done=True):
        self.session, self.presses_done = session, presses_done
        self.last, self.placed = np.array([128.0, 128.0]), False

    def __call__(self, screen):
        view, layout = self.session.view, self.session.layout
        enabled = {button.name for button in view.buttons if button.enabled}
        if self.placed and "+z" in enabled:
            self.placed = False
            return locate(view, layout, Event("+z"))
        if self.placed and self.presses_done:
            return locate(view, layout, Event("done"))
        rows, columns = np.nonzero(view.canvas.image > 120)
        near = np.hypot(columns - self.last[0], rows - self.last[1]) < 40
        self.last, self.placed = np.array([columns[near].mean(), rows[near].mean()]), True
        return locate(view, layout, Event("canvas", tuple(int(v) for v in self.last.round())))


def off_the_centre(nodes):
    return max(np.hypot(y - CENTRES[z][0], x - CENTRES[z][1]) for z, y, x in nodes)


def start_at(z):
    return (z, *(round(v) for v in CENTRES[z]))


@pytest.mark.parametrize("scale", [0.5, 1.0, 1.3])
@pytest.mark.parametrize("z", [0, 25, DEPTH - 1])
def test_a_neurite_that_leaves_the_first_window_is_followed_both_ways(tube, scale, z):
    result = trace(read_volume(tube), start_at(z), Follower, scale)
    assert [node[0] for node in result.nodes] == list(range(DEPTH))
    assert off_the_centre(result.nodes) < 2.5
    assert result.done
    assert all(episode.done for episode in result.episodes[-1:])
    assert result.nodes[result.root][0] == z
    assert len(result.episodes) >= (3 if scale < 1 else 2)
    assert result.steps == sum(len(episode.steps) for episode in result.episodes)


def test_a_window_is_an_ordinary_session_that_replays_from_its_causes(tube):
    volume = read_volume(tube)
    for episode in trace(volume, start_at(25), Follower).episodes:
        window = Window(**episode.source.settings)
        again = begin(volume, window)
        assert episode.source == again.source
        assert episode.source.data_digest == volume.digest
        assert window.count <= CHUNK
        assert digest(episode, again.world) == digest(episode, begin(volume, window).world)


def test_a_film_has_one_screen_more_than_clicks(tube):
    volume = read_volume(tube)
    result = trace(volume, start_at(50), Follower)
    shown, clicks = showing(volume, result)
    assert len(clicks) == result.steps == len(shown) - 1
    shown, clicks = showing(volume, result, every=5)
    assert len(clicks) == len(shown) - 1 == -(-result.steps // 5)


def test_without_done_the_trace_is_kept_and_said_to_be_open(tube):
    result = trace(read_volume(tube), start_at(0), lambda session: Follower(session, presses_done=False))
    assert not result.done
    assert [node[0] for node in result.nodes] == list(range(DEPTH))


def test_who_places_nothing_ends_soon(tube):
    result = trace(
        read_volume(tube),
        start_at(0),
        lambda session: lambda screen: locate(session.view, session.layout, Event("done")),
    )
    assert (result.nodes, result.steps, len(result.episodes)) == ((), 1, 1)


def test_random_clicks_end_too_and_stay_inside(short_tube):
    result = trace(read_volume(short_tube), start_at(3), lambda session: RandomAnnotator(0))
    assert all(0 <= y < SIDE and 0 <= x < SIDE for _, y, x in result.nodes)


@pytest.mark.parametrize("start", [(-1, 5, 5), (DEPTH, 5, 5), (0, SIDE, 5), (0, 5, -1)])
def test_a_start_outside_is_refused(tube, start):
    with pytest.raises(ClonotateError, match="outside"):
        trace(read_volume(tube), start, Follower)


def test_the_nodes_after_the_border_are_not_trusted():
    skeleton = {0: (128, 128), 1: (150, 128), 3: (MARGIN - 1, 90), 4: (MARGIN + 9, 90)}
    assert list(trusted(skeleton)) == [0, 1, 3]
    assert list(trusted({0: (3, 3), 1: (100, 100)})) == [
        0,
        1,
    ]  # a window starts at its centre, whatever was clicked


@pytest.mark.parametrize("scale", [0.5, 1, 1.7, 3, 8])
def test_the_start_is_under_the_cross(scale):
    volume = Volume(Path(), np.zeros((9, 200, 200), np.uint8), (0, 255), None, "", "")
    for place in (0.0, 57.0, 199.0):
        window = Window.around((4, place, 199 - place), scale, 3, 1)
        x, y, z = window.placing(volume).spot(Spot(128, 128))
        assert z == 4
        assert max(abs(y - place), abs(x - (199 - place))) <= 0.5


@pytest.mark.parametrize("scale", [0.5, 1, 2.5])
def test_what_the_canvas_shows_is_where_a_click_goes(tmp_path, scale):
    rows, columns = np.mgrid[:200, :220]
    np.save(tmp_path / "v.npy", np.stack([rows, columns]).astype(np.uint8))
    volume = read_volume(tmp_path / "v.npy")
    window = Window.around((0, 100, 110), scale, 2, 1)
    vertical, horizontal = window.images(volume)
    for x, y in ((128, 128), (100, 150), (170, 90)):
        column, row, _ = window.placing(volume).spot(Spot(x, y))
        assert abs(vertical[y, x] - row) <= 1
        assert abs(horizontal[y, x] - column) <= 1


def test_beyond_the_border_lies_a_mirror():
    assert reflected(-3, 7, 4).tolist() == [2, 1, 0, 0, 1, 2, 3]
    assert reflected(2, 5, 4).tolist() == [2, 3, 3, 2, 1]
    assert [mirrored(v, 4) for v in (-1.5, -0.5, 0, 3.25, 3.5, 4.5)] == [0.5, 0, 0, 3, 3, 2.5]


@pytest.mark.parametrize("factor", [1, 2, 3])
def test_the_scale_undoes_an_enlargement(tmp_path, factor):
    found = []
    for seed in range(2):
        image = em.grow(em.EASY, np.random.default_rng(seed)).images[0]
        large = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
        np.save(tmp_path / "v.npy", np.stack([large, large]))
        middle = large.shape[0] // 2
        found.append(familiar_scale(read_volume(tmp_path / "v.npy"), (0, middle, middle)))
    assert set(found) <= set(SCALES)
    assert 0.7 * factor <= np.median(found) <= 1.4 * factor


# Through the command line


def run(capsys, *arguments):
    """The exit code, what was printed and what was complained about."""
    try:
        main(["annotate", *map(str, arguments)])
        code = 0
    except SystemExit as ending:
        code = ending.code or 0
    return code, *capsys.readouterr()


@pytest.fixture
def follower(monkeypatch):
    """The shipped policy stands aside for a follower."""

    class Stub:
        def annotator(self, session, seed):
            return Follower(session)

    monkeypatch.setattr(contenders, "contender", lambda name, temperature: Stub())


@pytest.mark.usefixtures("follower")
def test_a_stack_becomes_an_swc_a_film_and_numbers(short_tube, tmp_path, capsys):
    z, y, x = start_at(5)
    files = [tmp_path / "new" / name for name in ("t.swc", "t.gif", "t.json")]
    code, said, complained = run(
        capsys, "--task", "neuron-tracking", "--volume", short_tube, "--start", f"{z},{y},{x}", "--scale", 1,
        "--spacing", "50,4.6,4.5", "--unit", "nm", "--out", files[0], "--gif", files[1], "--json", files[2],
    )  # fmt: skip
    assert (code, complained) == (0, "")
    assert "8 of 8 sections" in said
    assert sorted(path.name for path in files[0].parent.iterdir()) == ["t.gif", "t.json", "t.swc"]
    tree, numbers = read_swc(files[0]), json.loads(files[2].read_text())
    assert set(numbers) == {"nodes", "done", "steps", "seconds"}
    assert numbers["done"]
    assert numbers["nodes"][5][0] == 5
    np.testing.assert_allclose(tree.points[0], np.multiply(numbers["nodes"][5], (50, 4.6, 4.5)), rtol=1e-6)
    assert (tree.unit, tree.parents[0], len(tree.points)) == ("nm", -1, 8)
    with Image.open(files[1]) as film:
        assert film.n_frames > numbers["steps"]


@pytest.mark.usefixtures("follower")
def test_the_spacing_of_the_file_is_used_and_json_may_go_to_standard_output(tmp_path, capsys):
    stack = tmp_path / "t.tif"
    tifffile.imwrite(
        stack, 60 + 120 * tube_labels(12), imagej=True, resolution=(200, 200),
        metadata={"axes": "ZYX", "spacing": 0.05, "unit": "um"},
    )  # fmt: skip
    start = ",".join(map(str, start_at(0)))
    code, said, _ = run(
        capsys, "--volume", stack, "--start", start, "--scale", 1, "--out", tmp_path / "t.swc", "--json", "-"
    )
    tree, numbers = read_swc(tmp_path / "t.swc"), json.loads(said)
    assert code == 0
    assert tree.unit == "um"
    np.testing.assert_allclose(tree.points[:, 0], 0.05 * np.arange(12), rtol=1e-5)
    np.testing.assert_allclose(tree.points[:, 1], 0.005 * np.array(numbers["nodes"])[:, 1], rtol=1e-5)


BOXED = ("a missing option", "temperature below 0")  # these typer refuses itself, in a box
BAD_ARGUMENTS = {
    "no such file": ({"--volume": "nowhere.tif"}, "no such file"),
    "start outside": ({"--start": "0,400,3"}, "outside"),
    "start of two": ({"--start": "0,4"}, "--start"),
    "start in words": ({"--start": "a,b,c"}, "--start"),
    "negative start": ({"--start": "-1,2,3"}, "--start"),
    "spacing of nothing": ({"--spacing": "0,1,1"}, "--spacing"),
    "spacing in words": ({"--spacing": "nan,1,1"}, "--spacing"),
    "scale in words": ({"--scale": "big"}, "--scale"),
    "scale too small": ({"--scale": "0.01"}, "--scale"),
    "another task": ({"--task": "colored-dot-tracking"}, "neuron-tracking"),
    "temperature below 0": ({"--temperature": "-1"}, "--temperature"),
    "no checkpoint": ({"--by": "nobody"}, "nobody"),
    "an expert without a truth": ({"--by": "expert"}, "no labels"),
    "a picture for a film": ({"--gif": "film.png"}, ".gif"),
    "not an SWC": ({"--out": "trace.txt"}, ".swc"),
    "a missing option": ({"--start": None}, "--start"),
}


@pytest.mark.parametrize("name", BAD_ARGUMENTS)
def test_bad_arguments_get_one_line_and_code_2(tube, tmp_path, capsys, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    changed, words = BAD_ARGUMENTS[name]
    options = {"--volume": tube, "--start": "0,90,300", "--out": "t.swc", "--by": "random"} | changed
    code, said, complained = run(capsys, *(word for pair in options.items() if pair[1] for word in pair))
    assert (code, said) == (2, "")
    assert words in complained
    assert "Traceback" not in complained
    assert complained.count("\n") == 1 or name in BOXED
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (tube_labels(2)[0], "single picture"),
        (tube_labels(2) > 0, "bool"),
        (np.zeros((3, 64, 64, 3), np.uint8), "colour"),
    ],
)
def test_bad_stacks_get_one_line_and_code_2(tmp_path, capsys, array, words):
    np.save(tmp_path / "bad.npy", array)
    code, _, complained = run(
        capsys, "--volume", tmp_path / "bad.npy", "--start", "0,1,1", "--out", tmp_path / "t.swc"
    )
    assert code == 2
    assert words in complained
    assert complained.count("\n") == 1


# On the real set


@pytest.mark.data
def test_real_tissue_opens_and_is_traced_in_place(tmp_path, capsys):
    raw = DATA / "em-drosophila-vnc" / "raw.tif"
    if not raw.is_file():
        pytest.skip(f"no real data: {raw} is missing; set CLONOTATE_DATA to the folder that holds the sets")
    code, said, _ = run(
        capsys, "--volume", raw, "--start", "3,526,639", "--by", "random", "--spacing", "50,4.6,4.6",
        "--out", tmp_path / "t.swc", "--json", tmp_path / "t.json",
    )  # fmt: skip
    assert code == 0
    assert "of 20 sections" in said
    assert read_swc(tmp_path / "t.swc").points[:, 0].max() <= 19 * 50
    assert read_volume(raw).shape == (20, 1024, 704)
