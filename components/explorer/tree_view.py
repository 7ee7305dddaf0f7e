"""The explorer as a Gradio component: the search tree, live, with everything around it.

The component itself is a constant shell; the modules in `assets/js/` build what is in it and
fold the event log in the browser. So a new event costs the page its own bytes and no more,
and zoom, selection and timeline survive every update.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypedDict

import gradio as gr

from components.elements.scripts import script_with
from components.published import published_folder
from search_core.export.html import STYLE_SHEETS

ASSETS = Path(__file__).resolve().parents[2] / "assets"

_TEMPLATE = '<div class="esp"><p class="esp-loading">Loading the search tree …</p></div>'

# Each `__NAME__` is replaced once, here on the server, by JSON. What never changes stands here and
# not among the component's properties: Gradio's page compares those as texts at each message of a
# run. And a style sheet of the component it would set anew at each, for all steps and words on it.
_ON_LOAD = """
const sheet = document.createElement("style");
sheet.textContent = "#" + element.id + " {\\n" + __STYLE__ + "\\n}";
document.head.append(sheet);
const given = __GIVEN__;
const root = (window.gradio_config?.root ?? location.href.split(/[?#]/)[0]).replace(/\\/?$/, "/");
const folder = new URL("gradio_api/file=" + __FOLDER__ + "/", root).href;
const mathsFolder = folder + "vendor/katex/";
const markdownFolder = folder + "vendor/markdown-it/";
const plottingFolder = folder + "vendor/plotly/";
const template = folder + "page.txt";
const recall = () => trigger("recall");
const steer = () => trigger("steer");
const auditAddress = new URL("audit/", root).href;
const classAddress = new URL("class/", root).href;
const folders = { mathsFolder, markdownFolder, plottingFolder, auditAddress, classAddress };
import(folder + "js/main.js").then(
  (explorer) =>
    explorer.mount(element, { props, given, server, watch, template, recall, steer, ...folders }),
).catch((error) => {
  console.error(error);
  element.textContent = "The search tree could not be loaded. Reload the page to try again.";
});
"""

RECALLED = """() => [document.querySelector("#explorer .esp")?.espalier?.visit.asked ?? ""]"""
"""The script of the event "recall": which run the page asks for, "" for the first screen's."""

ANSWERED = """() => {
  setTimeout(() => document.querySelector("#explorer .esp")?.espalier?.visit.insist());
}"""
"""The script for when it is answered, which looks once the answer has come to the page."""


class TreeViewValue(TypedDict, total=False):
    """What the component is sent: a batch of one run's events.

    `ev` is JSON as `search_core.serving.encode_batch` makes it, or "" for "pull them". `head` is
    the number of events that the run has. A batch may get lost; the page notices and pulls.
    `writing`, where it is there, is JSON `{role, tokens: [[id, tokens], …]}`: the steps that the
    solver is writing now. `not_kept` says why the server cannot keep the run on its disk.

    A value without a `run` changes nothing on show: `next` is a run that is about to be shown, for
    the page's address to name (of about so many `tokens`, where that is known), and `refused` one
    that will not be (`why`, where it was an act on the tree). `recalled` says which run the page
    has asked for, with the event "recall": its Back and Forward do. Another `run` then stands in
    its place. `opening` is what stands on a page when it opens: it is for nobody who has turned to
    another run since, however late it comes, or once more (Gradio sends a last message twice).
    """

    run: str
    ev: str
    head: int
    live: bool
    node: str | None
    writing: str
    not_kept: str
    next: str
    refused: str
    why: str
    recalled: str
    opening: bool
    tokens: int


class TreeView(gr.HTML):
    """Shows one run: tree, outline, timeline, inspector, answers and cost.

    Args:
        value: First batch, or None.
        pull_events: Answers `{"run": str, "since": int}` with `{"events", "head", "live",
            "gone"}`: the events from number `since` on, at most 2,000 at a time. An optional
            `comparison` of `{"run", "rows": [{"name", "flops"}]}` says what other models cost.
            The argument comes from a stranger: check it.
        draw_charts: Answers `{"run": str, "theme": str}` with `{"head", "live", "gone", "charts":
            [{"name", "title", "figure", "caption"}]}`; None: no charts are offered.
        ask_what_if: Answers `{"run", "options", "noise", "hedge", "verifier"}` as `WhatIf.to_dict`
            does, or with `{"error"}`; None: nothing can be asked.
        judges: Which other verifiers may be asked for there, as `other_judges` gives them.
        ask_stress: Answers `{"run", "node"}` as `PathStress.to_dict` does, or with `{"error"}`;
            None: no stress test is offered.
        defaults: `{"strategies": {name: {option: value}}, "sampling": {name: value}}`: what a
            recipe link may leave out.
        labels: `{"strategies": {name: title}}`.
        comparisons: `[{"name", "flops"}]`, where the comparison does not depend on the run.
        minute: The first minute, as `first_minute` makes it; None: nothing plays by itself.
        steering: With what a search can go on, as `steering_choices` makes it; None: nobody steers.
        **kwargs: As for `gr.HTML`, such as `elem_id`.
    """

    def __init__(
        self,
        value: TreeViewValue | None = None,
        *,
        pull_events: Callable[[object], Mapping[str, Any]],
        draw_charts: Callable[[object], Awaitable[Mapping[str, Any]]] | None = None,
        ask_what_if: Callable[[object], Awaitable[Mapping[str, Any]]] | None = None,
        judges: Sequence[Mapping[str, str]] = (),
        ask_stress: Callable[[object], Awaitable[Mapping[str, Any]]] | None = None,
        defaults: Mapping[str, Any] | None = None,
        labels: Mapping[str, Any] | None = None,
        comparisons: Sequence[Mapping[str, Any]] = (),
        minute: Mapping[str, Any] | None = None,
        steering: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        def answer(query: object) -> Mapping[str, Any]:
            return pull_events(query)

        # The names by which the page calls them.
        answer.__name__ = "pull_events"
        asked = {
            "draw_charts": draw_charts,
            "ask_what_if": ask_what_if,
            "ask_stress": ask_stress,
        }
        offered = [answer, *(_named(name, ask) for name, ask in asked.items() if ask)]
        given = {
            "palette": json.loads((ASSETS / "palette.json").read_text(encoding="utf-8")),
            "defaults": dict(defaults or {}),
            "labels": dict(labels or {}),
            "comparisons": [dict(row) for row in comparisons],
            "judges": [dict(judge) for judge in judges],
            "minute": dict(minute) if minute else None,
            "steering": dict(steering) if steering else None,
        }
        script = script_with(_ON_LOAD, FOLDER=published_folder(), STYLE=style_sheet(), GIVEN=given)
        super().__init__(
            value=value,
            html_template=_TEMPLATE,
            js_on_load=script,
            apply_default_css=False,
            server_functions=offered,
            **kwargs,
        )

    def get_config(self) -> dict[str, Any]:
        """What Gradio sends to every page: nothing that stands in the script already.

        It looks for an attribute of each argument's name, and where the script has that name in
        quotation marks takes it for an event. To send that to a page it first copies it with all
        that hangs on it: the component, the page around it, the runs that the server keeps.
        """
        config = super().get_config()
        return {name: said for name, said in config.items() if not isinstance(said, partial)}

    def api_info(self) -> dict[str, Any]:
        """Schema of the value, for clients."""
        return {"type": "object", "description": "a batch of events: {run, ev, head, live, node}"}


def _named(
    name: str, ask: Callable[[object], Awaitable[Mapping[str, Any]]]
) -> Callable[[object], Awaitable[Mapping[str, Any]]]:
    async def asked(query: object) -> Mapping[str, Any]:
        return await ask(query)

    asked.__name__ = name
    return asked


def style_sheet() -> str:
    """The explorer's CSS, without what holds it to the component."""
    return "\n".join((ASSETS / "css" / name).read_text(encoding="utf-8") for name in STYLE_SHEETS)
