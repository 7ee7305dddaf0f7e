"""What a page says of a run that failed: words that were written for people, and no others."""

from __future__ import annotations

from search_core.log.events import Event, Finished
from search_core.protocols import FAULT, public_message
from search_core.strategies.options import OptionError

_NOT_LOADED = "The models could not be loaded. The program's log has the details."


def message_for(error: BaseException, last: Event | None) -> str:
    """The message of an error that ended a run.

    Args:
        last: The last event of its log, whose own words count; None: the log had not begun.
    """
    if isinstance(error, OptionError):
        return str(error)
    if last is None:
        return public_message(error, _NOT_LOADED)
    return public_message(error, last.message if isinstance(last, Finished) else FAULT)
