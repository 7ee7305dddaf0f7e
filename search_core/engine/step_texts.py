"""What steps say in the token ids that they were written in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from search_core.engine.running_text import in_common

Ids = tuple[int, ...]
_BLANK_LINE = re.compile(r"\n\n+")
_TAIL = 4
"""Tokens: a delimiter lies in the last two, and a character in a few."""
_REMEMBERED = 4096


class StepTexts:
    """Reads steps one behind the other, each from where the delimiter before it ends.

    The token that holds a delimiter may hold more: further line breaks, which belong to the
    delimiter, and the beginning of the next step. Not thread-safe, like the tokenizer.

    Args:
        tokenizer: A transformers tokenizer.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._rest = lru_cache(_REMEMBERED)(self._find_rest)

    def text(self, ids: Sequence[int], before: Ids = ()) -> str:
        """Text of generated ids, without special tokens.

        Args:
            before: Ids of the step before it, from whose delimiter on it is read, or of the
                opening that it continues; () where the prompt ends.
        """
        if not before:
            return self._decoded(ids)
        tail = before[-_TAIL:]
        head, whole = self._decoded(tail), self._decoded((*tail, *ids))
        ends = _ends(head)
        if ends and self.rest(before) is not None:
            return whole[ends[-1] :]
        return whole[in_common(head, whole) :]

    def step(self, ids: Sequence[int], before: Ids = ()) -> str:
        """The same of a step that ended with a delimiter: what comes before that."""
        text = self.text(ids, before)
        found = list(_BLANK_LINE.finditer(text))
        return text[: found[-1].start()] if found else text

    def rest(self, ids: Ids) -> str | None:
        """What the token with the delimiter holds behind it; None: the ids end with none."""
        return self._rest(ids[-_TAIL:])

    def _find_rest(self, tail: Ids) -> str | None:
        return rest_of(self._decoded(tail[:-1]), self._decoded(tail))

    def _decoded(self, ids: Sequence[int]) -> str:
        decoded: str = self._tokenizer.decode(
            list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return decoded


def _ends(text: str) -> list[int]:
    return [found.end() for found in _BLANK_LINE.finditer(text)]


def rest_of(before: str, text: str) -> str | None:
    """What stands behind the delimiter that the last token of a text completes; None: it does not.

    Args:
        before: The text without its last token.
    """
    ends = _ends(text)
    # One that was over before the last token ended another step.
    return text[ends[-1] :] if ends and ends[-1] > in_common(before, text) else None
