"""What Gradio keeps for each page, without the copies that nobody reads.

For every page that opens, and for every name of a page that a stranger makes up, Gradio copies the
configuration of all components (a quarter of a megabyte here, and 25 ms), and then keeps the last
value of each output: whole charts, whole batches. Only its deep links read them, and there are
none here: a link is a recipe.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from gradio.state_holder import SessionState, StateHolder

MOST_SESSIONS = 1_000
"""Pages whose state is kept; the one that was heard of longest ago is forgotten."""


class LeanSession(SessionState):  # type: ignore[misc, unused-ignore]
    """A page's state, and no copies of what the page is made of."""

    def __init__(self, blocks: Any) -> None:
        # Of no blocks there is nothing to copy.
        super().__init__(SimpleNamespace(default_config=blocks.default_config, blocks={}))

    def __setitem__(self, key: int, value: Any) -> None:
        super().__setitem__(key, value)
        self.config_values.clear()

    def _update_config(self, key: int) -> None:
        """Nobody reads it."""

    def _update_value_in_config(self, key: int, value: Any) -> None:
        """Nobody reads it."""


class LeanSessions(StateHolder):  # type: ignore[misc, unused-ignore]
    """The states of all pages."""

    def __getitem__(self, session_id: str) -> SessionState:
        with self.lock:
            if session_id not in self.session_data:
                self.session_data[session_id] = LeanSession(self.blocks)
        return super().__getitem__(session_id)

    @classmethod
    def of(cls, holder: StateHolder) -> LeanSessions:
        """Make this of the holder that Gradio has made, before it holds anything."""
        holder.__class__ = cls
        if not isinstance(holder, LeanSessions):
            raise TypeError(f"Gradio's sessions are {type(holder)}; expected a StateHolder.")
        return holder
