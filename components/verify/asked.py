"""What a visitor asks to have judged, and the command that judges it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from search_core import problem_files
from search_core.labelled import KINDS
from search_core.models import VERIFIERS

COLUMNS = "columns"
"""In place of a model: the columns of scores that the file has."""
SUFFIXES = tuple(suffix for suffix in problem_files.SUFFIXES if suffix != ".parquet")
"""What is taken from strangers: how large a Parquet file is unpacked, only it knows."""
MOST_ROWS = 5_000
MOST_PROBLEMS = 50
_ATTEMPTS = "8"
_DRAWS = "1000"
MOST_JUDGES = len(VERIFIERS)


@dataclass(frozen=True, slots=True)
class Asked:
    """A report that is asked for.

    Attributes:
        file: Name under which the visitor's file lies in the report's folder; "" where the
            embedded solver's own attempts are judged.
        kind: Of the file; "" to tell it by what it holds.
        problems: Of each family, where attempts are drawn.
        judges: Names of embedded verifiers.
        columns: Whether the file's own columns are judged, too; without models they must be there.
        threshold: A step that scores below it is called wrong; None: each verifier's own.
    """

    file: str
    kind: str
    problems: int
    judges: tuple[str, ...]
    columns: bool = False
    threshold: float | None = None

    def command(self) -> list[str]:
        """The command, for the folder in which the file lies and the report is to be."""
        argv = [sys.executable, "-m", "search_core", "verify"]
        if self.file:
            argv += ["--input", self.file, "--first", str(MOST_ROWS)]
        else:
            argv += ["--drawn", str(self.problems), "--attempts", _ATTEMPTS]
        if self.kind:
            argv += ["--kind", self.kind]
        if self.columns and self.judges:
            argv += ["--column", "*"]
        if self.threshold is not None:
            argv += ["--threshold", f"{self.threshold:g}"]
        for judge in self.judges:
            argv += ["--verifier", judge]
        return [*argv, "--report", "report.html", "--json", "report.json", "--draws", _DRAWS]


def read_asked(query: Mapping[str, str]) -> Asked:
    """What the query of a request asks for.

    Raises:
        ValueError: Something that is not offered; the message is for the visitor.
    """
    judges = tuple(name for name in query.get("judges", "").split(",") if name)
    unknown = [name for name in judges if name not in (*VERIFIERS, COLUMNS)]
    if unknown or len(judges) > MOST_JUDGES:
        raise ValueError(
            f"The verifier {', '.join(unknown)[:60]!r} is not offered here; choose among "
            f"{', '.join(VERIFIERS)}, or the file's own columns."
        )
    models = tuple(name for name in judges if name != COLUMNS)
    threshold = _threshold(query.get("threshold", ""))
    if "problems" in query:
        given = query["problems"]
        if not given.isascii() or not given.isdecimal() or not 1 <= int(given[:9]) <= MOST_PROBLEMS:
            raise ValueError(
                f"The number of problems is {given[:20]!r}; expected 1 to {MOST_PROBLEMS}."
            )
        if not models:
            raise ValueError("Choose at least one verifier that is to score the attempts.")
        return Asked("", "", int(given), models, threshold=threshold)
    kind = query.get("kind", "")
    if kind and kind not in KINDS:
        raise ValueError(f"The kind {kind[:40]!r} is not known; expected {', '.join(KINDS)}.")
    name = query.get("name", "")
    return Asked(
        f"solutions{read_suffix(name, SUFFIXES)}", kind, 0, models, COLUMNS in judges, threshold
    )


def _threshold(given: str) -> float | None:
    if not given:
        return None
    try:
        value = float(given[:20])
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise ValueError(
            f"The threshold is {given[:20]!r}; expected a number from 0 to 1, or nothing for each "
            "verifier's own."
        )
    return value


def read_suffix(name: str, offered: Sequence[str]) -> str:
    """The suffix of a file's name, in small letters.

    Raises:
        ValueError: Such a file is not read here; the message is for the visitor.
    """
    suffix = next((each for each in offered if name.lower().endswith(each)), None)
    if suffix is None:
        more = " Parquet is read by the command, or save it as .jsonl."
        raise ValueError(
            f"The file {name[-60:]!r} is of a type that is not read here; expected "
            f"{', '.join(offered)}.{more if name.lower().endswith('.parquet') else ''}"
        )
    return suffix
