"""A chat in which the user says the steps and the verifier answers each with its verdict."""

from __future__ import annotations

from collections.abc import Sequence

from search_core.engine.reading.path_reading import PathText
from search_core.protocols import UsageError
from search_core.steps.splitting import in_common
from search_core.verifiers.formats.base import read_at_ends
from search_core.verifiers.formats.tokenizers import ChatTokenizer, Ids

# Words that no template writes itself.
_FIRST, _REPLY, _NEXT = "slot5f2a", "slot8c1b", "slot3d7e"


class ChatTurns:
    """RLHFlow/Llama3.1-8B-PRM-Deepseek-Data and -Mistral-Data: one user's turn for each step.

    The first has the problem before it. Score: softmax over "+" and "-" at the position before
    the reply "+" (RLHFlow/RLHF-Reward-Modeling, math-rm; huggingface/search-and-learn,
    reward_models.py). Whatever the scores were, every reply in a path is the favourable one: that
    is how these models are read, and it lets a path grow.

    Args:
        join: Between the problem and the first step.
        reply: The favourable reply.
    """

    def __init__(self, tokenizer: ChatTokenizer, *, join: str = " ", reply: str = "+") -> None:
        self._tokenizer, self._join, self._reply = tokenizer, join, reply

    async def texts(
        self, problem: str, steps: Sequence[str], first: int, finished: bool
    ) -> list[PathText]:
        """Raises `ValueError` too where no path could grow in the chat template."""
        before, to_verdict, to_next = await self._template()
        trims = await self._trims()
        # Problem and first step are one text: a token may lie across them.
        said = (problem + self._join + steps[0], *steps[1:])
        contents = [await self._content(text, trims) for text in said]
        pieces = [
            (to_next if number else ()) + content + to_verdict
            for number, content in enumerate(contents)
        ]
        shared = in_common(await self._content(problem + self._join, trims), pieces[0])
        return [read_at_ends(before, pieces, first, finished, len(before) + shared)]

    async def _template(self) -> tuple[Ids, Ids, Ids]:
        """What stands before the first step, behind each, and between a verdict's place and the
        next step."""
        turns = [("user", _FIRST), ("assistant", _REPLY), ("user", _NEXT)]
        before, answering, asking, answering_again = await self._tokenizer.around(
            turns, (_FIRST, _REPLY, _NEXT), answer=True
        )
        if answering != answering_again:
            raise UsageError(
                "The chat template writes the last turn otherwise than those before it, so a "
                "path could not grow in it. Choose another format."
            )
        return before, answering, await self._tokenizer.plain(self._reply) + asking

    async def _trims(self) -> bool:
        """Whether the template strips what is said."""
        bare = await self._tokenizer.conversation([("user", _FIRST)], answer=True)
        return bare == await self._tokenizer.conversation([("user", f" {_FIRST} ")], answer=True)

    async def _content(self, text: str, trims: bool) -> Ids:
        return await self._tokenizer.plain(text.strip() if trims else text)
