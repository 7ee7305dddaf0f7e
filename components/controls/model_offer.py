"""Which pairs of models a page serves, and which of them a form or a link asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from search_core.models import EMBEDDED, FIRST, ModelPair, Offered, embedded_pair, usual_solver
from search_core.strategies import Strategy
from search_core.strategies.options import OptionError


@dataclass(frozen=True)
class ModelOffer:
    """Pairs that visitors may choose among: what the operator named, and nothing else.

    The pair `embedded_pair()` stands for all embedded models, each solver with each verifier.
    """

    pairs: tuple[Offered, ...]

    @classmethod
    def of(cls, served: ModelPair | Sequence[Offered]) -> ModelOffer:
        """One pair, or several by name; the first is what the page opens with.

        Raises:
            ValueError: There is none.
        """
        if isinstance(served, ModelPair):
            return cls((Offered(EMBEDDED, "", "", served),))
        if not served:
            raise ValueError("A page needs a pair of models to serve; got none.")
        return cls(tuple(served))

    @property
    def first(self) -> ModelPair:
        """What the page opens with."""
        return self.pairs[0].pair

    @property
    def several(self) -> bool:
        """Whether there is more than one pair to choose from."""
        return len(self.pairs) > 1

    @property
    def has_embedded(self) -> bool:
        """Whether the embedded models may be chosen one by one."""
        return any(is_embedded(offered.pair) for offered in self.pairs)

    def named(self, name: str | None) -> Offered:
        """The offered pair of this name; None: the first.

        Raises:
            OptionError: None is called that.
        """
        if name is None:
            return self.pairs[0]
        for offered in self.pairs:
            if offered.name == name:
                return offered
        known = ", ".join(offered.name for offered in self.pairs) if self.several else "no other"
        raise OptionError(f"Models {name!r:.60} are not offered here; known: {known}.")

    def choose(
        self, strategy: Strategy, name: str | None, solver: str | None, verifier: str | None
    ) -> ModelPair:
        """The pair that is asked for; a solver or a verifier without a name is the usual one.

        Raises:
            OptionError: A name is unknown, or there is nothing to choose in this pair.
        """
        pair = self.named(name).pair
        if is_embedded(pair):
            return embedded_pair(solver or usual_solver(strategy), verifier or FIRST)
        if solver or verifier:
            raise OptionError(
                f"{str(solver or verifier)!r:.60} was asked for, but this page serves other "
                "models, which its operator chose. Leave solver and verifier out of the link."
            )
        return pair


def is_embedded(pair: ModelPair) -> bool:
    """Whether this pair leaves the choice among all embedded models."""
    return pair is embedded_pair()
