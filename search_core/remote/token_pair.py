"""A verifier that says "+" or "-" after a step, asked for the probabilities of both.

One token is asked for after each wanted step. The server's prefix cache holds the path up to the
step before, so a score costs about its own step; asking for a whole path's log-probabilities
at once would read all of it again every time (vLLM leaves its cache out then).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from search_core.remote.errors import MISFITS, RemoteError, shown
from search_core.remote.server import RemoteServer

_TOP = 20
"""The most probable tokens that a server is asked for where it cannot be asked for these two."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One step's score, 0 to 1, and what it cost.

    Attributes:
        exact: False where one of the two was not among the most probable tokens, so that its
            probability is at most that of the last of them.
    """

    score: float
    prompt: int
    cached: int
    exact: bool


async def judge(
    server: RemoteServer,
    model: str,
    prompt: Sequence[int],
    pair: tuple[int, int],
    *,
    by_id: bool,
    words: tuple[str, str] = ("+", "-"),
) -> Judgement:
    """P("+") / (P("+") + P("-")) of the next token.

    Args:
        pair: Ids of "+" and "-".
        by_id: Whether the server gives the log-probabilities of chosen tokens (vLLM); else they
            are looked for among the 20 most probable.
        words: Texts of the two, by which they are looked for there.

    Raises:
        RemoteError: The server failed, or both are missing.
    """
    body: dict[str, Any] = {
        "model": model,
        "prompt": list(prompt),
        "max_tokens": 1,
        "temperature": 0,
        "logprobs": 1 if by_id else _TOP,
        "return_tokens_as_token_ids": True,
    }
    if by_id:
        body["logprob_token_ids"] = list(pair)
    reply = await server.post(f"{server.url}/completions", body)
    try:
        top = reply["choices"][0]["logprobs"]["top_logprobs"][0]
        usage = reply.get("usage") or {}
        prompt_tokens = int(usage.get("prompt_tokens") or len(prompt))
        cached = int((usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0)
        found = [_find(top, token, word) for token, word in zip(pair, words, strict=True)]
        least = min(map(float, top.values()))
    except MISFITS as error:
        raise RemoteError(
            f"Server {server.name} gave no log-probabilities of the next token "
            f"({type(error).__name__}): {shown(reply)}."
        ) from error
    good, bad = found
    if good is None and bad is None:
        raise RemoteError(
            f"Server {server.name} has neither {words[0]} nor {words[1]} among its {len(top)} most "
            "probable tokens. "
            "Its model is no token-pair verifier of this format, or the server gives too few."
        )
    exact = good is not None and bad is not None
    difference = (least if good is None else good) - (least if bad is None else bad)
    # tanh does not overflow.
    score = 0.5 + 0.5 * math.tanh(difference / 2)
    return Judgement(score, prompt_tokens, cached, exact)


def _find(top: Mapping[str, Any], token: int, text: str) -> float | None:
    """A token's log-probability; servers name tokens by id or by text."""
    for name in (f"token_id:{token}", text, f" {text}", f"▁{text}"):
        if name in top:
            return float(top[name])
    return None
