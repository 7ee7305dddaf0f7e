"""Models behind an HTTP server: vLLM, SGLang, llama.cpp, and whatever speaks as they do or chats.

`--solver http://host:8000/v1` is enough; `address.py` says what else an address may hold. One
request goes out per parent with all its children (`solver.py`); a verifier's format is the same
row as in this process (`verifier.py`); what the server really does is found out before the first
request (`capabilities.py`). Where there is nothing but chat completions, `chat` asks, and
`opening.py` finds out which way to take. Nothing here knows a strategy or a run. Begin with
`solver.py`. Importing this imports no torch, and no HTTP library before a server is asked.
"""

from __future__ import annotations

from search_core.remote.address import RemoteAddress, is_remote, model_name
from search_core.remote.chat import ChatSolver
from search_core.remote.errors import RemoteError, VoidSearch
from search_core.remote.opening import open_solver, open_verifier
from search_core.remote.solver import RemoteSolver

__all__ = [
    "ChatSolver",
    "RemoteAddress",
    "RemoteError",
    "RemoteSolver",
    "VoidSearch",
    "is_remote",
    "model_name",
    "open_solver",
    "open_verifier",
]
