"""Ids of runs: whoever has one may read the run, so nobody can guess one."""

from __future__ import annotations

import re
import secrets

_RUN_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_NEW_ID = re.compile(r"[A-Za-z0-9_-]{22}")


def new_run_id() -> str:
    """128 random bits, as text that an address and a file name can hold."""
    return secrets.token_urlsafe(16)


def is_new_run_id(text: str) -> bool:
    """Whether this looks like an id as `new_run_id` makes them, and a page's script likewise."""
    return _NEW_ID.fullmatch(text) is not None


def is_run_id(text: str) -> bool:
    """Whether this can be the id of a run: it becomes a file name, so nothing else passes."""
    return _RUN_ID.fullmatch(text) is not None
