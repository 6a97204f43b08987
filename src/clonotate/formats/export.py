"""Finished work into the field's formats: what there is, which task goes into which, and how one is written.

Each export says which episode, task, data and program it comes from and who made every mark: inside the file
where its format has a place for that, else in `NAME.provenance.json` beside it.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from clonotate.formats.bigwarp import write_bigwarp
from clonotate.formats.coco import write_coco
from clonotate.formats.ctc import write_ctc
from clonotate.formats.deeplabcut import write_deeplabcut
from clonotate.formats.geff import write_geff
from clonotate.formats.geojson import write_geojson
from clonotate.formats.itk import write_itk
from clonotate.formats.plain import write_plain
from clonotate.formats.sleap import write_sleap
from clonotate.formats.swc import export_swc
from clonotate.formats.work import Work, work_of
from clonotate.records import ClonotateError, Episode
from clonotate.whole import whole, whole_folder, write_whole


@dataclass(frozen=True)
class Format:
    """A format: how it is called, how its files end and what writes it."""

    title: str
    suffix: str
    write: Callable[[Path, Work], None]
    says_whence: bool = False  # it has a place for provenance inside
    folder: bool = False  # it is a folder and not a file


FORMATS: dict[str, Format] = {
    "csv": Format("plain table, one row a mark", ".csv", write_plain),
    "swc": Format("SWC skeleton", ".swc", export_swc, says_whence=True),
    "deeplabcut": Format("DeepLabCut labelled frames", ".csv", write_deeplabcut),
    "sleap": Format("SLEAP labels, through sleap-io", ".slp", write_sleap, says_whence=True),
    "coco": Format("COCO JSON", ".json", write_coco, says_whence=True),
    "ctc": Format("Cell Tracking Challenge masks and tracks", "", write_ctc, says_whence=True, folder=True),
    "geff": Format("GEFF tracking graph", ".geff", write_geff, says_whence=True, folder=True),
    "geojson": Format("GeoJSON features", ".geojson", write_geojson, says_whence=True),
    "bigwarp": Format("BigWarp landmark pairs", ".csv", write_bigwarp),
    "itk": Format("ITK transform", ".tfm", write_itk, says_whence=True),
}
"""Every format by name."""

EXPORTS: dict[str, tuple[str, ...]] = {
    "colored-dot-tracking": ("csv", "swc"),
    "neuron-tracking": ("swc", "csv"),
    "cell-lineage-tracking": ("ctc", "geff", "csv"),
    "multichannel-image-alignment": ("bigwarp", "itk", "csv"),
    "animal-limb-tracking": ("deeplabcut", "sleap", "csv"),
    "animal-behavioral-tracking": ("deeplabcut", "sleap", "csv"),
    "exploration-classification-3d": ("coco", "csv"),
    "spectral-plume-finding": ("coco", "geojson", "csv"),
    "road-network-construction": ("geojson", "csv"),
    "shape-matching": ("coco", "csv"),
    "chromosome-tracing": ("swc", "csv"),
}
"""For each task the formats that its annotations go into, the most usual first."""


def export(episode: Episode, name: str, out: Path) -> tuple[Path, ...]:
    """Write what came of an episode in a format, whole or not at all; gives the paths that were written.

    ClonotateError where the task does not go into the format, nothing is annotated, the name does not end as
    the format's files do, a folder is there already, or the episode's data are gone.
    """
    kind = format_of(episode, name)
    if out.suffix.lower() != kind.suffix and not (kind.folder and not kind.suffix):
        raise ClonotateError(f"{out} should end in {kind.suffix}, for it is {name}")
    refuse_among_data(Path(episode.source.data), out)
    work = work_of(episode)
    if kind.folder:
        with whole_folder(out) as beside:
            kind.write(beside, work)
        return (out,)
    aside = () if kind.says_whence else (out.with_suffix(".provenance.json"),)
    with whole(out) as beside:
        kind.write(beside, work)
        for path in aside:
            write_whole(path, json.dumps(work.provenance, indent=1).encode())
    return (out, *aside)


def refuse_among_data(data: Path, out: Path) -> None:
    """ClonotateError for a place in a folder of data or beside its namesake: read again, it would count."""
    here, there = data.resolve(), out.resolve()
    if data.is_dir() and data.name and there.is_relative_to(here):
        raise ClonotateError(f"{out} lies among the data in {data}, which must not change; write elsewhere")
    if data.is_file() and there.with_suffix("") == here.with_suffix(""):
        raise ClonotateError(f"{out} is named as the data {data.name} and could be taken for them; rename it")


def format_of(episode: Episode, name: str) -> Format:
    """The format of that name; ClonotateError where there is none, or the episode's task has none such."""
    if name not in FORMATS:
        raise ClonotateError(f"no format {name!r}; there are: {', '.join(FORMATS)}")
    task = episode.source.task
    if name not in EXPORTS[task]:
        raise ClonotateError(f"{task} does not go into {name}, but into: {', '.join(EXPORTS[task])}")
    return FORMATS[name]
