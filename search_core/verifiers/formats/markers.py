"""Verifiers read at a mark that is written after each step."""

from __future__ import annotations

from collections.abc import Sequence

from search_core.engine.reading.path_reading import PathText
from search_core.steps.splitting import in_common
from search_core.verifiers.formats.base import read_at_ends
from search_core.verifiers.formats.tokenizers import ChatTokenizer, Ids

_SLOT = "slot5f2a"
TAG = " ки"
QWEN_SYSTEM = "Please reason step by step, and put your final answer within \\boxed{}."
QWEN_MARKER = "<extra_0>"


class TaggedSteps:
    """peiyi9979/math-shepherd-mistral-7b-prm (arXiv 2312.08935): " ки" after each step.

    The text is the problem, a space, and the steps joined by line breaks. Score: softmax over
    "+" and "-" at the tag. Each step is tokenised behind a tag, which is left out again, so
    that the ids are those of the whole text.
    """

    def __init__(self, tokenizer: ChatTokenizer) -> None:
        self._tokenizer = tokenizer

    async def texts(
        self, problem: str, steps: Sequence[str], first: int, finished: bool
    ) -> list[PathText]:
        begin = await self._tokenizer.begin()
        # Problem and first step are one text: a token may lie across them.
        pieces = [await self._tokenizer.plain(f"{problem} {steps[0]}{TAG}")]
        pieces += [await self._later(text) for text in steps[1:]]
        shared = in_common(await self._tokenizer.plain(problem), pieces[0])
        return [read_at_ends(begin, pieces, first, finished, len(begin) + shared)]

    async def _later(self, step: str) -> Ids:
        tag = await self._tokenizer.plain(TAG.strip())
        return (await self._tokenizer.plain(f"{TAG.strip()}\n{step}{TAG}"))[len(tag) :]


class MarkedSteps:
    """Qwen2.5-Math-PRM-7B and -72B, Qwen2.5-Math-7B-PRM800K (arXiv 2501.07301): <extra_0>.

    A chat whose answer is the steps, each followed by the marker. Score: softmax of the
    two-label head at each marker, second label.
    """

    def __init__(self, tokenizer: ChatTokenizer) -> None:
        self._tokenizer = tokenizer

    async def texts(
        self, problem: str, steps: Sequence[str], first: int, finished: bool
    ) -> list[PathText]:
        marker = (await self._tokenizer.only_id(QWEN_MARKER),)
        before, after = await self._tokenizer.around(
            [("system", QWEN_SYSTEM), ("user", _SLOT)], (_SLOT,), answer=True
        )
        prompt = before + await self._tokenizer.plain(problem) + after
        pieces = [await self._tokenizer.plain(text) + marker for text in steps]
        return [read_at_ends(prompt, pieces, first, finished)]


class Lines:
    """Skywork-o1-Open-PRM-Qwen-2.5-1.5B and -7B: one line for the problem, one for each step.

    Line breaks inside a step become spaces. Score: sigmoid of the value head at the line break
    that ends each step (SkyworkAI/skywork-o1-prm-inference).
    """

    def __init__(self, tokenizer: ChatTokenizer) -> None:
        self._tokenizer = tokenizer

    async def texts(
        self, problem: str, steps: Sequence[str], first: int, finished: bool
    ) -> list[PathText]:
        line_break = (await self._tokenizer.last_id("\n"),)
        prompt = await self._tokenizer.begin() + await self._tokenizer.plain(problem + "\n")
        pieces = [
            await self._tokenizer.plain(text.replace("\n", " ")) + line_break for text in steps
        ]
        return [read_at_ends(prompt, pieces, first, finished)]
