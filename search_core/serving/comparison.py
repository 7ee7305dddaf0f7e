"""What a run's FLOPs could have bought instead, worked out once for each run."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from search_core.models import alternatives
from search_core.serving.findings import KeptFinding
from search_core.serving.hosted import HostedRun

_NAME = "alternatives"
_BYTES_PER_ROW = 300


def comparison_of(run: HostedRun) -> list[dict[str, Any]]:
    """Each of `models.alternatives` by its fields. Nobody may change what is returned."""
    return run.find(
        _NAME,
        lambda fold: [asdict(row) for row in alternatives(fold())],
        _size,
    )


def know_comparison(run: HostedRun, rows: list[dict[str, Any]]) -> None:
    """Take what somebody else has worked out for a run that is over."""
    run.remember({_NAME: KeptFinding(run.head, rows, _size(rows))})


def _size(rows: list[dict[str, Any]]) -> int:
    return _BYTES_PER_ROW * len(rows)
