"""A process reward model read at the end of each step: token classification."""

from __future__ import annotations

from collections.abc import Sequence

from search_core.engine.reading.path_reading import PathText
from search_core.engine.running_text import DELIMITER
from search_core.verifiers.formats.base import read_at_ends
from search_core.verifiers.formats.tokenizers import ChatTokenizer, Ids


class StepEnds:
    """The problem as a chat's question, and steps as its answer, each read at its last token.

    That is the delimiter, or the end token of a finished solution. The embedded verifiers were
    trained on this, and so is a chat model's own likelihood of a solution read (`implicit`).

    Args:
        tokenizer: Without a chat template, the prompt is the problem and a blank line. Without an
            end token, a finished step is read as any other.
        system_prompt: System message before the problem; "" for none.
    """

    def __init__(self, tokenizer: ChatTokenizer, system_prompt: str = "") -> None:
        self._tokenizer, self._system_prompt = tokenizer, system_prompt

    async def texts(
        self, problem: str, steps: Sequence[str], first: int, finished: bool
    ) -> list[PathText]:
        pieces = [await self._tokenizer.step(text) for text in steps]
        end = self._tokenizer.end if finished else None
        if end is not None:
            pieces[-1] = (*await self._tokenizer.plain(steps[-1]), end)
        return [read_at_ends(await self._prompt(problem), pieces, first, finished)]

    async def _prompt(self, problem: str) -> Ids:
        if self._tokenizer.chats:
            said = [("system", self._system_prompt)] if self._system_prompt else []
            return await self._tokenizer.conversation([*said, ("user", problem)], answer=True)
        text = "".join(part + DELIMITER for part in (self._system_prompt, problem) if part)
        return await self._tokenizer.begin() + await self._tokenizer.plain(text)


class PlainStepEnds:
    """Problem and steps as TRL's PRMTrainer puts them together: no chat, a separator after each.

    As the cards of HuggingFaceH4/Qwen2.5-Math-*-Instruct-PRM-0.2 use it, with a separator
    after the problem too, read at each step's separator.

    Args:
        separator: A blank line on those cards; the trainer's own default is a line break.
    """

    def __init__(self, tokenizer: ChatTokenizer, separator: str) -> None:
        self._tokenizer, self._separator = tokenizer, separator

    async def texts(
        self, problem: str, steps: Sequence[str], first: int, finished: bool
    ) -> list[PathText]:
        end = await self._tokenizer.plain(self._separator)
        prompt = await self._tokenizer.begin() + await self._tokenizer.plain(problem) + end
        pieces = [await self._tokenizer.plain(text) + end for text in steps]
        return [read_at_ends(prompt, pieces, first, finished)]
