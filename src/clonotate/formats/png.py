"""PNG out: screens as small files for pages, with a palette of their own."""

from pathlib import Path

from PIL import Image

from clonotate.records import Screen
from clonotate.whole import whole


def write_png(path: Path, picture: Screen, colors: int = 256) -> None:
    """Write a picture, uint8 `[height, width, 3]`, in so many colours; ClonotateError where that fails."""
    drawn = Image.fromarray(picture).quantize(colors, dither=Image.Dither.NONE)
    with whole(path) as beside:
        drawn.save(beside, optimize=True)
