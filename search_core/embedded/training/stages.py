"""The stages of the recipe, in order; each leaves a file and is skipped where it exists."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from torch import nn

from search_core.embedded.training.demonstrations import Shard, make_shard, sample_texts
from search_core.embedded.training.examples import ExampleStore
from search_core.embedded.training.loop import Job, train
from search_core.embedded.training.model import LanguageModel, Shape
from search_core.embedded.training.reporting import Report
from search_core.embedded.training.settings import Settings
from search_core.embedded.training.tokenizer import train_tokenizer
from search_core.embedded.training.workers import map_in_processes


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where the recipe works, and with what.

    Attributes:
        out: Finished model folders go here; intermediate files into its folder "work".
        settings: Sizes and rates.
        workers: Processes.
        device: Where models train and decode.
    """

    out: Path
    settings: Settings
    workers: int
    device: str

    @property
    def work(self) -> Path:
        return self.out / "work"

    @property
    def tokenizer_folder(self) -> Path:
        return self.work / "tokenizer"

    @property
    def training_workers(self) -> int:
        return self.workers if self.device == "cpu" else 1


def make_tokenizer(shop: Workshop) -> None:
    if (shop.tokenizer_folder / "tokenizer.json").exists():
        return
    seed = f"tokenizer/{shop.settings.seed}"
    tokenizer = train_tokenizer(sample_texts(shop.settings.tokenizer_problems, seed))
    tokenizer.save_pretrained(shop.tokenizer_folder)


def solver_data(shop: Workshop) -> Path:
    path = shop.work / "solver-data.npz"
    if not path.exists():
        settings = shop.settings
        count = settings.demonstrations // settings.examples_per_shard
        shards = [
            Shard(shop.tokenizer_folder, settings.examples_per_shard, f"{settings.seed}/{index}")
            for index in range(count)
        ]
        with Report("Worked solutions (shards)", count) as report:
            stores = map_in_processes(make_shard, shards, shop.workers, report.update)
        ExampleStore.join(stores).save(path)
    return path


def build_solver(shape: Shape) -> nn.Module:
    return LanguageModel(shape)


def solver_job(shop: Workshop) -> Job:
    settings = shop.settings
    return Job(
        title="Solver (tokens)",
        build=partial(build_solver, settings.shape),
        data=solver_data(shop),
        folder=shop.work / "solver",
        tokens=settings.solver_tokens,
        tokens_per_batch=settings.tokens_per_update // shop.training_workers,
        muon_rate=settings.muon_rate,
        adam_rate=settings.adam_rate,
        language_weight=1.0,
        score_weight=0.0,
        seed=settings.seed,
        workers=shop.training_workers,
        device=shop.device,
        compiled=settings.compiled,
    )


def train_solver(shop: Workshop) -> None:
    make_tokenizer(shop)
    train(solver_job(shop))
