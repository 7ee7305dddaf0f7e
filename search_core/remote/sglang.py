"""SGLang's own `/generate`, where the log-probabilities of chosen tokens can be asked for by id.

Its `/v1/completions` gives the most probable ones only, and by text. What a solver needs of that
is in `completions`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from search_core.remote.errors import MISFITS, RemoteError, shown
from search_core.remote.server import RemoteServer
from search_core.remote.token_pair import Judgement


async def judge(server: RemoteServer, prompt: Sequence[int], pair: tuple[int, int]) -> Judgement:
    """P(first) / (P(first) + P(second)) of the next token; exact for every vocabulary.

    Raises:
        RemoteError: The server failed, or gave no log-probabilities.
    """
    body = {
        "input_ids": list(prompt),
        "sampling_params": {"max_new_tokens": 1, "temperature": 0},
        "return_logprob": True,
        "token_ids_logprob": list(pair),
    }
    reply = await server.post(f"{server.root}/generate", body)
    try:
        said = reply["meta_info"]
        found = {
            int(token): float(value) for value, token, *_ in said["output_token_ids_logprobs"][0]
        }
        difference = found[pair[0]] - found[pair[1]]
        read = int(said.get("prompt_tokens") or len(prompt))
        cached = int(said.get("cached_tokens") or 0)
    except MISFITS as error:
        raise RemoteError(
            f"Server {server.name} gave no log-probabilities of two tokens "
            f"({type(error).__name__}): {shown(reply)}."
        ) from error
    # tanh does not overflow.
    return Judgement(0.5 + 0.5 * math.tanh(difference / 2), read, cached, exact=True)
