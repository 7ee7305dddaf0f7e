"""A file that somebody opens: read and checked, a large one in a process of its own.

To check a file, Python's objects are made of all its lines: twenty times its size, for some
seconds of one core. What a process took for that goes when the process goes, whereas a server
would keep pages of it in which something small still lies; and no search waits for it.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from search_core.labelled.opening import read_tree
from search_core.log.traces import OpenedLimits, TraceError
from search_core.models import alternatives
from search_core.serving.encoded_log import EncodedLog

LARGE = 1_000_000
"""Bytes from which on a file is read aside: to start a process takes a second of one core."""
MOST_SECONDS = 300.0
"""Far more than the largest file takes where others compute as well."""
_ROOT = Path(__file__).resolve().parents[2]
_TEXT = "events.jsonl"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """What a file holds.

    Attributes:
        log: Its events.
        notice: What is worth knowing about the file; "" if nothing.
        comparison: What its FLOPs could have bought instead, as `comparison_of` gives it.
    """

    log: EncodedLog
    notice: str
    comparison: list[dict[str, Any]]


def open_file(path: Path, limits: OpenedLimits) -> OpenedFile:
    """The trace in a file, or the first tree of a file of another kind.

    Raises:
        TraceError: It is neither, too large, or more than this machine can read.
        OSError: It cannot be opened.
    """
    return read_here(path, limits) if path.stat().st_size < LARGE else _read_aside(path, limits)


def read_here(path: Path, limits: OpenedLimits) -> OpenedFile:
    """The same in this process, whatever its size."""
    trace, tree = read_tree(path, limits)
    rows = [asdict(row) for row in alternatives(tree)]
    return OpenedFile(EncodedLog(trace.events), trace.notice, rows)


def _read_aside(path: Path, limits: OpenedLimits) -> OpenedFile:
    with tempfile.TemporaryDirectory(prefix="espalier-opening-") as folder:
        text = Path(folder) / _TEXT
        told = _told_by_reader([str(path), str(text), json.dumps(asdict(limits))])
        if "refused" in told:
            raise TraceError(told["refused"])
        if "missing" in told:
            raise FileNotFoundError(told["missing"])
        return OpenedFile(EncodedLog.of_text(text.read_bytes()), told["notice"], told["rows"])


def _told_by_reader(arguments: Sequence[str]) -> dict[str, Any]:
    """What a process that reads a file says of it: `file_reader`."""
    niceness = ["nice", "-n", "5"] if shutil.which("nice") else []
    known = os.environ.get("PYTHONPATH")
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(_ROOT), known])),
    }
    command = [*niceness, sys.executable, "-m", "search_core.serving.file_reader", *arguments]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            env=environment,
            timeout=MOST_SECONDS,
            check=True,
        )
        told: dict[str, Any] = json.loads(done.stdout)
    except subprocess.SubprocessError as error:
        said = getattr(error, "stderr", b"") or b""
        _log.error("A file could not be read: %s\n%s", error, said.decode("utf-8", "replace"))
        raise TraceError(
            "Reading it takes more time or memory than there is here; try again in a moment, or "
            "look at it on a machine of yours."
        ) from error
    return told
