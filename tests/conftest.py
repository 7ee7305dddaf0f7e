"""Settings of all tests: nothing depends on how fast the machine is, and files share workers."""

from __future__ import annotations

import gc
import importlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import components  # noqa: F401 (before Gradio, which is then imported in half of the time)
from tests.examples import use_profile

use_profile()

_BROWSER = "tests/browser"
# By how the names of their files begin; those of the last chain begin in any other way.
_CHAINS = {f"{_BROWSER}/ a to o": tuple("abcdefghijklmno"), f"{_BROWSER}/ p to z": ""}


_TESTS = Path(__file__).parent
_LARGE = ("components.page", "torch._dynamo", "transformers.models.llama.modeling_llama")
"""What many tests import, and takes longest to compile where nothing is compiled yet."""


def import_from_ones_own_place(worker: int, workers: int) -> None:
    """Imports what every worker of a divided run collects, each beginning at another place.

    In a fresh clone whoever imports a test file first compiles it, and rewrites what it asserts:
    two thirds of what it takes to list the tests. Of workers that go through the files in the same
    order each would do all of it; so each does its share, and finds what the others did.
    """
    files = sorted(_TESTS.glob("test_*.py")) + sorted(_TESTS.glob("browser/test_*.py"))
    tests = [".".join(path.relative_to(_TESTS.parent).with_suffix("").parts) for path in files]
    shares = [[_LARGE[n % len(_LARGE)], *tests[n::workers]] for n in range(workers)]
    for share in (*shares[worker:], *shares[:worker]):
        for name in share:
            # Whatever is wrong with it is said where it is collected.
            with suppress(Exception, pytest.skip.Exception):
                importlib.import_module(name)


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[object]:
    """What is imported and listed here stays to the end: whoever looks for garbage need not walk
    over it, neither now, again and again while it grows, nor later in the tests."""
    gc.disable()
    try:
        workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "0"))
        if workers and _TESTS in {Path(each).resolve() for each in session.config.args}:
            worker = int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw"))
            import_from_ones_own_place(worker, workers)
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
