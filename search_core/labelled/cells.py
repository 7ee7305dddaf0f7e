"""What a stranger's row holds, checked: texts, lists of them, numbers, and their sizes.

Every function takes the row's values and the name of a column, and raises ValueError with the
end of a sentence that begins with the row's place: "has no text in 'problem'".
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from search_core.log.events import MAX_TEXT

MOST_STEPS = 1_000
"""Steps of one solution."""
_LONGEST_NAME = 200

Values = Mapping[str, Any]


def text(values: Values, name: str) -> str:
    """A text that must be there; blank ones are none."""
    found = optional_text(values, name)
    if found is None:
        raise ValueError(f"has no text in {name!r:.60}")
    return found


def optional_text(values: Values, name: str) -> str | None:
    """A text; None where there is none."""
    value = values.get(name)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"has {_type(value)} in {name!r:.60}; expected a text")
    return _checked(str(value), f"in {name!r:.60}") if str(value).strip() else None


def short_text(values: Values, name: str) -> str | None:
    """A name: a text of at most 200 characters."""
    found = optional_text(values, name)
    if found is not None and len(found) > _LONGEST_NAME:
        raise ValueError(
            f"has {len(found):,} characters in {name!r:.60}; at most {_LONGEST_NAME} are read"
        )
    return found


def listed(values: Values, name: str) -> list[Any]:
    """A list that must be there."""
    value = values.get(name)
    if not isinstance(value, list | tuple):
        raise ValueError(f"has {_type(value)} in {name!r:.60}; expected a list")
    return list(value)


def steps(values: Values, name: str) -> tuple[str, ...]:
    """The steps of a solution: 1 to `MOST_STEPS` texts."""
    return checked_steps(listed(values, name), name)


def checked_steps(found: list[Any], name: str) -> tuple[str, ...]:
    """The same of a list that was found elsewhere."""
    if not found:
        raise ValueError(f"has no steps: its {name!r:.60} is empty")
    if len(found) > MOST_STEPS:
        raise ValueError(
            f"has {len(found):,} steps in {name!r:.60}; at most {MOST_STEPS:,} are read"
        )
    for number, step in enumerate(found, start=1):
        if not isinstance(step, str):
            raise ValueError(f"has {_type(step)} as step {number} in {name!r:.60}; expected a text")
        _checked(step, f"in step {number} of {name!r:.60}")
    return tuple(found)


def shares(found: Any, name: str, count: int) -> tuple[float | None, ...]:
    """Labels or scores: as many as steps, each true, false, a number from 0 to 1, or nothing."""
    if not isinstance(found, list | tuple):
        raise ValueError(f"has {_type(found)} in {name!r:.60}; expected a list")
    if len(found) != count:
        raise ValueError(
            f"has {len(found):,} values in {name!r:.60} for {count:,} steps; one is expected for "
            "each step"
        )
    return tuple(share(value, f"{name!r:.60}, value {at}") for at, value in enumerate(found, 1))


def share(value: Any, what: str) -> float | None:
    """One of them."""
    if value is None:
        return None
    if not isinstance(value, bool | int | float):
        raise ValueError(f"has {_type(value)} in {what}; expected true, false or a number")
    if not 0 <= value <= 1:  # NaN is neither
        raise ValueError(f"has {value!r:.30} in {what}; expected a number from 0 to 1")
    return float(value)


def whole(values: Values, name: str) -> int | None:
    """A whole number; None where there is none."""
    value = values.get(name)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    is_whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if isinstance(value, bool) or not is_whole:
        raise ValueError(f"has {_type(value)} in {name!r:.60}; expected a whole number")
    return int(value)


def flag(values: Values, name: str) -> bool | None:
    """True, false, or None where it is not said."""
    value = values.get(name)
    if value is None or isinstance(value, bool):
        return value
    if value in (0, 1):
        return bool(value)
    raise ValueError(f"has {_type(value)} in {name!r:.60}; expected true or false")


def inner(values: Values, name: str) -> Values:
    """An object that must be there."""
    value = values.get(name)
    if not isinstance(value, Mapping):
        raise ValueError(f"has {_type(value)} in {name!r:.60}; expected an object")
    return value


def labels_from_first_error(index: int, count: int, name: str) -> tuple[float | None, ...]:
    """Labels where a file names the first error alone: nobody knows what comes after it.

    Args:
        index: From 0 on; -1 where there is no error.
    """
    if index == -1:
        return (1.0,) * count
    if not 0 <= index < count:
        raise ValueError(
            f"has {index} in {name!r:.60}, and {count} steps; expected -1 to {count - 1}"
        )
    return (1.0,) * index + (0.0,) + (None,) * (count - index - 1)


def _checked(found: str, where: str) -> str:
    if len(found) > MAX_TEXT:
        raise ValueError(f"has {len(found):,} characters {where}; at most {MAX_TEXT:,} are read")
    if not found.isascii():
        try:
            found.encode()
        except UnicodeEncodeError as error:
            raise ValueError(f"has half a character {where}, at place {error.start + 1}") from error
    return found


def _type(value: Any) -> str:
    if value is None:
        return "nothing"
    names = {bool: "true or false", str: "a text", dict: "an object", list: "a list"}
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value!r:.30}"
    return names.get(type(value), f"a {type(value).__name__}")
