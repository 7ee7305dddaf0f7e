"""The words of a solver's card."""

from __future__ import annotations

from math import prod
from typing import Any

from safetensors import safe_open

from search_core.embedded.training.card_parts import (
    FORMAT,
    HEADER,
    families,
    machine,
    measured_note,
    minutes,
    percent,
    reproduce,
    table,
)
from search_core.embedded.training.export import WEIGHTS_FILE
from search_core.embedded.training.workshop import Workshop


def solver_card(shop: Workshop, name: str, metadata: dict[str, Any]) -> str:
    """A solver's card, from what the stages noted."""
    settings, training = shop.settings, shop.noted(f"solver-{name}")
    size = next(size for size in settings.sizes if size.name == name)
    share = 1 if name == "small" else metadata["parameters"] / _parameters(shop, "small")
    bigger = "" if name == "small" else f" It is {share:.1f} times as big as solver-small."
    parts = [
        HEADER.format(task="text-generation", name=metadata["name"]),
        f"A Llama of {metadata['parameters']:,} parameters ({size.shape.layers} layers of "
        f"{size.shape.hidden}), trained from scratch to solve three kinds of small "
        "arithmetic problems step by step, each step restating what is left. It is one of the "
        f"models that Espalier ships; it knows nothing else.{bigger}\n\n",
        families(),
        FORMAT,
        "\n## Training\n\n"
        f"- Data: {settings.demonstrations:,} worked solutions, generated from seeds. A tenth "
        "of the Countdown ones are honest failed attempts that end with the number reached, so "
        "that the model does not learn to fake its last equation; the bad choice itself is not "
        "imitated.\n"
        f"- Recipe: loss on the solution only; Muon at {settings.muon_rate} on the matrices, "
        f"AdamW at {size.adam_rate} on the rest; warm-up, then constant, then linear "
        "cool-down over the last two fifths; matrix products in bfloat16 where that is "
        "faster, all else in single precision.\n"
        f"- {training['tokens']:,} tokens, {minutes(training['seconds'])} on "
        f"{machine(shop)}; final loss {training['loss']['language']:.3f} nats per token.\n\n",
        "## Measured\n\n",
        measured_note(shop),
        _solver_table(metadata["measured"], settings.measured_attempts),
        "\nGreedy, by level:\n\n",
        _level_table(metadata["measured"]),
        _sampling_text(shop, name),
        "\n## Limits\n\nWhole numbers from 0 to about 400 only, in the wordings of the three "
        "families; other text gives nonsense. It makes slips, more of them the longer the "
        "problem: that is what search is for. Use single precision on a CPU.\n\n",
        reproduce(shop),
    ]
    return "".join(parts)


def _parameters(shop: Workshop, name: str) -> int:
    """Parameters of a finished solver."""
    with safe_open(shop.solver_folder(name) / WEIGHTS_FILE, "pt") as weights:
        return sum(prod(weights.get_slice(key).get_shape()) for key in weights.keys())  # noqa: SIM118


def _sampling_text(shop: Workshop, name: str) -> str:
    chosen = shop.noted("sampling")
    text = f"\nSampling defaults: temperature {chosen['temperature']}, top-p {chosen['top_p']}"
    if name != "small":
        return f"{text}, as chosen for solver-small.\n"
    rows = [
        [
            f"{setting['temperature']}",
            f"{setting['top_p']}",
            *(f"{100 * setting[key]:.1f}" for key in ("one", "weighted", "any")),
        ]
        for setting in chosen["tried"]
    ]
    n, count = shop.settings.choice_attempts, 3 * shop.settings.choice_problems
    header = ["temperature", "top-p", "one sample, %", f"weighted of {n}, %", f"any of {n}, %"]
    return (
        f"{text}: of the settings within one standard error of the best weighted vote the one "
        f"where any attempt is right most often, on {count} problems of the verifier split, by "
        "the verifier of stage (a).\n\n" + table(header, rows)
    )


def _solver_table(figures: dict[str, Any], attempts: int) -> str:
    rows = [
        [
            family,
            str(f["problems"]),
            percent(f["greedy"]),
            percent(f["pass@1"]),
            percent(f["oracle"]),
        ]
        for family, f in figures.items()
    ]
    header = ["family", "problems", "greedy, %", "one sample, %", f"any of {attempts}, %"]
    return table(header, rows)


def _level_table(figures: dict[str, Any]) -> str:
    rows = [
        [family, level, percent(value)]
        for family, f in figures.items()
        for level, value in f["greedy by level"].items()
    ]
    return table(["family", "level", "greedy, %"], rows)
