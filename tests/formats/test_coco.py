"""Polygons, boxes and classes, read back by pycocotools."""

from pathlib import Path

import numpy as np
import pytest
from finished import finished
from pycocotools.coco import COCO

from clonotate.annotation import Categories, Region
from clonotate.episodes.session import Session
from clonotate.formats.export import export
from clonotate.formats.work import work_of
from clonotate.records import ClonotateError
from clonotate.tasks import task_named

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
PLUME, SHAPES, SPORES = "spectral-plume-finding", "shape-matching", "exploration-classification-3d"


def coco(task: str, path: Path, seed: int = 20_000) -> COCO:
    """An export as the reference library holds it."""
    export(finished(task, seed), "coco", path / "a.json")
    return COCO(str(path / "a.json"))


def test_a_plume_is_a_mask(tmp_path: Path) -> None:
    seed = seed_with(plume=True)
    read = coco(PLUME, tmp_path, seed)
    (annotation,) = read.loadAnns(read.getAnnIds())
    mask = read.annToMask(annotation) > 0
    truth = Session(finished(PLUME, seed).source).world.cube.mask
    assert mask.shape == (256, 256)
    assert (mask & truth).sum() / (mask | truth).sum() >= 0.7
    assert abs(mask.sum() / annotation["area"] - 1) < 0.02
    left, top, _, height = annotation["bbox"]
    rows, columns = np.nonzero(mask)
    assert abs(columns.min() - left) <= 1
    assert abs(rows.max() + 1 - top - height) <= 1
    assert annotation["by"] == sorted(set(work_of(finished(PLUME, seed)).authors))


def test_no_plume_is_a_picture_without_annotations(tmp_path: Path) -> None:
    seed = seed_with(plume=False)
    read = coco(PLUME, tmp_path, seed)
    assert len(read.getImgIds()) == 1
    assert read.getAnnIds() == []
    assert read.dataset["info"]["clonotate"]["answer"] == "no plume"
    assert read.dataset["info"]["clonotate"]["marks"] == {}


def seed_with(plume: bool) -> int:
    """A world with a plume, or without."""
    seed = 20_000 if plume else 20_014
    world = task_named(PLUME, "easy").begin(np.random.default_rng(seed))
    assert (world.cube.outline is not None) == plume
    return seed


def test_matching_shapes_are_boxes_on_their_boards(tmp_path: Path) -> None:
    read, said = coco(SHAPES, tmp_path), work_of(finished(SHAPES)).of(Categories)
    assert len(read.getImgIds()) == said.items
    assert len(read.getAnnIds()) == len(said.marks)
    truth = Session(finished(SHAPES).source).world.slide.truth
    for annotation in read.loadAnns(read.getAnnIds()):
        left, top, width, height = annotation["bbox"]
        assert (width, height) == (62, 62)
        assert read.annToMask(annotation)[int(top) : int(top) + 62, int(left) : int(left) + 62].all()
        tile = 3 * round((top - 64) / 64) + round((left - 32) / 64)
        assert tile in truth[annotation["image_id"] - 1]


def test_spores_have_classes(tmp_path: Path) -> None:
    read, said = coco(SPORES, tmp_path), work_of(finished(SPORES)).of(Categories)
    names = {category["id"]: category["name"] for category in read.loadCats(read.getCatIds())}
    found = {a["image_id"] - 1: names[a["category_id"]] for a in read.loadAnns(read.getAnnIds())}
    assert found == {member.item: member.category for member in said.marks}


@pytest.mark.parametrize("name", ["coco", "geojson"])
def test_an_open_outline_is_no_polygon(name: str, tmp_path: Path) -> None:
    from dataclasses import replace

    episode = finished(PLUME, seed_with(plume=True))
    placed = [i for i, step in enumerate(episode.steps) if step.label and step.label.kind == "place"]
    cut = replace(episode, steps=episode.steps[: placed[-1]], done=False)
    assert not work_of(cut).of(Region).closed
    with pytest.raises(ClonotateError, match="not closed"):
        export(cut, name, tmp_path / f"a.{'json' if name == 'coco' else name}")
    assert not any(tmp_path.iterdir())
