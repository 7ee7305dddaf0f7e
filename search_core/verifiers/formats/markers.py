"""Verifiers read at a mark that is written after each step."""

from __future__ import annotations

from collections.abc import Sequence

from search_core.engine.reading.path_reading import PathText
from search_core.verifiers.formats.base import Ids, Words, in_common, parts_of, read_at_ends

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

    def __init__(self, words: Words) -> None:
        self._words = words
        self._tag = words.plain(TAG.strip())

    def texts(
        self, problem: str, steps: Sequence[str], first: int, finished: bool
    ) -> list[PathText]:
        # Problem and first step are one text: a token may lie across them.
        begin = self._words.begin
        pieces = [self._words.plain(f"{problem} {steps[0]}{TAG}")]
        pieces += [self._later(text) for text in steps[1:]]
        shared = in_common(self._words.plain(problem), pieces[0])
        return [read_at_ends(begin, pieces, first, finished, len(begin) + shared)]

    def _later(self, step: str) -> Ids:
        return self._words.plain(f"{TAG.strip()}\n{step}{TAG}")[len(self._tag) :]


class MarkedSteps:
    """Qwen2.5-Math-PRM-7B and -72B, Qwen2.5-Math-7B-PRM800K (arXiv 2501.07301): <extra_0>.

    A chat whose answer is the steps, each followed by the marker. Score: softmax of the
    two-label head at each marker, second label.

    Raises:
        ValueError: The tokenizer has no chat template or no marker.
    """

    def __init__(self, words: Words, system_prompt: str = QWEN_SYSTEM) -> None:
        self._words = words
        self._marker = (words.only_id(QWEN_MARKER),)
        text = words.chat([("system", system_prompt), ("user", _SLOT)], answer=True)
        self._before, self._after = (words.frame(part) for part in parts_of(text, _SLOT))

    def texts(
        self, problem: str, steps: Sequence[str], first: int, finished: bool
    ) -> list[PathText]:
        prompt = self._before + self._words.plain(problem) + self._after
        pieces = [self._words.plain(text) + self._marker for text in steps]
        return [read_at_ends(prompt, pieces, first, finished)]


class Lines:
    """Skywork-o1-Open-PRM-Qwen-2.5-1.5B and -7B: one line for the problem, one for each step.

    Line breaks inside a step become spaces. Score: sigmoid of the value head at the line break
    that ends each step (SkyworkAI/skywork-o1-prm-inference).
    """

    def __init__(self, words: Words) -> None:
        self._words = words
        self._break = (words.last_id("\n"),)

    def texts(
        self, problem: str, steps: Sequence[str], first: int, finished: bool
    ) -> list[PathText]:
        prompt = self._words.begin + self._words.plain(problem + "\n")
        pieces = [self._words.plain(text.replace("\n", " ")) + self._break for text in steps]
        return [read_at_ends(prompt, pieces, first, finished)]
