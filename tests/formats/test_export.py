"""Every task into every format it goes into: written whole, with where it is from, or refused in a line."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import tifffile
from finished import HANDS, finished, finished_on
from test_placing import write_roads

import clonotate
from clonotate.cli import main
from clonotate.episodes.files import write_episodes
from clonotate.formats.export import EXPORTS, FORMATS, export
from clonotate.formats.work import work_of
from clonotate.records import ClonotateError, Source
from clonotate.tasks import TASKS

DOTS, CELLS, ROADS = "colored-dot-tracking", "cell-lineage-tracking", "road-network-construction"
every_pair = [(task, name) for task, names in EXPORTS.items() for name in names]
pairs = pytest.mark.parametrize(("task", "name"), every_pair)


def whence(name: str, written: tuple[Path, ...]) -> dict[str, Any]:
    """The provenance of an export, from inside the file or beside it."""
    path = written[0]
    match name:
        case "swc":
            lines = [line[2:].split(": ", 1) for line in path.read_text().splitlines() if line[:2] == "# "]
            return {pair[0]: json.loads(pair[1]) for pair in lines if pair[0] not in ("unit",) and pair[1:]}
        case "itk":
            lines = [line[1:].split(": ", 1) for line in path.read_text().splitlines() if line[0] == "#"]
            return {pair[0]: json.loads(pair[1]) for pair in lines if pair[1:]}
        case "coco":
            return dict(json.loads(path.read_text())["info"]["clonotate"])
        case "geojson":
            return dict(json.loads(path.read_text())["clonotate"])
        case "ctc":
            return dict(json.loads((path / "provenance.json").read_text()))
        case "geff":
            return dict(json.loads((path / ".zattrs").read_text())["geff"]["extra"]["clonotate"])
        case "sleap":
            import sleap_io

            return dict(sleap_io.load_slp(str(path), open_videos=False).provenance["clonotate"])
    assert not FORMATS[name].says_whence
    return dict(json.loads(written[1].read_text()))


def test_every_task_goes_into_a_format_and_into_plain_tables() -> None:
    assert EXPORTS.keys() == TASKS.keys()
    assert all("csv" in names and FORMATS.keys() >= set(names) for names in EXPORTS.values())
    assert {name for names in EXPORTS.values() for name in names} == FORMATS.keys()


@pairs
def test_an_export_says_where_it_comes_from(task: str, name: str, tmp_path: Path) -> None:
    episode = finished(task)
    written = export(episode, name, tmp_path / f"work{FORMATS[name].suffix}")
    assert sorted(tmp_path.iterdir()) == sorted(written)
    origin = whence(name, written)
    assert origin["episode"] == episode.digest
    assert origin["program"] == f"clonotate {clonotate.__version__}"
    assert (origin["task"], origin["task_version"]) == (task, episode.source.version)
    assert origin["source"] == {"world": "procedural", "level": "easy", "seed": 20_000}
    assert origin["score"]["success"]
    assert origin["coordinates"]["pixels"] == "of the canvas"
    assert set(origin["clicks"]) == set(HANDS)
    assert sum(origin["marks"].values()) == sum(count for _, count in origin["marks_by"])


def test_who_made_a_mark_last_is_its_author() -> None:
    episode = finished(DOTS)
    work = work_of(episode)
    placed = [step.by for step in episode.steps if step.label and step.label.kind == "place"]
    assert list(work.authors) == placed
    undone = replace(episode, steps=tuple(replace(step, by="person") for step in episode.steps[:1]))
    with pytest.raises(ClonotateError, match="nothing is annotated"):
        work_of(replace(undone, digest=""))


def test_an_episode_without_a_digest_gets_one() -> None:
    episode = finished(DOTS)
    assert work_of(replace(episode, digest="")).provenance["episode"] == episode.digest


@pytest.mark.parametrize(
    ("task", "name", "out", "words"),
    [
        (DOTS, "bvh", "a.csv", "no format 'bvh'; there are: csv, swc"),
        (DOTS, "geojson", "a.geojson", "does not go into geojson, but into: csv"),
        (DOTS, "csv", "a.txt", "should end in .csv"),
        (CELLS, "geff", "a.zarr", "should end in .geff"),
        (CELLS, "ctc", "there", "is there already"),
    ],
)
def test_bad_input_is_refused_and_nothing_is_written(
    task: str, name: str, out: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "mine.txt").write_text("mine")
    write_episodes(tmp_path / "e.parquet", [finished(task)])
    before = sorted(tmp_path.rglob("*"))
    arguments = ["export", str(tmp_path / "e.parquet"), "--format", name, "--out", str(tmp_path / out)]
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert words in capsys.readouterr().err
    assert sorted(tmp_path.rglob("*")) == before


def test_nothing_is_written_among_the_data(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    write_roads(folder)
    before = {file: file.read_bytes() for file in folder.iterdir()}
    for path in (folder, folder / "image.tif"):
        episode = finished_on(ROADS, path) if path == folder else replace(finished(ROADS), source=on(path))
        with pytest.raises(ClonotateError, match=r"among the data|could be taken"):
            export(episode, "geojson", folder / "image.geojson")
    assert {file: file.read_bytes() for file in folder.iterdir()} == before


def on(path: Path) -> Source:
    """The source of an episode on a picture."""
    return Source(ROADS, data=str(path))


def test_a_writer_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def spoiled(*anything: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tifffile, "imwrite", spoiled)
    with pytest.raises(ClonotateError, match="No space left"):
        export(finished(CELLS), "ctc", tmp_path / "cells")
    assert not any(tmp_path.iterdir())


def test_all_episodes_of_a_file_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "e.parquet"
    write_episodes(path, [finished(DOTS), finished(ROADS)])
    arguments = ["export", str(path), "--format", "csv", "--out", str(tmp_path / "all"), "--episode"]
    main_well([*arguments, "all"])
    names = {file.name for file in (tmp_path / "all").iterdir()}
    assert f"0000-{DOTS}.csv" in names
    assert f"0001-{ROADS}.provenance.json" in names
    with pytest.raises(SystemExit):
        main([*arguments[:3], "geojson", "--out", str(tmp_path / "roads"), "--episode", "all"])
    assert not (tmp_path / "roads").exists()
    for wrong in ("2", "-1", "one"):
        with pytest.raises(SystemExit):
            main([*arguments, wrong])
    assert "0 to 1 or all, not one" in capsys.readouterr().err
    main_well([*arguments[:5], str(tmp_path / "roads.csv"), "--episode", "1"])
    assert (tmp_path / "roads.csv").read_text().startswith("path,node,y,x,by\n")


def test_formats_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    main_well(["export", "--formats"])
    listed = capsys.readouterr().out
    assert all(task in listed for task in EXPORTS)
    with pytest.raises(SystemExit) as stopped:
        main(["export"])
    assert stopped.value.code == 2


def main_well(arguments: list[str]) -> None:
    """A command that ends well."""
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code in (0, None)


def test_the_page_names_what_there_is() -> None:
    page = (Path(__file__).parents[2] / "docs" / "formats.md").read_text()
    assert all(f"| {task} | {', '.join(names)} |" in page for task, names in EXPORTS.items())
    assert all(f"**{name}**" in page for name in FORMATS)
