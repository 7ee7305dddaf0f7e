"""The words of the model cards."""

from __future__ import annotations

import json
from typing import Any

from search_core.embedded.families import FAMILIES
from search_core.embedded.training.workshop import Workshop

_HEADER = """---
license: apache-2.0
library_name: transformers
pipeline_tag: {task}
---

# {name}

"""

_FORMAT = """## Format

A conversation is `<|user|>PROBLEM<|assistant|>STEP\\n\\nSTEP\\n\\n…The answer is X.<|end|>`
(the chat template writes it). Every step but the last ends with the single token `"\\n\\n"`;
the last ends with `<|end|>`. Every digit is a token of its own.
"""

_FAMILY_TEXT = """## Problems

{families}

Levels are numbers of operations (numbers, for Countdown). Problems are split by a hash of
their canonical key into 85 % training, 10 % verifier and 5 % test, so no problem of the
figures below was seen in training.
"""

_REPRODUCE = """## Reproduce

`python -m search_core.embedded train --out DIR` makes both models from nothing, seed {seed},
and resumes where it was interrupted.
"""


def solver_card(shop: Workshop, facts: dict[str, Any]) -> str:
    """The solver's card, from what the stages noted."""
    settings, training = shop.settings, shop.noted("solver")
    parts = [
        _HEADER.format(task="text-generation", name=facts["name"]),
        f"A Llama of {facts['parameters']:,} parameters ({settings.shape.layers} layers of "
        f"{settings.shape.hidden}), trained from scratch to solve three kinds of small "
        "arithmetic problems step by step, each step restating what is left. It is one of the "
        "two models that Espalier ships; it knows nothing else.\n\n",
        _families(),
        _FORMAT,
        "\n## Training\n\n"
        f"- Data: {settings.demonstrations:,} worked solutions, generated from seeds. A fifth "
        "of the Countdown ones are honest failed attempts that end with the number reached, so "
        "that the model does not learn to fake its last equation; the bad choice itself is not "
        "imitated.\n"
        f"- Recipe: loss on the solution only; Muon at {settings.muon_rate} on the matrices, "
        f"AdamW at {settings.adam_rate} on the rest; warm-up, then constant, then linear "
        "cool-down over the last two fifths; single precision.\n"
        f"- {training['tokens']:,} tokens, {_minutes(training['seconds'])} on "
        f"{_machine(shop)}; final loss {training['loss']['language']:.3f} nats per token.\n\n",
        "## Measured\n\n",
        _measured_note(shop),
        _solver_table(facts["measured"]),
        "\nGreedy, by level:\n\n",
        _level_table(facts["measured"]),
        f"\nSampling defaults: temperature {settings.sampling.temperature}, "
        f"top-p {settings.sampling.top_p}.\n",
        "\n## Limits\n\nWhole numbers from 0 to about 400 only, in the wordings of the three "
        "families; other text gives nonsense. It makes slips, more of them the longer the "
        "problem: that is what search is for. Use single precision on a CPU.\n\n",
        _reproduce(shop),
    ]
    return "".join(parts)


