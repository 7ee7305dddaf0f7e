"""What all events share: a place in the log, a time, a kind, and something that they do."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from search_core.log.fields import Amount, Count
from search_core.log.nodes import NodeTable


class FrozenRecord(BaseModel):
    """Values that do not change, and no others than these."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Event(FrozenRecord):
    """One thing that happened in a run.

    Optional fields that hold their default are left out of the JSON, so a live page pays only
    for what is said.
    """

    written_whole: ClassVar[bool] = False
    """Whether the JSON says what holds its default too."""
    remembered: ClassVar[bool] = False
    """Whether the tree keeps the event itself, besides what it did."""

    seq: Count
    """Position in the log, from 0, without holes."""
    t: Amount
    """Seconds since the run started."""
    kind: str
    """Name of the class in JSON; each class has its own."""

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        EVENT_KINDS[cls.model_fields["kind"].default] = cls

    def apply_to(self, tree: NodeTable) -> None:
        """Do to the tree what has happened.

        Raises:
            LogError: It does not follow from the events before it.
        """


EVENT_KINDS: dict[str, type[Event]] = {}
"""Every class of events, by its `kind`."""
