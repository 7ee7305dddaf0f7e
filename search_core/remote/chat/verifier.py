"""Verifiers behind chat completions: chats that are asked for a verdict, and those that reason."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from search_core.protocols import (
    Cancelled,
    ScoreRequest,
    StepIds,
    StepScores,
    UsageError,
    VerifierInfo,
    WarnsOnce,
    Watch,
    watch_of,
)
from search_core.remote.address import RemoteAddress
from search_core.remote.chat.asker import ChatVerdict, opened_asker
from search_core.remote.chat.endpoint import Turn
from search_core.remote.chat.patience import Sleep, busy_warning
from search_core.remote.chat.reasoning_model import ChatReasoningModel
from search_core.remote.chat.verdicts import VerdictWords
from search_core.remote.connection import VERIFIER_KEY, servers
from search_core.remote.errors import NoVerdict
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
INEXACT = (
    "The verifier's server gives only its most probable tokens, and for some step one of its two "
    "verdicts was not among them: such a score is a little too close to a half."
)
_TRIAL = ScoreRequest("1 + 1", ("1 + 1 = 2",), 0, False, (0.0,))


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


class ChatVerifier:
    """Scores steps by verdicts that a chat is asked for.

    Any number of runs may call it from their threads at the same time.

    Args:
        address: Where the model is.
        format_: How it is asked.
        sleep: Waits before a busy server is asked again.
    """

    def __init__(
        self, address: RemoteAddress, format_: ChatFormat, *, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._address, self._format, self._sleep = address, format_, sleep
        self._votes, self._inexact = WarnsOnce([VOTED]), WarnsOnce([INEXACT])
        self._servers = servers(address, VERIFIER_KEY)
        self._servers.open(self._open)

    async def _open(self, those: list[RemoteServer]) -> None:
        self._asker = await opened_asker(those, self._address, self._sleep)
        for server in those:
            await self._verdict(server, _TRIAL, 1, Watch(lambda: False))

    @property
    def info(self) -> VerifierInfo:
        return VerifierInfo(
            self._asker.endpoint.model.name, device="remote", writes=self._format.limit
        )

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        """Scores for each request, in their order. A path that occurs twice is asked once.

        Raises:
            RunCancelled: `cancelled()` became True.
            RemoteError: The server failed, or was busy each time that it was asked.
        """
        watch = watch_of(cancelled)
        asked = list(dict.fromkeys(map(_asked, requests)))

        async def work(those: list[RemoteServer]) -> list[StepScores]:
            async with asyncio.TaskGroup() as tasks:
                done = [
                    tasks.create_task(
                        self._score(those[self._address.place_of(request.problem)], request, watch)
                    )
                    for request in asked
                ]
            return [task.result() for task in done]

        scores = dict(zip(asked, self._servers.run(work, watch), strict=True))
        unpaid, replies = set(asked), []
        for request in requests:
            key = _asked(request)
            found = scores[key]
            if key not in unpaid:
                found = StepScores(found.scores, 0, found.tokens + found.reused)
            unpaid.discard(key)
            replies.append(found)
        return replies

    def release(
        self,
        run: str,
        problem: str,
        paths: Sequence[tuple[str, ...]] | None = None,
        step_ids: Sequence[StepIds] = (),
    ) -> None:
        """A run that is over is forgotten; what a server keeps of it, it frees by itself."""
        if paths is None:
            self._votes.forget(run)
            self._inexact.forget(run)

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


def _asked(request: ScoreRequest) -> ScoreRequest:
    """What of a request its scores depend on (and whose turn it is)."""
    return ScoreRequest(
        request.problem, request.steps, request.first, request.finished, (), request.run
    )
