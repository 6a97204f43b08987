"""The residual stream of a policy's memory: what it knows of a session at each step, layer by layer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from torch import Tensor

from clonotate.models.base import ClickModel
from clonotate.models.pointer import PointerModel
from clonotate.records import ClonotateError


@contextmanager
def residuals(model: ClickModel[Any]) -> Iterator[list[Tensor]]:
    """While this is open, a forward pass over one session leaves its stream in the list.

    First what enters the first block of the memory, then what each block leaves: float32 `[T, width]` each.
    Raises ClonotateError for a model that is not of the pointer family.
    """
    if not isinstance(model, PointerModel):
        raise ClonotateError("only policies of the pointer family have a residual stream that this reads")
    found: list[Tensor] = []
    blocks = model.memory.blocks

    def before(_: Any, given: tuple[Tensor, ...]) -> None:
        found.append(given[0][0].float())

    def after(_: Any, __: Any, given: tuple[Tensor, Any]) -> None:
        found.append(given[0][0].float())

    hooks = [blocks[0].register_forward_pre_hook(before), *(b.register_forward_hook(after) for b in blocks)]
    try:
        yield found
    finally:
        for hook in hooks:
            hook.remove()
