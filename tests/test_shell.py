"""What the shell takes from Gradio's costs changes nothing of what Gradio answers."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import gradio as gr
import pytest
from gradio.exceptions import ComponentProcessingError
from gradio.queueing import Queue
from gradio.state_holder import SessionState

from components.elements import Notice, info
from components.shell import Shell, _is_plain, _spare


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
        SKIP,
    ],
)
def test_an_answer_is_the_one_that_gradio_gives(values: Any) -> None:
    def fresh() -> Any:  # Gradio takes updates apart
        return [dict(v) if isinstance(v, dict) else v for v in values] if values != SKIP else SKIP

    usual = answers(gr.Blocks, fresh)[0]
    for value in usual:
        if isinstance(value, dict):  # "keep all" as a property of its own, of gr.HTML
            value.pop("props", None)
    assert answers(Shell, fresh)[0] == usual


def test_what_stays_is_not_made_anew() -> None:
    values = [SKIP, SKIP, SKIP, "typed"]
    assert answers(gr.Blocks, values)[1] == ["Button", "Notice"]
    assert answers(Shell, values)[1] == []
    assert answers(Shell, [CHANGE, SKIP, SKIP, SKIP])[1] == ["Button"]


class Witness(gr.Textbox):
    """Remembers in which threads values went through it."""

    def __init__(self, **kwargs: Any) -> None:
        self.threads: list[int] = []
        super().__init__(**kwargs)
        self.threads.clear()

    def preprocess(self, payload: str | None) -> str | None:
        self.threads.append(threading.get_ident())
        if payload == "broken":
            raise KeyError("broken")
        if payload == "refused":
            raise gr.Error("refused")
        return super().preprocess(payload)

    def postprocess(self, value: str | None) -> str | None:
        self.threads.append(threading.get_ident())
        if value == "broken":
            raise KeyError("broken")
        return super().postprocess(value)


def passed(kind: type[gr.Blocks], values: list[Any], way: str) -> tuple[list[Any], bool]:
    """What becomes of values on their way to a handler ("preprocess") or from it ("postprocess"),
    and whether it happened in the loop's own thread."""
    with kind(analytics_enabled=False) as page:
        witness = Witness()
        parts = [witness, gr.Number(precision=0), gr.Radio(["a", "b"]), gr.State(7), gr.Checkbox()]
        gr.Button().click(lambda *given: given, parts, parts)
    block_fn = next(iter(page.fns.values()))
    session = SessionState(page)

    def work() -> tuple[list[Any], bool]:
        made = asyncio.run(getattr(page, f"{way}_data")(block_fn, list(values), session))
        return made, witness.threads == [threading.get_ident()]

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


@pytest.mark.parametrize("way", ["preprocess", "postprocess"])
def test_plain_values_are_made_in_the_loops_own_thread(way: str) -> None:
    values = ["text", 2.7, "a", None, True]
    usual, elsewhere = passed(gr.Blocks, values, way)
    assert passed(Shell, values, way) == (usual, True)
    assert not elsewhere, "Gradio makes them where they are by now: the shell need not"


@pytest.mark.parametrize(
    ("way", "values"),
    [
        ("preprocess", ["broken", 1, "a", None, True]),
        ("preprocess", ["text", 1, "no choice", None, True]),
        ("preprocess", ["refused", 1, "a", None, True]),
        ("postprocess", ["broken", 1, "a", None, True]),
    ],
)
def test_a_value_that_cannot_be_made_is_told_as_gradio_tells_it(
    values: list[Any], way: str
) -> None:
    said = []
    for kind in (gr.Blocks, Shell):
        with pytest.raises((ComponentProcessingError, gr.Error)) as refusal:
            passed(kind, values, way)
        said.append((type(refusal.value), str(refusal.value)))
    assert said[0] == said[1]


def test_a_file_goes_gradios_own_way() -> None:
    """It is looked for, checked and copied there, which takes a while."""
    assert not _is_plain(gr.File())
    assert not _is_plain(gr.UploadButton())
    assert _is_plain(gr.Textbox())


def test_the_queue_still_has_what_is_taken_from_it() -> None:
    """The names are Gradio's own, and not for others: a new version may have new ones."""
    with Shell(analytics_enabled=False) as page:
        gr.Button("a").click(lambda: None)
    page.queue()
    names = (
        "sleep_when_free",
        "progress_update_sleep_when_free",
        "ANALYTICS_MAX_EVENTS",
        "ANAYLTICS_CACHE_FREQUENCY",
    )
    before = {name: getattr(page._queue, name) for name in names}
    _spare(page._queue)
    assert all(getattr(page._queue, name) != value for name, value in before.items())
    assert isinstance(page._queue, Queue)
    assert page._queue.compute_analytics_summary([{"function": "f"}]) == {"functions": {}}
