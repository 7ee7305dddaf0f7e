"""What counts as an error in the server's log."""

from __future__ import annotations

from tests.browser.conftest import without_gradio_race

RACE = """ERROR:    Exception in ASGI application
Traceback (most recent call last):
  File "gradio/routes.py", line 1870, in sse_stream
    message = await asyncio.wait_for(messages.get(), timeout=10)
asyncio.exceptions.CancelledError

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "gradio/routes.py", line 1902, in sse_stream
    del blocks._queue.pending_messages_per_session[session_hash]
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~^^^^^^^^^^^^^^
KeyError: 'ntd0lygnc1'
"""
OURS = "ERROR:    Run x failed\nTraceback (most recent call last):\nKeyError: 'n'\n"


def test_only_the_race_of_gradio_is_left_out() -> None:
    log = f"Running\n{RACE}after\n{OURS}{RACE}"
    assert without_gradio_race(log) == f"Running\nafter\n{OURS}"
