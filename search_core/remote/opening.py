"""Opens a model behind a server in the way in which the server is to be asked.

An address may say it (`api=chat`, `api=completions`). Else completions are tried, which carry token
ids; chat completions where a server has no others, or no true ones (Ollama puts every prompt into
its chat template).
"""

from __future__ import annotations

from search_core.protocols import Solver, Verifier
from search_core.remote.address import RemoteAddress
from search_core.remote.chat import ChatSolver, open_chat_verifier
from search_core.remote.errors import ChatOnly
from search_core.remote.solver import RemoteSolver
from search_core.remote.verifier import open_completions_verifier


def open_solver(address: RemoteAddress, *, system_prompt: str = "") -> Solver:
    """The solver of an address; its servers are asked a few short questions now.

    Raises:
        VoidSearch: A server does what makes every search worthless.
        RemoteError: A server cannot be reached, or fails.
        ModelLoadError: The tokenizer named in the address cannot be loaded.
        ValueError: The address names a key that is not there.
    """
    if address.api != "chat":
        try:
            return RemoteSolver(address, system_prompt=system_prompt)
        except ChatOnly:
            if address.api:
                raise
    return ChatSolver(address, system_prompt=system_prompt)


def open_verifier(address: RemoteAddress) -> Verifier:
    """The verifier of an address, by its format; its servers are asked who they are now.

    Raises:
        ValueError: The format is missing or unknown, no such server can read it, or an option of it
            is unknown; or the address names a key that is not there.
        RemoteError: A server cannot be reached, does not serve the model, or has no tokenizer to
            lend and none is named.
    """
    if address.api != "chat":
        try:
            return open_completions_verifier(address)
        except ChatOnly:
            if address.api:
                raise
    return open_chat_verifier(address)
