"""One prompt, n continuations: how a request is put and what a reply says, server by server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from search_core.engine.path_tokens import DELIMITER
from search_core.remote.errors import RemoteError, shown
from search_core.remote.server import RemoteServer

Ended = Literal["step", "end", "length"]
Prompt = str | tuple[int, ...]
"""Text, or token ids."""

MOST_SEED = 2**31
"""Servers differ in how large a seed they take; all take this many."""
_LONG_TOKEN = 24
"""Characters: what follows a stop string in the same token is no sign of not stopping."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Continue one prompt n times."""

    prompt: Prompt
    n: int
    max_tokens: int
    temperature: float
    top_p: float
    seed: int
    stop: tuple[str, ...] = (DELIMITER,)


@dataclass(slots=True)
class Completion:
    """One continuation as far as it is known.

    Attributes:
        text: Without the stop string.
        tokens: Their number, as far as the server's pieces tell.
        logprob: Sum of their log-probabilities.
        logprobs: Whether the server gave any.
        ended: None until it says so.
        stopped_by: The stop string that ended it, or "".
        overran: Whether the server wrote on after a stop string.
    """

    text: str = ""
    tokens: int = 0
    logprob: float = 0.0
    logprobs: bool = False
    ended: Ended | None = None
    stopped_by: str = ""
    overran: bool = False


@dataclass(slots=True)
class Reply:
    """All continuations of one request, and what it cost.

    Attributes:
        completions: By the index that the server gave them; a server may give fewer than asked.
        prompt: Prompt tokens; None: it did not say.
        cached: Those of them that it had already; None: it did not say.
        completion: Tokens of all continuations; None: it did not say.
        streamed: Whether it came piece by piece.
    """

    completions: dict[int, Completion] = field(default_factory=dict)
    prompt: int | None = None
    cached: int | None = None
    completion: int | None = None
    streamed: bool = False


@dataclass(frozen=True, slots=True)
class CompletionPiece:
    """What one event of a stream says of one continuation.

    Attributes:
        tokens: How many it brings; None: not said.
        total: How many there are so far, where the server counts them itself.
    """

    index: int
    text: str
    logprobs: Sequence[float] | None
    tokens: int | None
    total: int | None = None
    finish: str | None = None
    stopped_by: object = None


class Dialect(Protocol):
    """How one kind of server is asked for continuations."""

    @property
    def name(self) -> str: ...

    def url(self, server: RemoteServer) -> str: ...

    def body(self, model: str, ask: Ask) -> dict[str, Any]: ...

    async def most(self, server: RemoteServer, model: str) -> int | None:
        """How many samples one request may ask for; None: no bound is known."""
        ...

    def pieces(self, event: Mapping[str, Any]) -> Iterator[CompletionPiece]: ...

    def count(self, event: Mapping[str, Any], reply: Reply) -> None:
        """Takes an event's token counts into the reply."""
        ...


