"""One line of a kind, a few a minute, and a traceback for what is ours."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from components.request_log import Doorkeeper, redirecting
from components.request_log.culprits import in_one_line, is_ours
from components.request_log.redirecting import _Redirect, report
from search_core.serving import LimitedLog, owner_of


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def limited(time: Time, monkeypatch: pytest.MonkeyPatch) -> LimitedLog:
    log = LimitedLog(logging.getLogger("espalier.test"), 3, time)
    monkeypatch.setattr("components.request_log.doorkeeper.REQUESTS", log)
    monkeypatch.setattr(redirecting, "REQUESTS", log)
    return log


def test_a_flood_is_a_few_lines_and_a_count(
    limited: LimitedLog, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(1000):
        limited.warn("kind", f"line {number}")
    limited.warn("other kind", "another")
    assert caplog.messages == ["line 0", "line 1", "line 2", "another"]
    time.now = 61.0
    limited.warn("kind", "again")
    assert caplog.messages[4:] == ["kind: 997 more like it were left out", "again"]


def test_a_thousand_kinds_are_no_way_around_it(
    limited: LimitedLog, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(5000):
        limited.warn(f"kind {number}", "line")
    assert len(caplog.messages) <= 203


def _raised(code: str, filename: str, names: dict[str, Any] | None = None) -> Exception:
    try:
        exec(compile(code, filename, "exec"), dict(names or {}))
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


def ours(code: str, names: dict[str, Any] | None = None) -> Exception:
    return _raised(code, owner_of.__code__.co_filename, names)


def gradios(code: str, names: dict[str, Any] | None = None) -> Exception:
    return _raised(code, "/x/site-packages/gradio/routes.py", names)


def _raise(error: Exception) -> None:
    raise error


def test_whose_fault_it_is() -> None:
    assert not is_ours(gradios("{}['x']"))
    assert is_ours(gradios("go()", {"go": lambda: ours_again()}))
    assert not is_ours(ours("go()", {"go": lambda: _raise_in_gradio()}))
    assert is_ours(gradios("def postprocess_data(): {}['x']\npostprocess_data()"))


def ours_again() -> None:
    exec(compile("{}['ours']", owner_of.__code__.co_filename, "exec"), {})


def _raise_in_gradio() -> None:
    exec(compile("{}['theirs']", "/x/site-packages/gradio/routes.py", "exec"), {})


def test_a_strangers_fault_is_one_line_and_ours_has_its_traceback(
    limited: LimitedLog, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(10):
        report(gradios("{}['a\\nb']"))
        report(gradios("go()", {"go": ours_again}))
    assert len(caplog.records) == 6
    assert [bool(record.exc_info) for record in caplog.records] == [False, True] * 3
    assert "\n" not in caplog.messages[0]
    assert in_one_line(ValueError("x" * 1000)).count("x") == 160


def test_what_the_server_logs_is_one_line_too(
    limited: LimitedLog, caplog: pytest.LogCaptureFixture
) -> None:
    error = gradios("{}['x']")
    found = (type(error), error, None)
    record = logging.LogRecord("uvicorn.error", logging.ERROR, "", 1, "Exception", (), found)
    calm = logging.LogRecord("uvicorn.error", logging.INFO, "", 1, "started", (), None)
    assert not _Redirect().filter(record)
    assert _Redirect().filter(calm)
    assert caplog.messages == ["Refused: what was sent cannot be used: KeyError: \"'x'\""]


def test_a_request_that_breaks_something_is_answered_by_400(
    limited: LimitedLog, caplog: pytest.LogCaptureFixture
) -> None:
    sent: list[Any] = []

    async def app(*_: Any) -> None:
        _raise_in_gradio()

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/x\ny",
        "client": ("1.2.3.4", 5),
        "headers": [],
    }
    coroutine = Doorkeeper(app)(scope, None, send)  # type: ignore[arg-type]
    try:
        while True:
            coroutine.send(None)
    except StopIteration:
        pass
    assert sent[0]["status"] == 400
    assert caplog.messages == ["Refused: POST '/x\\ny' of '1.2.3.4': KeyError: \"'theirs'\""]
