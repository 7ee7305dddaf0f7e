"""The stream solver's figures and card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from search_core.embedded.families import FAMILIES
from search_core.embedded.streams import LUCK
from search_core.embedded.training.card_parts import HEADER, machine, minutes, percent, table
from search_core.embedded.training.decoding import TokenSampling
from search_core.embedded.training.model import DecoderShape
from search_core.embedded.training.reporting import Report
from search_core.embedded.training.statistics import bootstrap
from search_core.embedded.training.stream_data import FORCED_SHARE, LEVELS
from search_core.embedded.training.stream_measure import (
    LEAST_PIECES,
    StreamOrder,
    Walked,
    measure_streams,
)
from search_core.embedded.training.workers import map_in_processes
from search_core.embedded.training.workshop import Workshop

Figures = Mapping[str, Any]


def stream_figures(shop: Workshop) -> dict[str, Any]:
    """Measures all levels; JSON-ready."""
    orders = _orders(shop)
    with Report("Measurements of streams (levels)", len(orders)) as report:
        levels = map_in_processes(measure_streams, orders, shop.workers, report.update)
    by_name = {name: [level[name] for level in levels] for name in levels[0]}
    return {
        "problems": sum(order.problems for order in orders),
        "temperature": shop.settings.stream_temperature,
        "by way": {name: _figures(found, orders) for name, found in by_name.items()},
    }


def _figures(found: Sequence[Sequence[Walked]], orders: Sequence[StreamOrder]) -> dict[str, Any]:
    everything = [stream for level in found for stream in level]
    return {
        "solved": bootstrap([stream.solved for stream in everything]).as_dict(),
        "by level": {
            str(order.level): bootstrap([stream.solved for stream in level]).as_dict()
            for order, level in zip(orders, found, strict=True)
        },
        "answered": round(float(np.mean([stream.answered for stream in everything])), 4),
        "tokens": round(float(np.mean([stream.tokens for stream in everything])), 1),
        "pieces by level": {
            str(order.level): round(float(np.mean([stream.pieces for stream in level])), 2)
            for order, level in zip(orders, found, strict=True)
        },
        "pieces": round(float(np.mean([stream.pieces for stream in everything])), 1),
    }


def stream_shape(shop: Workshop) -> DecoderShape:
    """The small solver's, with a longer context."""
    return replace(shop.settings.small.shape, positions=shop.settings.stream_positions)


def stream_sampling(shop: Workshop) -> TokenSampling:
    """How streams are sampled; it was not tuned."""
    settings = shop.settings
    return TokenSampling(settings.stream_temperature, 1.0, settings.stream_positions)


def _orders(shop: Workshop) -> list[StreamOrder]:
    """One for each level of Countdown that is offered."""
    settings = shop.settings
    return [
        StreamOrder(
            folder=shop.solver_folder("stream"),
            shape=stream_shape(shop),
            base=shop.work / f"base-{settings.small.name}" / "finished.pt",
            sampling=stream_sampling(shop),
            level=level,
            problems=settings.stream_problems,
            seed=settings.measured_seed,
        )
        for level in FAMILIES["countdown"].levels
    ]


def stream_card(shop: Workshop, metadata: Figures) -> str:
    """The card for people, from what the stages noted."""
    settings, training = shop.settings, shop.noted("solver-stream")
    example = FAMILIES["countdown"].example
    return "".join(
        [
            HEADER.format(task="text-generation", name=metadata["name"]),
            f"A Llama of {metadata['parameters']:,} parameters, the size of solver-small with a "
            f"context of {settings.stream_positions:,} tokens. It writes a whole search for a "
            "Countdown problem as one text, dead ends included, after Stream of Search "
            "(arXiv 2404.03683). It is one of the models that Espalier ships, for the strategy "
            f"“Single stream”; it knows Countdown only: “{example}”\n\n",
            _FORMAT,
            "\n## Training\n\n"
            f"- Made of: solver-small's base ({shop.noted('base-small')['tokens']:,} tokens of "
            "worked solutions of all families), which solver-small itself is not made of. What "
            "the base does alone stands in the table.\n"
            f"- Data: {settings.streams:,} random searches for problems of the training split, "
            f"{_levels()}: depth first with limited breadth, or a few first moves side by side "
            "and depth first below each; moves drawn by how near they come to the target or a "
            "factor of it. Unlike in the paper some searches are lucky: at each move they guess "
            f"one that leads to the target in {_luck()} of cases. Searches that fail within 22 "
            "to 28 moves answer with the number they have. Failed ones, and "
            f"{FORCED_SHARE:.0%} of the others, go on after “Wait”, which itself is not "
            "learned.\n"
            f"- Recipe: loss on all else; Muon at {settings.stream_muon_rate} on the matrices, "
            f"AdamW at {settings.stream_adam_rate} on the rest; warm-up, then constant, then "
            "linear cool-down over the last two fifths.\n"
            f"- {training['tokens']:,} tokens, {minutes(training['seconds'])} on "
            f"{machine(shop)}; final loss {training['loss']['language']:.3f} nats per token.\n\n",
            _measured(metadata),
            _LIMITS,
            _reproduce(shop),
        ]
    )


