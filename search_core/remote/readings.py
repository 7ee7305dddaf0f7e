"""What verifiers behind a server are given to read, and where their scores stand in it.

The families' own reference code, as ids: see the model cards of RLHFlow/Llama3.1-8B-PRM-*,
peiyi9979/math-shepherd-mistral-7b-prm, Qwen/Qwen2.5-Math-PRM-7B, and TRL's process reward models.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from search_core.engine.path_tokens import DELIMITER
from search_core.remote.errors import RemoteError
from search_core.remote.server import RemoteServer
from search_core.remote.tokens import Tokens

GOOD, BAD = "+", "-"
TAG = " ки"
"""Math-Shepherd reads here."""
MARKER = "<extra_0>"
"""Qwen's process reward models read here."""
QWEN_SYSTEM = "Please reason step by step, and put your final answer within \\boxed{}."


@dataclass(frozen=True, slots=True)
class Reading:
    """Ids of a path.

    Attributes:
        places: Where each step is read: an index into the ids.
    """

    ids: tuple[int, ...]
    places: tuple[int, ...]


async def rlhflow(
    tokens: Tokens, server: RemoteServer, problem: str, steps: Sequence[str]
) -> tuple[int, ...]:
    """A conversation in which each step is a turn of the user's and each "+" the answer to it; the
    next token judges the last step."""
    messages = []
    for index, step in enumerate(steps):
        if index:
            messages.append({"role": "assistant", "content": GOOD})
        said = f"{problem} {step}" if index == 0 else step
        messages.append({"role": "user", "content": said})
    return await tokens.chat(server, messages)


async def math_shepherd(
    tokens: Tokens, server: RemoteServer, problem: str, steps: Sequence[str]
) -> tuple[int, ...]:
    """Problem and steps, each step followed by a tag; the token after it judges the step."""
    text = f"{problem} " + "\n".join(step + TAG for step in steps)
    return await tokens.text(server, text, begins=True)


async def pair(tokens: Tokens, server: RemoteServer) -> tuple[int, int]:
    """Ids of "+" and "-": the last of each, where a tokenizer puts something in front."""
    good = await tokens.text(server, GOOD)
    bad = await tokens.text(server, BAD)
    if not good or not bad or good[-1] == bad[-1]:
        raise RemoteError(
            f"Server {server.name} has no tokens of their own for + and -; its model cannot be a "
            "token-pair verifier."
        )
    return good[-1], bad[-1]


async def qwen_prm(
    tokens: Tokens, server: RemoteServer, problem: str, steps: Sequence[str], finished: bool
) -> Reading:
    """A chat in which a marker follows each step of the assistant's turn."""
    marker = await tokens.special(server, MARKER)
    if len(marker) != 1:
        raise RemoteError(
            f"Server {server.name} knows no {MARKER}; its model cannot be of format qwen_prm."
        )
    system = {"role": "system", "content": QWEN_SYSTEM}
    ids = list(await tokens.chat(server, [system, {"role": "user", "content": problem}]))
    places = []
    for step in steps:
        ids += await tokens.text(server, step)
        places.append(len(ids))
        ids += marker
    return Reading(tuple(ids), tuple(places))


async def token_classification(
    tokens: Tokens, server: RemoteServer, problem: str, steps: Sequence[str], finished: bool
) -> Reading:
    """The path as a solver writes it; each step is read at its last token: the delimiter, or
    the end token of a finished path."""
    if finished and tokens.end is None:
        raise RemoteError(
            f"Server {server.name} does not say which token ends a solution. Put "
            "#tokenizer=FOLDER after the verifier's address."
        )
    if tokens.chats:
        ids = list(await tokens.chat(server, [{"role": "user", "content": problem}]))
    else:
        ids = list(await tokens.text(server, problem + DELIMITER, begins=True))
    places = []
    for index, step in enumerate(steps):
        if finished and index == len(steps) - 1 and tokens.end is not None:
            ids += [*await tokens.text(server, step), tokens.end]
        else:
            ids += await tokens.text(server, step + DELIMITER)
        places.append(len(ids) - 1)
    return Reading(tuple(ids), tuple(places))
