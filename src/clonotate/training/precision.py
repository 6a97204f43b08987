"""Which numbers a device multiplies fast."""

import torch


def fast_bfloat16(place: torch.device) -> bool:
    """Whether bfloat16 products are faster than float32 ones there.

    Without instructions of its own a processor emulates them, fifty times slower than float32.
    """
    if place.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    # what torch itself asks; it has no public name
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())
