"""How the fake server's replies go over the wire: whole or in events, with faults on demand."""

from __future__ import annotations

import json
import select
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.fake_faults import Faults


class WireHandler(BaseHTTPRequestHandler):
    """Writes JSON replies and streams of events. Subclasses say what is in them.

    Attributes:
        faults: What is to go wrong.
        holding: Set when a reply waits at the gate.
    """

    protocol_version = "HTTP/1.1"
    faults: Faults
    holding: threading.Event

    def _reply(self, value: dict[str, Any], status: int = 200) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self._ends()
        self.wfile.write(data)

    def _stream(self, events: Iterator[dict[str, Any]], usage: dict[str, Any] | None) -> None:
        faults = self.faults
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        generated = 0
        for number, event in enumerate(events):
            if faults.cut_after is not None and number >= faults.cut_after:
                self.close_connection = True  # In the middle: no last chunk.
                return
            if faults.gate is not None and number == 1:
                self._wait(faults.gate)
            generated += 1
            self._chunk(b"data: " + json.dumps(event, ensure_ascii=False).encode() + b"\n\n")
        if usage is not None:
            last = {"choices": [], "usage": usage | {"completion_tokens": generated}}
            self._chunk(b": a comment\n\ndata: " + json.dumps(last).encode() + b"\n\n")
        self._ends()
        self._chunk(b"data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def _ends(self) -> None:
        """Before the last bytes of a reply: whoever has them may ask for the next at once."""

    def _wait(self, gate: threading.Event) -> None:
        """Until the gate is open or the client has left."""
        self.holding.set()
        while not gate.wait(0.01):
            readable, _, _ = select.select([self.connection], [], [], 0)
            if readable:
                raise BrokenPipeError

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()


def joined(events: list[dict[str, Any]]) -> dict[str, Any]:
    """A whole reply of what would have been streamed."""
    choices: dict[int, dict[str, Any]] = {}
    for event in events:
        for piece in event["choices"]:
            whole = choices.setdefault(piece["index"], piece | {"text": "", "logprobs": None})
            whole["text"] += piece["text"]
            whole |= {k: v for k, v in piece.items() if k in ("finish_reason", "stop_reason")}
            if piece["logprobs"]:
                whole["logprobs"] = whole["logprobs"] or {"token_logprobs": []}
                whole["logprobs"]["token_logprobs"] += piece["logprobs"]["token_logprobs"]
    return {"choices": list(choices.values())}
