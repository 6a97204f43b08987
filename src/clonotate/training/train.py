"""Behavioural cloning: look at lessons, predict every next click, leave a checkpoint.

Start, or resume after any end, by the same call: `train(run, out)`. A run that was killed and resumed ends
with the very bits of an unbroken one.
"""

import json
import os
import signal
import tempfile
from collections.abc import Callable
from dataclasses import MISSING, asdict, dataclass, fields
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor
from torch.multiprocessing.spawn import start_processes

from clonotate.evaluation.contenders import folder_of
from clonotate.models import build, family_of
from clonotate.models.base import ClickModel
from clonotate.models.checkpoint import load, network_page, save_model
from clonotate.records import ClonotateError
from clonotate.training import heap
from clonotate.training.batches import Batch, Batches, stream
from clonotate.training.curriculum import Curriculum
from clonotate.training.log import Log
from clonotate.training.optimizer import Optimizer
from clonotate.training.precision import fast_bfloat16
from clonotate.training.schedule import average_decay, rate
from clonotate.training.state import State
from clonotate.whole import write_whole

RUN = "run.json"
NEAR = 5
"""Pixels within which a guess counts as right."""
ENVIRONMENT = heap.KEEPING | {"OMP_NUM_THREADS": "1"}


@dataclass(frozen=True)
class Run:
    """Everything that decides the outcome of a training; saved beside its weights."""

    curriculum: Curriculum
    preset: str = "nano"  # a name in models.PRESETS
    start: str = ""  # a checkpoint to go on from with a fresh optimizer: a folder, or a name like "shipped"
    steps: int = 5_000
    episodes_per_step: int = 2  # a process
    processes: int = 1
    lr: float = 1e-3
    lr_end: float = 5e-5
    warmup: int = 100  # steps
    decay_from: float = 0.4  # the share of the steps before the learning rate falls
    betas: tuple[float, float] = (0.9, 0.98)
    weight_decay: float = 0.01
    turn: float = 2.0  # Muon's learning rate over AdamW's; 0 gives matrices to AdamW too
    clip: float = 1.0  # largest gradient norm
    average: float = 0.998  # decay of the running average of weights, which is what gets judged and shipped
    hide_past: float = 0.1  # how often a past click is hidden from the model
    foresight: bool = False  # learn to foresee what will be drawn, too, where a task tells of it
    bf16: bool = True  # multiply in bfloat16, where the device does that fast
    seed: int = 0
    log_every: int = 25
    save_every: int = 250
    snapshot_every: int = 0  # steps between weights that are kept for ever; 0 for none


@dataclass(frozen=True)
class Call:
    """One call of `train`: what does not decide the outcome, the same for all its processes."""

    out: Path
    device: str
    workers: int
    end: int  # the step to rest at before
    max_minutes: float | None
    stop: Any  # a flag in shared memory
    meeting: str  # where the processes find each other

    def place(self, rank: int) -> torch.device:
        """Where a process computes."""
        return torch.device(self.device, rank) if self.device == "cuda" else torch.device(self.device)

    def over(self, minutes: float) -> bool:
        """Whether to end now: somebody said so, or the time is up."""
        return bool(self.stop.value) or (self.max_minutes is not None and minutes >= self.max_minutes)


