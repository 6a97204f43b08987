"""The mean of several checkpoints' weights, where one was gone on with to the next.

Stages of one training lie in one basin, and their mean is often better than each (model soups, Wortsman et
al. 2022): what one stage forgot another still knows.
"""

from collections.abc import Sequence
from pathlib import Path

import torch

from clonotate.models.checkpoint import load, network_page, save_model
from clonotate.records import ClonotateError


def average(folders: Sequence[Path], names: Sequence[str], out: Path) -> Path:
    """Writes the mean of checkpoints to `out`; its page is that of the last, and names them all.

    Raises ClonotateError for fewer than two, and where they are not of the same network.
    """
    if len(folders) < 2:
        raise ClonotateError("a mean is of two checkpoints or more")
    pages = [network_page(folder, name) for folder, name in zip(folders, names, strict=True)]
    for name, page in zip(names, pages, strict=True):
        if (page["family"], page["settings"]) != (pages[0]["family"], pages[0]["settings"]):
            raise ClonotateError(f"{name} is not the same network as {names[0]}: there is no mean of them")
    models = [load(folder) for folder in folders]
    parts = [dict(model.named_parameters()) for model in models]
    mean = {name: torch.stack([part[name] for part in parts]).mean(0) for name in parts[0]}
    run = pages[-1]["run"] | {"mean_of": list(names)}
    return save_model(out, models[-1], mean, run, pages[-1]["metrics"])
