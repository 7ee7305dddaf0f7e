"""What all events share: a place in the log, a time, a kind, and something that they do."""

from __future__ import annotations

from operator import itemgetter
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict

from search_core.log.fields import Amount, Count
from search_core.log.nodes import NodeTable

_new = object.__new__
_set = object.__setattr__
# A model's own slots, set without asking what it is that is set: an event takes half the time.
_set_fields, _set_extra, _set_private = (
    BaseModel.__dict__[f"__pydantic_{name}__"].__set__
    for name in ("fields_set", "extra", "private")
)


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

    _usual: ClassVar[dict[str, Any]] = {}
    """Every field's default, and what stands for none."""
    _names: ClassVar[set[str]] = set()
    said: ClassVar[tuple[str, ...]] = ()
    """The fields of its own, in their order: all but place, time and kind."""
    _values: ClassVar[itemgetter[Any]]

    seq: Count
    """Position in the log, from 0, without holes."""
    t: Amount
    """Seconds since the run started."""
    kind: str
    """Name of the class in JSON; each class has its own."""

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        EVENT_KINDS[cls.model_fields["kind"].default] = cls
        # In the order of the fields, in which an event is written.
        cls._usual = {name: field.default for name, field in cls.model_fields.items()}
        cls._names = set(cls._usual)
        cls.said = tuple(name for name in cls._usual if name not in Event.model_fields)
        cls._values = itemgetter(*cls.said)

    @classmethod
    def known(cls, seq: int, values: dict[str, Any]) -> Self:
        """An event of values that were checked before: the same as `cls(seq=seq, t=0.0, **values)`,
        in a tenth of the time.

        Args:
            values: All that has no default, and of the rest what is not the usual.
        """
        return cls.holding({**cls._usual, **values, "seq": seq, "t": 0.0})

    def values(self) -> tuple[Any, ...]:
        """What it says, in the order of `said`."""
        said: tuple[Any, ...] = self._values(self.__dict__)
        return said

    @classmethod
    def holding(cls, values: dict[str, Any]) -> Self:
        """An event of values that were checked before.

        Args:
            values: All fields, in their order. The event keeps them as its own.
        """
        event = _new(cls)
        # What pydantic's own `model_construct` comes to, without its look at each field.
        _set(event, "__dict__", values)
        _set_fields(event, cls._names)
        _set_extra(event, None)
        _set_private(event, None)
        return event

    def apply_to(self, tree: NodeTable) -> None:
        """Do to the tree what has happened.

        Raises:
            LogError: It does not follow from the events before it.
        """


EVENT_KINDS: dict[str, type[Event]] = {}
"""Every class of events, by its `kind`."""
