"""What steps say in the token ids that they were written in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from search_core.steps import BLANK_LINES, StepStyle, rest_of
from search_core.steps.splitting import cuts, in_common

Ids = tuple[int, ...]
_TAIL, _LONG_TAIL = 8, 40
"""Tokens in which the end of a step lies, with what tells that it is one: a blank line and two
characters, or the mark that the next step begins with. A character may take a few of them."""
_REMEMBERED = 4096


class StepTexts:
    """Reads steps one behind the other, each from where the delimiter before it ends.

    The token that holds a delimiter may hold more: further line breaks, which belong to the
    delimiter, and the beginning of the next step. Not thread-safe, like the tokenizer.

    Args:
        tokenizer: A transformers tokenizer.
        style: How steps are written.
    """

    def __init__(self, tokenizer: Any, style: StepStyle = BLANK_LINES) -> None:
        self._tokenizer, self._style = tokenizer, style
        self._tail = _TAIL if style is BLANK_LINES else _LONG_TAIL
        self._rest = lru_cache(_REMEMBERED)(self._find_rest)

    def text(self, ids: Sequence[int], before: Ids = ()) -> str:
        """Text of generated ids, without special tokens.

        Args:
            before: Ids of the step before it, from whose delimiter on it is read, or of the
                opening that it continues; () where the prompt ends.
        """
        if not before:
            return self._decoded(ids)
        tail = before[-self._tail :]
        head, whole = self._decoded(tail), self._decoded((*tail, *ids))
        ends = cuts(head, self._style)
        if ends and self.rest(before) is not None:
            return whole[ends[-1].end :]
        return whole[in_common(head, whole) :]

    def step(self, ids: Sequence[int], before: Ids = ()) -> str:
        """The same of a step that ended with a delimiter: what comes before that."""
        text = self.text(ids, before)
        found = cuts(text, self._style)
        return text[: found[-1].start] if found else text

    def rest(self, ids: Ids) -> str | None:
        """What the token with the delimiter holds behind it; None: the ids end with none."""
        return self._rest(ids[-self._tail :])

    def _find_rest(self, tail: Ids) -> str | None:
        return rest_of(self._decoded(tail[:-1]), self._decoded(tail), self._style)

    def _decoded(self, ids: Sequence[int]) -> str:
        decoded: str = self._tokenizer.decode(
            list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return decoded
