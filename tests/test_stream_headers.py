"""What an answer tells a proxy in front of the app."""

from __future__ import annotations

from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.testclient import TestClient

from components.headers import Headers


def told(answer: Response) -> str | None:
    """What an answer says of its buffering."""
    return TestClient(Headers(answer)).get("/").headers.get("X-Accel-Buffering")


def test_a_proxy_holds_back_nothing_of_a_stream_and_what_it_likes_of_the_rest() -> None:
    assert told(StreamingResponse(iter(["data: 1\n\n"]), media_type="text/event-stream")) == "no"
    assert told(PlainTextResponse("all of it")) is None
