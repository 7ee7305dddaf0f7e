"""What goes wrong between here and a model server, in words that can be shown."""

from __future__ import annotations

from search_core.protocols import PlainError

_MOST_SHOWN = 400
"""Characters of a server's own text in a message."""


class RemoteError(PlainError, RuntimeError):
    """A model server could not be asked, or did not answer as it must.

    Attributes:
        status: Its HTTP status; 0 where there was none.
    """

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class VoidSearch(RemoteError):
    """A server does something that would make every search over it worthless."""


def shown(text: object, key: str = "") -> str:
    """A server's words, which are a stranger's: one line, bounded, and without our key."""
    line = " ".join(str(text)[: 8 * _MOST_SHOWN].split())
    if key:
        line = line.replace(key, "[key]")
    line = "".join(letter if letter.isprintable() else "?" for letter in line)
    return line if len(line) <= _MOST_SHOWN else line[: _MOST_SHOWN - 1] + "…"
