"""Chats and verdicts as token ids, in this process and for servers alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from search_core.verifiers.formats.base import Ids, in_common
from search_core.verifiers.generative.manners import Manner

SPARE = 16
"""Tokens that a text may come to more when it is read back than when it was written."""


@dataclass(frozen=True, slots=True)
class VerdictTokens:
    """A good and a bad verdict in tokens.

    Attributes:
        lead: What both begin with: the probability is read behind it.
        right, wrong: What follows; their first tokens are held against each other.
    """

    lead: Ids
    right: Ids
    wrong: Ids

    @classmethod
    def of(cls, manner: Manner, right: Ids, wrong: Ids) -> VerdictTokens:
        """Of a manner's verdicts, each tokenised by itself.

        Raises:
            ValueError: One is the beginning of the other.
        """
        lead = in_common(right, wrong)
        if lead == min(len(right), len(wrong)):
            raise ValueError(
                f"The tokenizer does not tell {manner.right!r} from {manner.wrong!r}, the verdicts "
                f"of the format {manner.name}. Choose another format."
            )
        return cls(right[:lead], right[lead:], wrong[lead:])

    @property
    def pair(self) -> tuple[int, int]:
        """The ids that are held against each other, the good one first."""
        return self.right[0], self.wrong[0]

    def rest(self, right: bool) -> Ids:
        """What follows the lead where this verdict was given."""
        return self.right if right else self.wrong


def opening_after(prompt: Ids, opening: str, line_break: Ids) -> str:
    """An opening behind a chat: no second line break where the template ends with one."""
    ends_so = bool(line_break) and prompt[-1:] == line_break[-1:]
    return opening[1:] if ends_so and opening.startswith("\n") else opening


def unended(prompt: Ids, ends: Ids, line_break: Ids) -> Ids:
    """A chat without the end token (and a line break) that the template puts behind a turn."""
    last = len(prompt)
    if line_break and prompt[-1:] == line_break[-1:] and prompt[-2:-1] and prompt[-2] in ends:
        last -= 1
    return prompt[: last - 1] if prompt[:last] and prompt[last - 1] in ends else prompt


def read_back(
    prompt: Ids,
    pieces: Sequence[tuple[Ids, bool]],
    closing: Ids,
    verdicts: VerdictTokens,
    context: float,
) -> tuple[Ids, tuple[int, ...]]:
    """A text with its verdicts, up to where the last one is read, and where each is.

    A text can be more tokens when it is read back than when it was written; what does not fit
    into the context then is left out before the verdict.

    Args:
        pieces: As in `Reading`.

    Returns:
        Ids, and how many of them stand before each verdict.
    """
    ids, ends = prompt, []
    asked = closing + verdicts.lead
    for piece, right in pieces:
        room = max(0, int(min(len(piece), context - 1 - len(ids) - len(asked))))
        ids += piece[:room] + asked
        ends.append(len(ids))
        ids += verdicts.rest(right)
    return ids[: ends[-1]], tuple(ends)


def room_for(limit: int, prompt: int, after: int, context: float, step: int, name: str) -> int:
    """Tokens that a chain may have: its limit, or what is left of the context.

    Args:
        prompt: Tokens before it.
        after: Tokens that may be read behind it.
        context: Tokens that the model reads at most.
        step: What it is about, from 1.
        name: Of the verifier.

    Raises:
        ValueError: Nothing is left.
    """
    room = context - prompt - after
    if room < 1:
        raise ValueError(
            f"Step {step} cannot be judged: with what verifier {name} is told, the problem and its "
            f"steps are {prompt:,} tokens long, and it reads and writes at most {context:,}. "
            "Choose fewer or shorter steps."
        )
    return int(min(limit, room))
