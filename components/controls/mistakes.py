"""What is wrong with a form: the sentence, the control that is meant, and what would be right."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from components.elements import error
from components.guide.controls import option_control
from search_core.strategies import Strategy
from search_core.strategies.options import OptionError


@dataclass(frozen=True)
class Offer:
    """Something that works: `value` is put into the control of this `elem_id`."""

    label: str
    control: str
    value: str | float


class FormError(ValueError):
    """A mistake in a form.

    Attributes:
        control: The `elem_id` of the control that is meant, or "".
        offers: The nearest that works.
    """

    def __init__(self, message: str, control: str = "", offers: Sequence[Offer] = ()) -> None:
        super().__init__(message)
        self.control = control
        self.offers = tuple(offers)


def told(mistake: Exception, more: str = "") -> dict[str, Any]:
    """A mistake as a `Notice` takes it, with what else there is to say."""
    text = f"{mistake} {more}".strip()
    if not isinstance(mistake, FormError):
        return error(text)
    return error(text, mistake.control, [asdict(offer) for offer in mistake.offers])


@contextmanager
def meant(control: str, nearest: float | None = None) -> Iterator[None]:
    """Say of every mistake in here which control is meant, and what it may be instead."""
    try:
        yield
    except ValueError as mistake:
        offers = [] if nearest is None else [Offer(f"Set it to {nearest:g}", control, nearest)]
        raise FormError(str(mistake), control, offers) from mistake


@contextmanager
def meant_option(strategy: Strategy) -> Iterator[None]:
    """The same of a strategy's options, which say themselves which one it is."""
    try:
        yield
    except OptionError as mistake:
        if not mistake.option:
            raise FormError(str(mistake), "strategy-select") from mistake
        control = option_control(mistake.option)
        labels = {spec.name: spec.label for spec in strategy.options.specs()}
        offers = []
        # A number alone is offered: what a choice or a switch may be is to be seen.
        if isinstance(mistake.nearest, int | float) and not isinstance(mistake.nearest, bool):
            what = f"Set {labels[mistake.option]} to {mistake.nearest:g}"
            offers.append(Offer(what, control, mistake.nearest))
        raise FormError(str(mistake), control, offers) from mistake


def clamped(value: Any, least: float, most: float, usual: float) -> float:
    """The nearest number in a range; what is no number has the usual one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return usual
    if isinstance(value, float) and math.isnan(value):  # only of a float: 400 digits are none
        return usual
    return least if value < least else most
