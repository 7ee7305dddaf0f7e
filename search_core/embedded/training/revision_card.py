"""The words of the revising solver's card."""

from __future__ import annotations

from typing import Any

from search_core.embedded.training.card_parts import (
    FORMAT,
    HEADER,
    families,
    machine,
    minutes,
    percent,
    reproduce,
    table,
)
from search_core.embedded.training.revision_measure import CHAINS, JUDGES, LENGTH
from search_core.embedded.training.workshop import Workshop

_REVISIONS = """
Earlier attempts are turns of the assistant's, one after the other:
`<|user|>PROBLEM<|assistant|>ATTEMPT<|end|><|assistant|>ATTEMPT<|end|><|assistant|>` is what it
continues. Nothing says whether an attempt was right. With no attempt before it is an ordinary
solver.
"""

_LIMITS = """
## Limits

Those of solver-small: three families, whole numbers, slips. It was shown attempts that were
sampled side by side, not its own revisions of them, and at most four. It learned from the small
solver's mistakes; its own, after more training, are others. Use single precision on a CPU.

"""


def revision_card(shop: Workshop, metadata: dict[str, Any]) -> str:
    """The card, from what the stages noted."""
    settings, figures = shop.settings, metadata["measured"]
    training, data = shop.noted("solver-revision"), shop.noted("revision-data")
    parts = [
        HEADER.format(task="text-generation", name=metadata["name"]),
        f"solver-small ({metadata['parameters']:,} parameters), tuned to read its earlier attempts "
        f"at a problem and to write a better one. Its context is {settings.revision_positions:,} "
        "tokens, twice as long. It is one of the models that Espalier ships, for "
        "self-revision.\n\n",
        families(),
        FORMAT,
        _REVISIONS,
        "\n## Training\n\n"
        "- Start: the weights of solver-small as they ship.\n"
        f"- Data: {data['rows']:,} rows of one to four of solver-small's own attempts at "
        f"{data['problems']:,} problems of the verifier split (the attempts that the verifiers are "
        "tuned on), most of them wrong. Each row is followed by a right solution: an attempt of "
        "the row that was right already, else the right attempt that shares the longest start "
        "with the last one, else the worked solution. In the spirit of arXiv 2408.03314, section "
        f"6. Beside them {data['plain']:,} worked solutions of training problems, meant to keep "
        "first attempts as good as they were.\n"
        f"- Recipe: loss on the last attempt only; Muon at {settings.revision_muon_rate} on the "
        f"matrices, AdamW at {settings.revision_adam_rate} on the rest; warm-up, then constant, "
        "then linear cool-down over the last two fifths.\n"
        f"- {training['tokens']:,} tokens, {minutes(training['seconds'])} on {machine(shop)}; "
        f"final loss {training['loss']['language']:.3f} nats per token.\n\n",
        "## Measured\n\n"
        f"On the test split, {settings.measured_chains} problems or a few more of each family, "
        f"{CHAINS} chains of {LENGTH} attempts each and as many attempts without any before, at "
        "the sampling defaults. Percent, with 95 % bootstrap intervals over problems; differences "
        "are paired.\n\n",
        "Is the next attempt right more often?\n\n",
        _place_table(figures),
        "\nWhat becomes of an attempt in the next one, and how first attempts compare with "
        "solver-small's:\n\n",
        _turn_table(figures),
        f"\nDoes a chain pay? Self-revision (one chain at N = {LENGTH}, {CHAINS} chains at N = "
        f"{CHAINS * LENGTH}) against best-of-N of this same solver, judged by verifier-small "
        "(weighted vote, best score), by majority, and by an oracle (any is right):\n\n",
        _pay_table(figures),
        _LIMITS,
        reproduce(shop),
    ]
    return "".join(parts)


def _place_table(figures: dict[str, Any]) -> str:
    rows = [
        [
            family,
            str(f["problems"]),
            *map(percent, f["right by attempt"]),
            percent(f["gain of the last"]),
        ]
        for family, f in figures.items()
    ]
    places = [f"attempt {place + 1}" for place in range(LENGTH)]
    return table(["family", "problems", *places, "last minus first"], rows)


def _turn_table(figures: dict[str, Any]) -> str:
    rows = [
        [
            family,
            percent(f["wrong to right"]),
            percent(f["right to wrong"]),
            percent(f["pass@1"]),
            percent(f["solver-small pass@1"]),
        ]
        for family, f in figures.items()
    ]
    header = ["family", "wrong to right", "right to wrong", "first attempt", "of solver-small"]
    return table(header, rows)


def _pay_table(figures: dict[str, Any]) -> str:
    budgets = [LENGTH, CHAINS * LENGTH]
    rows = [
        [
            family,
            str(n),
            judge,
            *(percent(f[f"n={n}"][judge][key]) for key in _COMPARED),
        ]
        for family, f in figures.items()
        for n in budgets
        for judge in JUDGES
    ]
    return table(["family", "N", "judge", *_COMPARED], rows)


_COMPARED = ("self-revision", "best-of-N", "difference")
