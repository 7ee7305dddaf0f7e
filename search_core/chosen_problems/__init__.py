"""A few problems that show what search can and cannot do, each found and not made up.

`claims.py` says what each shows and holds a run to it, `finding.py` looks for runs that do, and
`stored.py` reads those that are shipped. `python -m search_core.chosen_problems` finds them anew.
"""

from search_core.chosen_problems.claims import CLAIMS, Claim, Finding
from search_core.chosen_problems.finding import run_claim
from search_core.chosen_problems.stored import (
    FOLDER,
    ChosenProblem,
    ClaimError,
    read_chosen_problems,
)

__all__ = [
    "CLAIMS",
    "FOLDER",
    "ChosenProblem",
    "Claim",
    "ClaimError",
    "Finding",
    "read_chosen_problems",
    "run_claim",
]