class OpenAIDialect:
    """`POST /v1/completions`.

    Args:
        name: Who made the server. vLLM and SGLang fill what is left open from the model's own
            generation config (top-k, a repetition penalty), so they are told plainly.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def url(self, server: RemoteServer) -> str:
        return f"{server.url}/completions"

    def body(self, model: str, ask: Ask) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": model,
            "prompt": ask.prompt if isinstance(ask.prompt, str) else list(ask.prompt),
            "n": ask.n,
            "max_tokens": ask.max_tokens,
            "temperature": ask.temperature,
            "top_p": ask.top_p,
            "seed": ask.seed % MOST_SEED,
            "logprobs": 1,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if ask.stop:
            body["stop"] = list(ask.stop)
        if self.name in ("vllm", "sglang"):
            body |= {"top_k": -1, "min_p": 0.0, "repetition_penalty": 1.0}
        return body

    async def most(self, server: RemoteServer, model: str) -> int | None:
        return None

    def pieces(self, event: Mapping[str, Any]) -> Iterator[CompletionPiece]:
        for choice in event.get("choices") or ():
            logprobs = (choice.get("logprobs") or {}).get("token_logprobs")
            yield CompletionPiece(
                index=int(choice.get("index") or 0),
                text=str(choice.get("text") or ""),
                logprobs=logprobs,
                tokens=None if logprobs is None else len(logprobs),
                finish=choice.get("finish_reason"),
                # The first name is vLLM's, the second SGLang's.
                stopped_by=choice.get("stop_reason") or choice.get("matched_stop"),
            )

    def count(self, event: Mapping[str, Any], reply: Reply) -> None:
        usage = event.get("usage")
        if not usage:
            return
        reply.prompt = usage.get("prompt_tokens", reply.prompt)
        reply.completion = usage.get("completion_tokens", reply.completion)
        cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens")
        reply.cached = reply.cached if cached is None else cached


async def complete(
    server: RemoteServer,
    dialect: Dialect,
    model: str,
    ask: Ask,
    on_written: Callable[[int, int], None] | None = None,
) -> Reply:
    """Asks once. A stop string is left out of the text, and so is what comes after it.

    Args:
        on_written: Called with a continuation's index and its tokens so far.

    Raises:
        RemoteError: See `RemoteServer.events`; or a continuation has no end.
    """
    reply = Reply()
    events = 0
    async with aclosing(
        server.events(dialect.url(server), dialect.body(model, ask))  # type: ignore[type-var]
    ) as stream:
        async for event in stream:
            events += 1
            try:
                dialect.count(event, reply)
                for piece in dialect.pieces(event):
                    _add(reply, piece, ask, server)
                    if on_written is not None:
                        on_written(piece.index, reply.completions[piece.index].tokens)
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                raise RemoteError(
                    f"Server {server.name} sent {shown(event)}, which is no completion ({error})."
                ) from error
    reply.streamed = events > 1
    for index, completion in reply.completions.items():
        if completion.ended is None:
            raise RemoteError(
                f"Server {server.name} ended its reply before sample {index + 1} of {ask.n} was "
                "finished. It was not asked again: what it had written would cost twice."
            )
    _settle_tokens(reply)
    return reply


def _add(reply: Reply, piece: CompletionPiece, ask: Ask, server: RemoteServer) -> None:
    if not 0 <= piece.index < ask.n:
        raise RemoteError(
            f"Server {server.name} sent sample number {piece.index + 1} of {ask.n} asked for."
        )
    completion = reply.completions.setdefault(piece.index, Completion())
    completion.text += piece.text
    if piece.logprobs:
        completion.logprobs = True
        completion.logprob += sum(logprob or 0.0 for logprob in piece.logprobs)
    if piece.total is not None:
        completion.tokens = int(piece.total)
    elif piece.tokens is not None:
        completion.tokens += piece.tokens
    elif piece.text:
        completion.tokens += 1  # A server that says no more sends about one token at a time.
    if piece.finish is not None:
        completion.tokens = max(1, completion.tokens)  # The end of a text is a token, too.
        completion.ended, completion.stopped_by = _end(piece, ask, server)
        _cut(completion, ask)


def _end(piece: CompletionPiece, ask: Ask, server: RemoteServer) -> tuple[Ended, str]:
    """How a continuation ended, and the stop string that ended it."""
    if piece.finish == "length":
        return "length", ""
    if piece.finish != "stop":
        raise RemoteError(
            f"Server {server.name} gave a sample up ({shown(piece.finish)}); expected it to end "
            "with stop or length."
        )
    # A token's number, or nothing: the model ended by itself.
    stop = piece.stopped_by if piece.stopped_by in ask.stop else ""
    return ("step" if stop else "end"), str(stop)


def _cut(completion: Completion, ask: Ask) -> None:
    """Some servers leave the stop string in the text: it says then how the text ended."""
    places = [(completion.text.find(stop), stop) for stop in ask.stop if stop in completion.text]
    if places:
        place, stop = min(places)
        rest = len(completion.text) - place - len(stop)
        completion.overran = completion.ended == "length" or rest > _LONG_TOKEN
        completion.text = completion.text[:place]
        completion.ended, completion.stopped_by = "step", stop


def _settle_tokens(reply: Reply) -> None:
    """Where only the sum over all continuations is known, it is split evenly over them."""
    completions = reply.completions.values()
    if reply.completion is None or any(completion.logprobs for completion in completions):
        return
    share, rest = divmod(reply.completion, max(1, len(completions)))
    for place, completion in enumerate(completions):
        completion.tokens = share + (place < rest)
