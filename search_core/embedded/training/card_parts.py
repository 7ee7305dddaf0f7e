"""What the model cards share."""

from __future__ import annotations

from search_core.embedded.families import FAMILIES
from search_core.embedded.training.workshop import Workshop

HEADER = """---
license: apache-2.0
library_name: transformers
pipeline_tag: {task}
---

# {name}

"""

FORMAT = """## Format

A conversation is `<|user|>PROBLEM<|assistant|>STEP\\n\\nSTEP\\n\\n…The answer is X.<|end|>`
(the chat template writes it). Every step but the last ends with the single token `"\\n\\n"`;
the last ends with `<|end|>`. Every digit is a token of its own.
"""

_FAMILY_TEXT = """## Problems

{families}

Levels are numbers of operations (numbers, for Countdown); measured are those at which
solver-small, answering once, is right about half of the time. Problems are split by a hash of
their canonical key into 85 % training, 10 % verifier and 5 % test, so no problem of the
figures below was seen in training.
"""

_REPRODUCE = """## Reproduce

`python -m search_core.embedded train --out DIR` makes all models from nothing, seed {seed},
and resumes where it was interrupted.
"""


def families() -> str:
    lines = [f"- {f.title}: {f.description} “{f.example}”" for f in FAMILIES.values()]
    return _FAMILY_TEXT.format(families="\n".join(lines)) + "\n"


def reproduce(shop: Workshop) -> str:
    text = _REPRODUCE.format(seed=shop.settings.seed)
    return f"{text}\n{shop.remark}\n" if shop.remark else text


def machine(shop: Workshop) -> str:
    if shop.device != "cpu":
        return f"one {shop.device} device"
    return f"{shop.workers} CPU cores shared with other work"


def minutes(seconds: float) -> str:
    return f"{seconds / 60:.1f} minutes"


def measured_note(shop: Workshop) -> str:
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


def table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)
