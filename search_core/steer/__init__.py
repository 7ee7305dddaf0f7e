"""Steering by hand: a run that is there, driven again with a person's acts in place of decisions.

`steered` drives over what the run's models have replied already and asks models for the rest.
Begin with `steered.py`; what cannot be done is refused in `refusals.py`; `search_core.acts` says
what acts are, and what the runner makes of them.
"""

from search_core.steer.history import History
from search_core.steer.refusals import check_act, check_acts
from search_core.steer.steered import GoingOn, Steered, Steering, steered

__all__ = ["GoingOn", "History", "Steered", "Steering", "check_act", "check_acts", "steered"]
