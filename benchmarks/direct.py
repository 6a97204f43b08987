"""Direct prediction: from pictures straight to the final labels, without an interface and without clicks.

    python benchmarks/direct.py --task colored-dot-tracking --instances 500 --minutes 60 --json direct.json

What does cloning a person's clicks add, and what does it cost? The same encoder as the pointer's, on the bare
pictures, trained on so many labelled instances: is there a label in a cell of 8 px, where in it, and of which
rank. Dots: every slice by itself, ranks by hue. Neurons: two slices and the place in the first, from slice to
slice (a regressor that sees one slice cannot know which neurite is meant). The graded parts are those of
`score`; nobody has to press Done.
"""

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from clonotate.evaluation.intervals import bootstrap, wilson
from clonotate.models.distinct import CELL, census, gather
from clonotate.models.scene import Encoder
from clonotate.tasks import task_named
from clonotate.training.curriculum import FIRST_TRAINING_SEED
from clonotate.whole import write_whole

WIDTH = 192  # of the pointer's preset `nano`
SLICES = 24  # a step
SPREAD = 6.0  # px, of the blob that tells where a neurite was
ASTRAY = 3.0  # px, how far from the middle it lies in training, as a regressor's own places do
Labels = NDArray[np.float32]  # [K, 3]: x, y in pixels, and the rank in [0, 1]


@dataclass(frozen=True)
class Dots:
    """Every slice by itself; all places more likely than not, in the order of their ranks."""

    name = "colored-dot-tracking"

    def examples(self, world: Any, rng: np.random.Generator) -> Iterator[tuple[NDArray[np.uint8], Labels]]:
        """Pictures with their labels."""
        dots = world.stack.truth
        ranks = np.linspace(0, 1, len(dots))
        for z, image in enumerate(world.stack.images):
            here = dots[:, 2] == z
            yield image, np.column_stack((dots[here, :2], ranks[here])).astype(np.float32)

    def annotate(self, model: "Direct", world: Any) -> Any:
        """The world with the markers that a model sees."""
        with torch.no_grad():
            there, *details = model(torch.from_numpy(world.stack.images)).sigmoid().unbind(-1)
        found: list[tuple[float, int, int, int]] = []
        for z, row, column in sorted(
            (there > 0.5).nonzero().tolist(), key=lambda at: -float(there[tuple(at)])
        ):
            dx, dy, rank = (float(part[z, row, column]) for part in details)
            x, y = int((column + dx) * CELL), int((row + dy) * CELL)
            if all(z != c or abs(x - a) + abs(y - b) > CELL for _, a, b, c in found):
                found.append((rank, x, y, z))
        return replace(world, markers=tuple(place for _, *place in map(tuple, sorted(found))))


