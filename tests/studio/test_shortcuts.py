"""Shortcuts: every task gets them for nothing, and a key presses what it says."""

import numpy as np
import pytest

from clonotate.studio.shortcuts import shortcuts
from clonotate.tasks import TASKS


@pytest.mark.parametrize("task", TASKS)
class TestEveryTask:
    def test_every_button_has_a_key(self, task: str) -> None:
        level = TASKS[task]["easy"]
        view = level.view(level.begin(np.random.default_rng(1)))
        keys = shortcuts(view)
        assert set(keys.values()) == {button.name for button in view.buttons}
        assert (keys["z"], keys["Enter"]) == ("undo", "done")


class TestWays:
    def keys(self, task: str) -> dict[str, str]:
        level = TASKS[task]["easy"]
        return shortcuts(level.view(level.begin(np.random.default_rng(1))))

    def test_arrows_turn_in_pairs(self) -> None:
        keys = self.keys("neuron-tracking")
        assert [keys[f"Arrow{way}"] for way in ("Left", "Right", "Down", "Up")] == ["-z", "+z", "-5", "+5"]

    def test_arrows_go_where_a_button_is_called_after_them(self) -> None:
        keys = self.keys("exploration-classification-3d")
        assert [keys[f"Arrow{way}"] for way in ("Left", "Right", "Up", "Down")] == [
            "left",
            "right",
            "up",
            "down",
        ]
        assert (keys["PageUp"], keys["PageDown"]) == ("prev", "next")

    def test_space_goes_round_the_views(self) -> None:
        assert self.keys("colored-dot-tracking")[" "] == "mip"
        assert self.keys("multichannel-image-alignment")[" "] == "b"  # channel A is lit

    def test_digits_label(self) -> None:
        assert [self.keys("animal-behavioral-tracking")[digit] for digit in "12"] == ["A", "B"]
