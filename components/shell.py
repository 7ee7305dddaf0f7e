"""The shell of the app: Gradio's blocks, and beside them the places that are not made of them."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.exceptions import ComponentProcessingError, Error
from gradio.state_holder import SessionState
from gradio.utils import _parse_file_size
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from components.asked_at_root import routes_at_root
from components.bounds import (
    BodyLimit,
    LeanSessions,
    OneStream,
    Uploads,
    counted_streams,
    leave_no_halves,
)
from components.bounds.sessions import MOST_SESSIONS
from components.emblem import EMBLEM
from components.first_load import KeptAnswers, PageText, gradio_files, page_head
from components.guide import guide_routes
from components.headers import Headers, lasts
from components.learn import learn_routes
from components.published import ONE_SCRIPT, published_folder
from components.request_log import Doorkeeper, redirect_faults
from components.verify import verify_routes
from components.whole_values import edits

_STAYS = gr.skip()
_SHEET = "gradio.css"
MOST_UPLOADED = "16mb"
"""A stranger's trace file: room for tens of thousands of steps, and little to do for the server."""


class Shell(gr.Blocks):
    """Blocks that bring the other places along wherever they are launched, and bound what is sent.

    Whoever mounts them in an app of their own gives the same routes to
    `gr.mount_gradio_app(..., app_kwargs={"routes": ...})`.

    Args:
        repository: Address under which this repository's files can be read, for the guide's
            links to them; "": they are text.
        trusted_proxies: How many proxies stand before the server, as for `owner_of`.
        routes: What answers before Gradio, beside the other places.
        **kwargs: As for `gr.Blocks`.

    Raises:
        GuideError: The guide's index is broken.
        LessonError: A lesson is broken.
    """

    def __init__(
        self,
        *,
        repository: str = "",
        trusted_proxies: int = 0,
        routes: Sequence[BaseRoute] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._trusted_proxies = trusted_proxies
        self._routes = [
            *routes_at_root(),
            *guide_routes(repository=repository),
            *learn_routes(trusted_proxies=trusted_proxies),
            *verify_routes(trusted_proxies),
            *routes,
        ]

    async def preprocess_data(
        self, block_fn: Any, inputs: list[Any], state: Any, explicit_call: bool = False
    ) -> list[Any]:
        """As `gr.Blocks.preprocess_data`; plain values are made ready where they are.

        Gradio hands each of them to another thread and waits for it: seventy times before a
        search begins, and each time behind the models, which hold Python's lock.
        """
        parts = block_fn.inputs
        plain = block_fn.preprocess and not block_fn.component_prop_inputs
        if not plain or not all(_is_plain(part) for part in parts):
            return list(await super().preprocess_data(block_fn, inputs, state, explicit_call))
        state = state or SessionState(self)
        unready = copy.copy(block_fn)
        unready.preprocess = False
        values = await super().preprocess_data(unready, inputs, state, explicit_call)
        return [
            value if part.stateful else self._made(block_fn, place, state[part._id], value)
            for place, (part, value) in enumerate(zip(parts, values, strict=True))
        ]

    def _made(
        self, block_fn: Any, place: int, part: Any, value: Any, *, is_input: bool = True
    ) -> Any:
        """What a component makes of a value, for a handler or for the page; errors are Gradio's."""
        try:
            return part.preprocess(value) if is_input else part.postprocess(value)
        except Error:
            raise
        except Exception as error:
            said = self._format_processing_error(
                block_fn, place, part, value, is_input=is_input, original_error=error
            )
            raise ComponentProcessingError(said) from error

    async def postprocess_data(self, block_fn: Any, predictions: Any, state: Any) -> list[Any]:
        """As `gr.Blocks.postprocess_data`; an output that stays as it is costs nothing.

        Of each `gr.skip()` Gradio makes a whole new component, two milliseconds for a button; a
        page that follows a run has four of them in every message.
        """
        outputs = block_fn.outputs
        if predictions == _STAYS and len(outputs) > 1:
            predictions = [predictions] * len(outputs)
        several = isinstance(predictions, Sequence) and len(predictions) == len(outputs) > 1
        if not several or block_fn.batch:
            return list(await super().postprocess_data(block_fn, predictions, state))
        changed = [place for place, value in enumerate(predictions) if not _stays(value)]
        done = [None if output.stateful else gr.skip() for output in outputs]
        if changed:
            smaller = copy.copy(block_fn)
            smaller.outputs = [outputs[place] for place in changed]
            values = [predictions[place] for place in changed]
            parts, state = smaller.outputs, state or SessionState(self)
            if block_fn.postprocess and all(map(_is_plain, parts)) and all(map(_is_value, values)):
                smaller.postprocess = False  # here, and not in another thread: see above
                values = [
                    value
                    if outputs[place].stateful
                    else self._made(
                        block_fn, place, state.get(part._id, part), value, is_input=False
                    )
                    for place, part, value in zip(changed, parts, values, strict=True)
                ]
            # One output's value comes bare, several come in a list.
            given = values if len(values) > 1 else values[0]
            made = await super().postprocess_data(smaller, given, state)
            for place, value in zip(changed, made, strict=True):
                done[place] = value
        return done

    def handle_streaming_diffs(
        self,
        block_fn: Any,
        data: list[Any],
        session_hash: str | None,
        run: str | None,
        final: bool,
        simple_format: bool = False,
    ) -> list[Any]:
        """As `gr.Blocks.handle_streaming_diffs`; no value is changed in place: see `edits`."""
        before = list(self.pending_diff_streams.get(session_hash, {}).get(run, ()))
        # "Simple": each value as it is.
        values = super().handle_streaming_diffs(block_fn, data, session_hash, run, final, True)
        as_they_are = simple_format or final or not before
        return list(values) if as_they_are else edits(before, values)

    @property
    def state_holder(self) -> Any:
        """What is kept for each page; Gradio sets it when the app is made."""
        return self._sessions

    @state_holder.setter
    def state_holder(self, holder: Any) -> None:
        self._sessions = LeanSessions.of(holder)

    def launch(
        self,
        *args: Any,
        app_kwargs: Mapping[str, Any] | None = None,
        max_file_size: str | int = MOST_UPLOADED,
        **kwargs: Any,
    ) -> Any:
        """As `gr.Blocks.launch`; the other places' addresses come before Gradio's."""
        _spare(self._queue)
        given = dict(app_kwargs or {})
        routes = [*self._routes, *given.get("routes", ())]
        uploads = Uploads(self.upload_file_set)
        limit = Middleware(
            BodyLimit,
            most_uploaded=_parse_file_size(max_file_size),
            before_upload=uploads.make_room,
        )
        # Outside all others, as it answers for them.
        doorkeeper = Middleware(Doorkeeper, trusted_proxies=self._trusted_proxies)
        redirect_faults()
        leave_no_halves()
        streams = Middleware(OneStream, streams=counted_streams(self._queue))
        page = Middleware(PageText, change=self._first_load())
        kept = Middleware(KeptAnswers, lasts=lasts)
        outer = [doorkeeper, Middleware(Headers), kept, page, limit, streams]
        middleware = [*outer, *given.get("middleware", ())]
        kwargs.setdefault("state_session_capacity", MOST_SESSIONS)
        kwargs.setdefault("favicon_path", str(EMBLEM))
        # Not None: that leaves one of its routes open to everybody.
        kwargs.setdefault("enable_monitoring", False)
        return super().launch(
            *args,
            app_kwargs={**given, "routes": routes, "middleware": middleware},
            max_file_size=max_file_size,
            **kwargs,
        )

    def _first_load(self) -> Callable[[bytes], bytes]:
        """What becomes of the text of Gradio's page; its style sheets become one file."""
        components = dict.fromkeys(block.get_block_name() for block in self.blocks.values())
        folder = f"./gradio_api/file={published_folder()}"
        head, sheet = page_head(
            gradio_files(components), [f"{folder}/{ONE_SCRIPT}"], f"{folder}/{_SHEET}"
        )
        (Path(published_folder()) / _SHEET).write_text(sheet, encoding="utf-8", newline="\n")
        return head.put_into


def _is_plain(part: Any) -> bool:
    """Whether a component's value is what came as JSON: no file that has to be looked for."""
    return isinstance(part, gr.components.Component) and getattr(part, "data_model", None) is None


def _is_value(value: Any) -> bool:
    """Whether a handler gives a value as it is, and not a change of a component's properties."""
    if isinstance(value, dict):
        return "__type__" not in value
    return value is None or isinstance(value, str | int | float | list)


def _stays(value: Any) -> bool:
    return isinstance(value, dict) and value == _STAYS


def _spare(queue: Any) -> None:
    """Take from Gradio's queue what costs much and serves nobody here.

    It looks a thousand times a second whether somebody came, and a hundred times whether a handler
    has told how far it is, which none does in this way: an app that nobody used took 3 % of a core.
    At the end of every call it puts what it knows of the last 10,000 into a table for a page that
    is closed; and at the beginning and the end of every call it looks for matplotlib in all of
    Python's folders.
    """
    queue.sleep_when_free = 0.02
    queue.progress_update_sleep_when_free = 1.0
    queue.ANALYTICS_MAX_EVENTS = 1
    queue.ANAYLTICS_CACHE_FREQUENCY = sys.maxsize  # as it is spelt there
    sys.modules.setdefault("matplotlib", None)  # type: ignore[arg-type]
