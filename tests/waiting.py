"""Waiting for a state, however slow the machine is: a test never waits for a time to pass."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

PATIENCE = float(os.environ.get("ESPALIER_PATIENCE", "300"))
"""Seconds after which what did not come is held not to come at all.

Only a test that fails waits that long. Every limit of the tests is this one: a limit that fits
the machine at hand fails on a slower one. Whoever mends a test may give less patience.
"""
_LOOK_EVERY = 0.01


def wait_until(reached: Callable[[], object], what: str = "The awaited state") -> None:
    """Wait until a condition holds.

    Args:
        reached: Looked at again and again; true once the state is there.
        what: The state in words, for the error.

    Raises:
        AssertionError: It did not come within `PATIENCE` seconds.
    """
    given_up = time.monotonic() + PATIENCE
    while not reached():
        if time.monotonic() > given_up:
            raise AssertionError(f"{what} did not come in {PATIENCE:.0f} seconds.")
        time.sleep(_LOOK_EVERY)
