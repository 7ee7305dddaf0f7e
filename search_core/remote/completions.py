"""One prompt, n continuations: how a request is put and what a reply says, server by server."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Protocol

from search_core.engine.running_text import DELIMITER
from search_core.log.events import MAX_TEXT, Ended
from search_core.remote.errors import MISFITS, RemoteError, shown
from search_core.remote.server import DONE, MOST_BYTES, RemoteServer

Prompt = str | tuple[int, ...]
"""Text, or token ids."""

MOST_SEED = 2**31
"""Servers differ in how large a seed they take; all take this many."""
_LONG_TOKEN = 24
"""Characters: what follows a stop string in the same token is no sign of not stopping."""
_MOST_PIECES, _MOST_CHARACTERS, _MOST_BYTES = 16, 256, 4096
"""Of one token that was asked for, in a stream: a server that sends more writes on for ever."""
_SOME = 64
"""Tokens more, for what a stream begins and ends with."""
_NO_NUMBER = -9999.0
"""What vLLM writes for minus infinity, which JSON cannot: no token that was sampled has it."""
_GIVEN_UP: dict[str, Ended] = {"abort": "aborted", "content_filter": "filtered"}
"""How a sample may end that nobody finishes; any other word, and none, says nothing."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Continue one prompt n times. Its numbers as in `Sampling`."""

    prompt: Prompt
    n: int
    max_tokens: int
    temperature: float
    top_p: float
    seed: int
    stop: tuple[str, ...] = (DELIMITER,)
    top_k: int = 0
    min_p: float = 0.0
    repetition_penalty: float = 1.0


@dataclass(slots=True)
class Completion:
    """One continuation as far as it is known.

    Attributes:
        text: Without the stop string.
        tokens: Their number, as far as the server's pieces tell.
        given: How many log-probabilities the server gave, and `summed` their sum.
        missing: Whether one of them was none.
        ended: None until it says so.
        stopped_by: The stop string that ended it, or "".
        overran: Whether the server wrote on after a stop string.
        ids: Its token ids, with whatever the token of a stop string holds besides; None: the
            server did not give all of them.
    """

    text: str = ""
    tokens: int = 0
    given: int = 0
    summed: float = 0.0
    missing: bool = False
    ended: Ended | None = None
    stopped_by: str = ""
    overran: bool = False
    ids: list[int] | None = field(default_factory=list)

    @property
    def logprob(self) -> float | None:
        """Sum of the log-probabilities of its tokens; None: not all are known."""
        return None if self.missing or (self.tokens and not self.given) else self.summed


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
        ids: Of the tokens that it brings; None: not said.
    """

    index: int
    text: str
    logprobs: Sequence[float | None] | None
    tokens: int | None
    total: int | None = None
    finish: str | None = None
    stopped_by: object = None
    ids: Sequence[int] | None = None


class Dialect(Protocol):
    """How one kind of server is asked for continuations."""

    @property
    def name(self) -> str: ...

    @property
    def filters(self) -> bool:
        """Whether it takes top-k, min-p and a repetition penalty."""
        ...

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
        self.filters = name in ("vllm", "sglang")

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
        if self.filters:
            body |= {
                "top_k": ask.top_k or -1,
                "min_p": ask.min_p,
                "repetition_penalty": ask.repetition_penalty,
                "return_token_ids": True,
            }
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
                ids=choice.get("token_ids"),
            )

    def count(self, event: Mapping[str, Any], reply: Reply) -> None:
        usage = event.get("usage")
        if not usage:
            return
        reply.prompt = counted(usage.get("prompt_tokens"), reply.prompt)
        reply.completion = counted(usage.get("completion_tokens"), reply.completion)
        cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens")
        reply.cached = counted(cached, reply.cached)


def counted(said: object, before: int | None) -> int | None:
    """A count as a server says it; what was known before where it does not.

    Raises:
        ValueError: It says something that is no count.
    """
    if said is None:
        return before
    if not isinstance(said, int) or isinstance(said, bool) or said < 0:
        raise ValueError(f"{said!r:.40} is no count")
    return said


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
        RemoteError: See `RemoteServer.events`; or the server broke off before a continuation had
            its end, or writes on for ever.
    """
    reply = Reply()
    events, whole = 0, False
    most = ask.n * (ask.max_tokens + _SOME)
    async with aclosing(
        server.events(  # type: ignore[type-var]
            dialect.url(server), dialect.body(model, ask), MOST_BYTES + most * _MOST_BYTES
        )
    ) as stream:
        async for event in stream:
            if event is DONE:
                whole = True
                break
            events += 1
            if events > most * _MOST_PIECES:
                raise _endless(server, ask, f"{events - 1:,} pieces")
            try:
                dialect.count(event, reply)
                for piece in dialect.pieces(event):
                    _add(reply, piece, ask, server)
                    if on_written is not None:
                        on_written(piece.index, reply.completions[piece.index].tokens)
            except MISFITS as error:
                raise RemoteError(
                    f"Server {server.name} sent {shown(event)}, which is no completion ({error})."
                ) from error
    reply.streamed = events > 1
    for index, completion in reply.completions.items():
        completion.text = _whole_characters(completion.text)
        if completion.ended is None and whole:
            completion.ended = "unknown"  # Its reply is over, and it never said how this one is.
        elif completion.ended is None:
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
    if len(completion.text) > min(MAX_TEXT, (ask.max_tokens + _SOME) * _MOST_CHARACTERS):
        raise _endless(server, ask, f"{len(completion.text):,} characters")
    for logprob in piece.logprobs or ():
        known = None if logprob is None else float(logprob)
        if known is None or not math.isfinite(known) or known <= _NO_NUMBER:
            completion.missing = True
        else:
            completion.given += 1
            completion.summed += known
    if piece.total is not None:
        completion.tokens = counted(piece.total, None) or 0
    elif piece.tokens is not None:
        completion.tokens += piece.tokens
    elif piece.text:
        completion.tokens += 1  # A server that says no more sends about one token at a time.
    if completion.ids is not None and piece.ids is not None:
        completion.ids += [counted(id_, None) or 0 for id_ in piece.ids]
    if piece.finish is not None:
        # Of a server that counts its tokens it is known when it left one's out.
        completion.missing |= piece.total is not None and 0 < completion.given < piece.total
        if completion.ids is not None and len(completion.ids) != completion.tokens:
            completion.ids = None
        completion.tokens = max(1, completion.tokens)  # The end of a text is a token, too.
        completion.ended, completion.stopped_by = _end(piece, ask)
        _cut(completion, ask)


def _endless(server: RemoteServer, ask: Ask, sent: str) -> RemoteError:
    return RemoteError(
        f"Server {server.name} sent {sent} for {ask.n} times {ask.max_tokens} tokens that it was "
        "asked for, and was given up: it does not stop at max_tokens."
    )


def _whole_characters(text: str) -> str:
    """Two halves of a character that came in two pieces are one; a half alone is a mark."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _end(piece: CompletionPiece, ask: Ask) -> tuple[Ended, str]:
    """How a continuation ended, and the stop string that ended it."""
    if piece.finish == "length":
        return "length", ""
    if piece.finish != "stop":
        return _GIVEN_UP.get(str(piece.finish), "unknown"), ""
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
    if reply.completion is None or any(completion.given for completion in completions):
        return
    share, rest = divmod(reply.completion, max(1, len(completions)))
    for place, completion in enumerate(completions):
        completion.tokens = share + (place < rest)
