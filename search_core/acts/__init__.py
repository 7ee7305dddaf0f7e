"""What a person does to a search: acts as data, and what they come to while it is driven again.

`act.py` says what an act is; `guidance.py` tells the runner where it is to go by a person's word in
place of its strategy's. Neither knows of models or runs: `search_core.steer` drives.
"""

from search_core.acts.act import ACTIONS, MOST_ACTS, MOST_GROWN, Act, ActError, Action, acts_of
from search_core.acts.guidance import CUT_BY_HAND, KEPT_BY_HAND, WENT_ON, Beside, Guidance

__all__ = [
    "ACTIONS",
    "CUT_BY_HAND",
    "KEPT_BY_HAND",
    "MOST_ACTS",
    "MOST_GROWN",
    "WENT_ON",
    "Act",
    "ActError",
    "Action",
    "Beside",
    "Guidance",
    "acts_of",
]
