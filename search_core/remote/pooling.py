"""A verifier that classifies tokens, asked through vLLM's `/pooling`.

vLLM reads the whole path for it every time: it keeps no cache for this task. Serve Qwen's process
reward models with `--runner pooling --pooler-config '{"tok_pooling_type": "STEP",
"step_tag_id": 151651}'`; without that it gives every token's probabilities, which are read at
the steps' ends all the same. `returned_token_ids` must stay unset: it picks a label before the
softmax.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from search_core.remote.errors import MISFITS, RemoteError, shown
from search_core.remote.server import RemoteServer
from search_core.verifiers.formats import PathText


async def classify(server: RemoteServer, model: str, text: PathText) -> tuple[float, ...]:
    """Scores at the positions of a path's text, 0 to 1: the second label, or the only one.

    Raises:
        RemoteError: The server failed, or gave scores neither for these positions nor for every
            token.
    """
    body = {"model": model, "input": [list(text.ids)], "task": "token_classify"}
    reply = await server.post(f"{server.root}/pooling", body)
    try:
        rows = reply["data"][0]["data"]
        if len(rows) == len(text.ids):
            rows = [rows[place] for place in text.at]
        scores = tuple(_score(row) for row in rows)
    except MISFITS as error:
        raise RemoteError(
            f"Server {server.name} gave no classes of tokens ({type(error).__name__}): "
            f"{shown(reply)}."
        ) from error
    if len(scores) != len(text.at):
        raise RemoteError(
            f"Server {server.name} gave {len(scores)} scores for {len(text.at)} steps and "
            f"{len(text.ids)} tokens. Is the format right, and step_tag_id?"
        )
    if not all(0 <= score <= 1 for score in scores):
        raise RemoteError(f"Server {server.name} gave scores outside of 0 to 1: {scores!r:.200}.")
    return scores


def _score(row: Sequence[Any] | float) -> float:
    value = row if isinstance(row, int | float) else row[-1]
    if isinstance(row, Sequence) and len(row) > 2:
        raise ValueError(f"{len(row)} labels")
    if not math.isfinite(value):
        raise ValueError("not a number")
    return float(value)
