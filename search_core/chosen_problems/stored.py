"""The chosen problems that are shipped: a trace for each claim, which holds the whole recipe."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from search_core.chosen_problems.claims import CLAIMS, Claim, Finding
from search_core.log.traces import Trace, read_trace

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "chosen_problems"


class ClaimError(ValueError):
    """A stored run does not show what its name claims."""


@dataclass(frozen=True)
class ChosenProblem:
    """A problem, how it was searched, and what that shows."""

    claim: Claim
    trace: Trace
    finding: Finding


def read_chosen_problems(folder: Path = FOLDER) -> list[ChosenProblem]:
    """All of the folder, in the order of the claims; each is held to its claim once more.

    Raises:
        ClaimError: A trace has no claim's name, or does not show what is claimed.
        TraceError: A trace is broken.
    """
    paths = {path.stem: path for path in folder.glob("*.jsonl")}
    unknown = sorted(set(paths) - set(CLAIMS))
    if unknown:
        raise ClaimError(f"{folder} holds {unknown}; expected names among {list(CLAIMS)}.")
    return [_read(claim, paths[name]) for name, claim in CLAIMS.items() if name in paths]


def _read(claim: Claim, path: Path) -> ChosenProblem:
    trace = read_trace(path)
    finding = claim.check(trace.tree)
    if finding is None:
        raise ClaimError(
            f"{path} does not show what it is called. Find another problem: "
            f"python -m search_core.chosen_problems --only {claim.name}"
        )
    return ChosenProblem(claim, trace, finding)
