"""The llama.cpp server's own completions.

Its `/v1/completions` does not say whether a stop string or the end token ended a text, and a
search has to know; `/completion` does. Its sampling defaults (top-k 40, min-p 0.05, penalties) are
replaced by what the run says, in transformers' order: penalty, temperature, top-k, top-p, min-p.
Two things are lost there: the log-probability and the id of a token that ends inside of a
character, and with it those of its step; and, at the length limit, an ending that might have become
a stop string.

It reads every text as a chat message too, and fails the request, all samples with it, at one that
is no UTF-8. So it is given a grammar of messages that reads nothing, where it takes one.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from typing import Any

from search_core.remote.completions import MOST_SEED, Ask, CompletionPiece, Reply, counted
from search_core.remote.errors import MISFITS, RemoteError, shown
from search_core.remote.server import RemoteServer
from search_core.remote.token_pair import Judgement

_FINISHES = {"eos": "stop", "word": "stop", "limit": "length"}
_FIELDS = (
    "index",
    "content",
    "stop",
    "stop_type",
    "stopping_word",
    "tokens_predicted",
    "tokens_evaluated",
    "timings",
    "completion_probabilities",
)
"""Of a last event; it would also repeat the prompt and all settings."""
_READS_NOTHING = json.dumps({"parsers": [{"type": "epsilon"}], "rules": {}, "root": 0})
_BIAS = 100.0
"""Added to both tokens' logits, which leaves their ratio: no other token comes near them then."""
_LEAST_SUM = 0.99


class LlamaCppDialect:
    """`POST /completion`. A server that holds several models is told which by "model"."""

    name = "llamacpp"
    filters = True

    def __init__(self) -> None:
        self._takes_grammar = True

    def url(self, server: RemoteServer) -> str:
        return f"{server.root}/completion"

    def body(self, model: str, ask: Ask) -> dict[str, Any]:
        body = {
            "model": model,
            "prompt": ask.prompt if isinstance(ask.prompt, str) else list(ask.prompt),
            "n_cmpl": ask.n,
            "n_predict": ask.max_tokens,
            "temperature": ask.temperature,
            "top_p": ask.top_p,
            "top_k": ask.top_k,
            "min_p": ask.min_p,
            "repeat_penalty": ask.repetition_penalty,
            # The whole path; of text there are at most as many tokens as characters.
            "repeat_last_n": len(ask.prompt) + ask.max_tokens,
            "samplers": ["penalties", "temperature", "top_k", "top_p", "min_p"],
            "return_tokens": True,
            "seed": ask.seed % MOST_SEED,
            "stop": list(ask.stop),
            "n_probs": 1,
            "cache_prompt": True,
            "stream": True,
            "response_fields": list(_FIELDS),
        }
        if self._takes_grammar:
            body["chat_parser"] = _READS_NOTHING
        return body

    async def most(self, server: RemoteServer, model: str) -> int | None:
        """Each sample of a request needs a slot of its own (`--parallel`). Finds out, too, whether
        the grammar is taken: another version may write it otherwise."""
        tried = {"model": model, "prompt": "1", "n_predict": 1, "chat_parser": _READS_NOTHING}
        if await _unless_refused(server.post(f"{server.root}/completion", tried)) is None:
            self._takes_grammar = False
        props = await _unless_refused(server.get(f"{server.root}/props")) or {}
        slots = props.get("total_slots")
        return slots if isinstance(slots, int) and slots > 0 else None

    def pieces(self, event: Mapping[str, Any]) -> Iterator[CompletionPiece]:
        ended = bool(event.get("stop"))
        probabilities = event.get("completion_probabilities")
        logprobs = None if probabilities is None else [token["logprob"] for token in probabilities]
        yield CompletionPiece(
            index=int(event.get("index") or 0),
            text=str(event.get("content") or ""),
            logprobs=logprobs,
            tokens=len(logprobs or ()),
            total=event.get("tokens_predicted"),
            finish=_FINISHES.get(str(event.get("stop_type")), "none") if ended else None,
            stopped_by=event.get("stopping_word"),
            ids=event.get("tokens"),
        )

    def count(self, event: Mapping[str, Any], reply: Reply) -> None:
        if not event.get("stop"):
            return
        reply.prompt = counted(event.get("tokens_evaluated"), reply.prompt)
        written = counted(event.get("tokens_predicted"), 0) or 0
        reply.completion = (reply.completion or 0) + written
        cached = counted((event.get("timings") or {}).get("cache_n"), None)
        if cached is not None:
            # Its children share a prompt; the first to be read found least of it.
            reply.cached = cached if reply.cached is None else min(reply.cached, cached)


async def _unless_refused(reply: Awaitable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    try:
        return await reply
    except RemoteError as error:
        if not error.status:
            raise
        return None


async def judge(
    server: RemoteServer, model: str, prompt: Sequence[int], pair: tuple[int, int]
) -> Judgement:
    """P(first) / (P(first) + P(second)) of the next token; exact for every vocabulary.

    Raises:
        RemoteError: The server failed, or does not take the bias that singles these two out.
    """
    body = {
        "model": model,
        "prompt": list(prompt),
        "n_predict": 1,
        "samplers": ["temperature"],
        "temperature": 1.0,
        "logit_bias": [[token, _BIAS] for token in pair],
        "n_probs": 2,
        "post_sampling_probs": True,
        "cache_prompt": True,
        "response_fields": list(_FIELDS),
    }
    reply = await server.post(f"{server.root}/completion", body)
    try:
        top = reply["completion_probabilities"][0]["top_probs"]
        found = {int(token["id"]): float(token["prob"]) for token in top}
        read = int(reply.get("tokens_evaluated") or len(prompt))
        cached = int((reply.get("timings") or {}).get("cache_n") or 0)
    except MISFITS as error:
        raise RemoteError(
            f"Server {server.name} gave no probabilities of the next token "
            f"({type(error).__name__}): {shown(reply)}."
        ) from error
    # One that is so improbable that it is 0 is left out.
    good, bad = (found.get(token, 0.0) for token in pair)
    if not _LEAST_SUM <= good + bad <= 1 + (1 - _LEAST_SUM):
        raise RemoteError(
            f"Server {server.name} was asked for two tokens only, and gave them "
            f"{good + bad:.3g} of the probability: it does not take logit_bias. Use a newer "
            "llama-server."
        )
    return Judgement(good / (good + bad), read, cached, exact=True)
