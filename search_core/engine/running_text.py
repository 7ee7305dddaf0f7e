"""A step's token ids as it would stand in running text: behind a blank line, before more text.

A text that is tokenised alone is not always the same tokens: a splitter in GPT-2's manner makes
one token of a blank line at the end of a text and two of one before a word, and SentencePiece
puts a space before every text. So a step is tokenised between others, and those are left out.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from search_core.steps.splitting import in_common

DELIMITER = "\n\n"
"""Ends a step."""
_WORD = "a"
_LEAD = _WORD + DELIMITER
_NEXT, *_OTHERS = "The", "So", "an"
"""Words that a text may go on with; what they have before them in common is not theirs. Where a
tokenizer knows the letters of none of them it has the same id for them all, and nothing is told."""

Ids = tuple[int, ...]
Tokenise = Callable[[str], Awaitable[Ids]]


class RunningText:
    """Tokenises pieces of a text for one model, wherever its tokenizer is.

    Where its tokens lie across the end of a delimiter no piece stands for itself; it is tokenised
    alone then.

    Args:
        tokenise: Gives the ids of a text, and puts nothing in front of them.
    """

    def __init__(self, tokenise: Tokenise) -> None:
        self._tokenise = tokenise
        self._frame: tuple[Ids, Ids] | None = None
        self._looked = False

    async def step(self, text: str) -> Ids:
        """Ids of a text with a delimiter behind it, after one and before more text."""
        frame = await self._found()
        if frame is not None:
            lead, after = frame
            ids = await self._tokenise(f"{_LEAD}{text}{DELIMITER}{_NEXT}")
            first, last = len(lead), len(ids) - len(after)
            if first < last and ids[:first] == lead and ids[last:] == after:
                return ids[first:last]
        # A digit, say, may part from a blank line otherwise than a letter; its own end may not.
        return await self.beginning(text)

    async def opening(self, text: str) -> Ids:
        """Ids of a text after a delimiter."""
        frame = await self._found()
        if frame is not None:
            lead, _ = frame
            ids = await self._tokenise(_LEAD + text)
            if ids[: len(lead)] == lead:
                return ids[len(lead) :]
        return await self._tokenise(text)

    async def beginning(self, text: str, tokenise: Tokenise | None = None) -> Ids:
        """Ids of a text with a delimiter behind it, at the beginning of everything.

        Args:
            tokenise: As the class's, for what begins; None: that.
        """
        of = tokenise or self._tokenise
        frame = await self._found()
        if frame is not None:
            _, after = frame
            ids = await of(f"{text}{DELIMITER}{_NEXT}")
            last = len(ids) - len(after)
            if last > 0 and ids[last:] == after:
                return ids[:last]
        return await of(text + DELIMITER)

    async def delimiter(self) -> Ids:
        """Ids of a delimiter behind a word."""
        frame = await self._found()
        word = await self._tokenise(_WORD)
        if frame is not None and frame[0][: len(word)] == word:
            return frame[0][len(word) :]
        return await self._tokenise(DELIMITER)

    async def _found(self) -> tuple[Ids, Ids] | None:
        """Ids of what stands before a text, with its delimiter, and of what stands behind its own;
        None where the tokens do not part there."""
        if not self._looked:
            one = await self._tokenise(_LEAD + _NEXT)
            others = [await self._tokenise(_LEAD + word) for word in _OTHERS]
            lead = one[: min(in_common(one, other) for other in others)]
            # Half a delimiter, or none, would be left to what comes next.
            short = [await self._tokenise(_WORD), await self._tokenise(_WORD + DELIMITER[0]), ()]
            if lead not in short and len(lead) < min(map(len, (one, *others))):
                self._frame = lead, one[len(lead) :]
            self._looked = True
        return self._frame
