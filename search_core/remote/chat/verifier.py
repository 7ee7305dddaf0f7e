"""Verifiers behind chat completions: chats that are asked for a verdict, and those that reason."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from search_core.protocols import (
    ScoreRequest,
    StepScores,
    UsageError,
    VerifierInfo,
    Watch,
)
from search_core.remote.address import RemoteAddress
from search_core.remote.chat.asker import ChatVerdict, opened_asker
from search_core.remote.chat.endpoint import Turn
from search_core.remote.chat.patience import Sleep, busy_warning
from search_core.remote.chat.reasoning_model import ChatReasoningModel
from search_core.remote.chat.verdicts import VerdictWords
from search_core.remote.errors import NoVerdict
from search_core.remote.model import TRIAL, RemoteScorer, inexact
from search_core.remote.server import RemoteServer
from search_core.verifiers import FORMATS, GenerativeVerifier
from search_core.verifiers.format_choice import parsed
from search_core.verifiers.formats.genprm import REPLY, SYSTEM
from search_core.verifiers.formats.whole import JUDGE_QUESTION, JUDGE_TASK
from search_core.verifiers.generative import read_options

VOTED = (
    "The verifier's server gives no log-probabilities: a score is the share of its samples that "
    "found the step right."
)
INEXACT = inexact("one of its two verdicts")


@dataclass(frozen=True, slots=True)
class ChatFormat:
    """How a chat is asked for its verdict on the last of some steps.

    Attributes:
        turns: The chat, of a problem and its steps.
        words: Its verdicts.
        limit: Tokens of a reply, until it says one.
    """

    turns: Callable[[str, Sequence[str]], tuple[Turn, ...]]
    words: VerdictWords
    limit: int


def _judge(problem: str, steps: Sequence[str]) -> tuple[Turn, ...]:
    said = "".join(f"Step {number}: {text}\n\n" for number, text in enumerate(steps, 1))
    asked = f"Problem:\n\n{problem}\n\nSolution so far:\n\n{said}{JUDGE_QUESTION}"
    return ("system", JUDGE_TASK), ("user", asked)


def _genprm(problem: str, steps: Sequence[str]) -> tuple[Turn, ...]:
    turns: list[Turn] = [("system", SYSTEM)]
    for number, step in enumerate(steps):
        turns.append(("user", step if number else f"{problem}\n{step}"))
        if number < len(steps) - 1:
            turns.append(("assistant", REPLY))
    return tuple(turns)


CHAT_FORMATS: Mapping[str, ChatFormat] = MappingProxyType(
    {
        "judge": ChatFormat(_judge, VerdictWords("Yes", "No"), 8),
        "genprm": ChatFormat(_genprm, VerdictWords("Yes", "No"), 32),
    }
)
"""Formats that are asked for a verdict at once. Those that reason first need nothing here."""


def open_chat_verifier(
    address: RemoteAddress, *, sleep: Sleep = asyncio.sleep
) -> ChatVerifier | GenerativeVerifier:
    """The verifier of an address, by its format; its servers are asked who they are now.

    Raises:
        ValueError: The format is missing, unknown, or none that a chat can be asked in; or an
            option of it is unknown.
        RemoteError: A server cannot be reached, or fails.
    """
    if not address.format:
        raise UsageError(f"A verifier behind a server needs a format. {_expected()}")
    row, argument = parsed(address.format)
    if row.reasons(argument):
        options = read_options(row.name, row.reasoning, argument)
        model = ChatReasoningModel(address, options.prompt, sleep=sleep)
        return GenerativeVerifier(model, options)
    if row.name not in CHAT_FORMATS:
        raise UsageError(
            f"Format {row.name} reads tokens that chat completions do not give. {_expected()}"
        )
    return ChatVerifier(address, CHAT_FORMATS[row.name], sleep=sleep)


def _expected() -> str:
    usages = [row.usage for row in FORMATS.values() if row.name in CHAT_FORMATS or row.reasoning]
    return (
        f"Over chat completions, put #format=NAME after its address, one of: {', '.join(usages)}."
    )


class ChatVerifier(RemoteScorer):
    """Scores steps by verdicts that a chat is asked for.

    Args:
        address: Where the model is.
        format_: How it is asked.
        sleep: Waits before a busy server is asked again.
    """

    def __init__(
        self, address: RemoteAddress, format_: ChatFormat, *, sleep: Sleep = asyncio.sleep
    ) -> None:
        super().__init__(address)
        self._format, self._sleep = format_, sleep
        self._votes, self._inexact = self._warns(VOTED), self._warns(INEXACT)
        self._servers.open(self._open)

    async def _open(self, those: list[RemoteServer]) -> None:
        self._asker = await opened_asker(those, self._address, self._sleep)
        for server in those:
            await self._verdict(server, TRIAL, 1, Watch(lambda: False))

    @property
    def info(self) -> VerifierInfo:
        return VerifierInfo(
            self._asker.endpoint.model.name, device="remote", writes=self._format.limit
        )

    async def _score(self, server: RemoteServer, request: ScoreRequest, watch: Watch) -> StepScores:
        scores: list[float | None] = []
        tokens, reused = 0, 0
        for end in range(request.first + 1, len(request.steps) + 1):
            found: ChatVerdict | NoVerdict
            try:
                found = await self._verdict(server, request, end, watch)
                scores.append(found.score)
            except NoVerdict as error:
                found = error
                scores.append(None)
            tokens += found.tokens
            reused += found.reused
        return StepScores(tuple(scores), tokens, reused)

    async def _verdict(
        self, server: RemoteServer, request: ScoreRequest, end: int, watch: Watch
    ) -> ChatVerdict:
        """On the last one of so many steps. Raises as `VerdictAsker.ask`."""
        steps = request.steps[:end]
        verdict = await self._asker.ask(
            server,
            self._format.turns(request.problem, steps),
            self._format.words,
            self._format.limit,
            json.dumps([request.problem, steps]),
            request.run,
            busy_warning(watch, "verifier"),
        )
        if verdict.voted:
            self._votes.warn(request.run, watch)
        if not verdict.exact:
            self._inexact.warn(request.run, watch)
        return verdict
