"""The training loop, the same for the solver and for both stages of the verifier.

Every worker process holds the whole model, takes its own batches, and averages gradients
with the others, so all stay identical. The learning rate warms up, stays, and cools down
linearly to zero over the last part; progress is counted in tokens.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import nn
from torch.multiprocessing.spawn import start_processes

from search_core.embedded.training.examples import ExampleStore, TrainingBatch, batches
from search_core.embedded.training.model import LanguageModel
from search_core.embedded.training.muon import Optimizer
from search_core.embedded.training.objective import (
    compile_layers,
    half_precision_pays,
    losses_of,
    multiply_in_half_precision,
    rate_factor,
)
from search_core.embedded.training.reporting import Report
from search_core.embedded.training.workers import processes

_CLIP = 1.0
_SECONDS_BETWEEN_CHECKPOINTS = 60.0


@dataclass(frozen=True, slots=True)
class Job:
    """Everything that one training run needs; picklable.

    Attributes:
        title: For the progress bar.
        build: Makes the untrained (or earlier trained) model.
        data: File of an `ExampleStore`.
        folder: Where checkpoints go.
        tokens: How many tokens to train on, all workers together.
        tokens_per_batch: Per worker and update, padding included.
        muon_rate, adam_rate: Peak learning rates.
        language_weight, score_weight: Weights of the two losses.
        step_ends: Ids of the tokens that end a step.
        seed: Sets the order of the data.
        workers: Processes.
        device: "cpu", "cuda" or "mps"; anything but "cpu" needs one worker.
        compiled: Whether to compile the layers: half a minute, then about 1.5 times as fast.
        keep: After how many tokens each the weights are kept (`kept_path`), rising.
    """

    title: str
    build: Callable[[], LanguageModel]
    data: Path
    folder: Path
    tokens: int
    tokens_per_batch: int
    muon_rate: float
    adam_rate: float
    language_weight: float
    score_weight: float
    step_ends: tuple[int, ...]
    seed: int
    workers: int
    device: str
    compiled: bool
    keep: tuple[int, ...] = ()

    @property
    def finished_path(self) -> Path:
        return self.folder / "finished.pt"

    @property
    def checkpoint_path(self) -> Path:
        return self.folder / "checkpoint.pt"

    def kept_path(self, tokens: int) -> Path:
        """Where the weights are that it had after so many tokens."""
        return self.folder / f"kept-{tokens}.pt"


def train(job: Job) -> dict[str, Any]:
    """Trains until `job.tokens`, resuming from the last checkpoint where there is one.

    Returns:
        The finished checkpoint: "model" (state dict), "tokens", "seconds", "loss".
    """
    job.folder.mkdir(parents=True, exist_ok=True)
    if not job.finished_path.exists():
        if job.workers == 1:
            _work(0, job, 0)
        else:
            start_processes(  # type: ignore[no-untyped-call]
                _work,
                args=(job, _free_port()),
                nprocs=job.workers,
                start_method=processes().get_start_method(),
            )
    finished: dict[str, Any] = torch.load(job.finished_path, weights_only=True)
    return finished


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _work(rank: int, job: Job, port: int) -> None:
    if job.workers > 1:
        torch.set_num_threads(1)
        os.environ["MASTER_ADDR"], os.environ["MASTER_PORT"] = "127.0.0.1", str(port)
        dist.init_process_group("gloo", rank=rank, world_size=job.workers)
    elif job.device == "cpu":
        torch.set_num_threads(1)
    try:
        _Run(rank, job).train()
    finally:
        if job.workers > 1:
            dist.destroy_process_group()


class _Run:
    """One worker's side of a training run."""

    def __init__(self, rank: int, job: Job) -> None:
        torch.manual_seed(job.seed)
        self.rank, self.job = rank, job
        self.model = job.build().to(job.device)
        if half_precision_pays(job.device):
            multiply_in_half_precision(self.model)
        if job.compiled:
            compile_layers(self.model)
        self.optimizer = Optimizer(self.model, job.muon_rate, job.adam_rate)
        self.steps, self.tokens, self.seconds = 0, 0, 0.0
        self.loss: dict[str, float] = {}
        if job.checkpoint_path.exists():
            self._resume()
        self.since_checkpoint = time.monotonic()

    def _resume(self) -> None:
        saved = torch.load(self.job.checkpoint_path, weights_only=True, map_location="cpu")
        self.model.load_state_dict(saved["model"])
        self.optimizer.load_state_dict(saved["optimizer"])
        self.steps, self.tokens = saved["steps"], saved["tokens"]
        self.seconds, self.loss = saved["seconds"], saved["loss"]

    def train(self) -> None:
        job = self.job
        store = ExampleStore.load(job.data)
        stream = batches(store, job.tokens_per_batch, job.seed, self.rank, job.workers)
        for _ in range(self.steps):
            next(stream)
        earlier = self.seconds
        with Report(job.title, job.tokens) if self.rank == 0 else _Silence() as report:
            while self.tokens < job.tokens:
                before = self.tokens
                self._update(next(stream))
                if self.rank == 0:
                    self._keep(before)
                    self.seconds = earlier + report.seconds
                    note = " ".join(f"{k} {v:.4f}" for k, v in self.loss.items())
                    report.update(self.tokens, note)
                    if time.monotonic() - self.since_checkpoint > _SECONDS_BETWEEN_CHECKPOINTS:
                        self._save(job.checkpoint_path)
        if self.rank == 0:
            self._save(job.finished_path)

    def _update(self, batch: TrainingBatch) -> None:
        batch = TrainingBatch(*(part.to(self.job.device) for part in batch))
        losses = losses_of(self.model, batch, self.job.step_ends)
        total = (
            self.job.language_weight * losses["language"] + self.job.score_weight * losses["score"]
        )
        for parameter in self.model.parameters():
            parameter.grad = None
        total.backward()  # type: ignore[no-untyped-call]
        tokens = self._average_gradients(int((batch.tokens != 0).sum()))
        nn.utils.clip_grad_norm_(self.model.parameters(), _CLIP)
        self.optimizer.step(rate_factor(self.tokens / self.job.tokens))
        self.tokens += tokens
        self.steps += 1
        for name, value in losses.items():
            self.loss[name] = _smooth(self.loss.get(name), float(value.detach()))

    def _average_gradients(self, tokens: int) -> int:
        """Averages gradients over the workers; returns the tokens that all have seen."""
        if self.job.workers == 1:
            return tokens
        for parameter in self.model.parameters():
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        gradients = [p.grad for p in self.model.parameters() if p.grad is not None]
        flat = torch.cat([g.flatten() for g in gradients] + [torch.tensor([float(tokens)])])
        dist.all_reduce(flat)
        all_tokens = int(flat[-1])
        flat /= self.job.workers
        start = 0
        for gradient in gradients:
            end = start + gradient.numel()
            gradient.copy_(flat[start:end].view_as(gradient))
            start = end
        return all_tokens

    def _keep(self, before: int) -> None:
        """Keep the weights wherever the last update passed a number that is to be kept."""
        for tokens in self.job.keep:
            if before < tokens <= self.tokens:
                kept = {"model": self.model.state_dict(), "tokens": self.tokens}
                torch.save(kept, self.job.kept_path(tokens))

    def _save(self, path: Path) -> None:
        self.since_checkpoint = time.monotonic()
        partial = path.with_suffix(".partial")
        torch.save(
            {
                "model": self.model.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "steps": self.steps,
                "tokens": self.tokens,
                "seconds": self.seconds,
                "loss": self.loss,
            },
            partial,
        )
        partial.replace(path)


def _smooth(earlier: float | None, latest: float) -> float:
    return latest if earlier is None else 0.98 * earlier + 0.02 * latest


class _Silence:
    """Stands in for a report in the workers that do not report."""

    seconds = 0.0

    def __enter__(self) -> _Silence:
        return self

    def __exit__(self, *details: object) -> None:
        return None

    def update(self, done: int, note: str = "") -> None:
        return None
