"""The embedded models' problems: families, generator, checker, and reader of typed text.

They know no solver and no verifier. Begin with `families` (what the problems are), then
`generation.py`, `checking` and `reading`. Importing this package needs no torch; the recipe that
trains the models is in `training` and runs as `python -m search_core.embedded train --out DIR`.
"""

from __future__ import annotations

from search_core.embedded.checking import Grade, grade, prospects
from search_core.embedded.families import FAMILIES, Family
from search_core.embedded.generation import generate, gold_solution
from search_core.embedded.reading import (
    ProblemOutOfRangeError,
    UnknownProblemError,
    read_problem,
)
from search_core.embedded.reading.nearest import nearest_problems
from search_core.embedded.reading.unknown_words import in_known_words, unknown_words
from search_core.embedded.splits import canonical_key, split_of

__all__ = [
    "FAMILIES",
    "Family",
    "Grade",
    "ProblemOutOfRangeError",
    "UnknownProblemError",
    "canonical_key",
    "generate",
    "gold_solution",
    "grade",
    "in_known_words",
    "nearest_problems",
    "prospects",
    "read_problem",
    "split_of",
    "unknown_words",
]
