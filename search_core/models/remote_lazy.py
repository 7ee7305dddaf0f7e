"""Remote models for `lazy_models`: nothing is asked before they are first needed."""

from __future__ import annotations

from dataclasses import replace

from search_core.protocols import Solver, Verifier
from search_core.remote.address import RemoteAddress


def load_remote_solver(address: str, system_prompt: str) -> Solver:
    """The solver at an address. Raises as `RemoteSolver`, and as `RemoteAddress.parse`."""
    from search_core.remote.solver import RemoteSolver

    return RemoteSolver(RemoteAddress.parse(address), system_prompt=system_prompt)


def load_remote_verifier(address: str, format_: str = "auto") -> Verifier:
    """The verifier at an address. Raises as `open_verifier`, and as `RemoteAddress.parse`.

    Args:
        format_: How its score is read, where the address does not say it ("auto": it does).
    """
    from search_core.remote.verifier import open_verifier

    parsed = RemoteAddress.parse(address)
    if not parsed.format and format_ != "auto":
        parsed = replace(parsed, format=format_)
    return open_verifier(parsed)
