"""GenPRM asked for its verdict at once."""

from __future__ import annotations

from collections.abc import Sequence

from search_core.engine.reading.path_reading import PathText
from search_core.verifiers.formats.base import Ids, Words, in_common

SYSTEM = (
    "You are a math teacher. Your task is to review and critique the paragraphs in solution "
    "directly. Output your judgement in the format of `\\boxed{Yes}` if the paragraph is correct, "
    "or `\\boxed{No}` if the paragraph is incorrect."
)
OPENING = "<output>\n**Judgement**: $\\boxed{"
REPLY = OPENING + "Yes}$\n</output>"


class GenPrm:
    """GenPRM-1.5B, -7B, -32B in their direct mode (arXiv 2504.00891).

    The user says a paragraph in each turn, the first with the problem before it, and the
    assistant its verdict; earlier verdicts are the favourable ones, whatever the scores were.
    Score: softmax over "Yes" and "No" where the verdict's box opens. As in the published code
    (github.com/RyanLiu112/GenPRM at cc80f47, src/utils/util.py, `build_prompt`) the template does
    not open the turn that is read, so that each step is asked about by itself.

    Raises:
        ValueError: The tokenizer has no chat template.
    """

    def __init__(self, words: Words) -> None:
        self._words = words
        end = words.tokenizer.eos_token
        self._ends = () if end is None else (words.frame(f"{end}\n"), words.frame(end))
        self._chat([("user", "")])

    def texts(
        self, problem: str, steps: Sequence[str], first: int, finished: bool
    ) -> list[PathText]:
        turns: list[tuple[str, str]] = [("system", SYSTEM)]
        start = 0
        asked = []
        for index, step in enumerate(steps):
            said = step if index else f"{problem}\n{step}"
            before = self._chat([*turns, ("user", "" if index else problem + "\n")])
            # One text, as there: a token may lie across step and opening.
            ids = self._chat([*turns, ("user", said + OPENING)])
            turns.append(("user", said))
            stem = in_common(before, ids)
            start = start or stem
            if index >= first:
                last = finished and index == len(steps) - 1
                keep = stem if last else in_common(self._chat(turns), ids)
                asked.append(PathText(ids, (len(ids) - 1,), start, stem, keep))
            turns.append(("assistant", REPLY))
        return asked

    def _chat(self, turns: Sequence[tuple[str, str]]) -> Ids:
        """Without the end token that a template may put behind the last turn."""
        ids = self._words.conversation(turns, answer=False)
        for end in self._ends:
            if end and ids[-len(end) :] == end:
                return ids[: -len(end)]
        return ids
