"""Models behind an HTTP server: vLLM, SGLang, llama.cpp, and whatever speaks as they do.

`--solver http://host:8000/v1` is enough; `address.py` says what else an address may hold. One
request goes out per parent with all its children (`solver.py`); what the server really does
is found out before the first one (`capabilities.py`). Importing this imports no torch, and no
HTTP library before a server is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from search_core.remote.address import RemoteAddress, is_remote, model_name
from search_core.remote.errors import RemoteError, VoidSearch

if TYPE_CHECKING:
    from search_core.remote.solver import RemoteSolver

__all__ = [
    "RemoteAddress",
    "RemoteError",
    "RemoteSolver",
    "VoidSearch",
    "is_remote",
    "model_name",
]


def __getattr__(name: str) -> type[RemoteSolver]:
    """Imports what needs an HTTP library when it is asked for."""
    if name == "RemoteSolver":
        from search_core.remote.solver import RemoteSolver

        return RemoteSolver
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
