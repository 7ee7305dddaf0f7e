"""How llama.cpp's server and SGLang speak where they do not speak as vLLM, for the fake server.

As seen of llama-server, build 10434, and of SGLang 0.5.23.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

NO_UTF8 = "The model produced output that does not match the expected Content-only format"


def llama_cpp_events(
    events: Iterator[dict[str, Any]], body: dict[str, Any], prompt: int, cached: int, model: Any
) -> Iterator[dict[str, Any]]:
    """`/completion` of what `/v1/completions` would stream.

    A token that ends inside of a character is counted and never sent; a text that is no UTF-8 fails
    the request, unless a grammar is given.

    Args:
        prompt: Tokens that were read.
        cached: Those of them that were known.
    """
    ids: dict[int, list[int]] = {}
    for event in events:
        choice = event["choices"][0]
        index, logprobs = choice["index"], choice["logprobs"]
        mine = ids.setdefault(index, [])
        mine += [int(one) for one in logprobs["tokens"]]
        counts = {"tokens_predicted": len(mine), "tokens_evaluated": prompt}
        text = model.text(mine)
        if not text.endswith("\N{REPLACEMENT CHARACTER}"):
            yield {
                "index": index,
                "content": choice["text"],
                "tokens": [int(one) for one in logprobs["tokens"]],
                "stop": False,
                "completion_probabilities": [
                    {"logprob": one} for one in logprobs["token_logprobs"]
                ],
            } | counts
        if choice["finish_reason"]:
            if "\N{REPLACEMENT CHARACTER}" in text[:-1] and "chat_parser" not in body:
                yield {"error": {"code": 500, "message": NO_UTF8, "type": "server_error"}}
                return
            word = choice["stop_reason"] or ""
            limit = choice["finish_reason"] == "length"
            yield {
                "index": index,
                "content": "",
                "tokens": [],
                "stop": True,
                "stop_type": "word" if word else "limit" if limit else "eos",
                "stopping_word": word,
                "timings": {"cache_n": cached},
            } | counts


def llama_cpp_next(
    logprobs: Sequence[float], body: dict[str, Any], prompt: int, cached: int, *, unbiased: bool
) -> dict[str, Any]:
    """`/completion` for one token: the most probable ones after the bias; none that is 0."""
    bias = {} if unbiased else dict(map(tuple, body.get("logit_bias", ())))
    weights = [one + bias.get(token, 0.0) for token, one in enumerate(logprobs)]
    most = max(weights)
    chances = [math.exp(one - most) for one in weights]
    whole = sum(chances)
    order = sorted(range(len(chances)), key=lambda token: -chances[token])
    top = [{"id": one, "prob": chances[one] / whole} for one in order[: body.get("n_probs", 0)]]
    return {
        "content": "",
        "stop": True,
        "stop_type": "limit",
        "tokens_evaluated": prompt,
        "timings": {"cache_n": cached},
        "completion_probabilities": [{"top_probs": [one for one in top if one["prob"] > 0]}],
    }


def sglang_next(
    logprobs: Sequence[float], body: dict[str, Any], prompt: int, cached: int
) -> dict[str, Any]:
    """`/generate` for one token."""
    chosen = [[logprobs[one], one, None] for one in body["token_ids_logprob"]]
    said = {"prompt_tokens": prompt, "cached_tokens": cached, "output_token_ids_logprobs": [chosen]}
    return {"text": "", "meta_info": said}
