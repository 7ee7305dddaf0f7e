"""Numbers as the report writes them."""

from __future__ import annotations

from collections.abc import Mapping

NOTHING = "–"


def ci(estimate: Mapping[str, float] | None, digits: int = 3) -> str:
    """A value with its 95 % interval."""
    if estimate is None:
        return NOTHING
    value, low, high = (f"{estimate[key]:.{digits}f}" for key in ("value", "low", "high"))
    return f"{value} [{low}, {high}]"


def percent(value: float | None) -> str:
    """A number in percent, or that it is undefined."""
    return "undefined" if value is None else f"{value:.2f}"


def plain_percent(value: float | None) -> str:
    """A number in percent with one digit; a dash where there is none."""
    return NOTHING if value is None else f"{value:.1f}"


def share(value: float | None) -> str:
    """A share of 1, or that it is undefined."""
    return "undefined" if value is None else f"{value:.3f}"


def plain_number(value: float | None) -> str:
    """A count or a share; a dash where there is none."""
    if value is None:
        return NOTHING
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"
