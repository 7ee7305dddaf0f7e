"""One row of a file of problems, whatever kind of file it is from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_BYTES = 1024**3
"""Of a file that is read row by row."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file.

    Attributes:
        where: For people: "line 3", "entry 3" or "row 3".
        values: What its columns hold, by their names.
        mistake: Why it cannot be read, as what is said of `where`; "" if it can.
    """

    where: str
    values: Mapping[str, Any] = field(default_factory=dict)
    mistake: str = ""
