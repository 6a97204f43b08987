"""Episodes on disk: Parquet, one row a step, many episodes a file, and a JSON header that says what it is.

A file is never edited in place: it is written beside, synced and renamed.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from clonotate.records import Click, ClonotateError, Episode, Label, Score, Source, Step
from clonotate.whole import whole

FORMAT = "clonotate-episodes"
FORMAT_VERSION = 1

LABEL_TYPES = {
    "kind": pa.string(),
    "target": pa.string(),
    "phase": pa.string(),
    "position": pa.float64(),
    "mistake": pa.bool_(),
    "in_error": pa.bool_(),
    "progress": pa.float64(),
}
WHOLE = pa.dictionary(pa.int32(), pa.string())  # the same for every step of an episode, so stored once
COLUMNS = pa.schema(
    [
        ("episode", pa.int32()),
        ("step", pa.int32()),
        ("x", pa.int32()),
        ("y", pa.int32()),
        ("ms", pa.int64()),
        ("by", WHOLE),
        *((name, kind) for name, kind in LABEL_TYPES.items()),
        ("advice_x", pa.int32()),
        ("advice_y", pa.int32()),
        ("source", WHOLE),
        ("layout", WHOLE),
        ("done", pa.bool_()),
        ("score", WHOLE),
        ("digest", WHOLE),
    ]
)


def write_episodes(path: Path, episodes: Iterable[Episode], licence: str = "CC0-1.0") -> None:
    """Write episodes to one Parquet file, replacing it whole; an episode without a step is refused."""
    kept = list(episodes)
    if empty := [i for i, episode in enumerate(kept) if not episode.steps]:
        raise ClonotateError(f"episode {empty[0]} has no step; leave it out")
    header = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "licence": licence,
        "episodes": len(kept),
        "task_versions": {episode.source.task: episode.source.version for episode in kept},
    }
    rows = [row for i, episode in enumerate(kept) for row in step_rows(i, episode)]
    table = pa.Table.from_pylist(rows, COLUMNS.with_metadata({FORMAT: json.dumps(header)}))
    with whole(path) as beside:
        pq.write_table(table, beside, compression="zstd")


def read_episodes(path: Path) -> list[Episode]:
    """The episodes of a file, in order; ClonotateError if it is not ours."""
    header = read_header(path)
    if header.get("format_version") != FORMAT_VERSION:
        raise ClonotateError(
            f"{path} has format version {header.get('format_version')}; this program reads {FORMAT_VERSION}"
        )
    rows: dict[int, list[dict[str, Any]]] = {}
    for row in pq.read_table(path).to_pylist():
        rows.setdefault(row["episode"], []).append(row)
    return [episode_of(sorted(steps, key=lambda row: row["step"])) for _, steps in sorted(rows.items())]


def read_header(path: Path) -> dict[str, Any]:
    """The JSON header of a file of episodes: format, versions, licence."""
    if not path.is_file():
        raise ClonotateError(f"no such file: {path}")
    try:
        metadata = pq.read_schema(path).metadata or {}
    except pa.ArrowInvalid as error:
        raise ClonotateError(f"{path} is not a Parquet file: {error}") from None
    if FORMAT.encode() not in metadata:
        raise ClonotateError(f"{path} holds no clonotate episodes")
    header: dict[str, Any] = json.loads(metadata[FORMAT.encode()])
    return header


def step_rows(index: int, episode: Episode) -> Iterable[dict[str, Any]]:
    """The rows of one episode."""
    whole = {
        "episode": index,
        "source": json.dumps(asdict(episode.source), sort_keys=True),
        "layout": episode.layout,
        "done": episode.done,
        "score": json.dumps(asdict(episode.score)) if episode.score else None,
        "digest": episode.digest,
    }
    for i, step in enumerate(episode.steps):
        advice = step.advice
        yield whole | {
            "step": i,
            "x": step.click.x,
            "y": step.click.y,
            "ms": step.ms,
            "by": step.by,
            **(asdict(step.label) if step.label else dict.fromkeys(LABEL_TYPES)),
            "advice_x": advice.x if advice else None,
            "advice_y": advice.y if advice else None,
        }


def episode_of(rows: list[dict[str, Any]]) -> Episode:
    """One episode of its rows, in order of step."""
    first = rows[0]
    score = json.loads(first["score"]) if first["score"] else None
    return Episode(
        source=Source(**json.loads(first["source"])),
        layout=first["layout"],
        steps=tuple(step_of(row) for row in rows),
        done=first["done"],
        score=Score(**score) if score else None,
        digest=first["digest"],
    )


def step_of(row: dict[str, Any]) -> Step:
    """One step of its row."""
    labelled = row["kind"] is not None
    return Step(
        click=Click(row["x"], row["y"]),
        ms=row["ms"],
        by=row["by"],
        label=Label(**{name: row[name] for name in LABEL_TYPES}) if labelled else None,
        advice=Click(row["advice_x"], row["advice_y"]) if row["advice_x"] is not None else None,
    )
