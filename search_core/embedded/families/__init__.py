"""The three problem families: what they are, and their problems in canonical wording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of problem that the embedded models were trained on.

    Attributes:
        name: Identifier, as in `Problem.family`.
        title: For headings and menus.
        description: One plain sentence.
        levels: Difficulty levels; more is harder.
        example: The text of one problem.
    """

    name: str
    title: str
    description: str
    levels: range
    example: str


FAMILIES: Mapping[str, Family] = {
    family.name: family
    for family in (
        Family(
            "expression",
            "Arithmetic expression",
            "Work out an expression of 2 to 6 operations, brackets first.",
            range(2, 7),
            "What is (7 + 8) * 3 - 4?",
        ),
        Family(
            "word",
            "Word problem",
            "Follow how many things someone has through 2 to 6 sentences that matter.",
            range(2, 7),
            "Ella has 27 books. Ella gets 72 books from Rosa. Ella splits the books into 3 "
            "equal piles and keeps one pile. How many books does Ella have now?",
        ),
        Family(
            "countdown",
            "Countdown",
            "Reach the target with + - * / from 3 to 5 numbers, each used at most once.",
            range(3, 6),
            "Use 3, 7, 8 and 25 to make 24.",
        ),
    )
}
