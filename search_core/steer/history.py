"""Acts, undone and done again: a list and a place in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from search_core.acts import MOST_ACTS, Act, ActError


@dataclass(frozen=True, slots=True)
class History:
    """What was done, one act after the other. It never changes; each method gives the next one.

    Attributes:
        acts: All, those that were undone at the end.
        done: How many of them stand.
    """

    acts: tuple[Act, ...] = ()
    done: int = 0

    @property
    def standing(self) -> tuple[Act, ...]:
        """The acts by which the run is driven."""
        return self.acts[: self.done]

    def with_act(self, act: Act) -> History:
        """One more act; what was undone before it is gone.

        Raises:
            ActError: There are too many.
        """
        if self.done >= MOST_ACTS:
            raise ActError(f"One run can be steered by at most {MOST_ACTS} acts; undo one first.")
        return History((*self.standing, act), self.done + 1)

    def undo(self) -> History:
        """One act less; where none stands, as it is."""
        return replace(self, done=max(0, self.done - 1))

    def redo(self) -> History:
        """The act that was undone last stands again; where none was, as it is."""
        return replace(self, done=min(len(self.acts), self.done + 1))
