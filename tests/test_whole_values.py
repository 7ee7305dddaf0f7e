"""A page that is late reads of each message of a call what that message said."""

from __future__ import annotations

import copy
import functools
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.shell import Shell

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.text("ab", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner),
    max_leaves=6,
)
CALLS = st.lists(st.lists(JSON | st.just(gr.skip()), min_size=2, max_size=2), min_size=1)


@functools.cache
def shell() -> Shell:
    with Shell() as blocks:
        return blocks


def sent(blocks: gr.Blocks, messages: list[list[Any]]) -> list[list[Any]]:
    """What goes out for each message of a call, and at its end."""
    block_fn = SimpleNamespace(outputs=messages[0])
    told = [
        blocks.handle_streaming_diffs(block_fn, copy.deepcopy(message), "page", "run", final)
        for message, final in [*((message, False) for message in messages), (messages[-1], True)]
    ]
    assert not blocks.pending_diff_streams.get("page")
    return told


def late_page(told: list[list[Any]]) -> list[list[Any]]:
    """What Gradio's page holds for each message where all have come before it looks at one."""
    values: list[Any] = list(told[0])
    messages = [list(values)]
    for message in told[1:-1]:
        values = [applied(value, edits) for value, edits in zip(values, message, strict=True)]
        messages.append(list(values))
    return [*messages, told[-1]]


def applied(value: Any, edits: list[list[Any]]) -> Any:
    """As `apply_diff` of Gradio's client does it: in place."""
    for action, path, given_value in edits:
        if not path:
            value = given_value if action == "replace" else value + given_value
            continue
        inner = value
        for key in path[:-1]:
            inner = inner[key]
        if action == "delete":
            del inner[path[-1]]
        elif action == "append":
            inner[path[-1]] += given_value
        elif action == "add" and isinstance(inner, list):
            inner.insert(path[-1], given_value)
        else:
            inner[path[-1]] = given_value
    return value


@given(CALLS)
def test_each_message_says_what_it_said(messages: list[list[Any]]) -> None:
    assert late_page(sent(shell(), messages)) == [*messages, messages[-1]]


def test_a_value_that_then_stays_is_lost_where_gradio_changes_it_in_place() -> None:
    """What the shell is for; if Gradio mends it, the shell need not."""
    messages = [[{"run": "a"}], [gr.skip()]]
    with gr.Blocks(analytics_enabled=False) as blocks:
        pass
    assert late_page(sent(blocks, messages))[0] == [gr.skip()]


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ("ab", "abc", [["append", [], "c"]]),
        ({"a": 1}, {"a": 1}, []),
        (1, True, [["replace", [], True]]),
        ([1], [1, 2], [["replace", [], [1, 2]]]),
    ],
)
def test_what_is_as_before_is_not_said_again(before: Any, now: Any, told: Any) -> None:
    assert sent(shell(), [[before], [now]])[1] == [told]
