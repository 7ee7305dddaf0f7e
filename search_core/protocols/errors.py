"""Errors with a message for people, and what a visitor may read of any other."""

from __future__ import annotations

FAULT = "The search failed by a fault of the program itself. Its log has the details."


class PlainError(Exception):
    """An error whose message is a sentence for whoever waits for the run.

    Whatever else is raised is for the program's log alone: nobody wrote it for people, and it may
    hold what is none of theirs.
    """

    @property
    def public(self) -> str:
        """What a visitor may read: all of it, unless a subclass knows better."""
        return str(self)


class UsageError(PlainError, ValueError):
    """Something cannot be done as it was asked; the message says why, and what to do instead."""


def public_message(error: BaseException, otherwise: str = FAULT) -> str:
    """What a visitor may read of an error.

    Args:
        otherwise: What to say of one that was not written for people.
    """
    return error.public if isinstance(error, PlainError) else otherwise
