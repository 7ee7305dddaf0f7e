"""Knows from token ids alone when a step has ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from search_core.engine.path_tokens import DELIMITER

_LINE_BREAK = "\n"


@dataclass(frozen=True, slots=True)
class StopTable:
    """Which tokens end a step.

    Deciding needs no decoding: a delimiter lies inside one token, or one token ends and the
    next begins with a line break.

    Attributes:
        delimiters: Tokens whose text contains the delimiter.
        before: Tokens whose text ends with a line break.
        after: Tokens whose text begins with a line break.
        ends: Tokens that end the whole solution.
    """

    delimiters: frozenset[int]
    before: frozenset[int]
    after: frozenset[int]
    ends: frozenset[int]

    def ended(self, token: int, previous: int | None) -> Literal["step", "end"] | None:
        """How a token ends a step; None if it does not.

        Args:
            token: The newest token of the step.
            previous: The one before it in the same step, or None for its first.
        """
        if token in self.ends:
            return "end"
        if token in self.delimiters or (token in self.after and previous in self.before):
            return "step"
        return None


def stop_table(tokenizer: Any, ends: Iterable[int]) -> StopTable:
    """Reads every token of the vocabulary once (a second for 150,000 tokens)."""
    ids = range(len(tokenizer))
    texts = tokenizer.batch_decode(
        [[id_] for id_ in ids], skip_special_tokens=True, clean_up_tokenization_spaces=False
    )
    with_breaks = [(id_, text) for id_, text in zip(ids, texts, strict=True) if "\n" in text]
    return StopTable(
        delimiters=frozenset(id_ for id_, text in with_breaks if DELIMITER in text),
        before=frozenset(id_ for id_, text in with_breaks if text.endswith(_LINE_BREAK)),
        after=frozenset(id_ for id_, text in with_breaks if text.startswith(_LINE_BREAK)),
        ends=frozenset(ends),
    )
