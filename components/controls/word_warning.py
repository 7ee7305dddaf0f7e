"""What is said of a problem that the embedded models read, with words that are new to them."""

from __future__ import annotations

import re
from typing import Any

from components.controls.run_request import RunRequest
from components.elements import error
from search_core.embedded import in_known_words, nearest_problems, read_problem, unknown_words
from search_core.models import ModelPair
from search_core.problem import Problem

MOST_TYPED = 2_000
"""Letters of a problem that are looked through while somebody types."""
_OFFERS = 3
_LETTERS = re.compile(r"\w+")


def word_note(asked: RunRequest) -> str:
    """A sentence beside the run; "" where its models know every word, or are none of ours."""
    return _sentence(asked.recipe.problem) if "word" in asked.pair.families else ""


def reading_note(typed: str | None, problem: Problem) -> str:
    """That a story is told to the models in other words than it was typed; "" where it is not."""
    said = (typed or "").lower()
    if problem.family != "word" or _LETTERS.findall(said) == _LETTERS.findall(problem.text.lower()):
        return ""
    return (
        "Reworded for these models: “Problem” in the tree says how. Your words stay in the field."
    )


def word_warning(typed: str, pair: ModelPair) -> dict[str, Any] | None:
    """A message at the field, with stories that work; None where there is nothing to warn of."""
    if "word" not in pair.families or len(typed) > MOST_TYPED:
        return None
    try:
        problem = read_problem(typed)
    except ValueError:  # whoever runs it says what is wrong
        return None
    told = _sentence(problem)
    if not told:
        return None
    offered = dict.fromkeys((in_known_words(problem), *nearest_problems(typed, ["word"], _OFFERS)))
    works = [text for text in offered if not unknown_words(read_problem(text))][:_OFFERS]
    return error(told, "problem", [{"label": t, "control": "problem", "value": t} for t in works])


def _sentence(problem: Problem) -> str:
    unknown = [f"“{word}”" for word in unknown_words(problem)]
    if not unknown:
        return ""
    *others, last = unknown
    words = f"{', '.join(others)} and {last}" if others else last
    return (
        f"These models have never read the word{'s' if others else ''} {words}: they may write "
        "nonsense."
    )
