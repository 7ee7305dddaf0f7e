"""What is said about problems that the embedded models do not know.

What they would know instead is not said here: the page offers it as buttons, the command line as
a list, both from `nearest_problems`.
"""

from __future__ import annotations

from collections.abc import Sequence

from search_core.embedded.families import FAMILIES

_FOREIGN = "The embedded models do not know this kind of problem."


class UnknownProblemError(ValueError):
    """The text is no problem of the three families.

    Attributes:
        families: Those that would be read, by name.
        detail: What is wrong, without what would be read instead.
    """

    def __init__(self, detail: str = _FOREIGN, families: Sequence[str] = tuple(FAMILIES)) -> None:
        *titles, last = (FAMILIES[name].title for name in families)
        kinds = f"{', '.join(titles)} and {last}" if titles else last
        count = {1: "one kind", 2: "two kinds", 3: "three kinds"}[len(families)]
        super().__init__(f"{detail} What is known is {count} of problem: {kinds}.")
        self.families, self.detail = tuple(families), detail


class ProblemOutOfRangeError(UnknownProblemError):
    """A problem of a known family that is too big, too small, or has no whole answer."""

    def __init__(self, detail: str) -> None:
        ValueError.__init__(self, detail)
        self.families, self.detail = tuple(FAMILIES), detail
