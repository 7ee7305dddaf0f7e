"""Settings of all tests: nothing depends on how fast the machine is, and files share workers."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest

import components  # noqa: F401 (before Gradio, which is then imported in half of the time)
from tests.examples import use_profile

use_profile()

_BROWSER = "tests/browser"
# By how the names of their files begin; those of the last chain begin in any other way.
_CHAINS = {f"{_BROWSER}/ a to o": tuple("abcdefghijklmno"), f"{_BROWSER}/ p to z": ""}


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

    Those that need a browser or the app share two: a browser, an app, and what both import take
    half a minute of processor time for each. The two take about as long as each other, and as what
    is left: two cores' third worker has that.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.split("::", 1)[0]
            if not file.startswith((f"{_BROWSER}/", "tests/test_hostile_requests.py")):
                return file
            name = file.removeprefix(f"{_BROWSER}/test_")
            return next(chain for chain, begin in _CHAINS.items() if name.startswith(begin))

    return ByFile(config, log)
