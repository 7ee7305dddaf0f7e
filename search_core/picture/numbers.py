"""Numbers as people read them. Pure functions, no locale: the page is in English."""

from __future__ import annotations

import math

_PREFIXES = ("", "k", "M", "G", "T", "P", "E", "Z", "Y")
_LONG = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))


def format_flops(value: float) -> str:
    """Floating-point operations: "0 FLOPs", "820 FLOPs", "1.2 GFLOPs"."""
    return f"{_with_prefix(value, separator=' ')}FLOPs"


def format_short(value: float) -> str:
    """A count where there is little room, as on an axis: "950", "1.2k", "35M"."""
    return _with_prefix(value, separator="")


def format_count(value: int) -> str:
    """A count in running text: "12,345", "1.2 million"."""
    if abs(value) < 1_000_000:
        return f"{value:,}".replace("-", "−")
    for size, word in _LONG:
        if abs(value) >= size * 0.99995:
            return f"{_sign(value)}{_digits(abs(value) / size)} {word}"
    return f"{_sign(value)}{_digits(abs(value) / 1e6)} million"


def counted(value: int, noun: str, plural: str = "") -> str:
    """A count with its noun: "1 step", "3 steps"."""
    return f"{format_count(value)} {noun if value == 1 else plural or noun + 's'}"


def format_seconds(value: float) -> str:
    """A duration: "0 s", "35 ms", "1.4 s", "2 min 5 s", "1 h 3 min"."""
    if value <= 0:
        return "0 s"
    if value < 0.0995:
        return f"{max(1, round(value * 1000))} ms"
    if value < 9.95:
        return f"{value:.1f} s"
    seconds = round(value)
    if seconds < 60:
        return f"{seconds} s"
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes} min {seconds} s" if seconds else f"{minutes} min"
    minutes = round(value / 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:,} h {minutes} min" if minutes else f"{hours:,} h"


def format_percent(share: float) -> str:
    """A share in [0, 1]: "62%", "0.4%". Only nothing is "0%" and only all is "100%"."""
    percent = 100 * share
    if 0 < percent < 0.1:
        return "<0.1%"
    if 99.9 < percent < 100:
        return ">99.9%"
    rounded = f"{percent:.1f}" if percent < 9.95 or percent > 99 else f"{percent:.0f}"
    return f"{rounded.removesuffix('.0')}%"


def format_score(value: float | None) -> str:
    """A score in [0, 1] with two digits: "0.71"; "not scored" without one."""
    return "not scored" if value is None else f"{value:.2f}"


def format_beside(value: float, other: float) -> str:
    """A score beside another one: where they differ they look different, with up to six digits."""
    digits = 2 if value == 0 or value >= 0.0995 else 3 if value >= 0.00995 else 4
    while digits < 6 and value != other and f"{value:.{digits}f}" == f"{other:.{digits}f}":
        digits += 1
    return f"{value:.{digits}f}"


def format_signed(value: float) -> str:
    """A difference of scores, with a true minus sign: "+0.12"."""
    digits = 2
    while digits < 6 and value and not float(f"{value:.{digits}f}"):
        digits += 1
    return f"{'−' if value < 0 else '+'}{abs(value):.{digits}f}"


def _with_prefix(value: float, *, separator: str) -> str:
    size = abs(value)
    if not math.isfinite(size):
        return f"unknown{separator}"
    power = 0
    # 999.95 and more would be written as 1000 of the smaller unit.
    while size >= 999.5 and power < len(_PREFIXES) - 1:
        size /= 1000
        power += 1
    digits = _digits(size) if power else f"{size:.3g}"
    return f"{_sign(value)}{digits}{separator}{_PREFIXES[power]}"


def _digits(size: float) -> str:
    """Two significant digits below ten, whole numbers above: "1.2", "9.9", "10", "350"."""
    if size >= 1e6:
        return f"{size:.1e}"
    return f"{size:.1f}".removesuffix(".0") if size < 9.95 else f"{size:,.0f}"


def _sign(value: float) -> str:
    return "−" if value < 0 else ""
