"""Frozen records of which a run makes thousands: made in half of the time."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any, TypeVar

T = TypeVar("T")
_set_class = object.__dict__["__class__"].__set__


def quickly_made(cls: type[T]) -> type[T]:
    """A frozen dataclass with slots, with another `__init__` that does the same.

    A frozen class refuses to be changed, so the `__init__` that `dataclass` writes asks
    `object.__setattr__` for each field, by a call with the field's name. This one opens the record
    first: until it is full it is of a class that differs in nothing but that it can be changed. It
    is written out as text, as `dataclass` does it too: a call of it goes by the names and defaults
    of the fields.

    Raises:
        TypeError: A field's default is made anew for each object, or is given by name alone.
    """
    # The interpreter sets a slot directly only where both are those of every object.
    free = {"__setattr__": object.__setattr__, "__delattr__": object.__delattr__}
    being_filled = type(cls.__name__, (cls,), {"__slots__": (), **free})
    scope: dict[str, Any] = {"_open": _set_class, "_being_filled": being_filled, "_frozen": cls}
    taken, body = ["self"], ["    _open(self, _being_filled)"]
    for field in fields(cls):  # type: ignore[arg-type]
        name = field.name
        if field.default_factory is not MISSING or not field.init or field.kw_only:
            raise TypeError(f"{cls.__name__}.{name} is made anew, or by name alone: use dataclass.")
        taken.append(name if field.default is MISSING else f"{name}=_default_{name}")
        scope[f"_default_{name}"] = field.default
        body.append(f"    self.{name} = {name}")
    body.append("    self.__class__ = _frozen")
    if hasattr(cls, "__post_init__"):
        body.append("    self.__post_init__()")
    exec("\n".join([f"def __init__({', '.join(taken)}):", *body]), scope)
    made = scope["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    made.__annotations__ = cls.__init__.__annotations__
    made.__module__ = cls.__module__
    cls.__init__ = made  # type: ignore[method-assign]
    return cls
