"""The stages of the stream solver: the small base, taught to search in writing."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

from search_core.embedded.training.card import count_weights
from search_core.embedded.training.examples import ExampleStore
from search_core.embedded.training.export import export_solver, revision_of
from search_core.embedded.training.model import DecoderShape, LanguageModel
from search_core.embedded.training.reporting import Report
from search_core.embedded.training.stream_card import (
    stream_card,
    stream_figures,
    stream_sampling,
    stream_shape,
)
from search_core.embedded.training.stream_data import StreamShard, make_stream_shard
from search_core.embedded.training.tokenizer import load_tokenizer
from search_core.embedded.training.training_stage import Lesson, teach
from search_core.embedded.training.verifier_model import read_state
from search_core.embedded.training.workers import map_in_processes
from search_core.embedded.training.workshop import Workshop


def train_stream_solver(shop: Workshop) -> None:
    """Goes on training the small base on streams, with room for long ones."""
    settings = shop.settings
    base = shop.work / f"base-{settings.small.name}" / "finished.pt"
    lesson = Lesson(
        "solver-stream",
        build=partial(build_from_base, base, stream_shape(shop)),
        data=_data(shop),
        tokens=settings.stream_tokens,
        rates=(settings.stream_muon_rate, settings.stream_adam_rate),
        tokens_per_update=settings.stream_tokens_per_update,
    )
    teach(shop, lesson)
    export_stream_solver(shop)


def build_from_base(base: Path, shape: DecoderShape) -> LanguageModel:
    """The trained base; rotary positions need no weights, so its context can grow."""
    model = LanguageModel(shape)
    model.load_state_dict(read_state(base))
    return model


def _data(shop: Workshop) -> Path:
    """Streams of training problems."""
    path = shop.work / "stream-data.npz"
    if not path.exists():
        settings = shop.settings
        shards = [
            StreamShard(
                shop.tokenizer_folder,
                settings.examples_per_shard,
                f"stream/{settings.seed}/{index}",
                settings.stream_positions,
            )
            for index in range(settings.streams // settings.examples_per_shard)
        ]
        with Report("Streams (shards)", len(shards)) as report:
            stores = map_in_processes(make_stream_shard, shards, shop.workers, report.update)
        ExampleStore.join(stores).save(path)
    return path


def export_stream_solver(shop: Workshop) -> None:
    """Writes the stream solver's folder."""
    state = read_state(shop.work / "solver-stream" / "finished.pt")
    tokenizer = load_tokenizer(shop.tokenizer_folder)
    tokenizer.model_max_length = shop.settings.stream_positions
    folder = shop.solver_folder("stream")
    export_solver(state, stream_shape(shop), tokenizer, stream_sampling(shop), folder)


def measure_stream_solver(shop: Workshop) -> None:
    """Measures on the test split, and writes the card."""
    folder, settings = shop.solver_folder("stream"), shop.settings
    revision = revision_of(folder)
    if not shop.has_noted("measured-stream") or shop.noted("measured-stream")["of"] != revision:
        shop.note("measured-stream", {"of": revision, **stream_figures(shop)})
    measured = shop.noted("measured-stream")
    plain = measured["by way"]["greedy at 1"]
    metadata = {
        "name": folder.name,
        "kind": "solver",
        "revision": revision,
        "parameters": count_weights(folder),
        "seed": settings.seed,
        "trained_on": f"{shop.noted('solver-stream')['tokens']:,} tokens of searches for generated "
        "Countdown problems, dead ends included (training split)",
        "families": ["countdown"],
        "writes": "streams",
        "measured": {"countdown": measured},
        "tokens_per_step": {"countdown": round(plain["tokens"] / plain["pieces"], 2)},
        "steps_per_solution": {"countdown": plain["pieces by level"]},
    }
    (folder / "espalier.json").write_text(json.dumps(metadata, indent=1) + "\n")
    (folder / "README.md").write_text(stream_card(shop, metadata))
