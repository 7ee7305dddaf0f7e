"""How many examples a property is tried on: some in every run, all of them in a thorough one.

`ESPALIER_THOROUGH=1 bash tests/run.sh` tries all, and others each time. Without it three in ten
are tried, the same ones in every run: so a test that failed fails again.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

THOROUGH = os.environ.get("ESPALIER_THOROUGH", "") not in {"", "0"}
_ALL = 100
_LEAST = 5


def examples(most: int) -> settings:
    """For a test that tries so many examples at most, as `@examples(40)` above `@given`."""
    return settings(max_examples=most if THOROUGH else max(_LEAST, most * 3 // 10))


def use_profile() -> None:
    """Sets what holds for all tests, also for those that say nothing."""
    settings.register_profile(
        "espalier",
        # How long an example takes says something about the machine, not about the code.
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        max_examples=_ALL if THOROUGH else _ALL * 3 // 10,
        derandomize=not THOROUGH,
    )
    settings.load_profile("espalier")
