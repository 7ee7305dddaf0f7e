"""Knows from token ids alone when a step has ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from search_core.engine.running_text import DELIMITER

_LINE_BREAK = "\n"
_WORD = "a"


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
            previous: The one before it in the same step, or None for its first, unless the step
                began in the token before.
        """
        if token in self.ends:
            return "end"
        if token in self.delimiters or (token in self.after and previous in self.before):
            return "step"
        return None

    def ends_with_delimiter(self, ids: Sequence[int]) -> bool:
        """Whether a step ends with these ids, none of which ended another one before."""
        last, before = ids[-1:], ids[-2:-1]
        return bool(last) and self.ended(last[0], before[0] if before else None) == "step"


def stop_table(tokenizer: Any, ends: Iterable[int]) -> StopTable:
    """Reads every token of the vocabulary once (a second for 150,000 tokens)."""
    texts = token_texts(tokenizer, [[id_] for id_ in range(len(tokenizer))])
    breaks = [id_ for id_, text in enumerate(texts) if _LINE_BREAK in text]
    # A space that some tokenizers leave out at the beginning of a text parts two line breaks.
    lead = list(tokenizer(_WORD, add_special_tokens=False)["input_ids"])
    word, *behind = token_texts(tokenizer, [lead, *([*lead, id_] for id_ in breaks)])
    with_breaks = [(id_, text.removeprefix(word)) for id_, text in zip(breaks, behind, strict=True)]
    return StopTable(
        delimiters=frozenset(id_ for id_, text in with_breaks if DELIMITER in text),
        before=frozenset(id_ for id_, text in with_breaks if text.endswith(_LINE_BREAK)),
        after=frozenset(id_ for id_, text in with_breaks if text.startswith(_LINE_BREAK)),
        ends=frozenset(ends),
    )


def token_texts(tokenizer: Any, ids: Sequence[Sequence[int]]) -> list[str]:
    """The texts of these ids, without special tokens."""
    texts: list[str] = tokenizer.batch_decode(
        [list(those) for those in ids],
        skip_special_tokens=True,
        clean_up_tokenization_spaces=False,
    )
    return texts
