"""Memory that was used and is not any more goes back to the system, also where glibc was told to keep it."""

import os
import subprocess
import sys

import pytest

from clonotate.training.heap import KEEPING

HOLES = """
import numpy as np
from clonotate.training.heap import tidy
from pathlib import Path

def megabytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 >> 20

blocks = [np.ones(1 << 17) for _ in range(200)]
kept = blocks[::20]
del blocks
before = megabytes()
tidy()
print(before - megabytes())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc keeps memory so")
def test_holes_between_what_is_kept_are_given_back():
    told = subprocess.run(
        [sys.executable, "-c", HOLES], env=os.environ | KEEPING, capture_output=True, text=True, check=True
    )
    assert int(told.stdout) > 100
