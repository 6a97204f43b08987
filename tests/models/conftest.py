"""What the tests of scenes and of the pointer look at."""

import pytest
import torch


@pytest.fixture
def screens():
    """Six screens of flat tiles with a textured corner: most windows repeat, some do not."""
    g = torch.Generator().manual_seed(0)
    screens = torch.randint(0, 256, (1, 4, 6, 3), generator=g, dtype=torch.uint8)
    screens = screens.repeat_interleave(16, 1).repeat_interleave(16, 2).repeat(6, 1, 1, 1)
    screens[3:, :24, :24] = torch.randint(0, 256, (24, 24, 3), generator=g, dtype=torch.uint8)
    return screens
