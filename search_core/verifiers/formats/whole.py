"""Verifiers that are asked about a path as a whole: outcome reward models, and judges."""

from __future__ import annotations

from collections.abc import Sequence

from search_core.engine.path_tokens import DELIMITER
from search_core.engine.reading.path_reading import PathText
from search_core.verifiers.formats.base import Ids, Words, parts_of

_QUESTION, _ANSWER = "slot5f2a", "slot8c1b"
JUDGE_TASK = (
    "You check solutions of problems, one step at a time. You are shown a problem and the "
    "beginning of a solution."
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

    def __init__(self, words: Words, end: int | None) -> None:
        self._words = words
        if words.tokenizer.chat_template:
            turns = [("user", _QUESTION), ("assistant", _ANSWER)]
            parts = parts_of(words.chat(turns, answer=False), _QUESTION, _ANSWER)
        else:
            parts = ["", DELIMITER, ""]
        self._before, self._between, self._after = (words.frame(part) for part in parts)
        if not words.tokenizer.chat_template:
            self._before = words.begin
            self._after = () if end is None else (end,)

    def texts(
        self, problem: str, steps: Sequence[str], first: int, finished: bool
    ) -> list[PathText]:
        prompt = self._before + self._words.plain(problem) + self._between
        ids = prompt + self._words.plain(DELIMITER.join(steps)) + self._after
        return [PathText(ids, (len(ids) - 1,), len(prompt), len(prompt), len(prompt))]


class JudgePrompt:
    """A chat model that is asked whether the last step is right.

    Score: softmax over "Yes" and "No" as the first word of its answer. Each step is asked about
    by itself; problem and steps are read once, whatever is asked about them.

    Raises:
        ValueError: The tokenizer has no chat template.
    """

    def __init__(self, words: Words) -> None:
        self._words = words
        text = words.chat([("system", JUDGE_TASK), ("user", _QUESTION)], answer=True)
        before, after = parts_of(text, _QUESTION)
        self._before = words.frame(before) + words.plain("Problem:\n\n")
        self._between = words.plain(f"{DELIMITER}Solution so far:{DELIMITER}")
        self._ask = words.plain(JUDGE_QUESTION) + words.frame(after)

    def texts(
        self, problem: str, steps: Sequence[str], first: int, finished: bool
    ) -> list[PathText]:
        prompt = self._before + self._words.plain(problem) + self._between
        ids: Ids = prompt
        asked = []
        for index, text in enumerate(steps):
            stem = len(ids)
            ids += self._words.plain(f"Step {index + 1}: {text}{DELIMITER}")
            if index >= first:
                last = finished and index == len(steps) - 1
                keep = stem if last else len(ids)
                whole = ids + self._ask
                asked.append(PathText(whole, (len(whole) - 1,), len(prompt), stem, keep))
        return asked
