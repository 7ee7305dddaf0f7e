"""Asks a chat for one of two words, and forms a score of what it says."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from search_core.remote.address import RemoteAddress
from search_core.remote.chat.endpoint import REFUSED, ChatAsk, ChatEndpoint, Turn, chat_model
from search_core.remote.chat.patience import OnWait, Sleep
from search_core.remote.chat.probing import settle
from search_core.remote.chat.verdicts import VerdictWords, chance_at
from search_core.remote.chat.wire import ChatReply
from search_core.remote.connection import alike
from search_core.remote.errors import NoVerdict, RemoteError
from search_core.remote.server import RemoteServer
from search_core.seeds import node_seed

_TOPS = (20, 5)
"""How many of the most probable tokens to ask for; some servers refuse many."""
_VOTING_TEMPERATURE = 1.0
"""The model's own distribution, of which votes are a sample."""
_TRIED = (
    ("system", "You follow instructions."),
    ("user", "Is 1 + 1 = 2? Answer with one word, Yes or No."),
)


@dataclass(frozen=True, slots=True)
class ChatVerdict:
    """A score, 0 to 1, and what it cost.

    Attributes:
        exact: See `Chance`; votes are never called inexact.
        voted: Whether it is a share of votes.
        tokens, reused: Tokens that were read or written, and those that the server knew.
    """

    score: float
    exact: bool
    voted: bool
    tokens: int
    reused: int


class VerdictAsker:
    """Forms scores of verdicts.

    A score is the probability of the good word against the bad one where the server names the most
    probable tokens, as everywhere else. Where it names none, or neither word is among them and
    none is said, it is the share of the good word among samples that say either.

    Args:
        endpoint: What is asked.
        top: How many of the most probable tokens the server names; 0: none.
        votes: Samples of a verdict where it names none, 1 to 64. One alone is not drawn: it is the
            likeliest reply.
    """

    def __init__(self, endpoint: ChatEndpoint, top: int, votes: int) -> None:
        self.endpoint, self.top, self._votes = endpoint, top, votes

    async def ask(
        self,
        server: RemoteServer,
        turns: tuple[Turn, ...],
        words: VerdictWords,
        limit: int,
        place: str,
        run: str,
        on_wait: OnWait | None = None,
    ) -> ChatVerdict:
        """One verdict.

        Args:
            limit: Tokens that a reply may have until it says one of the words.
            place: Names the verdict: votes are drawn by it.
            run: Id of the run that asks; its requests take turns with those of others.

        Raises:
            NoVerdict: No reply says a verdict.
            RemoteError: The server failed.
        """

        async def reply_to(ask: ChatAsk) -> ChatReply:
            async with server.gate.turn(run):
                return await self.endpoint.ask(server, ask, on_wait=on_wait)

        ask = ChatAsk(turns, limit, 0.0, seed=node_seed(0, place), top=self.top)
        replies = []
        if self.top or self._votes == 1:
            replies = [await reply_to(ask)]
            found = words.said(replies[0].text)
            chance = chance_at(replies[0], found.start() if found else 0, words)
            if chance is not None:
                return ChatVerdict(chance.score, chance.exact, False, *_cost(replies))
            if found is not None and self._votes == 1:
                good = words.is_good(found[0])
                return ChatVerdict(float(good), True, True, *_cost(replies))
        async with asyncio.TaskGroup() as tasks:
            drawn = [
                tasks.create_task(reply_to(_vote(ask, place, number)))
                for number in range(self._votes)
            ]
        replies += [task.result() for task in drawn]
        said = [found[0] for reply in replies if (found := words.said(reply.text))]
        if not said:
            raise _no_verdict(server, replies, words)
        good_ones = sum(words.is_good(word) for word in said)
        return ChatVerdict(good_ones / len(said), True, True, *_cost(replies))


def _vote(ask: ChatAsk, place: str, number: int) -> ChatAsk:
    seed = node_seed(0, f"{place}/{number}")
    return replace(ask, temperature=_VOTING_TEMPERATURE, seed=seed, top=0)


def _cost(replies: list[ChatReply]) -> tuple[int, int]:
    read = [reply.read for reply in replies]
    computed = sum(reply.written for reply in replies) + sum(new for new, _ in read)
    return computed, sum(known for _, known in read)


def _no_verdict(server: RemoteServer, replies: list[ChatReply], words: VerdictWords) -> NoVerdict:
    """Nothing was said that is one."""
    reply = replies[-1]
    thinks = (
        " It thinks first, which takes more tokens than a verdict has: choose judge:reason with "
        "tokens=NUMBER."
        if reply.thought and not reply.text
        else " Choose another format, or another model."
    )
    return NoVerdict(
        f"Server {server.name} was asked for {words.good} or {words.bad}, and its model said "
        f"{server.shown(reply.text)!r:.200}.{thinks}",
        *_cost(replies),
    )


async def opened_asker(
    those: list[RemoteServer], address: RemoteAddress, sleep: Sleep
) -> VerdictAsker:
    """What asks the servers of an address; they are tried now.

    Raises:
        RemoteError: One cannot be reached, refuses every request, or fails.
    """
    models = await alike(those, lambda server: chat_model(server, address.model), "models")
    found = [await tops_of(server, ChatEndpoint(models[0], sleep=sleep)) for server in those]
    endpoint, top = found[0]
    for other, tops in found[1:]:
        endpoint, top = endpoint.taking(endpoint.takes.both(other.takes)), min(top, tops)
    return VerdictAsker(endpoint, top, address.votes)


async def tops_of(server: RemoteServer, endpoint: ChatEndpoint) -> tuple[ChatEndpoint, int]:
    """What this server takes, and how many of the most probable tokens it names.

    Raises:
        RemoteError: It refuses every request, or fails.
    """
    endpoint, _ = await settle(server, endpoint)
    if not endpoint.takes.logprobs:
        return endpoint, 0
    for top in _TOPS:
        try:
            reply = await endpoint.ask(server, ChatAsk(_TRIED, 2, 0.0, top=top))
        except RemoteError as error:
            if error.status not in REFUSED:
                raise
            continue
        named = any(token.alternatives for token in reply.tokens)
        return endpoint, top if named else 0
    return endpoint, 0
