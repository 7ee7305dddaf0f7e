"""Records of which a search makes tens of thousands: frozen to the type checker, quick to make.

A frozen dataclass sets every field through `object.__setattr__`, and takes several times as long to
make as a plain one. `@record(frozen=True, slots=True)` is a plain one with the equality and the
hash of a frozen one: whoever sets a field is told so by mypy, and not while the program runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

__all__ = ["record"]

T = TypeVar("T")

if TYPE_CHECKING:
    from dataclasses import dataclass as record
else:

    def record(*, frozen: bool, slots: bool) -> Callable[[type[T]], type[T]]:
        """As `dataclasses.dataclass`, but for what stops whoever sets a field."""
        return dataclass(slots=slots, unsafe_hash=frozen)
