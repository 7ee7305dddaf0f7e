"""A process reward model read at the end of each step: token classification."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from search_core.engine.path_tokens import DELIMITER, TEMPLATE_DATE, PathTokens
from search_core.engine.reading.path_reading import PathText
from search_core.verifiers.formats.base import Words, read_at_ends


class StepEnds:
    """The problem as a chat's question, and steps as its answer, each read at its last token.

    That is the delimiter, or the end token of a finished solution. The embedded verifiers were
    trained on this, and so is a chat model's own likelihood of a solution read (`implicit`).

    Args:
        tokenizer: Without a chat template, the prompt is the problem and a blank line.
        end: Id of the token that ends a solution; None: a finished step is read as any other.
        system_prompt: System message before the problem; "" for none.
        date: The day that a chat template is told it is.
    """

    def __init__(
        self,
        tokenizer: Any,
        end: int | None,
        *,
        system_prompt: str = "",
        date: str = TEMPLATE_DATE,
    ) -> None:
        self._paths = PathTokens(tokenizer, system_prompt=system_prompt, date=date)
        self._end = end

    def texts(
        self, problem: str, steps: Sequence[str], first: int, finished: bool
    ) -> list[PathText]:
        pieces = [self._paths.step(text) for text in steps]
        if finished and self._end is not None:
            pieces[-1] = self._paths.last_step(steps[-1], self._end)
        return [read_at_ends(self._paths.prompt(problem), pieces, first, finished)]


class PlainStepEnds:
    """Problem and steps as TRL's PRMTrainer puts them together: no chat, a separator after each.

    As the cards of HuggingFaceH4/Qwen2.5-Math-*-Instruct-PRM-0.2 use it, with a separator
    after the problem too, read at each step's separator.

    Args:
        separator: A blank line on those cards; the trainer's own default is a line break.
    """

    def __init__(self, words: Words, separator: str = DELIMITER) -> None:
        self._words, self._separator = words, separator

    def texts(
        self, problem: str, steps: Sequence[str], first: int, finished: bool
    ) -> list[PathText]:
        end = self._words.plain(self._separator)
        prompt = self._words.begin + self._words.plain(problem) + end
        pieces = [self._words.plain(text) + end for text in steps]
        return [read_at_ends(prompt, pieces, first, finished)]
