"""What a chat server really does, found out by asking it.

What it takes of a request, whether it samples, and how it continues an answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from search_core.remote.address import Steps
from search_core.remote.chat.endpoint import REFUSED, ChatAsk, ChatEndpoint, Manner, Takes
from search_core.remote.chat.wire import ChatReply
from search_core.remote.connection import OLLAMA
from search_core.remote.errors import RemoteError
from search_core.remote.probed import ONE_TOKEN, SAME, TEMPERATURES, lacks, no_choice
from search_core.remote.server import RemoteServer

_SYSTEM = ("system", "You follow instructions.")
_WORDS = (_SYSTEM, ("user", "Write random words, one after the other, and nothing else."))
"""What no model answers in one way only."""
_TOKENS = 16

_SENTENCE, _BEGUN, _REST = "The fruit in the small basket is a strawberry.", 43, "ry"
_TO_CONTINUE = (_SYSTEM, ("user", f"Repeat this sentence: {_SENTENCE}"))
"""Whoever continues a turn that ends inside of a word goes on inside of it; whoever begins another
turn begins the sentence."""
_BLANK_LINE = (_SYSTEM, ("user", "Count to three."), ("assistant", "One.\n\nTwo.\n\n"))
"""Some servers refuse a turn that ends with white space, as a step does."""
_MANNERS: tuple[Manner, ...] = ("flags", "last turn", "prefix")


@dataclass(frozen=True, slots=True)
class ChatCapabilities:
    """What one chat server does with the model that it was asked about.

    Attributes:
        takes: What it takes of a request.
        seed: Whether the same request with the same seed gives the same text.
        tempered: Whether log-probabilities are of the distribution after temperature.
        streams: Whether samples come while they are written.
    """

    takes: Takes
    seed: bool
    tempered: bool
    streams: bool

    @property
    def logprobs(self) -> bool:
        return self.takes.logprobs

    def both(self, other: ChatCapabilities) -> ChatCapabilities:
        """What two servers do alike. Raises as `Takes.both`."""
        return ChatCapabilities(
            self.takes.both(other.takes),
            self.seed and other.seed,
            self.tempered or other.tempered,
            self.streams and other.streams,
        )

    def warnings(self, maker: str) -> list[str]:
        """What a run over this server does without, in plain sentences."""
        said = lacks(seed=self.seed, logprobs=self.logprobs, tempered=self.tempered)
        if not self.streams:
            said.append(
                "The solver's server sends only whole replies: what it writes behind a step is "
                "thrown away, and costs."
            )
        if maker == OLLAMA:
            said.append(
                "The solver's server is Ollama, which takes no top-k over chat completions: the "
                "model's own counts there (40 where it says none)."
            )
        return said


async def probe(
    server: RemoteServer, endpoint: ChatEndpoint, steps: Steps = ""
) -> ChatCapabilities:
    """Asks the server a few short questions, nine requests at most where all is well.

    Args:
        steps: What the address says of how steps are had; "" to find out.

    Raises:
        VoidSearch: Its samples are all the same at temperature 1 and at 2.
        RemoteError: It fails, or does not continue an answer though the address says so.
    """
    endpoint, first = await settle(server, endpoint)
    seed, streams = await _samples(server, endpoint, first)
    logprobs = bool(first.tokens)
    endpoint = endpoint.taking(replace(endpoint.takes, logprobs=logprobs))
    tempered = logprobs and await _tempered(server, endpoint)
    manner = await manner_of(server, endpoint, steps)
    takes = replace(endpoint.takes, manner=manner)
    return ChatCapabilities(takes, seed, tempered, streams)


async def settle(server: RemoteServer, endpoint: ChatEndpoint) -> tuple[ChatEndpoint, ChatReply]:
    """Finds out which fields it takes; with its reply to a request of those.

    Raises:
        RemoteError: It refuses every request, or fails.
    """
    refused: RemoteError | None = None
    tried: set[Takes] = set()
    waiting = [endpoint.takes]
    while waiting:
        takes = waiting.pop(0)
        if takes in tried:
            continue
        tried.add(takes)
        asked = endpoint.taking(takes)
        try:
            return asked, await asked.ask(server, _ask(seed=1))
        except RemoteError as error:
            if error.status not in REFUSED:
                raise
            refused = refused or error
            if "max_completion_tokens" in str(error) and takes.limit == "max_tokens":
                waiting.insert(0, replace(takes, limit="max_completion_tokens"))
            elif takes == endpoint.takes or takes.limit != endpoint.takes.limit:
                waiting += _without(takes)
    assert refused is not None
    raise refused


def _without(takes: Takes) -> Iterator[Takes]:
    """One field less each, then fewer."""
    yield replace(takes, logprobs=False)
    yield replace(takes, usage=False)
    yield replace(takes, seed=False)
    yield replace(takes, system=False)
    yield replace(takes, logprobs=False, usage=False)
    yield replace(takes, logprobs=False, usage=False, seed=False)
    yield replace(takes, logprobs=False, usage=False, seed=False, system=False)


def _ask(seed: int, temperature: float = TEMPERATURES[0]) -> ChatAsk:
    return ChatAsk(_WORDS, _TOKENS, temperature, seed=seed)


async def _samples(
    server: RemoteServer, endpoint: ChatEndpoint, first: ChatReply
) -> tuple[bool, bool]:
    """Whether the same seed gives the same text, and whether replies come in pieces."""
    again = await endpoint.ask(server, _ask(seed=1))
    seed = endpoint.takes.seed and _texts(again) == _texts(first)
    streams = max(first.pieces, again.pieces) > 1
    if _texts(again) != _texts(first):
        return seed, streams
    if _texts(await endpoint.ask(server, _ask(seed=2))) != _texts(first):
        return seed, streams
    hot = [
        _texts(await endpoint.ask(server, _ask(number, TEMPERATURES[1]))) for number in (1, 2, 3)
    ]
    if len(set(hot)) == 1:
        raise no_choice(server.name, endpoint.model.name)
    return seed, streams


def _texts(reply: ChatReply) -> tuple[str, str]:
    return reply.text, reply.thought


async def _tempered(server: RemoteServer, endpoint: ChatEndpoint) -> bool:
    """Asks for the most probable token twice: greedily, and hot with a nucleus of only that one."""
    found = []
    for temperature, top_p in ((0.0, 1.0), (TEMPERATURES[1], ONE_TOKEN)):
        try:
            reply = await endpoint.ask(server, ChatAsk(_WORDS, 1, temperature, top_p, seed=1))
        except RemoteError as error:
            if error.status not in REFUSED:
                raise
            return False  # It takes no such temperature or top-p, so none can be compared.
        if not reply.tokens or reply.tokens[0].logprob is None:
            return False
        found.append(reply.tokens[0].logprob)
    return abs(found[0] - found[1]) > SAME


async def manner_of(server: RemoteServer, endpoint: ChatEndpoint, steps: Steps = "") -> Manner:
    """How it continues the assistant's turn; "" where it does not, or is not to.

    Where the address says that it does, the first manner counts that it does not refuse.

    Raises:
        RemoteError: The address says that it does, and it refuses.
    """
    if steps in ("asked", "whole"):
        return ""
    believed = steps == "continued"
    for manner in _MANNERS:
        asked = endpoint.taking(replace(endpoint.takes, manner=manner))
        try:
            begun = ("assistant", _SENTENCE[:_BEGUN])
            reply = await asked.ask(server, ChatAsk((*_TO_CONTINUE, begun), 4, 0.0, seed=1))
            if believed or reply.text.startswith(_REST):
                await asked.ask(server, ChatAsk(_BLANK_LINE, 1, 0.0, seed=1))
                return manner
        except RemoteError as error:
            if error.status not in (*REFUSED, 500):
                raise
    if believed:
        raise RemoteError(
            f"Server {server.name} refuses a chat that ends with the assistant's turn, in each of "
            f"the ways to ask for one ({', '.join(_MANNERS)}), and its address says "
            "steps=continued. Leave that out."
        )
    return ""
