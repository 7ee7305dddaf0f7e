"""The words of a verifier's card."""

from __future__ import annotations

import json
from typing import Any

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
from search_core.embedded.training.workshop import Workshop

_WHAT = {
    "small": "A process reward model: the score of a step is the probability that solver-small, "
    "going on from there, reaches the right answer.",
    "large": "A process reward model, made of solver-large and tuned on the attempts of "
    "solver-small: behind the small solver it costs more than the solver itself.",
    "outcome": "An outcome reward model: it scores finished solutions only (the last step's "
    "score); what it says of unfinished ones means nothing.",
    "early": "A process reward model as a first try makes it, kept for teaching: it has no "
    "layers to spare, saw no spoiled solutions, and was trained on the score alone. It knows "
    "which problems are hard better than which attempt is right: see below what choosing the "
    "best of more and more attempts by its score gives.",
}


def verifier_card(shop: Workshop, name: str, metadata: dict[str, Any]) -> str:
    """A verifier's card, from what the stages noted."""
    parts = [
        HEADER.format(task="token-classification", name=metadata["name"]),
        f"{_WHAT[name]} {metadata['parameters']:,} parameters. The score is the probability of "
        "label 1 at the token that ends the step.\n\n",
        families(),
        FORMAT,
        f"\n## Training\n\n{_verifier_training(shop, name)}",
        "\n## Measured\n\n",
        measured_note(shop),
        _verifier_table(metadata["measured"]),
        "\nAUROC is of the scores of finished solutions, over problems with right and wrong "
        "ones. In Countdown a finished solution shows whether it met the target, so that it is "
        "easy there. First-error F1 (arXiv 2412.06559) takes the first score below a threshold "
        f"({metadata.get('first_error_threshold', 0.5)}) for the verdict, against the first step "
        "that is false or leaves the answer out of reach.\n"
        "\nAccuracy of choosing one of N attempts, in percent:\n\n",
        _budget_table(metadata["measured"]),
        "\n## Limits\n\nIt was trained on one solver's attempts in three families, and means "
        "nothing elsewhere. Where the table shows that the best by score does not rise with N, "
        "the search exploits its mistakes.\n\n",
        reproduce(shop),
    ]
    return "".join(parts)


def _formula(weights: dict[str, float]) -> str:
    terms = [f"{weights['head']:.3g} h"]
    terms += [f"{weights[k]:.3g} {n}" for k, n in (("total", "S"), ("least", "m")) if weights[k]]
    return " + ".join([*terms, f"{weights['shift']:.3g}"]).replace("+ -", "- ")


def _verifier_training(shop: Workshop, name: str) -> str:
    settings = shop.settings
    rolled, tuned = shop.noted("rollouts"), shop.noted(f"verifier-{name}")
    calibration = shop.noted(f"calibration-{name}")
    lines = []
    if name != "early":
        size = next(
            s for s in settings.sizes if s.name == ("large" if name == "large" else "small")
        )
        first = shop.noted(f"corruptions-{size.name}")
        lines.append(
            f"Base: a language model of solver-{size.name}'s shape, "
            f"{shop.noted(f'base-{size.name}')['tokens']:,} tokens of worked solutions."
        )
        lines.append(
            f"Stage (a): {size.extra_layers} layers more on top of the base; "
            f"{first['tokens']:,} tokens of right solutions and of solutions spoiled on purpose "
            "(wrong digit, operand, operation, order, sentence or list; giver and getter mixed "
            "up; skipped or repeated step; early, wrong or faked answer; Countdown states out "
            "of reach), every step labelled exactly by the checker. "
            f"{minutes(first['seconds'])}."
        )
    lines.append(
        f"Attempts: {rolled['solutions']:,} of solver-small at verifier-split problems "
        f"({rolled['right']:.0%} right). The attempts that share a prefix estimate its "
        f"reward-to-go; {rolled['rollouts']:,} rollouts more where fewer than "
        f"{settings.rollout_count} do ({rolled['prefixes']:,} prefixes in all; arXiv "
        f"2312.08935). After a false step the attempts that took it are the estimate. "
        f"{minutes(rolled['seconds'])}."
    )
    labelled = (
        "labelled right or wrong at their end alone"
        if name == "outcome"
        else ("labelled with these rewards-to-go")
    )
    beside = "" if name == "early" else ", with solutions of stage (a)'s kind beside them"
    lines.append(
        f"Stage (b): {tuned['tokens']:,} tokens of attempts {labelled}, right and wrong "
        f"balanced within problems{beside}. {minutes(tuned['seconds'])}."
    )
    if name != "early":
        lines.append(
            "A language-modelling loss of half weight stands beside the score loss, so that "
            "arithmetic is not forgotten."
        )
    lines.append(
        "Calibration on attempts that no training saw (`score_reading` in the config): the "
        f"logit of a step's score is {_formula(calibration['reading']['step'])}; of a finished "
        f"solution's, {_formula(calibration['reading']['solution'])}. h is the head's logit, S "
        "the log-probability that the verifier itself gives the solution so far, m that of its "
        "least likely token. For finished solutions a rising curve through "
        f"{len(calibration['reading']['solution']['curve'])} points, kept beside the weights, "
        "then makes a probability of it (isotonic calibration)."
    )
    lines.append(f"On {machine(shop)}.")
    return "".join(f"- {line}\n" for line in lines)


def _verifier_table(figures: dict[str, Any]) -> str:
    rows = [
        [
            family,
            percent(f["within-problem AUROC"]["score"]),
            percent(f["within-problem AUROC"]["log-probability"]),
            json.dumps(f["first-error F1"]),
        ]
        for family, f in figures.items()
    ]
    header = [
        "family",
        "within-problem AUROC, %",
        "the same of the solver's log-probability, %",
        "first-error F1",
    ]
    return table(header, rows)


def _budget_table(figures: dict[str, Any]) -> str:
    names = ("best by score", "weighted", "majority", "best by log-probability", "oracle")
    rows = [
        [family, key.removeprefix("n="), *(percent(values[name]) for name in names)]
        for family, f in figures.items()
        for key, values in f.items()
        if key.startswith("n=")
    ]
    return table(["family", "N", *names], rows)
