"""The three problem families: what they are, and their problems in canonical wording.

They know no model and no solution of one. `FAMILIES` below is where to begin; each family is a
module, and `arithmetic.py` and `canonical.py` are what they share.
"""

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
        levels: Difficulty levels that are offered and measured; more is harder. They are
            where the small solver, answering once, is right about half of the time.
        trained: Share of each level in training; it holds all of `levels`.
        example: The text of one problem.
        offered: The one that a page offers to try first, which a search of the small pair solves:
            whoever tries it must not take the models, or the search, for broken. "": the example.
    """

    name: str
    title: str
    description: str
    levels: range
    trained: Mapping[int, float]
    example: str
    offered: str = ""

    @property
    def first(self) -> str:
        """What is offered to try first."""
        return self.offered or self.example

    @property
    def readable(self) -> range:
        """Levels of typed problems that the models can be asked."""
        return range(min(self.trained), max(self.trained) + 1)


FAMILIES: Mapping[str, Family] = {
    family.name: family
    for family in (
        Family(
            "expression",
            "Arithmetic expression",
            "Work out an expression of 2 to 9 operations, brackets first.",
            range(6, 9),
            dict.fromkeys(range(2, 10), 1.0),
            "What is (7 + 8) * 3 - 4?",
        ),
        Family(
            "word",
            "Word problem",
            "Follow how many things someone has through 2 to 8 sentences that matter.",
            range(2, 5),
            dict.fromkeys(range(2, 9), 1.0),
            "Ella has 27 books. Ella gets 72 books from Rosa. Ella splits the books into 3 "
            "equal piles and keeps one pile. How many books does Ella have now?",
        ),
        Family(
            "countdown",
            "Countdown",
            "Reach the target with + - * / from 3 to 5 numbers, each used at most once.",
            range(3, 5),
            {3: 0.5, 4: 0.4, 5: 0.1},
            "Use 3, 7, 8 and 25 to make 24.",
            offered="Use 3, 5, 7 and 11 to make 20.",
        ),
    )
}
