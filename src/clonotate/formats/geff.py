"""GEFF out: cells and links as the graph exchange format of cell tracking, a Zarr folder, through geff."""

from pathlib import Path

from clonotate.annotation import Tracks
from clonotate.formats.work import Work
from clonotate.records import ClonotateError

AXES = ("t", "y", "x")


def write_geff(path: Path, work: Work) -> None:
    """Every cell a node with its place, every link an edge with `by` whom; provenance in `extra`.

    A cell said to be gone has the property `gone_by`; one that nobody linked yet has neither.
    """
    try:
        import geff
        import networkx
    except ImportError:
        raise ClonotateError("writing GEFF needs an extra: pip install 'clonotate[export]'") from None
    tracks = work.of(Tracks)
    graph = networkx.DiGraph()
    for n, cell in enumerate(tracks.cells):
        graph.add_node(n, t=int(cell.spot.z), y=float(cell.spot.y), x=float(cell.spot.x), gone_by="")
    for (parent, child), by in zip(tracks.marks, work.authors, strict=True):
        if child is None:
            graph.nodes[parent]["gone_by"] = by
        else:
            graph.add_edge(parent, child, by=by)
    metadata = geff.GeffMetadata(
        directed=True,
        node_props_metadata={},
        edge_props_metadata={},
        extra={"clonotate": work.provenance},
    )
    geff.write(
        graph,
        path,
        metadata=metadata,
        axis_names=list(AXES),
        axis_units=["frame", "pixel", "pixel"],
        axis_types=["time", "space", "space"],
        overwrite=True,
    )
