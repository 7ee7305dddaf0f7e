"""The form: what to solve, how to search and with which models, and links that fill it in.

`layout` lays all of it out: begin there. Each `*_form` is one part of it, `form_values` what was
set in it, and `run_request` how that becomes a run. The form knows nothing of runs and of what
happens when it changes: that is in `components.handlers`.
"""

from __future__ import annotations

from components.controls.layout import Controls, make_controls
from components.controls.model_offer import ModelOffer
from components.controls.options_form import OptionsForm
from components.controls.recipe_link import LinkedRecipe, read_link

__all__ = ["Controls", "LinkedRecipe", "ModelOffer", "OptionsForm", "make_controls", "read_link"]