_FORMAT = """## Format

A conversation is `<|user|>PROBLEM<|assistant|>PIECE\\n\\nPIECE\\n\\n…The answer is X.<|end|>`.
A piece is a move (`25 - 7 = 18, left 3 8 18`), or goes back to a state by its numbers
(`Back to 3 7 8 25.`), or is the answer. A stream that has ended can be made to go on with
`Wait`: it goes on with `, back to 3 7 8 25.`
"""

_LIMITS = """
## Limits

Countdown with 3 or 4 numbers in the family's wording only; other text gives nonsense. It goes
back to states that do not exist, repeats itself, and gives up. It is meant for watching a
search that a model runs by itself, beside one that a strategy runs.

"""


def _reproduce(shop: Workshop) -> str:
    text = (
        "## Reproduce\n\n`python -m search_core.embedded train --out DIR --last measure-stream` "
        f"makes it from nothing, seed {shop.settings.seed}.\n"
    )
    return f"{text}\n{shop.remark}\n" if shop.remark else text


def _levels() -> str:
    return " and ".join(f"{share:.0%} with {level} numbers" for level, share in LEVELS.items())


def _luck() -> str:
    return ", ".join(f"{share:.0%}" for share in LUCK)


def _measured(metadata: Figures) -> str:
    measured = metadata["measured"]["countdown"]
    levels = list(next(iter(measured["by way"].values()))["by level"])
    rows = [
        [
            _way(name),
            percent(figures["solved"]),
            *(percent(figures["by level"][level]) for level in levels),
            f"{figures['tokens']:.0f}",
            f"{figures['pieces']:.1f}",
        ]
        for name, figures in measured["by way"].items()
    ]
    header = ["", "solved, %", *(f"{n} numbers, %" for n in levels), "tokens", "pieces"]
    return (
        f"## Measured\n\nOn {measured['problems']} problems of the test split, with the weights "
        "as shipped. Solved: the path to the last answer is right by the exact checker, and its "
        "number the target. Sampled: at temperature "
        f"{measured['temperature']}, which was not tuned. 95 % bootstrap intervals over "
        "problems; tokens and pieces are means for one problem.\n\n"
        f"{table(header, rows)}\n{_finding(measured['by way'])}\n"
    )


def _finding(ways: Figures) -> str:
    base, free = ways["base"], ways[f"greedy at {LEAST_PIECES[0]}"]
    forced = ways[f"greedy at {LEAST_PIECES[-1]}"]
    return (
        f"So a stream solves {_share(free)} in {free['tokens']:.0f} tokens where the base, "
        f"answering once, solves {_share(base)} in {base['tokens']:.0f}. Made to go on to "
        f"{LEAST_PIECES[-1]} "
        f"pieces it solves {_share(forced)}: the last answer counts, so that a wrong one can be "
        "mended and a right one lost."
    )


def _share(figures: Figures) -> str:
    return f"{100 * figures['solved']['mean']:.1f} %"


def _way(name: str) -> str:
    if name == "base":
        return "the base alone, greedy, step by step"
    kind, _, least = name.partition(" at ")
    if least == str(LEAST_PIECES[0]):
        return f"{kind} stream"
    return f"{kind} stream, made to go on until it has {least} pieces"
