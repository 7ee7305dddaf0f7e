"""What the shell takes from Gradio's costs changes nothing of what Gradio answers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import gradio as gr
import pytest
from gradio.queueing import Queue
from gradio.state_holder import SessionState

from components.elements import Notice, info
from components.shell import Shell, _spare


def answers(kind: type[gr.Blocks], predictions: Any) -> tuple[list[Any], list[str]]:
    """What becomes of a handler's values, and which components were made anew for it."""
    with kind(analytics_enabled=False) as page:
        button, notice, state, text = gr.Button("a"), Notice(), gr.State(""), gr.Textbox()
        button.click(lambda: None, None, [button, notice, state, text])
    block_fn = next(iter(page.fns.values()))
    session = SessionState(page)

    def work() -> list[Any]:
        given = predictions() if callable(predictions) else predictions
        return asyncio.run(page.postprocess_data(block_fn, given, session))

    with ThreadPoolExecutor(1) as pool:  # another test's loop may run in this thread
        result = pool.submit(work).result()
    parts = (button, notice, text)
    made = [type(part).__name__ for part in parts if session[part._id] is not part]
    return result, made


SKIP, CHANGE = gr.skip(), gr.update(interactive=False)


@pytest.mark.parametrize(
    "values",
    [
        [SKIP, info("x"), "state", "typed"],
        [CHANGE, SKIP, SKIP, SKIP],
        [SKIP, SKIP, SKIP, "typed"],
        [SKIP, SKIP, "state", SKIP],
        [SKIP, SKIP, SKIP, None],
        [SKIP, SKIP, SKIP, SKIP],
        ["label", info(""), None, gr.update(value="x", visible=False)],
        [gr.update(value=3, interactive=True), gr.update(visible=False), "", gr.update(value=None)],
        [SKIP, gr.update(interactive=False), "", gr.update(placeholder="x", value="y")],
        [SKIP, {"text": "x", "offers": [{"label": "y"}]}, "", 5],
        SKIP,
    ],
)
def test_an_answer_is_the_one_that_gradio_gives(values: Any) -> None:
    def fresh() -> Any:  # Gradio takes updates apart
        return [dict(v) if isinstance(v, dict) else v for v in values] if values != SKIP else SKIP

    usual, ours = answers(gr.Blocks, fresh)[0], answers(Shell, fresh)[0]
    for value in (*usual, *ours):
        if isinstance(value, dict):  # "keep all" as a property of its own, of gr.HTML
            value.pop("props", None)
    assert ours == usual


def test_what_stays_is_not_made_anew() -> None:
    values = [SKIP, SKIP, SKIP, "typed"]
    assert answers(gr.Blocks, values)[1] == ["Button", "Notice"]
    assert answers(Shell, values)[1] == []
    assert answers(Shell, [gr.update(value="b"), SKIP, SKIP, SKIP])[1] == []
    assert "Button" in answers(gr.Blocks, [CHANGE, SKIP, SKIP, SKIP])[1]
    assert answers(Shell, [CHANGE, SKIP, SKIP, SKIP])[1] == []
    anew = gr.update(elem_classes="x")
    assert answers(Shell, [anew, SKIP, SKIP, SKIP])[1] == ["Button"]


def fields_read(kind: type[gr.Blocks], sent: Sequence[Any]) -> Any:
    """What a handler gets of what a page sent for its fields, or the sentence that refuses it."""
    with kind(analytics_enabled=False) as page:
        fields = [
            gr.Textbox(),
            gr.Number(precision=0, minimum=1),
            gr.Dropdown(["a", "b"]),
            gr.Radio([("A", "a")]),
            gr.CheckboxGroup(["a", "b"]),
            gr.State("kept"),
        ]
        fields[0].submit(lambda *values: None, fields)
    block_fn = next(iter(page.fns.values()))

    def work() -> Any:
        try:
            return asyncio.run(page.preprocess_data(block_fn, list(sent), SessionState(page)))
        except (gr.Error, ValueError) as error:
            return type(error), re.sub("0x[0-9a-f]+", "", str(error))

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


@pytest.mark.parametrize(
    "sent",
    [
        ["text", 3.0, "b", "a", ["a"], None],
        [7, None, None, None, [], None],
        ["", 3, "c", "a", [], None],  # no choice
        ["", 3, "b", ["a"], [], None],  # not even of its type
        ["", 0, "b", "a", ["a"], None],  # out of range
        ["", "three", "b", "a", ["a"], None],
        [{"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}, 3, "b", "a", [], None],
        ["text", 3.0],
    ],
)
def test_a_form_is_read_as_gradio_reads_it(sent: list[Any]) -> None:
    assert fields_read(Shell, sent) == fields_read(gr.Blocks, sent)


def test_plain_fields_need_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each would wait twice for Python's lock, which a model that computes holds."""
    asked: list[str] = []

    async def run_sync(work: Any, *given: Any, **_: Any) -> Any:
        asked.append(type(work.__self__).__name__)
        return work(*given)

    monkeypatch.setattr("gradio.blocks.anyio.to_thread.run_sync", run_sync)
    fields_read(Shell, ["text", 3.0, "b", "a", ["a"], None])
    assert asked == ["CheckboxGroup"]
    answers(Shell, ["label", info("x"), "state", "typed"])
    assert asked == ["CheckboxGroup"]


def test_the_queue_still_has_what_is_taken_from_it() -> None:
    """The names are Gradio's own, and not for others: a new version may have new ones."""
    with Shell(analytics_enabled=False) as page:
        gr.Button("a").click(lambda: None)
    page.queue()
    names = ("sleep_when_free", "ANALYTICS_MAX_EVENTS", "ANAYLTICS_CACHE_FREQUENCY")
    before = {name: getattr(page._queue, name) for name in names}
    _spare(page._queue)
    assert all(getattr(page._queue, name) != value for name, value in before.items())
    assert isinstance(page._queue, Queue)
    assert page._queue.compute_analytics_summary([{"function": "f"}]) == {"functions": {}}
