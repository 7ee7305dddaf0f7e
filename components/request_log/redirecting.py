"""Faults that Gradio prints, and those that the server logs, come here instead."""

from __future__ import annotations

import logging
import sys
from typing import Any

from components.request_log.culprits import in_one_line, is_ours
from components.request_log.doorkeeper import REQUESTS

_LOGGERS = ("uvicorn.error", "asyncio")


def redirect_faults() -> None:
    """From now on, in this process: one line for what a stranger caused, a traceback for what we
    did, and of each so many a minute."""
    from gradio import queueing, routes

    for module in (queueing, routes):
        module.traceback = _Printer()
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(known, _Redirect) for known in logger.filters):
            logger.addFilter(_Redirect())


def report(error: BaseException) -> None:
    """Write down what went wrong with a request."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    place = f"{last.tb_frame.f_code.co_name}:{last.tb_lineno}" if last is not None else ""
    if is_ours(error):
        # A kind of its own: no flood of strangers' may leave it out.
        kind = f"our {type(error).__name__} in {place}"
        REQUESTS.fault(kind, "A request met a fault of ours", error)
    else:
        line = f"Refused: what was sent cannot be used: {in_one_line(error)}"
        REQUESTS.warn(f"{type(error).__name__} in {place}", line)


class _Printer:
    """In place of the module `traceback`, of which Gradio uses this one function."""

    def __getattr__(self, name: str) -> Any:
        import traceback

        return getattr(traceback, name)

    def print_exc(self, *_: Any, **__: Any) -> None:
        error = sys.exc_info()[1]
        if error is not None:
            report(error)


class _Redirect(logging.Filter):
    """Keeps records with an exception, and warnings that come in floods, from their own log."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            report(error)
            return False
        if record.levelno < logging.WARNING:
            return True
        REQUESTS.warn(f"{record.name}: {record.msg}"[:80], record.getMessage()[:200])
        return False
