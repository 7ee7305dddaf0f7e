"""Where figures come from: when, by which command, with which versions, on what."""

from __future__ import annotations

import os
import platform
import shlex
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

_PACKAGES = ("torch", "transformers", "numpy")


def provenance(arguments: Sequence[str], program: str = "search_core") -> dict[str, Any]:
    """JSON-ready values; nothing is imported for a package's version.

    Args:
        arguments: Those of the command.
        program: The module that was run.
    """
    return {
        "command": shlex.join(["python", "-m", program, *arguments]),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {"python": platform.python_version()} | _versions(),
        "machine": {"system": platform.system(), "cpus": os.cpu_count()},
    }


def _versions() -> dict[str, str]:
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
