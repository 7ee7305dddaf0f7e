"""What a run's FLOPs could have bought instead, worked out once for each run."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from search_core.models import alternatives
from search_core.serving.hosted import HostedRun

_BYTES_PER_ROW = 300


def comparison_of(run: HostedRun) -> list[dict[str, Any]]:
    """Each of `models.alternatives` by its fields. Nobody may change what is returned."""
    return run.find(
        "alternatives",
        lambda fold: [asdict(row) for row in alternatives(fold())],
        lambda rows: _BYTES_PER_ROW * len(rows),
    )
