"""What only algebra can tell. Runs in the worker process: the text is a stranger's.

It may take any time and memory: whoever calls it bounds both from outside.
"""

from __future__ import annotations

from math_verify import parse, verify


def equal(first: str, second: str) -> bool | None:
    """Whether algebra calls two answers equal.

    Returns:
        None if it cannot be decided.
    """
    one, other = (
        parse(text if "$" in text else f"${text}$", parsing_timeout=None)
        for text in (first, second)
    )
    # verify is not symmetric: an interval may fail to be a pair, and yet match it.
    return bool(
        verify(one, other, timeout_seconds=None) or verify(other, one, timeout_seconds=None)
    )
