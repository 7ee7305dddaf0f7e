"""Verifiers that are asked about a path as a whole: outcome reward models, and judges."""

from __future__ import annotations

from collections.abc import Sequence

from search_core.engine.reading.path_reading import PathText
from search_core.engine.running_text import DELIMITER
from search_core.verifiers.formats.tokenizers import ChatTokenizer, Ids

_QUESTION, _ANSWER = "slot5f2a", "slot8c1b"
JUDGE_TASK = (
    "You check solutions of problems, one step at a time. You are shown a problem and the "
    "beginning of a solution. A step that only outlines what will be done is none of the work yet: "
    "it is correct if doing so leads to the answer."
)
JUDGE_QUESTION = (
    "Is the last of these steps correct, given the problem and the steps before it? Answer with "
    "one word, Yes or No."
)


class WholeSolution:
    """Outcome reward models: the whole chat, problem and solution, read at its last token.

    A problem is the user's turn and a solution the assistant's, as the template writes them,
    what closes the answer included: transformers' sequence classifiers read the last token.
    Without a chat template it is problem, blank line, solution, end token.
    """

    def __init__(self, tokenizer: ChatTokenizer) -> None:
        self._tokenizer = tokenizer

    async def texts(
        self, problem: str, steps: Sequence[str], first: int, finished: bool
    ) -> list[PathText]:
        before, between, after = await self._frame()
        prompt = before + await self._tokenizer.plain(problem) + between
        ids = prompt + await self._tokenizer.plain(DELIMITER.join(steps)) + after
        return [PathText(ids, (len(ids) - 1,), len(prompt), len(prompt), len(prompt))]

    async def _frame(self) -> list[Ids]:
        if self._tokenizer.chats:
            turns = [("user", _QUESTION), ("assistant", _ANSWER)]
            return await self._tokenizer.around(turns, (_QUESTION, _ANSWER), answer=False)
        end = self._tokenizer.end
        closing = () if end is None else (end,)
        return [await self._tokenizer.begin(), await self._tokenizer.plain(DELIMITER), closing]


class JudgePrompt:
    """A chat model that is asked whether the last step is right.

    Score: softmax over "Yes" and "No" as the first word of its answer. Each step is asked about
    by itself; problem and steps are read once, whatever is asked about them.
    """

    def __init__(self, tokenizer: ChatTokenizer) -> None:
        self._tokenizer = tokenizer

    async def texts(
        self, problem: str, steps: Sequence[str], first: int, finished: bool
    ) -> list[PathText]:
        plain = self._tokenizer.plain
        before, after = await self._tokenizer.around(
            [("system", JUDGE_TASK), ("user", _QUESTION)], (_QUESTION,), answer=True
        )
        step = self._tokenizer.step
        prompt = before + await step("Problem:") + await step(problem)
        prompt += await step("Solution so far:")
        ask = await plain(JUDGE_QUESTION) + after
        ids: Ids = prompt
        asked = []
        for index, text in enumerate(steps):
            stem = len(ids)
            ids += await step(f"Step {index + 1}: {text}")
            if index >= first:
                last = finished and index == len(steps) - 1
                keep = stem if last else len(ids)
                whole = ids + ask
                asked.append(PathText(whole, (len(whole) - 1,), len(prompt), stem, keep))
        return asked