@dataclass(frozen=True)
class Neurons:
    """From slice to slice: the most likely place, given where it was."""

    name = "neuron-tracking"

    def examples(self, world: Any, rng: np.random.Generator) -> Iterator[tuple[NDArray[np.uint8], Labels]]:
        """Pictures with their labels."""
        centers = world.stack.centers
        for z in range(1, len(centers)):
            if centers[z - 1] and centers[z]:
                was = centers[z - 1] + rng.normal(0, ASTRAY, 2)
                yield picture(world.stack.images, z, was), np.array([[*centers[z], 0]], np.float32)

    def annotate(self, model: "Direct", world: Any) -> Any:
        """The world with a node in every slice."""
        images = world.stack.images
        nodes = [(images.shape[2] // 2, images.shape[1] // 2, 0)]
        for z in range(1, len(images)):
            shown = torch.from_numpy(picture(images, z, np.array(nodes[-1][:2])))
            with torch.no_grad():
                found = model(shown[None])[0]
            best = int(found[..., 0].argmax())
            dx, dy = found.view(-1, 4)[best, 1:3].sigmoid().tolist()
            row, column = divmod(best, found.shape[1])
            nodes.append((int((column + dx) * CELL), int((row + dy) * CELL), z))
        return replace(world, nodes=tuple(nodes))


TASKS: dict[str, Dots | Neurons] = {task.name: task for task in (Dots(), Neurons())}


def picture(images: NDArray[np.uint8], z: int, was: NDArray[Any]) -> NDArray[np.uint8]:
    """A slice, the one before it, and a blob where the neurite was: uint8 `[H, W, 3]`."""
    y, x = np.indices(images.shape[1:])
    blob = 255 * np.exp(-((x - was[0]) ** 2 + (y - was[1]) ** 2) / (2 * SPREAD**2))
    return np.stack((images[z], images[z - 1], blob.astype(np.uint8)), -1)


class Direct(nn.Module):
    """Pictures to cells: the pointer's encoder, and four numbers a cell."""

    def __init__(self, width: int = WIDTH) -> None:
        super().__init__()
        self.fine = width // 3
        self.encoder = Encoder(self.fine, 2 * width // 3)
        self.head = nn.Sequential(nn.Linear(self.fine, width), nn.GELU(), nn.Linear(width, 4))

    def forward(self, pictures: Tensor) -> Tensor:
        """pictures: uint8 `[N, H, W, 3]`. Returns logits `[N, H/8, W/8, 4]`: there, x, y, rank."""
        scene = self.encoder(pictures, census)
        found = gather(self.head(scene.cells.view(-1, self.fine)).view(-1, 16), scene.cell_ids)
        count, rows, columns, _ = found.shape
        cells = found.view(count, rows, columns, 2, 2, 4).transpose(2, 3)
        return cells.reshape(count, 2 * rows, 2 * columns, 4).float()


def loss(found: Tensor, labels: list[Labels], one: bool) -> Tensor:
    """Cross-entropy of where labels are (`one`: exactly one a picture), and distances of the details."""
    wanted = torch.zeros(found.shape[:3])
    at = [(n, int(y) // CELL, int(x) // CELL) for n, some in enumerate(labels) for x, y, _ in some]
    if not at:
        return functional.softplus(found[..., 0]).mean()
    where = tuple(torch.tensor(at).T)
    wanted[where] = 1
    if one:
        there = functional.cross_entropy(found[..., 0].flatten(1), wanted.flatten(1).argmax(1))
    else:
        there = functional.binary_cross_entropy_with_logits(found[..., 0], wanted, reduction="sum") / len(at)
    exact = torch.tensor(np.concatenate(labels))
    exact[:, :2] = exact[:, :2] / CELL % 1
    return there + (found[where][:, 1:].sigmoid() - exact).abs().sum(1).mean()


def main() -> None:
    """Train on instances, annotate others, and print the graded parts."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--task", choices=TASKS, default=Dots.name)
    options.add_argument("--level", default="standard")
    options.add_argument("--instances", type=int, default=500, help="labelled ones to learn from")
    options.add_argument("--minutes", type=float, default=60)
    options.add_argument("--episodes", type=int, default=100, help="worlds to annotate")
    options.add_argument("--seed", type=int, default=20_000, help="of the first of them")
    options.add_argument("--json", type=Path)
    chosen = options.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    model, begun = Direct(), time.monotonic()
    steps = learn(model, chosen, begun + 60 * chosen.minutes)
    found = judged(model.eval(), chosen) | {
        "steps": steps,
        "parameters": sum(p.numel() for p in model.parameters()),
    }
    found |= {name: getattr(chosen, name) for name in ("task", "level", "instances", "minutes", "seed")}
    print(json.dumps(found, indent=2))
    if chosen.json:
        write_whole(chosen.json, (json.dumps(found, indent=2) + "\n").encode())


def learn(model: Direct, chosen: argparse.Namespace, end: float) -> int:
    """Steps until time is up; the learning rate falls to nothing with the time that is left."""
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3, betas=(0.9, 0.98), weight_decay=0.01)
    task, rng, begun = TASKS[chosen.task], np.random.default_rng(0), time.monotonic()
    steps = 0
    while (now := time.monotonic()) < end:
        world = instance(chosen.task, chosen.level, FIRST_TRAINING_SEED + int(rng.integers(chosen.instances)))
        shown, labels = zip(*task.examples(world, rng), strict=True)
        some = rng.permutation(len(shown))[:SLICES]
        optimizer.param_groups[0]["lr"] = 1e-3 * min(1, (steps + 1) / 50) * (end - now) / (end - begun)
        with torch.autocast("cpu", torch.bfloat16):
            found = model(torch.from_numpy(np.stack([shown[k] for k in some])))
        optimizer.zero_grad()
        loss(found, [labels[k] for k in some], isinstance(task, Neurons)).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        steps += 1
    return steps


@lru_cache(maxsize=128)
def instance(task: str, level: str, seed: int) -> Any:
    """A world with its truth."""
    return task_named(task, level).begin(np.random.default_rng(seed))


def judged(model: Direct, chosen: argparse.Namespace) -> dict[str, Any]:
    """The graded parts and the share all right, with 95 % intervals."""
    task, scorer = TASKS[chosen.task], task_named(chosen.task, chosen.level)
    seeds = range(chosen.seed, chosen.seed + chosen.episodes)
    scores = [scorer.score(task.annotate(model, instance(chosen.task, chosen.level, seed))) for seed in seeds]
    right = sum(score.success for score in scores)
    found: dict[str, Any] = {"episodes": len(scores), "success": right / len(scores)}
    found["success_interval"] = list(wilson(right, len(scores)))
    for name in scores[0].parts:
        values = [score.parts[name] for score in scores]
        found[name], found[f"{name}_interval"] = float(np.mean(values)), list(bootstrap(values))
    return found


if __name__ == "__main__":
    main()
