"""ITK out: the fitted map as a transform file (.tfm) that resamples the second picture onto the first.

Points are in physical space with a spacing of 1 and the origin at the middle of the first pixel, which is
what pictures without such metadata have.
"""

from pathlib import Path

from clonotate.annotation import Landmarks
from clonotate.formats.work import Work, told
from clonotate.records import ClonotateError
from clonotate.whole import write_whole

FEWEST = {"similarity": 2, "affine": 3}
"""Pairs that fix a map of that kind."""


def write_itk(path: Path, work: Work) -> None:
    """An affine map from the first (fixed) to the second (moving) picture; provenance in comments.

    ClonotateError where there are too few pairs to fix one.
    """
    landmarks = work.of(Landmarks)
    if len(landmarks.marks) < FEWEST[landmarks.model]:
        raise ClonotateError(
            f"{len(landmarks.marks)} landmark pairs fix no {landmarks.model} map; export them as csv"
        )
    (a, b, across), (c, d, down) = landmarks.matrix
    lines = (
        "#Insight Transform File V1.0",
        *(f"#{text}" for text in told(work.provenance)),
        "#Transform 0",
        "Transform: AffineTransform_double_2_2",
        f"Parameters: {a!r} {b!r} {c!r} {d!r} {across!r} {down!r}",
        "FixedParameters: 0 0",
    )
    write_whole(path, ("\n".join(lines) + "\n").encode())
