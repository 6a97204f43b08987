"""Behavioural cloning: look at lessons, predict every next click, leave a checkpoint.

Start, or resume after any end, by the same call: `train(run, out)`. A run that was killed and resumed ends
with the very bits of an unbroken one.
"""

import json
import os
import signal
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor
from torch.multiprocessing.spawn import start_processes

from clonotate.models import build, family_of
from clonotate.models.base import ClickModel
from clonotate.models.checkpoint import (
    load,
    read_page,
    read_tensors,
    save_model,
    write_atomically,
    write_tensors,
)
from clonotate.records import ClonotateError
from clonotate.training.batches import Batch, Batches, stream
from clonotate.training.curriculum import Curriculum
from clonotate.training.log import Clock, Log
from clonotate.training.schedule import average_decay, rate

STATE = "state.safetensors"
RUN = "run.json"
NEAR = 5
"""Pixels within which a guess counts as right."""
# glibc returns large blocks to the system and takes a page fault for each page when it gets them again
MALLOC = {"MALLOC_MMAP_THRESHOLD_": str(2**32), "MALLOC_TRIM_THRESHOLD_": str(2**33), "OMP_NUM_THREADS": "1"}


@dataclass(frozen=True)
class Run:
    """Everything that decides the outcome of a training; saved beside its weights."""

    curriculum: Curriculum
    preset: str = "nano"  # a name in models.PRESETS
    start: str = ""  # a checkpoint folder whose weights to go on from, with a fresh optimizer
    steps: int = 5_000
    episodes_per_step: int = 2  # a process
    processes: int = 1
    lr: float = 1e-3
    lr_end: float = 5e-5
    warmup: int = 100  # steps
    decay_from: float = 0.4  # the share of the steps before the learning rate falls
    betas: tuple[float, float] = (0.9, 0.98)
    weight_decay: float = 0.01
    clip: float = 1.0  # largest gradient norm
    average: float = 0.998  # decay of the running average of weights, which is what gets judged and shipped
    hide_past: float = 0.1  # how often a past click is hidden from the model
    bf16: bool = True
    seed: int = 0
    log_every: int = 25
    save_every: int = 250
    snapshot_every: int = 0  # steps between weights that are kept for ever; 0 for none


def train(run: Run, out: Path, max_minutes: float | None = None, device: str = "cpu") -> Path:
    """Trains until `run.steps`, `max_minutes` of this call, or SIGTERM; returns `out`, a checkpoint folder.

    Resumes what `out` holds. Raises ClonotateError if that is another run. `device` is "cpu" or "cuda"; data
    parallel over `run.processes` processes, one a core or one a GPU.
    """
    begin(run)  # what is wrong with it is said here, not in a child
    claim(run, out)
    stop = get_context("spawn").RawValue("b", 0)
    before = {number: signal.signal(number, _raise_flag(stop)) for number in (signal.SIGTERM, signal.SIGINT)}
    environ = {name: os.environ.get(name) for name in MALLOC}
    os.environ.update(MALLOC)  # read by a process as it starts, hence the children even where there is one
    try:
        with tempfile.TemporaryDirectory() as meeting:
            args = (run, out, max_minutes, device, stop, meeting)
            start: Callable[..., Any] = start_processes
            start(_fit, args, run.processes, start_method="spawn")
    finally:
        for name, value in environ.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        for number, handler in before.items():
            signal.signal(number, handler)
    return out


def claim(run: Run, out: Path) -> None:
    """Writes the run to `out`, or checks that it is the one already there."""
    out.mkdir(parents=True, exist_ok=True)
    page, path = json.dumps(page_of(run), indent=2) + "\n", out / RUN
    if path.exists() and path.read_text() != page:
        raise ClonotateError(f"{out} holds another run; give a new folder, or the settings in {path}")
    write_atomically(path, page.encode())


def page_of(run: Run) -> dict[str, Any]:
    """A run as plain JSON values."""
    page = {"curriculum_kind": type(run.curriculum).__name__} | asdict(run)
    return page if run.start else {name: value for name, value in page.items() if name != "start"}


def _raise_flag(stop: Any) -> Callable[..., None]:
    def handler(*_: Any) -> None:
        stop.value = 1

    return handler


