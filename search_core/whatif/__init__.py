"""What if, and where was it lost: questions to a run that is over, answered without generating.

`what_if` drives a recorded run again over its own replies (`search_core.run.known`) with something
changed, and says where decisions would differ and what the answer would have been. `regret` says of
a run whose truth is known where a right solution was lost. Begin with `what_if.py`.
"""

from search_core.whatif.differences import Difference
from search_core.whatif.hedging import AnswerShare, Hedge, hedged
from search_core.whatif.noise import NoisyVerifier
from search_core.whatif.regret import Regret, regret
from search_core.whatif.what_if import Change, WhatIf, check_same_solver, what_if

__all__ = [
    "AnswerShare",
    "Change",
    "Difference",
    "Hedge",
    "NoisyVerifier",
    "Regret",
    "WhatIf",
    "check_same_solver",
    "hedged",
    "regret",
    "what_if",
]
