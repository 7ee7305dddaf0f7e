"""An address, opened: its servers, which model they serve, and who made them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from search_core.protocols import Cancelled
from search_core.remote.address import RemoteAddress
from search_core.remote.errors import AddressError, ChatOnly, RemoteError, hosts, shown
from search_core.remote.loop import LoopThread
from search_core.remote.server import RemoteServer
from search_core.remote.tokens import LocalTokens, ServerTokens, server_tokens

T = TypeVar("T")

SOLVER_KEY, VERIFIER_KEY = "ESPALIER_SOLVER_KEY", "ESPALIER_VERIFIER_KEY"
"""Environment variables with the API keys."""

OLLAMA = "library"
"""What Ollama says that its models are owned by."""
_COMPLETE = frozenset({"vllm", "sglang", "llamacpp"})
_MOST_NAME = 200


@dataclass(frozen=True, slots=True)
class Served:
    """A model as its server lists it.

    Attributes:
        name: What requests call it.
        maker: "vllm", "sglang", "llamacpp", or whatever the server says it is.
        context: Tokens that it reads and writes at most; None: not said.
    """

    name: str
    maker: str
    context: int | None


class ServerLoop(LoopThread[list[RemoteServer]]):
    """A loop that speaks to servers, and says of whatever goes wrong what a visitor must not read.

    Args:
        hidden: Their hosts.
    """

    def __init__(
        self,
        make: Callable[[], list[RemoteServer]],
        close: Callable[[list[RemoteServer]], Awaitable[None]],
        hidden: frozenset[str],
    ) -> None:
        super().__init__(make, close)
        self._hidden = hidden

    def run(
        self, work: Callable[[list[RemoteServer]], Coroutine[Any, Any, T]], cancelled: Cancelled
    ) -> T:
        try:
            return super().run(work, cancelled)
        except RemoteError as error:
            error.hidden = self._hidden
            raise


def servers(address: RemoteAddress, key_variable: str) -> ServerLoop:
    """The servers of an address, with the loop that speaks to them; nothing is sent yet.

    Args:
        key_variable: Environment variable with the API key, unless the address names another.

    Raises:
        ValueError: The variable that the address names is not set, or holds what no key does.
    """

    key = _key(address, key_variable)

    def make() -> list[RemoteServer]:
        return [
            RemoteServer(url, key, address.timeout, address.in_flight, address.longest)
            for url in address.urls
        ]

    async def close(those: list[RemoteServer]) -> None:
        for server in those:
            await server.close()

    return ServerLoop(make, close, hosts(address.urls))


def _key(address: RemoteAddress, key_variable: str) -> str:
    name = address.key or key_variable
    key = os.environ.get(name, "")
    if address.key and not key:
        raise AddressError(
            f"The address says key={name}, and the environment variable {name} is not set. Set it "
            "to the API key."
        )
    if not (key.isascii() and key.isprintable()):
        raise AddressError(
            f"The environment variable {name} holds characters that no API key has (a line break, "
            "or others beyond ASCII). Set it to the key alone."
        )
    return key


async def served(server: RemoteServer, wanted: str) -> Served:
    """The model of this name on the server; "": the only one.

    Raises:
        RemoteError: There is none, or there are several and none was named.
    """
    listed = await listed_models(server)
    names = [shown(model.get("id")) for model in listed]
    found = [model for model in listed if wanted in ("", model.get("id"))]
    if not found or (not wanted and len(found) > 1):
        raise RemoteError(
            f"Server {server.name} serves {', '.join(names[:8]) or 'no model'}; "
            + (f"{wanted!r:.80} was asked for." if wanted else "several models: name one.")
            + " Put #model=NAME after its address."
        )
    return described(found[0])


async def listed_models(server: RemoteServer) -> list[Mapping[str, Any]]:
    """What a server says that it serves. Raises `RemoteError`: it failed."""
    data = (await server.get(f"{server.url}/models")).get("data")
    return [model for model in data if isinstance(model, Mapping)] if isinstance(data, list) else []


def described(model: Mapping[str, Any]) -> Served:
    """One of them."""
    maker = str(model.get("owned_by") or "")
    return Served(str(model.get("id"))[:_MOST_NAME], maker, _context(model))


async def check_completions(server: RemoteServer, model: Served) -> None:
    """Whether the server completes a text as it stands.

    Raises:
        ChatOnly: It has no completions, or puts every text into its chat template.
        RemoteError: It failed.
    """
    if model.maker in _COMPLETE:
        return
    if model.maker == OLLAMA:
        raise ChatOnly(
            f"Server {server.name} is Ollama, which puts every text that it is to complete into "
            "its chat template. Put #api=chat after its address."
        )
    body = {"model": model.name, "prompt": "1", "max_tokens": 1}
    try:
        await server.post(f"{server.url}/completions", body)
    except RemoteError as error:
        if error.status in (404, 405, 501):
            raise ChatOnly(
                f"Server {server.name} has no completions ({error.status}). Put #api=chat after "
                "its address."
            ) from error
        raise


def _context(model: Mapping[str, Any]) -> int | None:
    meta = model.get("meta")
    more = meta.get("n_ctx") if isinstance(meta, Mapping) else None
    for value in (model.get("max_model_len"), more):
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
    return None


async def alike(
    those: list[RemoteServer], ask: Callable[[RemoteServer], Awaitable[T]], what: str
) -> list[T]:
    """What every replica answers; they must agree on it.

    Raises:
        RemoteError: Two of them differ.
    """
    answers = await asyncio.gather(*map(ask, those))
    for server, answer in zip(those, answers, strict=True):
        if answer != answers[0]:
            raise RemoteError(
                f"Servers {those[0].name} and {server.name} differ in their {what}: "
                f"{shown(answers[0])} and {shown(answer)}. All servers of one address must "
                "serve the same model."
            )
    return list(answers)


async def tokens_of(
    server: RemoteServer, model: Served, local: LocalTokens | None
) -> LocalTokens | ServerTokens | None:
    """The tokenizer that was named, else the server's own; None if it has none to lend."""
    return local or await server_tokens(server, model.name, model.maker)


def local_tokens(address: RemoteAddress) -> LocalTokens | None:
    """The tokenizer that the address names; None if it names none.

    Raises:
        ModelLoadError: It cannot be loaded.
    """
    if not address.tokenizer:
        return None
    from search_core.engine.checkpoints.tokenizers import load_tokenizer

    return LocalTokens(load_tokenizer(address.tokenizer))
