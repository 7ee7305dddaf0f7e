"""The stages that make the solver. Each leaves a file and is skipped where that exists."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from search_core.embedded.training.demonstrations import Shard, make_shard, sample_texts
from search_core.embedded.training.examples import ExampleStore
from search_core.embedded.training.export import export_solver
from search_core.embedded.training.loop import Job, train
from search_core.embedded.training.model import LanguageModel, Shape
from search_core.embedded.training.reporting import Report
from search_core.embedded.training.tokenizer import load_tokenizer, train_tokenizer
from search_core.embedded.training.workers import map_in_processes
from search_core.embedded.training.workshop import Workshop


def make_tokenizer(shop: Workshop) -> None:
    if (shop.tokenizer_folder / "tokenizer.json").exists():
        return
    seed = f"tokenizer/{shop.settings.seed}"
    tokenizer = train_tokenizer(sample_texts(shop.settings.tokenizer_problems, seed))
    tokenizer.save_pretrained(shop.tokenizer_folder)


def solver_data(shop: Workshop) -> Path:
    """Worked solutions of training problems."""
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


def train_solver(shop: Workshop) -> None:
    """Trains the solver and writes its folder."""
    settings = shop.settings
    job = Job(
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
    finished = train(job)
    tokenizer = load_tokenizer(shop.tokenizer_folder)
    export_solver(
        finished["model"], settings.shape, tokenizer, settings.sampling, shop.solver_folder
    )
    shop.note("solver", {key: finished[key] for key in ("tokens", "seconds", "loss")})


def build_solver(shape: Shape) -> LanguageModel:
    return LanguageModel(shape)
