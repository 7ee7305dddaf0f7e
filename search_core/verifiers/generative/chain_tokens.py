"""Chains of thought and verdicts as token ids, in this process and for servers alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from search_core.protocols import UsageError
from search_core.steps.splitting import in_common
from search_core.verifiers.formats.base import without_end
from search_core.verifiers.formats.tokenizers import ChatTokenizer, Ids
from search_core.verifiers.generative.chains import Chain, VerdictQuery
from search_core.verifiers.generative.prompts import ReasoningPrompt

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
    def of(cls, prompt: ReasoningPrompt, right: Ids, wrong: Ids) -> VerdictTokens:
        """Of a prompt's verdicts, each tokenised by itself.

        Raises:
            ValueError: One is the beginning of the other.
        """
        lead = in_common(right, wrong)
        if lead == min(len(right), len(wrong)):
            raise UsageError(
                f"The tokenizer does not tell {prompt.right!r} from {prompt.wrong!r}, the verdicts "
                f"of the format {prompt.name}. Choose another format."
            )
        return cls(right[:lead], right[lead:], wrong[lead:])

    @property
    def pair(self) -> tuple[int, int]:
        """The ids that are held against each other, the good one first."""
        return self.right[0], self.wrong[0]

    def rest(self, right: bool) -> Ids:
        """What follows the lead where this verdict was given."""
        return self.right if right else self.wrong


class ChainTokens:
    """The chats and texts of one model that reasons, as it is asked by one prompt.

    Args:
        tokenizer: The model's.
        prompt: How it is asked.
        ends: Ids that end a turn.
    """

    def __init__(self, tokenizer: ChatTokenizer, prompt: ReasoningPrompt, ends: Ids) -> None:
        self._tokenizer, self._prompt, self._ends = tokenizer, prompt, ends

    async def verdicts(self) -> VerdictTokens:
        """Raises `ValueError`: the tokenizer does not tell them apart."""
        return VerdictTokens.of(
            self._prompt,
            await self._tokenizer.plain(self._prompt.right),
            await self._tokenizer.plain(self._prompt.wrong),
        )

    async def chat(self, chain: Chain) -> Ids:
        """What stands before a chain: the chat, and its opening.

        Raises:
            ValueError: There is no chat template.
        """
        answers = self._prompt.answers
        line_break = await self._tokenizer.plain("\n")
        chat = await self._tokenizer.conversation(chain.messages, answer=answers)
        if not answers:
            chat = without_end(chat, self._ends, line_break)
        opening = opening_after(chat, chain.opening, line_break)
        return chat + (await self._tokenizer.plain(opening) if opening else ())

    async def limit(self, chain: Chain, chat: Ids, context: float, name: str) -> int:
        """Tokens that a chain behind this chat may have. Raises as `room_for`."""
        after = len(await self._closing()) + len((await self.verdicts()).lead) + SPARE
        return room_for(chain.limit, len(chat), after, context, chain.step, name)

    async def query(self, query: VerdictQuery, context: float) -> tuple[Ids, tuple[int, ...]]:
        """Ids of a text up to its last verdict, and how many stand before each verdict."""
        pieces = [
            (await self._tokenizer.plain(piece) if piece else (), right)
            for piece, right in query.pieces
        ]
        return read_back(
            await self.chat(query.chain),
            pieces,
            await self._closing(),
            await self.verdicts(),
            context,
        )

    async def _closing(self) -> Ids:
        closing = self._prompt.closing
        return await self._tokenizer.special(closing) if closing else ()


def opening_after(prompt: Ids, opening: str, line_break: Ids) -> str:
    """An opening behind a chat: no second line break where the template ends with one."""
    ends_so = bool(line_break) and prompt[-1:] == line_break[-1:]
    return opening[1:] if ends_so and opening.startswith("\n") else opening


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
        pieces: As in `VerdictQuery`, in ids.

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
        raise UsageError(
            f"Step {step} cannot be judged: with what verifier {name} is told, the problem and its "
            f"steps are {prompt:,} tokens long, and it reads and writes at most {context:,}. "
            "Choose fewer or shorter steps."
        )
    return int(min(limit, room))
