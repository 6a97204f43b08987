"""What goes on inside a policy while it looks at a person's work, beside what is true of every step.

Kept on disk, since several probes read the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from clonotate.annotators.collect import demonstrate
from clonotate.episodes.dataset import Lesson, lesson
from clonotate.models import build, family_of
from clonotate.models.base import ClickModel
from clonotate.models.checkpoint import load
from clonotate.models.residuals import residuals
from clonotate.records import Label, Source
from clonotate.tasks import task_named
from clonotate.whole import whole

PIXELS = (32, 24)
"""Width and height of the small screens that stand for pixels alone."""


@dataclass(frozen=True, eq=False)
class Watched:
    """All steps of some sessions of one task, end to end: N of them."""

    episode: NDArray[np.int64]  # [N], which session
    inside: dict[str, NDArray[np.float32]]  # by source, [N, features]
    truth: dict[str, NDArray[Any]]  # by target, [N]


def watch(policy: Path, task: str, episodes: int, seed: int, keep: Path) -> Watched:
    """Lets people of the population work, and a policy and one that learnt nothing look on.

    Sources: `layer 0` (the token of a screen), `layer 1` and on (the residual stream after each block), the
    last of them in an untrained network, `pixels` and `time`. Raises ClonotateError for a policy that is
    not of the pointer family.
    """
    file = keep / f"{task}-{episodes}-{seed}.npz"
    if not file.exists():
        parts = [of_session(policy, task, seed + k, k) for k in range(episodes)]
        joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        with whole(file) as beside, beside.open("wb") as out:
            np.savez_compressed(out, allow_pickle=False, **joined)
    with np.load(file, allow_pickle=False) as kept:
        sides: dict[str, dict[str, Any]] = {"inside": {}, "truth": {}}
        for name in set(kept.files) - {"episode"}:
            side, _, rest = name.partition("/")
            sides[side][rest] = kept[name]
        return Watched(kept["episode"], **sides)


def joined(seen: Sequence[Watched]) -> Watched:
    """Sessions of several tasks as one; sessions keep apart."""
    most = max(int(one.episode.max()) + 1 for one in seen)
    return Watched(
        np.concatenate([one.episode + k * most for k, one in enumerate(seen)]),
        {name: np.concatenate([one.inside[name] for one in seen]) for name in seen[0].inside},
        {name: np.concatenate([one.truth[name] for one in seen]) for name in seen[0].truth},
    )


def last(seen: Watched) -> str:
    """The last layer."""
    return max(name for name in seen.inside if name.startswith("layer"))


def of_session(policy: Path, task: str, seed: int, number: int) -> dict[str, NDArray[Any]]:
    """One session; `inside/SOURCE` and `truth/TARGET`, each a row a step."""
    episode = demonstrate(Source(task, "standard", seed, task_named(task).version))
    shown = lesson(episode)
    trained = load(policy)
    streams = streams_of(trained, shown)
    torch.manual_seed(0)
    fresh = build(family_of(trained), **trained.settings)
    made: dict[str, NDArray[Any]] = {"episode": np.full(len(shown.clicks), number)}
    made |= {f"inside/layer {k}": stream for k, stream in enumerate(streams)}
    made["inside/untrained"] = streams_of(fresh, shown)[-1]
    made["inside/pixels"] = np.stack([small(screen) for screen in shown.screens])
    made["inside/time"] = ages(len(shown.clicks))
    labels = [step.label for step in episode.steps if step.label]
    return made | {f"truth/{name}": values for name, values in truths(labels).items()}


@torch.inference_mode()
def streams_of(model: ClickModel[Any], shown: Lesson) -> list[NDArray[np.float32]]:
    """The residual stream before the first block of the memory and after each: `[T, width]`."""
    with residuals(model) as found:
        model(torch.from_numpy(shown.screens), torch.from_numpy(shown.past), [len(shown.clicks)])
    return [layer.numpy() for layer in found]


def small(screen: NDArray[np.uint8]) -> NDArray[np.float32]:
    """A screen as few numbers."""
    shrunk = cv2.resize(screen, PIXELS, interpolation=cv2.INTER_AREA)
    return shrunk.astype(np.float32).reshape(-1) / np.float32(255)


def ages(steps: int) -> NDArray[np.float32]:
    """How many steps were made before each, and its square and root: what a clock alone could tell."""
    made = np.arange(steps) / 100
    return np.stack([made, made**2, np.sqrt(made)], 1).astype(np.float32)


def truths(labels: Sequence[Label]) -> dict[str, NDArray[Any]]:
    """What is true of every step: `mistake` is that the click just made erred, which the screen now shows."""
    return {
        "phase": np.array([label.phase for label in labels]),
        "position": np.array([label.position for label in labels], np.float32),
        "progress": np.array([label.progress for label in labels], np.float32),
        "in_error": np.array([label.in_error for label in labels]),
        "mistake": np.array([False, *(label.mistake for label in labels[:-1])]),
    }
