"""One chat, one reply: `POST /v1/chat/completions`, read piece by piece."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from search_core.log.events import MAX_TEXT, Ended
from search_core.remote.completions import counted
from search_core.remote.errors import MISFITS, RemoteError
from search_core.remote.server import DONE, MOST_BYTES, RemoteServer

_MOST_PIECES, _MOST_CHARACTERS, _MOST_BYTES = 16, 256, 8192
"""Of one token that was asked for, in a stream: a server that sends more writes on for ever."""
_SOME = 64
"""Tokens more, for what a stream begins and ends with."""
_NO_NUMBER = -9999.0
"""What vLLM writes for minus infinity: no token that was sampled has it."""
_FINISHES: Mapping[str, Ended] = {
    "stop": "end",
    "length": "length",
    "abort": "aborted",
    "content_filter": "filtered",
}
"""How a reply ends; any other word, and none, says nothing."""


@dataclass(frozen=True, slots=True)
class ChatToken:
    """One token of a reply.

    Attributes:
        start: Where it begins in the text.
        logprob: None: not given.
        alternatives: Texts of the most probable tokens in its place, with their log-probabilities.
    """

    start: int
    logprob: float | None
    alternatives: tuple[tuple[str, float], ...] = ()


@dataclass(slots=True)
class ChatReply:
    """What a server wrote, as far as it is known.

    Attributes:
        text: The answer.
        thought: What the server keeps apart as the model's reasoning.
        tokens: Of the answer; empty where the server gives no log-probabilities.
        ended: "end" by itself, or at a stop string; None where it was left before its end.
        prompt, cached, completion: Tokens as the server counts them; None: not said.
        pieces: In how many it came.
    """

    text: str = ""
    thought: str = ""
    tokens: list[ChatToken] = field(default_factory=list)
    ended: Ended | None = None
    prompt: int | None = None
    cached: int | None = None
    completion: int | None = None
    pieces: int = 0

    @property
    def written(self) -> int:
        """Tokens that were written; as many as pieces came where nobody counts them."""
        return self.completion or len(self.tokens) or self.pieces

    @property
    def read(self) -> tuple[int, int]:
        """Prompt tokens that were computed, and those that were known already."""
        cached = min(self.cached or 0, self.prompt or 0)
        return (self.prompt or 0) - cached, cached

    def logprob(self, start: int = 0, end: int | None = None) -> float | None:
        """Of the tokens that begin there (up to `end`; None: to the last); None: not all known."""
        mine = [
            token.logprob
            for token in self.tokens
            if start <= token.start and (end is None or token.start < end)
        ]
        known = [logprob for logprob in mine if logprob is not None]
        return math.fsum(known) if mine and len(known) == len(mine) else None


async def exchange(
    server: RemoteServer,
    body: Mapping[str, Any],
    most_tokens: int,
    until: Callable[[str], bool] | None = None,
    on_written: Callable[[int], None] | None = None,
) -> ChatReply:
    """Sends one chat, and reads its reply.

    Args:
        most_tokens: That the body asks for.
        until: Whether a text is enough: then the connection is closed, at which a server stops.
        on_written: Called with the tokens so far.

    Raises:
        RemoteError: See `RemoteServer.events`; or the reply is none, has no end, or goes on for
            ever.
    """
    reply, whole, events = ChatReply(), False, 0
    bound = most_tokens + _SOME
    url = f"{server.url}/chat/completions"
    most_bytes = MOST_BYTES + bound * _MOST_BYTES
    async with aclosing(server.events(url, body, most_bytes)) as stream:  # type: ignore[type-var]
        async for event in stream:
            if event is DONE:
                whole = True
                break
            events += 1
            try:
                _take(event, reply)
            except MISFITS as error:
                raise RemoteError(
                    f"Server {server.name} sent {server.shown(event)}, which is no chat completion "
                    f"({error})."
                ) from error
            longest = min(MAX_TEXT, bound * _MOST_CHARACTERS)
            if events > bound * _MOST_PIECES or len(reply.text) + len(reply.thought) > longest:
                raise RemoteError(
                    f"Server {server.name} sent {events:,} pieces with {len(reply.text):,} "
                    f"characters for {most_tokens} tokens that it was asked for, and was given up: "
                    "it does not stop at max_tokens."
                )
            if on_written is not None:
                on_written(reply.written)
            if until is not None and reply.ended is None and until(reply.text):
                reply.text, reply.thought = _whole(reply.text), _whole(reply.thought)
                return reply
    reply.text, reply.thought = _whole(reply.text), _whole(reply.thought)
    if reply.ended is None and not whole:
        raise RemoteError(
            f"Server {server.name} ended its reply before the text was finished. It was not asked "
            "again: what it had written would cost twice."
        )
    reply.ended = reply.ended or "unknown"
    return reply


def _take(event: Mapping[str, Any], reply: ChatReply) -> None:
    usage = event.get("usage")
    if usage:
        reply.prompt = counted(usage.get("prompt_tokens"), reply.prompt)
        reply.completion = counted(usage.get("completion_tokens"), reply.completion)
        cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens")
        reply.cached = counted(cached, reply.cached)
    choices = event.get("choices") or ()
    if not choices:
        return
    if int(choices[0].get("index") or 0) != 0 or len(choices) > 1:
        raise ValueError("several samples for one that was asked for")
    choice = choices[0]
    said = choice.get("delta") or choice.get("message") or {}
    text = _text(said.get("content"))
    # The first name is DeepSeek's, vLLM's and llama.cpp's, the second OpenRouter's and Ollama's.
    thought = _text(said.get("reasoning_content") or said.get("reasoning"))
    reply.pieces += bool(text or thought)
    start = len(reply.text)
    reply.text += text
    reply.thought += thought
    for token in (choice.get("logprobs") or {}).get("content") or ():
        # A reasoning token's place is before the answer.
        reply.tokens.append(_token(token, min(start, len(reply.text))))
        start += len(str(token.get("token") or ""))
    finish = choice.get("finish_reason")
    if finish is not None:
        reply.ended = _FINISHES.get(str(finish), "unknown")


def _text(said: object) -> str:
    """A text, or the texts of a list of parts."""
    if said is None:
        return ""
    if isinstance(said, list):
        return "".join(str(part.get("text") or "") for part in said)
    if not isinstance(said, str):
        raise TypeError(f"content is of type {type(said).__name__}")
    return said


def _token(said: Mapping[str, Any], start: int) -> ChatToken:
    return ChatToken(
        start,
        _known(said.get("logprob")),
        tuple(_alternatives(said.get("top_logprobs") or ())),
    )


def _alternatives(said: Any) -> Iterator[tuple[str, float]]:
    for one in said:
        logprob = _known(one.get("logprob"))
        if logprob is not None:
            yield str(one.get("token") or ""), logprob


def _known(logprob: object) -> float | None:
    if logprob is None or isinstance(logprob, bool):
        return None
    number = float(logprob)  # type: ignore[arg-type]
    return number if math.isfinite(number) and number > _NO_NUMBER else None


def _whole(text: str) -> str:
    """Two halves of a character that came in two pieces are one; a half alone is a mark."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
