"""Icons: tiny pictures by name, drawn by hand in `icons.txt`, each `ICON` pixels square.

The file is a specimen: bands of icons side by side, each band headed by their names.
"""

from functools import cache, lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from clonotate.records import ClonotateError

ICON = 9
"""Rows and columns of an icon at scale 1: as high as the lowest button has room for."""


@cache
def icons() -> dict[str, NDArray[np.bool_]]:
    """Every icon by name as bool `[ICON, ICON]`, True where there is ink."""
    drawn = {}
    specimen = files(__package__).joinpath("icons.txt").read_text(encoding="utf-8")
    for band in specimen.strip().split("\n\n"):
        names, *rows = (line.split() for line in band.splitlines())
        for name, column in zip(names, zip(*rows, strict=True), strict=True):
            drawn[name] = np.array([[dot == "#" for dot in row] for row in column])
    return drawn


@lru_cache(maxsize=256)
def icon_named(name: str, scale: int = 1) -> NDArray[np.bool_]:
    """The icon of that name as bool `[ICON * scale, ICON * scale]`; ClonotateError says what there is."""
    if name not in icons():
        raise ClonotateError(f"no icon {name!r}; there are: {', '.join(icons())}")
    return icons()[name].repeat(scale, axis=0).repeat(scale, axis=1)
