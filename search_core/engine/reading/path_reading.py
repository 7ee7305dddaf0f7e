"""What reading takes and gives: paths as token ids, and a number at each position asked about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from search_core.protocols import Watch

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True)
class PathText:
    """A path as a model reads it. The ids of a path begin with those of every path before it.

    Attributes:
        ids: Token ids.
        at: Positions at which a number is wanted, rising; at least one.
        start: Where the solution starts: the length of what all paths of the problem share.
        stem: Where what is asked about starts: the length of what siblings share, at least
            `start` and at most `at[0]`.
        keep: How many of the ids a continuation of this path will begin with: worth keeping.
    """

    ids: tuple[int, ...]
    at: tuple[int, ...]
    start: int
    stem: int
    keep: int


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """A path that somebody asks about.

    Attributes:
        text: The path.
        run: Id of the asking run, which holds what is kept of the path.
        watch: Says when nobody wants it any more.
    """

    text: PathText
    run: str
    watch: Watch


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What was read of a path.

    Attributes:
        values: One number for each position asked about.
        tokens: Tokens computed for it.
        reused: Tokens of the path that were not computed again.
    """

    values: tuple[float, ...]
    tokens: int
    reused: int


class Readout(Protocol):
    """Turns what a model knows at a position into a number.

    Attributes:
        next_token: Logits of the next token, [..., hidden] to [..., vocabulary], where it wants
            to know how likely the model finds the solution: the reader then computes the
            log-probability of every token. None: it does not.
    """

    @property
    def next_token(self) -> Callable[[Tensor], Tensor] | None: ...

    def values(self, hidden: Tensor, tokens: Tensor, total: Tensor, least: Tensor) -> Tensor:
        """One number for each of n positions, float32 [n].

        Args:
            hidden: Last hidden states, [n, hidden].
            tokens: The tokens there, int64 [n].
            total: Log-probability of the solution up to and with that token, in nats; 0 without
                `next_token`. [n]
            least: The same of its least likely token. [n]
        """
        ...
