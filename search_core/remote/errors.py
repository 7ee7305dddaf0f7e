"""What goes wrong between here and a model server, in words that can be shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from search_core.protocols import PlainError, UsageError

_MOST_SHOWN = 400
"""Characters of a server's own text in a message."""
MISFITS = (AttributeError, LookupError, TypeError, ValueError, OverflowError)
"""What reading a reply raises that is not what it should be."""
_SOMEWHERE = "[address]"
_ADDRESSES = re.compile(
    r"[a-z][a-z0-9+.-]*://[^\s\"'<>)]+"  # any URL
    r"|\[[0-9a-f]*:[0-9a-f:.]+\](?::\d+)?"  # IPv6, as URLs hold it
    r"|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b"  # IPv4
    r"|\b(?=[\w.-]*[a-z])[\w.-]+:\d{2,5}\b",  # name:port
    re.IGNORECASE,
)


class RemoteError(PlainError, RuntimeError):
    """A model server could not be asked, or did not answer as it must.

    Its message names the server, for the operator; `public` does not.

    Attributes:
        status: Its HTTP status; 0 where there was none.
        hidden: What only the operator may read: hosts of the servers.
        later: Seconds after which it wants to be asked again (Retry-After); None: not said.
    """

    def __init__(self, message: str, status: int = 0, later: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.later = later
        self.hidden: frozenset[str] = frozenset()

    @property
    def public(self) -> str:
        """The message without the address of any machine."""
        text = str(self)
        # The longest first: a host's name is part of the host with its port.
        for name in sorted(self.hidden, key=len, reverse=True):
            word = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", re.IGNORECASE)
            text = re.sub(rf"(?<![\w.-])Server {re.escape(name)}(?![\w-])", "The server", text)
            text = word.sub(_SOMEWHERE, text)
        return _ADDRESSES.sub(_SOMEWHERE, text)


class ChatOnly(RemoteError):
    """A server is to be asked by chat completions, and by nothing else."""


class VoidSearch(RemoteError):
    """A server does something that would make every search over it worthless."""


class NoVerdict(RemoteError):
    """A model that was asked for one of two words says neither.

    Attributes:
        tokens, reused: What it cost nevertheless, as of `StepScores`.
    """

    def __init__(self, message: str, tokens: int = 0, reused: int = 0) -> None:
        super().__init__(message)
        self.tokens, self.reused = tokens, reused


class AddressError(UsageError):
    """What is given as the address of a server is none; the message shows it."""

    @property
    def public(self) -> str:
        return "The address of a model's server is wrong. The program's log says how."


def hosts(urls: Iterable[str]) -> frozenset[str]:
    """What a visitor must not read of these addresses."""
    parts = [urlsplit(url) for url in urls]
    names = {name for part in parts for name in (part.netloc, part.hostname)}
    return frozenset(name for name in names if name)


def shown(text: object, key: str = "") -> str:
    """A server's words, which are a stranger's: one line, bounded, and without our key."""
    line = " ".join(str(text)[: 8 * _MOST_SHOWN].split())
    if key:
        line = line.replace(key, "[key]")
    line = "".join(letter if letter.isprintable() else "?" for letter in line)
    return line if len(line) <= _MOST_SHOWN else line[: _MOST_SHOWN - 1] + "…"
