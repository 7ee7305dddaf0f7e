"""What counts as an error in the server's log."""

from __future__ import annotations

from tests.browser.app_process import without_gradio_race

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
SECOND = """ERROR:    Exception in ASGI application
Traceback (most recent call last):
  File "starlette/_exception_handler.py", line 42, in wrapped_app
    await app(scope, receive, sender)
  File "gradio/routes.py", line 1906, in sse_stream
    raise e
  File "gradio/routes.py", line 1861, in sse_stream
    raise HTTPException(
fastapi.exceptions.HTTPException: 404: Not Found

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "starlette/_exception_handler.py", line 56, in wrapped_app
    raise RuntimeError("Caught handled exception, but response already started.") from exc
RuntimeError: Caught handled exception, but response already started.
"""
OURS = "ERROR:    Run x failed\nTraceback (most recent call last):\nKeyError: 'n'\n"


def test_only_the_race_of_gradio_is_left_out() -> None:
    log = f"Running\n{RACE}after\n{OURS}{RACE}{SECOND}then\n{OURS}"
    assert without_gradio_race(log) == f"Running\nafter\n{OURS}then\n{OURS}"
    elsewhere = SECOND.replace("sse_stream", "our_stream")
    assert without_gradio_race(elsewhere) == elsewhere
