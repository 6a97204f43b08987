"""Checkpoints: weights as safetensors with a JSON page beside them, which says what they are.

Nothing is ever unpickled. Files are written beside their place, flushed and renamed, so whatever kills the
process leaves the last good ones.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

import clonotate
from clonotate.models import build, family_of
from clonotate.models.base import ClickModel
from clonotate.models.specialists import FAMILY, LOOK, Specialists, read_look
from clonotate.records import ClonotateError
from clonotate.whole import write_whole

FORMAT = "clonotate-model-1"
WEIGHTS, PAGE = "weights.safetensors", "model.json"


def write_tensors(path: Path, tensors: Mapping[str, Tensor]) -> None:
    """Tensors by name to one safetensors file, atomically."""
    write_whole(path, save({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}))


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Tensors by name from a safetensors file. Raises ClonotateError where there is none."""
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise ClonotateError(f"{path} is not a readable safetensors file: {error}") from None


def save_model(
    folder: Path,
    model: ClickModel[Any],
    weights: Mapping[str, Tensor] | None = None,
    run: Mapping[str, Any] | None = None,
    metrics: Mapping[str, Any] | None = None,
) -> Path:
    """A model to a folder, in half precision: `weights` if given (averaged ones, say), else its own.

    What only helped to learn is left out.

    run: everything that decided the outcome; metrics: what was measured; both as plain JSON values.
    """
    folder.mkdir(parents=True, exist_ok=True)
    weights = weights or dict(model.named_parameters())
    write_tensors(folder / WEIGHTS, {name: tensor.half() for name, tensor in acting(weights).items()})
    write_page(folder, family_of(model), model.settings, run or {}, metrics or {})
    return folder


def acting(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights that a policy acts with: all but those of foresight."""
    return {name: tensor for name, tensor in weights.items() if not name.startswith("foresight.")}


def write_page(
    folder: Path, family: str, settings: dict[str, Any], run: Mapping[str, Any], metrics: Mapping[str, Any]
) -> None:
    """The JSON page of a checkpoint, atomically; `run` and `metrics` as for `save_model`."""
    page = {
        "format": FORMAT,
        "clonotate": clonotate.__version__,
        "family": family,
        "settings": settings,
        "run": dict(run),
        "metrics": dict(metrics),
    }
    write_whole(folder / PAGE, (json.dumps(page, indent=2) + "\n").encode())


def read_page(folder: Path) -> dict[str, Any]:
    """The JSON page of a checkpoint. Raises ClonotateError where there is none of ours."""
    try:
        page = json.loads((folder / PAGE).read_text())
    except (OSError, ValueError):
        raise ClonotateError(f"{folder} holds no checkpoint: no readable {PAGE} in it") from None
    if not isinstance(page, dict) or page.get("format") != FORMAT:
        raise ClonotateError(f"{folder / PAGE} is not a {FORMAT} page")
    return page


def network_page(folder: Path, name: str) -> dict[str, Any]:
    """The page of one network, as `name`; ClonotateError where specialists are, gone on with one by one."""
    page = read_page(folder)
    if page["family"] == FAMILY:
        one = f"{name}/{page['settings'].get('otherwise')}"
        raise ClonotateError(f"{name} is several networks: name one of them, such as {one}")
    return page


def load(path: Path | str) -> ClickModel[Any]:
    """The model in a folder, in float32, ready to act. Raises ClonotateError where there is none of ours."""
    folder = Path(path)
    page = read_page(folder)
    if page["family"] == FAMILY:
        return load_specialists(folder, page["settings"])
    model = build(page["family"], **page["settings"])
    weights = {name: tensor.float() for name, tensor in read_tensors(folder / WEIGHTS).items()}
    try:
        model.load_state_dict(weights)
    except RuntimeError:
        raise ClonotateError(f"{folder / WEIGHTS} does not fit the model that {PAGE} describes") from None
    return model.eval().requires_grad_(False)


def load_specialists(folder: Path, settings: Mapping[str, Any]) -> Specialists:
    """Specialists, each in a folder of its own with the looks that call it; the titles are in the page."""
    members, otherwise = settings.get("members", ()), str(settings.get("otherwise", ""))
    titles = settings.get("titles", {})
    if outside := [name for name in members if Path(name).name != name]:
        raise ClonotateError(f"{folder / PAGE} names a member outside of its folder: {outside[0]!r}")
    if missing := {otherwise, *titles.values()} - set(members):
        raise ClonotateError(f"{folder / PAGE} names no member called {min(missing)!r}")
    looks = [
        (name, read_look(path))
        for name in members
        for path in sorted((folder / name).glob(LOOK.format(task="*", layout="*")))
    ]
    return Specialists({name: load(folder / name) for name in members}, looks, otherwise, titles)
