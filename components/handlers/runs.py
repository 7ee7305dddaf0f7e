"""Runs from the form, from a link and from the page's address: started, followed, stopped.

Handlers turn a form into a recipe and hand it to the run registry; the search itself lives
there and not in any handler, so a refreshed page finds it again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import gradio as gr

from components.bounds.visitor import visitor_of
from components.controls import Controls, LinkedRecipe, ModelOffer, read_link
from components.controls.form_values import RecipeFields
from components.controls.mistakes import told
from components.controls.run_request import (
    RunRequest,
    as_shown,
    request_of,
    values_of_link,
)
from components.controls.shown_recipe import made_of
from components.controls.word_warning import reading_note, word_note
from components.elements import error, info
from components.explorer import (
    ANSWERED,
    RECALLED,
    Batch,
    Pace,
    Recording,
    TreeView,
    expected,
    follow_with,
    refused,
    whole_run,
)
from components.handlers.attaching import QUIET, STREAM
from components.handlers.buttons import RunButtons, idle, running
from components.handlers.naming import NAME_LINKED_RUN, NAME_RUN
from components.handlers.telling import RunNotice
from components.handlers.tying import FormTie
from search_core.acts import Act
from search_core.models import SOLVERS, VERIFIERS, loading_line, usual_solver
from search_core.run.estimate import estimate
from search_core.run.limits import Limits
from search_core.serving import BusyError, HostedRun, MachineLoad, RunRegistry
from search_core.steer import Steering, check_acts

# What a link fills into the form as it stands; models only where the page offers them.
_FILLED = (
    *("problem", "strategy", "score_source", "temperature", "top_p", "max_step_tokens", "seed"),
    *("answer", "system_prompt", "examples"),
)


class RunHandlers:
    """Start, follow and stop runs.

    Args:
        offer: The pairs of models that are offered.
        registry: Where runs live.
        recordings: The first of them is shown by a page that has no run.
        fields: The fields that a recipe is made from.
        tie: Fills the form from a run.
        limits: What one run may use at most.
        trusted_proxies: How many proxies say whom a request is from, as for `owner_of`.
    """

    def __init__(
        self,
        offer: ModelOffer,
        registry: RunRegistry,
        recordings: Sequence[Recording],
        fields: RecipeFields,
        tie: FormTie,
        limits: Limits,
        trusted_proxies: int = 0,
    ) -> None:
        self._offer = offer
        self._registry = registry
        self._recordings = recordings
        self._fields = fields
        self._tie = tie
        self._limits = limits
        self._trusted_proxies = trusted_proxies
        self._pace = Pace()
        self._load = MachineLoad()
        self._asked: WeakKeyDictionary[HostedRun, RunRequest] = WeakKeyDictionary()
        self.buttons = RunButtons(registry)

    def wire(self, page: gr.Blocks, controls: Controls, view: TreeView, run_id: gr.State) -> None:
        """Attach the handlers: `run` updates the chips, too, `open_page` all that is tied."""
        outputs = [view, controls.notice, controls.run, controls.stop, run_id]
        fields = self._fields.components
        # Not a State: the server would not look at what the page says it is.
        name = gr.Textbox("", visible=False)
        gr.on(
            [controls.run.click, controls.problem.submit],
            self.run,
            [name, *fields],
            [*outputs, controls.chips],
            js=NAME_RUN,
            **STREAM,
        )
        controls.stop.click(self.stop, run_id, queue=False, **QUIET)
        page.load(
            self.open_page,
            name,
            [*outputs, *self._tie.outputs(controls)],
            js=NAME_LINKED_RUN,
            **STREAM,
        )
        # Of several in a row the last one counts: view and form are always of the same run. Run and
        # Stop stay those of a run that goes on.
        recalled = view.recall(
            self.recall,
            name,
            [view, controls.notice, run_id, *self._tie.outputs(controls)],
            js=RECALLED,
            trigger_mode="always_last",
            queue=False,
            **QUIET,
        )
        recalled.success(None, js=ANSWERED, api_visibility="private")

    async def run(
        self, request: gr.Request, name: str, *values: Any
    ) -> AsyncIterator[tuple[Any, ...]]:
        """Start a run from the form and follow it to its end.

        Args:
            name: The id that the page has given it.
            values: The form's fields.
        """
        try:
            form = as_shown(self._fields.read(values), self._offer)
            asked = request_of(form, self._offer, self._limits)
            run = self.start(asked, request, name or "")
        except (ValueError, BusyError) as problem:
            yield refused(name), told(problem), *self.buttons.now(request), gr.skip(), gr.skip()
            return
        tie: Any = made_of(form, run.id)
        note = reading_note(form.problem, asked.recipe.problem)
        async for update in self.follow(run, request, note, doubt=word_note(asked)):
            # One that never begins leaves the run on show as it is.
            begun = run.head > 0
            yield *update, tie if begun else gr.skip()
            tie = gr.skip() if begun else tie

    def stop(self, run_id: str, request: gr.Request) -> None:
        """Ask the run to end; its last events, and what is said of it, arrive by the usual way.

        Where the one on show is over already, it is the one that this page still has going.
        """
        run = self._registry.get(run_id) if run_id else None
        if run is None or not run.live:
            run = self.buttons.going(request) or run
        if run is not None:
            run.stop()  # One that waits is over by that.

    async def open_page(self, request: gr.Request, name: str) -> AsyncIterator[tuple[Any, ...]]:
        """Resume the run in the address, or run the recipe in it, or show the first recording.

        Args:
            name: The id of a run in the address; beside a recipe, the one that its run is given
                where there is none of it.
        """
        query = {key: str(value) for key, value in dict(request.query_params).items()}
        name = name or ""
        run = await self._find(name)
        link = None if run else read_link(query)
        updates = (
            self._run_link(request, link, name)
            if link is not None
            else self._show(run, request, name, query.get("node"))
        )
        async for update in updates:
            yield update

    async def recall(self, name: str) -> tuple[Any, ...]:
        """A run that this page showed before, with its form; nothing is started.

        Whoever started it follows it still; otherwise the page pulls what is new.

        Args:
            name: The run's id; "" for the one that a page without a run shows.
        """
        name = name or ""
        run = await self._find(name)
        if run is None:
            view, notice, shown, filled = self._first(name)
        else:
            view, shown, filled = whole_run(run), run.id, self._tie.fill(run)[0]
            notice = info("") if run.live else _last_word(run, "")
        return {**view, "recalled": name}, notice, shown, *filled

    async def _find(self, name: str) -> HostedRun | None:
        # A run that is on disk alone takes a while to read; others must not wait for that.
        return await asyncio.to_thread(self._registry.get, name)

    def over(self, run: HostedRun, request: gr.Request, note: str = "") -> list[Any]:
        """Updates of notice and the two buttons: a run is over.

        Of a page that has another one going by then, or is about to, they are that one's.

        Args:
            note: What stands there where the run has nothing to say.
        """
        if self.buttons.taken(request):
            return [gr.skip()] * 3
        return [_last_word(run, note), *idle()]

    async def _show(
        self, run: HostedRun | None, request: gr.Request, name: str, node: str | None = None
    ) -> AsyncIterator[tuple[Any, ...]]:
        """A run of this name with its form; without one, the first recording."""
        unchanged = self._tie.unchanged()
        if run is not None and run.head and not run.live:
            # In one message, which Gradio sends twice: whatever becomes of the first, tree and form
            # come together.
            whole = _opening(whole_run(run, node)), _last_word(run, ""), *idle(), run.id
            yield *whole, *self._tie.fill(run)[0]
        elif run is not None:
            filled = unchanged
            async for update in self.follow(run, request, "", node):
                # One that waits has no header yet: the form follows as soon as it has.
                now = self._tie.fill(run)[0] if filled is unchanged and run.head else unchanged
                filled = now if now is not unchanged else filled
                yield *update, *now
        else:
            # The page is drawn with all of this but the tree. Told once more, what somebody has
            # typed since would be lost, and what a run of theirs says: many are that quick.
            view, notice, shown, _ = self._first(name, node)
            around = [notice, *idle()] if name else [gr.skip()] * 3
            yield _opening(view), *around, shown, *unchanged

    def _first(self, name: str, node: str | None = None) -> tuple[Batch, Any, str, list[Any]]:
        """What stands where there is no run of this name: the first recording."""
        gone = "That run is no longer kept here; this is a recorded example."
        note = info(gone if name else "")
        first = self._registry.get(self._recordings[0].run_id)
        if first is None:
            return {}, note, "", self._tie.unchanged()
        return whole_run(first, node), note, first.id, self._tie.fill(first)[0]

    async def _run_link(
        self, request: gr.Request, link: LinkedRecipe, name: str
    ) -> AsyncIterator[tuple[Any, ...]]:
        filled: list[Any] = [gr.skip(), *self._filled(link)]
        note = " ".join(link.notes)
        try:
            values = values_of_link(link, self._offer)
            asked = request_of(values, self._offer, self._limits)
            check_acts(link.acts, asked.recipe)
            run = self.start(asked, request, name, acts=link.acts)
        except (ValueError, BusyError) as problem:
            yield refused(name), told(problem, note), *self.buttons.now(request), gr.skip(), *filled
            return
        tie: Any = made_of(values, run.id)
        note = " ".join(filter(None, [note, reading_note(link.problem, asked.recipe.problem)]))
        async for update in self.follow(run, request, note, link.node, doubt=word_note(asked)):
            begun = run.head > 0
            yield *update, tie if begun else gr.skip(), *filled[1:]
            tie = gr.skip() if begun else tie
            filled = self._tie.unchanged()

    def start(
        self,
        asked: RunRequest,
        request: gr.Request,
        name: str,
        *,
        steering: Steering | None = None,
        acts: Sequence[Act] = (),
    ) -> HostedRun:
        """Start a run for the page that asks, as its visitor's.

        Args:
            name: The id that the page has given it.
            steering, acts: As for `RunRegistry.start`, which also says what is refused.
        """
        run = self._registry.start(
            asked.recipe,
            asked.pair,
            asked.score_source,
            owner=visitor_of(request, self._trusted_proxies),
            page=str(request.session_hash),
            run_id=name,
            steering=steering,
            acts=acts,
        )
        self._asked[run] = asked
        return run

    async def follow(
        self,
        run: HostedRun,
        request: gr.Request,
        note: str,
        node: str | None = None,
        *,
        doubt: str = "",
    ) -> AsyncIterator[tuple[Any, ...]]:
        """Updates of view, notice, the two buttons and the run's id, to the run's end.

        Args:
            request: The page's that follows.
            note: What stands there while there is nothing else to say.
            node: The step to select.
            doubt: What stands there too; once it is over, in the note's place: it says why what
                came of it may be nonsense.
        """
        live = run.live
        asked = self._asked.get(run) if live else None  # None: it is over, or not of this process
        said = " ".join(filter(None, [note, doubt]))
        buttons = running() if live else idle()
        yield expected(run, _tokens(asked)), info(said), *buttons, run.id
        if not live and run.head:  # what is over is pulled by the page, at its own pace
            yield whole_run(run, node), _last_word(run, doubt or note), *[gr.skip()] * 3
            return
        loading = partial(_loading, asked) if asked else str
        notice_of_run = RunNotice(run, self._registry, self._load, said, loading)
        async for batch, notice in follow_with(run, notice_of_run, node, self._pace):
            skipped = gr.skip()
            yield (
                skipped if batch is None else batch,
                skipped if notice is None else notice,
                *[skipped] * 3,
            )
        shown = gr.skip() if run.head else refused(run.id)
        yield shown, *self.over(run, request, doubt or note), gr.skip()
        # Gradio tells the last message a second time: by then the page may have another run.
        yield (gr.skip(),) * 5

    def _filled(self, link: LinkedRecipe) -> list[Any]:
        """Updates that set the form to what a link says."""
        values = values_of_link(link, self._offer)
        offered = {pair.name: pair for pair in self._offer.pairs} if self._offer.several else {}
        return self._fields.updates(
            {
                **{name: getattr(values, name) for name in _FILLED},
                "pair": _choice(values.pair, offered),
                # Unsaid, it is the one that runs: not every solver can follow every strategy.
                "solver": _choice(values.solver or usual_solver(link.strategy), SOLVERS),
                "verifier": _choice(values.verifier, VERIFIERS),
            },
            self._fields.options.updates(link.strategy, values.options),
        )


def _opening(view: Batch) -> Any:
    """What stands on a page when it opens, if anything."""
    return {**view, "opening": True} if view else gr.skip()


def _choice(name: str | None, known: Mapping[str, object]) -> Any:
    """What a link names; what it does not name, or nobody knows, leaves the choice as it is."""
    return gr.update(value=name) if name in known else gr.skip()


def _last_word(run: HostedRun, note: str) -> dict[str, str]:
    """What stands there once a run is over."""
    if run.error:
        return error(run.error)
    return info(note if run.head else f"Your search left the line. {note}".rstrip())


def _tokens(asked: RunRequest | None) -> float | None:
    """How many tokens a run is expected to write; None where it is not known what it does."""
    if asked is None:
        return None
    return estimate(asked.recipe.problem, asked.recipe.options, asked.pair.card).tokens


def _loading(asked: RunRequest) -> str:
    """What this run waits for before its first token."""
    verified = asked.recipe.strategy.uses_verifier and asked.score_source == "verifier"
    return loading_line(asked.pair, verified=verified)