def train(
    run: Run,
    out: Path,
    max_minutes: float | None = None,
    device: str = "cpu",
    workers: int | None = None,
    until: int | None = None,
) -> Path:
    """Trains until `run.steps`, `max_minutes` of this call, or SIGTERM; returns `out`, a checkpoint folder.

    `until` is a step to rest at before, for who wants to look at what was learnt so far and go on.
    Resumes what `out` holds. Raises ClonotateError if that is another run. `device` is "cpu" or "cuda"; data
    parallel over `run.processes` processes, one a core or one a GPU. `workers` render lessons for each of
    them: one beside a core, and beside GPUs as many as there are cores, unless given.
    """
    if workers is None:
        workers = min(16, max(1, (os.cpu_count() or 1) // run.processes)) if device == "cuda" else 1
    begin(run)  # what is wrong with it is said here, not in a child
    claim(run, out)
    stop = get_context("spawn").RawValue("b", 0)
    before = _heed(stop)
    environ = {name: os.environ.get(name) for name in ENVIRONMENT}
    os.environ.update(
        ENVIRONMENT
    )  # read by a process as it starts, hence the children even where there is one
    try:
        with tempfile.TemporaryDirectory() as meeting:
            end = min(until or run.steps, run.steps)
            call = Call(out, device, workers, end, max_minutes, stop, f"file://{meeting}/store")
            spawn: Callable[..., Any] = start_processes
            spawn(_fit, (run, call), run.processes, start_method="spawn")
    finally:
        for name, value in environ.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        for number, handler in before.items():
            signal.signal(number, handler)
    return out


def claim(run: Run, out: Path) -> None:
    """Writes the run to `out`, or checks that it is the one already there."""
    out.mkdir(parents=True, exist_ok=True)
    page, path = plain(run), out / RUN
    if path.exists():
        held = unsaid(run) | json.loads(path.read_text())
        held["curriculum"] = unsaid(run.curriculum) | held["curriculum"]
        if json.loads(json.dumps(held)) != page:
            raise ClonotateError(f"{out} holds another run; give a new folder, or the settings in {path}")
    else:
        write_whole(path, (json.dumps(page, indent=2) + "\n").encode())


def unsaid(settings: Any) -> dict[str, Any]:
    """The settings of a dataclass that have defaults: an older file need not name the newer ones."""
    return {one.name: one.default for one in fields(settings) if one.default is not MISSING}


def plain(run: Run) -> dict[str, Any]:
    """A run as plain JSON values."""
    page: dict[str, Any] = json.loads(json.dumps(asdict(run)))
    return {"curriculum_kind": type(run.curriculum).__name__} | page


def _heed(stop: Any) -> dict[int, Any]:
    """From now on SIGTERM and SIGINT raise the flag that ends the loop; returns what they did before."""

    def raise_flag(*_: Any) -> None:
        stop.value = 1

    return {number: signal.signal(number, raise_flag) for number in (signal.SIGTERM, signal.SIGINT)}


def _fit(rank: int, run: Run, call: Call) -> None:
    parent = os.getppid()
    _heed(call.stop)
    torch.set_num_threads(1)  # one process a core beats two threads
    torch.manual_seed(run.seed)
    place = call.place(rank)
    bf16 = run.bf16 and fast_bfloat16(place)
    model = begin(run).to(place)
    optimizer = optimizer_of(model, run, bf16)
    state = State.of(model, optimizer)
    state.restore(call.out)
    sums = flat_gradients(model, 4)
    gradient, beside = sums[:-4], sums[-4:]

    # Data parallel: every process has lessons of its own, and gradients are summed once a step
    if run.processes > 1:
        backend = "nccl" if place.type == "cuda" else "gloo"
        dist.init_process_group(backend, call.meeting, rank=rank, world_size=run.processes)

    lessons = Batches(run.curriculum, run.episodes_per_step, run.hide_past, run.seed, rank, run.processes)
    with Log(call.out / "metrics.jsonl", state.step, run.steps, silent=rank > 0) as log:
        batches = stream(lessons, state.step, call.end, call.workers, pin=place.type == "cuda")
        for loaded in state.clock.waiting(batches):
            step, batch = state.step, loaded.to(place)
            measured = measure(model, batch, bf16) if rank == 0 and step % run.log_every == 0 else {}
            sums.zero_()
            totals = learn(model, batch, bf16)
            for slot, what in zip(beside, (*totals, call.over(state.clock.here())), strict=True):
                slot.fill_(what)
            if run.processes > 1:
                dist.all_reduce(sums)
            if os.getppid() != parent:
                return  # killed: whoever resumes starts from the last checkpoint

            norm = clip(gradient, beside[1], run.clip)
            lr = rate(step, run.steps, run.warmup, run.lr, run.lr_end, run.decay_from)
            optimizer.step(lr)
            total, weight, frames, over = beside.tolist()  # the one time in a step that a GPU is waited for
            state.follow(average_decay(step, run.average), frames)

            if state.step % heap.EVERY == 0:
                heap.tidy()
            log.advance(step)
            if measured:
                facts = {"loss": total / max(weight, 1), **measured, "lr": lr, "grad_norm": norm.item()}
                log.write(step, **facts, **state.clock.lap())
            if rank == 0 and (over or state.step == call.end or state.step % run.save_every == 0):
                save(call.out, run, state)
            if over:
                break
    if run.processes > 1:
        dist.destroy_process_group()


def optimizer_of(model: ClickModel[Any], run: Run, bf16: bool) -> Optimizer:
    """What turns gradients into steps, for the weights that learn, each at its own pace."""
    learning = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
    paces = [model.pace(name) for name in learning]
    return Optimizer(list(learning.values()), run.betas, run.weight_decay, run.turn, paces, bf16)


def learn(model: ClickModel[Any], batch: Batch, bf16: bool) -> tuple[Tensor, Tensor, int]:
    """Adds a batch's gradients to those of the model; its loss and its weight, summed, and its frames."""
    # Mixed precision: matrix products in bfloat16; weights, gradients and their sums in float32
    with torch.autocast(batch.screens.device.type, torch.bfloat16, enabled=bf16):
        losses = model.loss(batch.screens, batch.past, batch.lengths, batch.clicks, batch.ahead)
    loss = (losses * batch.weight).sum()
    loss.backward()  # type: ignore[no-untyped-call]
    return loss.detach(), batch.weight.sum(), len(losses)


def clip(gradient: Tensor, weight: Tensor, most: float) -> Tensor:
    """Makes a sum of gradients their mean by `weight`, no longer than `most`; returns its norm before."""
    gradient /= weight.clamp(min=1)  # a session of runs alone teaches nothing
    norm: Tensor = gradient.norm()
    gradient *= (most / (norm + 1e-6)).clamp(max=1)
    return norm


def flat_gradients(model: ClickModel[Any], more: int) -> Tensor:
    """One float32 tensor that the gradients of what learns are views of, with `more` places at its end."""
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    sizes = [parameter.numel() for parameter in learning]
    flat = torch.zeros(sum(sizes) + more, device=learning[0].device)
    for parameter, part in zip(learning, torch.split(flat[: sum(sizes)], sizes), strict=True):
        parameter.grad = part.view_as(parameter)
    return flat


def begin(run: Run) -> ClickModel[Any]:
    """The network before the first step. Raises ClonotateError where `run.start` is not one of its preset."""
    model = build(run.preset, **({"foresight": True} if run.foresight else {}))
    if run.start:
        folder = folder_of(run.start)
        page = network_page(folder, run.start)
        if (page["family"], page["settings"]) != (family_of(model), model.settings):
            raise ClonotateError(f"{run.start} is not a {run.preset} model: it cannot be gone on from as one")
        model.load_state_dict(load(folder).state_dict(), strict=not run.foresight)
    return model


@torch.no_grad()
def measure(model: ClickModel[Any], batch: Batch, bf16: bool = False) -> dict[str, Any]:
    """Nats a click, and the share of best guesses within 5 pixels of the target, by kind of action."""
    with torch.autocast(batch.screens.device.type, torch.bfloat16, enabled=bf16):
        guess = model(batch.screens, batch.past, batch.lengths)
        nll, miss = guess.nll(batch.clicks), guess.argmax() - batch.clicks
    near = (miss.square().sum(1) <= NEAR**2).tolist()
    by_kind: dict[str, list[bool]] = {}
    for kind, hit in zip(batch.kinds, near, strict=True):
        by_kind.setdefault(kind, []).append(hit)
    share = {kind: sum(hits) / len(hits) for kind, hits in sorted(by_kind.items())}
    return {"nll": (nll * batch.weight).sum().item() / max(batch.weight.sum().item(), 1), "near": share}


def save(out: Path, run: Run, state: State) -> None:
    """The state to go on from, and the averaged weights as a checkpoint to act with."""
    state.save(out)
    folders = [out]
    if run.snapshot_every and state.step % run.snapshot_every == 0:
        folders.append(out / "snapshots" / f"{state.step:06d}")
    for folder in folders:
        save_model(folder, state.model, state.average, plain(run), state.counts)