def _fit(
    rank: int, run: Run, out: Path, max_minutes: float | None, device: str, stop: Any, meeting: str
) -> None:
    parent = os.getppid()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _raise_flag(stop))
    torch.set_num_threads(1)  # one process a core beats two threads
    torch.manual_seed(run.seed)
    place = torch.device(device, rank) if device == "cuda" else torch.device(device)

    # The model. Gradients are views of one flat tensor, which ends with what is summed along with them
    model = begin(run).to(place)
    weights = dict(model.named_parameters())
    sizes = [parameter.numel() for parameter in weights.values()]
    sums = torch.zeros(sum(sizes) + 4, device=place)
    gradient, beside = sums[:-4], sums[-4:]
    for parameter, part in zip(weights.values(), torch.split(gradient, sizes), strict=True):
        parameter.grad = part.view_as(parameter)
    average = {name: parameter.detach().clone() for name, parameter in weights.items()}
    optimizer = torch.optim.AdamW(
        list(weights.values()), run.lr, run.betas, weight_decay=run.weight_decay, fused=True
    )
    start, clock = restore(out / STATE, weights, average, optimizer)

    # Data parallel: every process has lessons of its own, and gradients are summed once a step
    if run.processes > 1:
        store = dist.FileStore(f"{meeting}/store", run.processes)
        backend = "nccl" if device == "cuda" else "gloo"
        dist.init_process_group(backend, store=store, rank=rank, world_size=run.processes)

    lessons = Batches(run.curriculum, run.episodes_per_step, run.hide_past, run.seed, rank, run.processes)
    with Log(out / "metrics.jsonl", start, run.steps, silent=rank > 0) as log:
        for step, loaded in enumerate(clock.waiting(stream(lessons, start, run.steps)), start):
            batch = loaded.to(place)
            measured = measure(model, batch) if rank == 0 and step % run.log_every == 0 else {}

            # Mixed precision: matrix products in bfloat16; weights, gradients and their sums in float32
            with torch.autocast(place.type, torch.bfloat16, enabled=run.bf16):
                losses = model.loss(batch.screens, batch.past, batch.lengths, batch.clicks)
            loss = (losses * batch.weight).sum()
            sums.zero_()
            loss.backward()  # type: ignore[no-untyped-call]

            over = stop.value or (max_minutes is not None and clock.here() >= max_minutes)
            beside.copy_(torch.stack((loss.detach(), batch.weight.sum(), *torch.tensor([len(losses), over]))))
            if run.processes > 1:
                dist.all_reduce(sums)
            if os.getppid() != parent:
                return  # killed: whoever resumes starts from the last checkpoint
            total, weight, frames, stopping = beside.tolist()

            gradient /= weight
            norm = gradient.norm().item()
            gradient *= min(1.0, run.clip / (norm + 1e-6))
            lr = rate(step, run.steps, run.warmup, run.lr, run.lr_end, run.decay_from)
            optimizer.param_groups[0]["lr"] = lr
            optimizer.step()
            for name, parameter in weights.items():
                average[name].lerp_(parameter.detach(), 1 - average_decay(step, run.average))

            clock.count(frames)
            log.advance(step)
            if measured:
                log.write(step, loss=total / weight, **measured, lr=lr, grad_norm=norm, **clock.lap())
            last = stopping or step + 1 == run.steps
            if rank == 0 and (last or (step + 1) % run.save_every == 0):
                save(out, run, model, weights, average, optimizer, step + 1, clock)
            if stopping:
                break
    if run.processes > 1:
        dist.destroy_process_group()


def begin(run: Run) -> ClickModel[Any]:
    """The network before the first step. Raises ClonotateError where `run.start` is of another preset."""
    model = build(run.preset)
    if run.start:
        page = read_page(Path(run.start))
        if (page["family"], page["settings"]) != (family_of(model), model.settings):
            raise ClonotateError(f"{run.start} is not a {run.preset} model: it cannot be gone on from as one")
        model.load_state_dict(load(run.start).state_dict())
    return model


@torch.no_grad()
def measure(model: ClickModel[Any], batch: Batch) -> dict[str, Any]:
    """Nats a click, and the share of best guesses within 5 pixels of the target, by kind of action."""
    with torch.autocast(batch.screens.device.type, torch.bfloat16):
        guess = model(batch.screens, batch.past, batch.lengths)
        nll, miss = guess.nll(batch.clicks), guess.argmax() - batch.clicks
    near = (miss.square().sum(1) <= NEAR**2).tolist()
    by_kind: dict[str, list[bool]] = {}
    for kind, hit in zip(batch.kinds, near, strict=True):
        by_kind.setdefault(kind, []).append(hit)
    share = {kind: sum(hits) / len(hits) for kind, hits in sorted(by_kind.items())}
    return {"nll": (nll * batch.weight).sum().item() / batch.weight.sum().item(), "near": share}


def save(
    out: Path,
    run: Run,
    model: ClickModel[Any],
    weights: Mapping[str, Tensor],
    average: dict[str, Tensor],
    optimizer: torch.optim.Optimizer,
    step: int,
    clock: Clock,
) -> None:
    """All that the next step depends on to one file, and the averaged weights as a checkpoint to act with."""
    moments = {name: optimizer.state[parameter] for name, parameter in weights.items()}
    counts = {"step": step, "frames": clock.frames, "minutes": clock.minutes()}
    tensors = {name: torch.tensor(float(count), dtype=torch.float64) for name, count in counts.items()}
    for name, parameter in weights.items():
        tensors[f"weight.{name}"], tensors[f"average.{name}"] = parameter, average[name]
        tensors[f"first.{name}"] = moments[name]["exp_avg"]
        tensors[f"second.{name}"] = moments[name]["exp_avg_sq"]
    write_tensors(out / STATE, tensors)
    save_model(out, model, average, page_of(run), counts)
    if run.snapshot_every and step % run.snapshot_every == 0:
        save_model(out / "snapshots" / f"{step:06d}", model, average, page_of(run), counts)


def restore(
    path: Path, weights: Mapping[str, Tensor], average: dict[str, Tensor], optimizer: torch.optim.Optimizer
) -> tuple[int, Clock]:
    """Reads back what `save` wrote, in place: the next step, and the clock. A fresh start if none is."""
    if not path.exists():
        return 0, Clock()
    tensors = read_tensors(path)
    step = int(tensors["step"])
    for name, parameter in weights.items():
        parameter.data.copy_(tensors[f"weight.{name}"])
        average[name].copy_(tensors[f"average.{name}"])
        optimizer.state[parameter] = {
            "step": torch.tensor(float(step), device=parameter.device),
            "exp_avg": tensors[f"first.{name}"].to(parameter.device),
            "exp_avg_sq": tensors[f"second.{name}"].to(parameter.device),
        }
    return step, Clock(tensors["minutes"].item(), tensors["frames"].item())
