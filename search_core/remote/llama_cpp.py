"""The llama.cpp server's own completions.

Its `/v1/completions` does not say whether a stop string or the end token ended a text, and a
search has to know; `/completion` does. As documented in the server's README; its sampling
defaults (top-k 40, min-p 0.05, penalties) are switched off, so that the temperature and top-p
asked for are all there is. The tokens of a stop string have no log-probability there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from search_core.remote.completions import MOST_SEED, Ask, Piece, Reply
from search_core.remote.server import RemoteServer

_FINISHES = {"eos": "stop", "word": "stop", "limit": "length"}


class LlamaCppDialect:
    """`POST /completion`. A server that holds several models is told which by "model"."""

    name = "llamacpp"

    def url(self, server: RemoteServer) -> str:
        return f"{server.root}/completion"

    def body(self, model: str, ask: Ask) -> dict[str, Any]:
        return {
            "model": model,
            "prompt": ask.prompt if isinstance(ask.prompt, str) else list(ask.prompt),
            "n_cmpl": ask.n,
            "n_predict": ask.max_tokens,
            "temperature": ask.temperature,
            "top_p": ask.top_p,
            "top_k": 0,
            "min_p": 0.0,
            "repeat_penalty": 1.0,
            "samplers": ["temperature", "top_p"],
            "seed": ask.seed % MOST_SEED,
            "stop": list(ask.stop),
            "n_probs": 1,
            "cache_prompt": True,
            "stream": True,
        }

    def pieces(self, event: Mapping[str, Any]) -> Iterator[Piece]:
        ended = bool(event.get("stop"))
        probabilities = event.get("completion_probabilities")
        logprobs = None if probabilities is None else [one["logprob"] for one in probabilities]
        yield Piece(
            index=int(event.get("index") or 0),
            text=str(event.get("content") or ""),
            logprobs=logprobs,
            # The last event of a stream adds no token, and a whole reply brings all of them.
            tokens=0 if logprobs is None and ended else len(logprobs or event.get("tokens") or ()),
            finish=_FINISHES.get(str(event.get("stop_type")), "none") if ended else None,
            stopped_by=event.get("stopping_word"),
        )

    def count(self, event: Mapping[str, Any], reply: Reply) -> None:
        if not event.get("stop"):
            return
        reply.prompt = event.get("tokens_evaluated", reply.prompt)
        reply.completion = (reply.completion or 0) + int(event.get("tokens_predicted") or 0)
        cached = (event.get("timings") or {}).get("cache_n")
        if cached is not None:
            # Its children share a prompt; the first to be read found least of it.
            reply.cached = cached if reply.cached is None else min(reply.cached, cached)
