"""What strangers send to the real app: each is answered, and the log stays short and calm."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from search_core.bench.visitor import PageForm
from tests.browser.app_process import App, start_app
from tests.waiting import PATIENCE

LIST = Path(__file__).with_suffix("").parent / "hostile_requests.jsonl"
REQUESTS = [json.loads(line) for line in LIST.read_text(encoding="utf-8").splitlines()]
TIMES = 6
"""Every fifth is sent so often: more often than a log may have lines of its kind."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with start_app(tmp_path_factory.mktemp("runs")) as running:
        yield running


def send(client: httpx.Client, app: App, form: PageForm, request: dict[str, Any]) -> int:
    """The status of the answer; 0 where there is none, as to what is no HTTP."""
    if "bytes" in request:
        return _send_bytes(app, request["bytes"].encode())
    if "event" in request:
        return _cause(client, form, request)
    text = json.dumps(request["json"]) if "json" in request else request.get("raw", "")
    if "repeat" in request:
        text = request["repeat"][0] * request["repeat"][1]
    body = text.replace('"$explorer"', str(form.names["explorer"])).encode()
    headers = {"Content-Type": "application/json"} | request.get("headers", {})
    with client.stream(request["method"], request["path"], content=body, headers=headers) as answer:
        # Gradio breaks a stream off that is nobody's, after it has said so.
        with suppress(httpx.RemoteProtocolError):
            for _ in answer.iter_raw():
                pass
        return answer.status_code


def _cause(client: httpx.Client, form: PageForm, request: dict[str, Any]) -> int:
    """Let something happen on a page whose fields are filled with nonsense, to its end."""
    handlers = form.called[tuple(request["event"])]
    session = "hostile"
    for handler in handlers:
        data = form.data(handler, {})
        if "fill" in request:
            data = [request["fill"]] * len(data)
        data = request.get("data", data) + request.get("more", [])
        body = {"data": data, "fn_index": handler, "session_hash": session}
        answer = client.post("/gradio_api/queue/join", json=body)
        if answer.status_code >= 400:
            return answer.status_code
    with client.stream("GET", f"/gradio_api/queue/data?session_hash={session}") as stream:
        for line in stream.iter_lines():
            if "close_stream" in line:
                break
        return stream.status_code


def _send_bytes(app: App, data: bytes) -> int:
    address = urlsplit(app.url)
    with socket.create_connection((address.hostname, address.port), timeout=PATIENCE) as link:
        link.sendall(data)
        answer = link.recv(100).decode("latin-1")
    return int(answer.split()[1]) if answer.startswith("HTTP/") else 0


def test_whatever_strangers_send_is_answered_and_the_log_stays_short(app: App) -> None:
    with httpx.Client(base_url=app.url, timeout=PATIENCE) as client:
        form = PageForm.of(client.get("/config").json())
        answers = {
            request["name"]: [
                send(client, app, form, request) for _ in range(1 if place % 5 else TIMES)
            ][-1]
            for place, request in enumerate(REQUESTS)
        }
        assert client.get("/config").status_code == 200
    # Gradio has no other number for a direct call whose values do not fit; its body says which.
    failed = {name for name, status in answers.items() if status >= 500}
    assert failed <= {"a call without a queue"}
    log = "".join(app.output)
    assert "Traceback" not in log, log[-6000:]
    lines = log.splitlines()
    assert all(len(line) < 600 for line in lines)
    assert not [line for line in lines if line.startswith("INFO: all is well")]
    assert len(lines) < 5 * len(REQUESTS)
    assert sum("Refused:" in line for line in lines) > 10
