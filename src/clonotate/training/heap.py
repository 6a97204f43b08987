"""Memory of a training process on Linux: kept between steps, since pages are dear, and tidied now and then.

glibc returns large blocks to the system and takes a page fault for each page when it gets them again; told to
keep them, it never returns any, and lessons of ever other lengths leave holes that add up to gigabytes.
"""

import ctypes
import sys
from functools import cache
from typing import Any

KEEPING = {"MALLOC_MMAP_THRESHOLD_": str(2**32), "MALLOC_TRIM_THRESHOLD_": str(2**33)}
"""For the environment that a process starts in."""
EVERY = 32
"""Steps between two tidyings; one costs about as much as a tenth of a step of two lessons."""


def tidy() -> None:
    """Gives what is unused back to the system; does nothing where there is no glibc."""
    if trim := _trim():
        trim(0)


@cache
def _trim() -> Any:
    return getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
