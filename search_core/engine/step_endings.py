"""Whether a step that is being written has ended, by what its ids say."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from search_core.engine.step_texts import Ids, StepTexts
from search_core.steps import BLANK_LINES, Cut, StepStyle, ending
from search_core.steps.splitting import cuts


class StepEnding:
    """Asked after every token of one step.

    Where steps end at blank lines, ids alone tell where one may have been written, and its text is
    read only there: what stands inside code or display maths goes on, and behind a list the next
    characters decide.

    Args:
        texts: Of the model's tokenizer.
        before: Ids of the step before, or of this one's opening.
        style: How steps are written.
        lock: Of the tokenizer, which is not thread-safe.
        thinking: Whether the step begins inside of a thought.
    """

    def __init__(
        self,
        texts: StepTexts,
        before: Ids,
        style: StepStyle,
        lock: threading.Lock,
        thinking: bool = False,
    ) -> None:
        self._thinking = thinking
        self._texts, self._before = texts, before
        self._style, self._lock = style, lock
        self._always = style is not BLANK_LINES
        self._tokens, self._read = 0, 0
        self._open: Cut | None = None

    def __call__(self, tokens: Sequence[int], delimiter: bool) -> bool:
        """Whether the step ends with its newest token.

        Args:
            tokens: All that was written of it.
            delimiter: Whether the newest token completes a blank line.
        """
        if len(tokens) <= self._tokens:
            self._forget()  # it is written again from its beginning
        self._tokens = len(tokens)
        if not (delimiter or self._always or self._open):
            return False
        with self._lock:
            text = self._texts.text(tokens, self._before)
        new = [cut for cut in cuts(text, self._style) if cut.known > self._read]
        self._read = len(text)
        cut = new[-1] if new else self._open
        if cut is None:
            # Bytes that are no character can hide the line break that ids tell of.
            return delimiter and not self._always and "\ufffd" in text
        said = ending(text, cut, self._style, self._thinking)
        self._open = cut if said == "open" else None
        return said == "ends"

    def _forget(self) -> None:
        self._tokens, self._read, self._open = 0, 0, None
