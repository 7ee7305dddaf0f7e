"""GenPRM asked for its verdict at once."""

from __future__ import annotations

from collections.abc import Sequence

from search_core.engine.reading.path_reading import PathText
from search_core.steps.splitting import in_common
from search_core.verifiers.formats.base import without_end
from search_core.verifiers.formats.tokenizers import ChatTokenizer, Ids, Message

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
    """

    def __init__(self, tokenizer: ChatTokenizer) -> None:
        self._tokenizer = tokenizer

    async def texts(
        self, problem: str, steps: Sequence[str], first: int, finished: bool
    ) -> list[PathText]:
        turns: list[Message] = [("system", SYSTEM)]
        start = 0
        asked = []
        for index, step in enumerate(steps):
            said = step if index else f"{problem}\n{step}"
            before = await self._chat([*turns, ("user", "" if index else problem + "\n")])
            # One text, as there: a token may lie across step and opening.
            ids = await self._chat([*turns, ("user", said + OPENING)])
            turns.append(("user", said))
            stem = in_common(before, ids)
            start = start or stem
            if index >= first:
                last = finished and index == len(steps) - 1
                keep = stem if last else in_common(await self._chat(turns), ids)
                asked.append(PathText(ids, (len(ids) - 1,), start, stem, keep))
            turns.append(("assistant", REPLY))
        return asked

    async def _chat(self, turns: Sequence[Message]) -> Ids:
        """Without the end token that a template may put behind the last turn."""
        ids = await self._tokenizer.conversation(turns, answer=False)
        end = self._tokenizer.end
        ends = () if end is None else (end,)
        return without_end(ids, ends, await self._tokenizer.plain("\n"))
