"""Screens to a grid of features: a backbone of timm with weights from a file, or small convolutions."""

from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from clonotate.records import ClonotateError

MISSING = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]
FINER = 2
"""A pretrained backbone sees the screen so large that its own grid is so many times finer than ours."""


class Convolutions(nn.Module):
    """Five halvings to squares of 32 pixels, each level with a shortcut: for training from scratch."""

    def __init__(self, width: int, grid: tuple[int, int]) -> None:
        super().__init__()
        self.grid, self.channels = grid, width
        widths = [width // 6, width // 3, 2 * width // 3, width]
        self.stem = nn.Conv2d(3, widths[0], 4, stride=4)
        self.halve = nn.ModuleList(
            nn.Conv2d(below, above, 3, stride=2, padding=1) for below, above in pairwise(widths)
        )
        self.level = nn.ModuleList(nn.Conv2d(above, above, 3, padding=1) for above in widths[1:])

    def forward(self, screens: Tensor) -> Tensor:
        """screens: uint8 `[N, H, W, 3]`. Returns `[N, rows * columns, channels]`."""
        x = screens.permute(0, 3, 1, 2).to(self.stem.weight.dtype).sub(128).mul(1 / 128)
        x = functional.gelu(self.stem(x))
        for halve, level in zip(self.halve, self.level, strict=True):
            x = functional.gelu(halve(x))
            x = x + functional.gelu(level(x))
        return functional.adaptive_avg_pool2d(x, self.grid).flatten(2).transpose(1, 2)


class Pretrained(nn.Module):
    """A model of timm by name, such as `vit_base_patch14_reg4_dinov2`; the screen is resized to fit it."""

    mean: Tensor
    spread: Tensor

    def __init__(self, name: str, grid: tuple[int, int], weights: str = "") -> None:
        """Raises ClonotateError without timm, for a name it lacks, and for weights that are not its own."""
        super().__init__()
        self.grid = grid
        self.network, cell = _of_timm(name, grid)
        self.size = (FINER * cell * grid[0], FINER * cell * grid[1])
        self.channels = int(self.network.num_features)
        kind = self.network.pretrained_cfg
        self.register_buffer("mean", 255 * torch.tensor(kind["mean"]).view(3, 1, 1), persistent=False)
        self.register_buffer("spread", 255 * torch.tensor(kind["std"]).view(3, 1, 1), persistent=False)
        if weights:
            load_backbone(self.network, Path(weights))

    def forward(self, screens: Tensor) -> Tensor:
        """screens: uint8 `[N, H, W, 3]`. Returns `[N, rows * columns, channels]`."""
        x = (screens.permute(0, 3, 1, 2) - self.mean) / self.spread
        x = functional.interpolate(x, self.size, mode="bilinear", antialias=True, align_corners=False)
        (x,) = self.network.forward_intermediates(x, indices=1, norm=True, intermediates_only=True)
        return functional.adaptive_avg_pool2d(x, self.grid).flatten(2).transpose(1, 2)


def _of_timm(name: str, grid: tuple[int, int]) -> tuple[Any, int]:
    """A network of timm without a head, and the pixels that one of its own features stands for."""
    _mend_torchvision()
    try:
        import timm
    except (ImportError, RuntimeError) as error:  # torchvision of another build than torch is the latter
        raise ClonotateError(f"no timm for {name} ({error}): pip install clonotate[grid]") from None
    if not timm.is_model(name):
        raise ClonotateError(f"timm has no model {name!r}; see timm.list_models()")
    with torch.device("meta"):
        plan: Any = timm.create_model(name, pretrained=False, num_classes=0)
    cell = int(plan.feature_info[-1]["reduction"])
    size = (FINER * cell * grid[0], FINER * cell * grid[1])
    fixed: dict[str, Any] = {"img_size": size} if hasattr(plan, "patch_embed") else {}
    return timm.create_model(name, pretrained=False, num_classes=0, **fixed), cell


def _mend_torchvision() -> None:
    """Declares the operators that torchvision looks for as it is imported, where it cannot bring them itself.

    That is so where torch is a build for processors and torchvision is not; timm needs only its Python.
    """
    try:
        other = "+cpu" in version("torch") and "+cpu" not in version("torchvision")
    except PackageNotFoundError:
        return
    if other and not hasattr(torch.ops.torchvision, "nms"):
        for name in ("nms", "qnms"):
            MISSING.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")  # type: ignore[no-untyped-call]


def load_backbone(network: nn.Module, file: Path) -> None:
    """Weights of timm's layout from a safetensors file; a position embedding is resized to the grid at hand.

    A head is left out. Raises ClonotateError where the file is not readable or not of this network.
    """
    try:
        weights = load_file(file)
    except (OSError, SafetensorError) as error:
        raise ClonotateError(f"{file} is not a readable safetensors file: {error}") from None
    here = network.state_dict()
    if "pos_embed" in weights and weights["pos_embed"].shape != here.get("pos_embed", torch.empty(0)).shape:
        weights["pos_embed"] = _resized(network, weights["pos_embed"])
    try:
        network.load_state_dict({name: w for name, w in weights.items() if not name.startswith("head.")})
    except RuntimeError as error:
        reason = str(error).splitlines()[1].strip()
        raise ClonotateError(f"{file} holds no weights of this backbone: {reason}") from None


def _resized(network: Any, places: Tensor) -> Tensor:
    """A position embedding for another grid, as DINOv2 does it: without antialiasing."""
    from timm.layers.pos_embed import resample_abs_pos_embed

    grid = list(network.patch_embed.grid_size)
    prefix = 0 if network.no_embed_class else network.num_prefix_tokens
    resized: Tensor = resample_abs_pos_embed(places, grid, num_prefix_tokens=prefix, antialias=False)
    return resized
