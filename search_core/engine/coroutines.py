"""Runs a coroutine that has nothing to wait for, without an event loop."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def completed(work: Coroutine[Any, Any, T]) -> T:
    """What a coroutine returns that has nothing to wait for.

    Raises:
        RuntimeError: It waits for something.
    """
    try:
        work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    work.close()
    raise RuntimeError(
        "A coroutine waited for something other than its tokenizer, which here never waits. A "
        "format only awaits what its ChatTokenizer gives."
    )
