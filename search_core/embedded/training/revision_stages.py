"""The stages that make the revising solver of the small one, and measure it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from search_core.embedded.families import FAMILIES
from search_core.embedded.training.card import common_metadata, write_card
from search_core.embedded.training.demonstrations import BASE_WEIGHTS, Shard, make_shard
from search_core.embedded.training.encoding import Codec
from search_core.embedded.training.examples import ExampleStore
from search_core.embedded.training.export import export_solver, load_solver, revision_of
from search_core.embedded.training.model import DecoderShape, LanguageModel
from search_core.embedded.training.reporting import Report
from search_core.embedded.training.revision_card import revision_card
from search_core.embedded.training.revision_data import revisions
from search_core.embedded.training.revision_measure import (
    Chained,
    ChainOrder,
    lengths,
    measure_chains,
    summarise_chains,
)
from search_core.embedded.training.rollout_stages import training_attempts
from search_core.embedded.training.tokenizer import load_tokenizer
from search_core.embedded.training.training_stage import Lesson, teach
from search_core.embedded.training.workers import map_in_processes
from search_core.embedded.training.workshop import Workshop, timed

NAME = "revision"


def train_reviser(shop: Workshop) -> None:
    """Tunes the finished small solver to read its earlier attempts, and writes its folder."""
    settings = shop.settings
    lesson = Lesson(
        f"solver-{NAME}",
        build=partial(build_reviser, shop.solver_folder("small"), settings.revision_shape),
        data=_data(shop),
        tokens=settings.revision_tokens,
        rates=(settings.revision_muon_rate, settings.revision_adam_rate),
        tokens_per_update=settings.revision_tokens_per_update,
    )
    state, folder = teach(shop, lesson), shop.solver_folder(NAME)
    tokenizer = load_tokenizer(shop.tokenizer_folder)
    tokenizer.model_max_length = settings.revision_positions
    export_solver(state, settings.revision_shape, tokenizer, shop.sampling, folder)


def build_reviser(solver_folder: Path, shape: DecoderShape) -> LanguageModel:
    """The small solver as it ships; only its context is longer."""
    return load_solver(solver_folder, shape).train()


def _data(shop: Workshop) -> Path:
    """Rows of the attempts that the verifiers are tuned on, and plain problems.

    Problems that the small solver has not seen: on those it makes the mistakes that it will
    have to revise. Plain ones keep its first attempts as good as they were.
    """
    path = shop.work / "revision-data.npz"
    if path.exists():
        return path
    settings = shop.settings
    seed = f"revision/{settings.seed}"
    codec = Codec.of(load_tokenizer(shop.tokenizer_folder))
    attempts = training_attempts(shop)
    positions = settings.revision_positions
    rows = list(revisions(attempts, codec, settings.revision_rows, positions, seed))
    plain = make_shard(
        Shard(shop.tokenizer_folder, settings.revision_plain, f"{seed}/plain", BASE_WEIGHTS)
    )
    # A solver at the size of a test may have no attempt that ended.
    ExampleStore.join([*([ExampleStore.pack(rows)] if rows else []), plain]).save(path)
    problems = len({attempt.problem.text for attempt in attempts})
    shop.note("revision-data", {"problems": problems, "rows": len(rows), "plain": len(plain)})
    return path


def measure_reviser(shop: Workshop) -> None:
    """Measures chains of attempts on the test split, and writes the card."""
    folder = shop.solver_folder(NAME)
    revision = revision_of(folder)
    if not shop.has_noted("measured-revision") or (
        shop.noted("measured-revision")["revision"] != revision
    ):
        shop.note("measured-revision", {"revision": revision} | _measured(shop))
    measured, tokens = shop.noted("measured-revision"), shop.noted(f"solver-{NAME}")["tokens"]
    metadata = {
        **common_metadata(folder, "solver", shop.settings.seed),
        "revises": True,
        "trained_on": f"the small solver's weights, then {tokens:,} tokens of rows of the small "
        "solver's own attempts (verifier split), each row followed by a right solution, and of "
        "worked solutions (training split)",
        "measured": measured["families"],
        **measured["lengths"],
    }
    write_card(folder, metadata, revision_card(shop, metadata))


def _measured(shop: Workshop) -> dict[str, Any]:
    settings = shop.settings
    seed = settings.measured_seed
    orders = [
        ChainOrder(
            solver_folder=shop.solver_folder(NAME),
            solver_shape=settings.revision_shape,
            small_folder=shop.solver_folder("small"),
            small_shape=settings.small.shape,
            verifier_folder=shop.verifier_folder("small"),
            verifier_shape=settings.small.verifier_shape,
            sampling=shop.sampling,
            family=family.name,
            level=level,
            problems=-(-settings.measured_chains // len(family.levels)),
            seed=seed,
        )
        for family in FAMILIES.values()
        for level in family.levels
    ]
    with timed() as taken, Report("Chains of attempts (levels)", len(orders)) as report:
        results = map_in_processes(measure_chains, orders, shop.workers, report.update)
    measured: dict[str, list[Chained]] = {family: [] for family in FAMILIES}
    for order, result in zip(orders, results, strict=True):
        measured[order.family] += result
    families = {family: summarise_chains(items, seed) for family, items in measured.items()}
    return {"families": families, "lengths": lengths(measured)} | taken
