"""Chromosomes in: a fluorescence stack of nuclei as a world of chromosome tracing, without a truth."""

from pathlib import Path

import numpy as np

from clonotate.formats.placing import Excerpt
from clonotate.formats.spots import grey_slices
from clonotate.formats.volumes import read_volume, stack_at
from clonotate.tasks.chromosome_tracing import ChromosomeTracing


def read_chromosomes(path: Path, seed: int) -> Excerpt:
    """Up to 16 slices of a stack; `seed` chooses the square that is seen of an oblong one.

    ClonotateError where the stack cannot be read.
    """
    slices, placing = grey_slices(read_volume(stack_at(path)), np.random.default_rng(seed))
    return Excerpt(ChromosomeTracing().begin_from(slices), placing)
