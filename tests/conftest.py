"""Settings of all tests: nothing depends on how fast the machine is, and files share workers."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says something about the machine, not about the code.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[object]:
    """What is imported and listed here stays to the end: whoever looks for garbage need not walk
    over it, neither now, again and again while it grows, nor later in the tests."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(optionalhook=True)  # there is such a hook only where pytest-xdist is
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """A file's tests share a worker, and its fixtures.

    Those that need a browser or the app share two: opening one, and an app for it, is dear. These
    wait more than they work, so that two chains of them and the rest fill two cores.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.split("::", 1)[0]
            if file == "tests/test_hostile_requests.py":
                return "tests/browser/ the rest"
            if not file.startswith("tests/browser/"):
                return file
            runs = file.startswith(("tests/browser/test_model", "tests/browser/test_page"))
            return "tests/browser/ runs" if runs else "tests/browser/ the rest"

    return ByFile(config, log)