def verifier_card(shop: Workshop, facts: dict[str, Any]) -> str:
    """The verifier's card, from what the stages noted."""
    settings = shop.settings
    first, rolled, second = (shop.noted(n) for n in ("verifier-a", "rollouts", "verifier-b"))
    parts = [
        _HEADER.format(task="token-classification", name=facts["name"]),
        f"A process reward model of {facts['parameters']:,} parameters: the layers of "
        f"embedded-solver and {settings.extra_layers} more on top. The score of a step is the "
        "probability of label 1 at the token that ends the step. Label 1 means that the solver "
        "is likely to reach the right answer from here.\n\n",
        _families(),
        _FORMAT,
        "\n## Training\n\n"
        f"- Stage (a): {first['tokens']:,} tokens of right solutions and of solutions spoiled "
        "on purpose (wrong digit, operand, operation, order, sentence or list; giver and getter "
        "mixed up; skipped or repeated step; early, wrong or faked answer; Countdown states out "
        "of reach), every "
        f"step labelled exactly by the checker. {_minutes(first['seconds'])}.\n"
        f"- Rollouts: {rolled['solutions']:,} of the solver's own attempts at verifier-split "
        f"problems ({rolled['right']:.0%} right), {rolled['rollouts']:,} rollouts from "
        f"{rolled['prefixes']:,} sound prefixes, {settings.rollout_count} each "
        "(arXiv 2312.08935); after a false step the label is 0. "
        f"{_minutes(rolled['seconds'])}.\n"
        f"- Stage (b): {second['tokens']:,} tokens of these, right and wrong balanced within "
        f"problems, and of stage (a)'s kind. {_minutes(second['seconds'])}.\n"
        "- A language-modelling loss of half weight stands beside the score loss, so that "
        "arithmetic is not forgotten.\n"
        f"- On {_machine(shop)}, single precision.\n\n",
        "## Measured\n\n",
        _measured_note(shop),
        _verifier_table(facts["measured"]),
        "\nAUROC is of the scores of finished solutions, over problems with right and wrong "
        "ones. In Countdown a finished solution shows whether it met the target, so that it is "
        "easy there. First-error F1 (arXiv 2412.06559) takes the first score below one half for "
        "the verdict, against the first step that is false or leaves the answer out of reach; a "
        "score that tells how likely success is may be low before anything is wrong.\n"
        "\nAccuracy of choosing one of N attempts, in percent:\n\n",
        _budget_table(facts["measured"]),
        "\n## Limits\n\nIt was trained on one solver's attempts in three families, and means "
        "nothing elsewhere. It judges what is done, and hardly the arithmetic: a false result "
        "(4 * 5 = 21) scores almost like the true one, for the solver hardly ever writes one. "
        "The solver hardly ever fails at expressions, so that there was little to learn of its "
        "failures there. Where the table shows that best-of-N does not rise with N, the search "
        "exploits its mistakes.\n\n",
        _reproduce(shop),
    ]
    return "".join(parts)


def _families() -> str:
    lines = [f"- {f.title}: {f.description} “{f.example}”" for f in FAMILIES.values()]
    return _FAMILY_TEXT.format(families="\n".join(lines)) + "\n"


def _reproduce(shop: Workshop) -> str:
    text = _REPRODUCE.format(seed=shop.settings.seed)
    return f"{text}\n{shop.remark}\n" if shop.remark else text


def _machine(shop: Workshop) -> str:
    if shop.device != "cpu":
        return f"one {shop.device} device"
    return f"{shop.workers} CPU cores shared with other work"


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.1f} minutes"


def _measured_note(shop: Workshop) -> str:
    settings = shop.settings
    return (
        f"On the test split, {settings.measured_problems} problems a level, "
        f"{settings.measured_attempts} attempts each at the sampling defaults, with the "
        "weights as shipped. 95 % bootstrap intervals over problems.\n\n"
    )


def percent(estimate: dict[str, float]) -> str:
    """ "63.1 [58.0, 68.2]" of an estimate in 0 to 1."""
    mean, low, high = (100 * estimate[key] for key in ("mean", "low", "high"))
    return f"{mean:.1f} [{low:.1f}, {high:.1f}]"


def _table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def _solver_table(figures: dict[str, Any]) -> str:
    rows = [
        [family, str(f["problems"]), percent(f["greedy"]), percent(f["pass@1"])]
        for family, f in figures.items()
    ]
    return _table(["family", "problems", "greedy, %", "one sample, %"], rows)


def _level_table(figures: dict[str, Any]) -> str:
    rows = [
        [family, level, percent(value)]
        for family, f in figures.items()
        for level, value in f["greedy by level"].items()
    ]
    return _table(["family", "level", "greedy, %"], rows)


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
    return _table(header, rows)


def _budget_table(figures: dict[str, Any]) -> str:
    names = ("best by score", "weighted", "majority", "best by log-probability", "oracle")
    rows = [
        [family, key.removeprefix("n="), *(percent(values[name]) for name in names)]
        for family, f in figures.items()
        for key, values in f.items()
        if key.startswith("n=")
    ]
    return _table(["family", "N", *names], rows)
