"""A chat in which the user says the steps and the verifier answers each with its verdict."""

from __future__ import annotations

from collections.abc import Sequence

from search_core.engine.reading.path_reading import PathText
from search_core.verifiers.formats.base import Ids, Words, in_common, parts_of, read_at_ends

# Words that no template writes itself.
_FIRST, _REPLY, _NEXT = "slot5f2a", "slot8c1b", "slot3d7e"


class ChatTurns:
    """One user's turn for each step, the first with the problem before it; read before the reply.

    Whatever the scores were, every reply in a path is the favourable one: that is how these
    models are read, and it lets a path grow.

    Args:
        words: Tokeniser with a chat template.
        join: Between the problem and the first step.
        reply: The favourable reply.

    Raises:
        ValueError: The chat template is missing, or no path could grow in it.
    """

    def __init__(self, words: Words, *, join: str, reply: str) -> None:
        self._words, self._join = words, join
        turns = [("user", _FIRST), ("assistant", _REPLY), ("user", _NEXT)]
        text = words.chat(turns, answer=True)
        before, answering, asking, answering_again = parts_of(text, _FIRST, _REPLY, _NEXT)
        if answering != answering_again:
            raise ValueError(
                "The chat template writes the last turn otherwise than those before it, so a "
                "path could not grow in it. Choose another format."
            )
        spaced = words.chat([("user", f" {_FIRST} ")], answer=True)
        self._trims = f" {_FIRST} " not in spaced
        self._before = words.frame(before)
        self._to_verdict = words.frame(answering)
        self._to_next = words.plain(reply) + words.frame(asking)

    def texts(
        self, problem: str, steps: Sequence[str], first: int, finished: bool
    ) -> list[PathText]:
        # Problem and first step are one text: a token may lie across them.
        said = [problem + self._join + steps[0], *steps[1:]]
        pieces = [self._turn(text, index > 0) for index, text in enumerate(said)]
        shared = in_common(self._content(problem + self._join), pieces[0])
        return [read_at_ends(self._before, pieces, first, finished, len(self._before) + shared)]

    def _turn(self, text: str, later: bool) -> Ids:
        return (self._to_next if later else ()) + self._content(text) + self._to_verdict

    def _content(self, text: str) -> Ids:
        return self._words.plain(text.strip() if self._trims else text)


def rlhflow(words: Words) -> ChatTurns:
    """RLHFlow/Llama3.1-8B-PRM-Deepseek-Data and -Mistral-Data.

    Score: softmax over "+" and "-" at the position before the reply "+"
    (RLHFlow/RLHF-Reward-Modeling, math-rm; huggingface/search-and-learn, reward_models.py).
    """
    return ChatTurns(words, join=" ", reply="+")
