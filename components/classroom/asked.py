"""What a page asks of a class, out of what a stranger sent."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from starlette.requests import ClientDisconnect, Request

from components.classroom.room import MOST_OPTIONS, ClassRefusedError, TeacherPlace
from search_core.serving import HostedRun

MOST_BYTES = 2048
_NODE = re.compile(r"root|\d{1,7}(\.\d{1,7})*", re.ASCII)
_LONGEST_NODE = 400
_LONGEST_RUN = 100


async def read_body(request: Request) -> Mapping[str, Any]:
    """The JSON object that was sent.

    Raises:
        ClassRefusedError: It is none, or too large; no more of it is read than that.
    """
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_BYTES:
                raise ClassRefusedError(
                    f"This is too large: at most {MOST_BYTES:,} bytes are taken.", 413
                )
    except ClientDisconnect as gone:
        raise ClassRefusedError("The sender has gone.") from gone
    try:
        values = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise ClassRefusedError("This is not a JSON object.")
    return values


def read_place(values: Mapping[str, Any]) -> TeacherPlace:
    """Where a teacher is.

    Raises:
        ClassRefusedError: It cannot be read.
    """
    run, live = values.get("run"), values.get("live", False)
    if not isinstance(run, str) or not 0 < len(run) <= _LONGEST_RUN or not isinstance(live, bool):
        raise ClassRefusedError("Which run is on show cannot be read.")
    node = values.get("node") or ""
    if node and not is_node(node):
        raise ClassRefusedError("Which step is selected cannot be read.")
    return TeacherPlace(run, whole(values.get("cursor"), "cursor"), live, node)


def read_question(values: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """The node below which is asked, and the branches to choose from, which may not exist.

    Raises:
        ClassRefusedError: They cannot be read.
    """
    node, options = values.get("node"), values.get("options")
    right = (
        is_node(node)
        and isinstance(options, list)
        and len(options) <= MOST_OPTIONS
        and all(is_node(option) for option in options)
    )
    if not right or not isinstance(node, str) or not isinstance(options, list):
        raise ClassRefusedError(
            f"What is asked cannot be read: expected a step and at most {MOST_OPTIONS} branches."
        )
    return node, tuple(options)


def check_branches(run: HostedRun, node: str, options: tuple[str, ...]) -> None:
    """Raises `ClassRefusedError` unless these are steps of this run right below that one.

    For a thread of its own: a long run is looked through for each.
    """
    for option in options:
        above, _, _ = option.rpartition(".")
        if not run.has_step(option) or (above or "root") != node:
            raise ClassRefusedError(f"There is no step {option} below {node} in this run.")


def is_node(value: object) -> bool:
    """Whether this could be a node's id."""
    return isinstance(value, str) and len(value) <= _LONGEST_NODE and bool(_NODE.fullmatch(value))


def whole(value: object, name: str) -> int:
    """A whole number from 0 to a billion.

    Raises:
        ClassRefusedError: It is none.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 10**9:
        raise ClassRefusedError(f"The {name} is {value!r:.40}; expected a whole number from 0 on.")
    return value
