"""The stages that make the solver. Each leaves a file and is skipped where that exists."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from search_core.embedded.training.demonstrations import (
    BASE_WEIGHTS,
    SOLVER_WEIGHTS,
    Shard,
    make_shard,
    sample_texts,
)
from search_core.embedded.training.examples import ExampleStore
from search_core.embedded.training.export import export_solver
from search_core.embedded.training.model import DecoderShape, LanguageModel
from search_core.embedded.training.reporting import Report
from search_core.embedded.training.settings import ModelSize
from search_core.embedded.training.tokenizer import load_tokenizer, train_tokenizer
from search_core.embedded.training.training_stage import Lesson, teach
from search_core.embedded.training.verifier_model import read_state
from search_core.embedded.training.workers import map_in_processes
from search_core.embedded.training.workshop import Workshop


def make_tokenizer(shop: Workshop) -> None:
    if (shop.tokenizer_folder / "tokenizer.json").exists():
        return
    seed = f"tokenizer/{shop.settings.seed}"
    tokenizer = train_tokenizer(sample_texts(shop.settings.tokenizer_problems, seed))
    tokenizer.save_pretrained(shop.tokenizer_folder)


def _data(shop: Workshop, name: str, count: int, weights: Mapping[str, float]) -> Path:
    """Worked solutions of training problems."""
    path = shop.work / f"{name}-data.npz"
    if not path.exists():
        settings = shop.settings
        shards = [
            Shard(shop.tokenizer_folder, settings.examples_per_shard, seed, weights)
            for seed in (
                f"{'' if name == 'base' else name + '/'}{settings.seed}/{index}"
                for index in range(count // settings.examples_per_shard)
            )
        ]
        with Report(f"Worked solutions, {name} (shards)", len(shards)) as report:
            stores = map_in_processes(make_shard, shards, shop.workers, report.update)
        ExampleStore.join(stores).save(path)
    return path


def train_base(shop: Workshop, size: ModelSize) -> None:
    """Trains the language model that the verifier of one size is made of."""
    data = _data(shop, "base", shop.settings.demonstrations, BASE_WEIGHTS)
    _train(shop, f"base-{size.name}", size, data, size.base_tokens)


def train_solver(shop: Workshop, size: ModelSize) -> None:
    """Makes the solver of one size and writes its folder.

    The small one is trained apart, for a shorter time: a verifier can only correct a solver
    that knows less than it does. The large one is the large base itself.
    """
    if size.solver_tokens is None:
        shop.note(f"solver-{size.name}", shop.noted(f"base-{size.name}"))
    else:
        data = _data(shop, "solver", shop.settings.solver_demonstrations, SOLVER_WEIGHTS)
        _train(shop, f"solver-{size.name}", size, data, size.solver_tokens)
    export_finished_solver(shop, size)


def _train(shop: Workshop, name: str, size: ModelSize, data: Path, tokens: int) -> None:
    rates = (shop.settings.muon_rate, size.adam_rate)
    teach(shop, Lesson(name, partial(build_solver, size.shape), data, tokens, rates))


def export_finished_solver(shop: Workshop, size: ModelSize) -> None:
    """Writes the solver's folder, with the sampling as far as it is chosen."""
    source = "base" if size.solver_tokens is None else "solver"
    state = read_state(shop.work / f"{source}-{size.name}" / "finished.pt")
    tokenizer = load_tokenizer(shop.tokenizer_folder)
    folder = shop.solver_folder(size.name)
    export_solver(state, size.shape, tokenizer, shop.sampling, folder)


def build_solver(shape: DecoderShape) -> LanguageModel:
    return LanguageModel(shape)
