"""Episodes on disk: what is written is read, nothing is half written, and foreign files are refused."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clonotate.episodes import files
from clonotate.episodes.files import FORMAT, read_episodes, read_header, write_episodes
from clonotate.records import Click, ClonotateError, Episode, Label, Score, Source, Step

EPISODE = Episode(Source("colored-dot-tracking"), "original", (Step(Click(1, 2)),), False, None)

share = st.floats(0, 1)
clicks = st.builds(Click, st.integers(0, 4000), st.integers(0, 4000))
words = st.text(st.characters(codec="utf-8"), max_size=12)
labels = st.builds(
    Label,
    kind=st.sampled_from(["navigate", "place", "undo", "done"]),
    target=words,
    phase=st.sampled_from(["explore", "annotate", "verify", "correct", "finish"]),
    position=share,
    mistake=st.booleans(),
    in_error=st.booleans(),
    progress=share,
)
steps = st.builds(
    Step,
    click=clicks,
    ms=st.integers(0, 2**40),
    by=st.sampled_from(["virtual", "person", "policy", "accepted", "correction"]),
    label=st.none() | labels,
    advice=st.none() | clicks,
)
sources = st.builds(
    Source,
    task=words,
    level=words,
    seed=st.integers(0, 2**62),
    version=st.integers(1, 99),
    data=words,
    data_digest=words,
    settings=st.dictionaries(
        words, st.integers(-9, 9) | words | st.booleans() | st.lists(st.integers()), max_size=3
    ),
)
episodes = st.builds(
    Episode,
    source=sources,
    layout=words,
    steps=st.lists(steps, min_size=1, max_size=5).map(tuple),
    done=st.booleans(),
    score=st.none() | st.builds(Score, st.booleans(), st.dictionaries(words, share, max_size=2)),
    digest=words,
)


@settings(max_examples=25, deadline=None)
@given(kept=st.lists(episodes, max_size=4))
def test_what_is_written_is_read(kept: list[Episode], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("round") / "some.parquet"
    write_episodes(path, kept)
    assert read_episodes(path) == kept


def test_the_header_says_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "some.parquet"
    write_episodes(path, [EPISODE] * 3, licence="CC-BY-4.0")
    header = read_header(path)
    assert header["format"] == FORMAT
    assert header["episodes"] == 3
    assert header["licence"] == "CC-BY-4.0"
    assert header["task_versions"] == {"colored-dot-tracking": 1}


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "some.parquet"
    write_episodes(path, [EPISODE])
    before = path.read_bytes()

    def half(table: pa.Table, file: Path, **options: Any) -> None:
        file.write_bytes(before[: len(before) // 2])
        raise OSError("disk full")

    monkeypatch.setattr(files.pq, "write_table", half)
    with pytest.raises(ClonotateError, match="disk full"):
        write_episodes(path, [EPISODE] * 5)
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == before
    assert read_episodes(path) == [EPISODE]


def test_an_episode_without_a_step_is_refused(tmp_path: Path) -> None:
    empty = Episode(Source("colored-dot-tracking"), "original", (), False, None)
    with pytest.raises(ClonotateError, match="episode 1 has no step"):
        write_episodes(tmp_path / "some.parquet", [EPISODE, empty])
    assert not (tmp_path / "some.parquet").exists()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ClonotateError, match="no such file"):
        read_episodes(tmp_path / "none.parquet")


def test_what_is_not_parquet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "some.parquet"
    path.write_text("x,y\n1,2\n")
    with pytest.raises(ClonotateError, match="not a Parquet file"):
        read_episodes(path)


def test_parquet_of_others_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "some.parquet"
    pq.write_table(pa.table({"x": [1]}), path)
    with pytest.raises(ClonotateError, match="no clonotate episodes"):
        read_episodes(path)


def test_a_format_of_the_future_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "some.parquet"
    header = json.dumps({"format": FORMAT, "format_version": 2})
    pq.write_table(pa.table({"x": [1]}).replace_schema_metadata({FORMAT: header}), path)
    with pytest.raises(ClonotateError, match="version 2"):
        read_episodes(path)
