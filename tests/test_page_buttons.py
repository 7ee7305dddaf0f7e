"""Whose the page's Run and Stop are: always those of what goes on, whoever speaks last."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from components.controls import ModelOffer
from components.elements import info
from components.explorer import ReadyRuns
from components.handlers import RunHandlers
from components.handlers.steering import SteerHandlers
from search_core.serving import HostedRun, RunRegistry
from tests.page_handlers import PageHandlers
from tests.test_following import in_a_loop
from tests.test_steering_page import LIMITS, Ties, endless, pair, recipe
from tests.waiting import PATIENCE

RUNNING = (gr.update(interactive=False), gr.update(interactive=True))
IDLE = (gr.update(interactive=True), gr.update(interactive=False))
SILENCE = (gr.skip(),) * 5
NAME = "n" * 22

Update = tuple[Any, ...]


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[RunRegistry]:
    made = RunRegistry(tmp_path)
    yield made
    made.close()


class Here:
    """The handlers of one page and its visitor's request."""

    def __init__(self, registry: RunRegistry) -> None:
        nothing: Any = None
        offer = ModelOffer.of(pair())
        self.registry = registry
        self.runs = RunHandlers(offer, registry, [], nothing, nothing, LIMITS)
        self.steering = SteerHandlers(offer, registry, ReadyRuns(), self.runs, Ties(), LIMITS)  # type: ignore[arg-type]
        self.request: Any = SimpleNamespace(session_hash="here", client=None, headers={})

    def start(self) -> HostedRun:
        """A run that never ends by itself; its first steps are there."""
        run = self.registry.start(recipe(), endless(), page="here")
        while not any('"scored"' in line for line in run.lines()):
            run.wait(0.01)
        return run

    def follow(self, run: HostedRun) -> AsyncIterator[Update]:
        return self.runs.follow(run, self.request, "")

    def act(self, run: HostedRun, **act: str) -> AsyncIterator[Update]:
        text = json.dumps({"run": run.id, "act": act})
        return self.steering.steer(self.request, NAME, text)


async def heard(updates: AsyncIterator[Update]) -> list[Update]:
    return [update async for update in updates]


def test_what_is_over_gives_the_buttons_back_and_says_it_once(registry: RunRegistry) -> None:
    here = Here(registry)

    async def last_two() -> list[Update]:
        run = here.start()
        following = here.follow(run)
        assert (await anext(following))[2:4] == RUNNING
        run.stop()
        return (await heard(following))[-2:]

    over, end = in_a_loop(last_two())
    assert over[2:4] == IDLE
    # Gradio tells the last message twice, the second time late: it must not say anything.
    assert end == SILENCE


def test_an_act_takes_the_page_over_before_the_run_that_it_stops_can_give_it_back(
    registry: RunRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the end of the one and the start of the other nothing goes on."""
    here = Here(registry)
    between, go_on = asyncio.Event(), asyncio.Event()
    ordered = SteerHandlers._order

    async def slowly(self: SteerHandlers, *what: Any) -> Any:
        between.set()
        await go_on.wait()
        return await ordered(self, *what)

    monkeypatch.setattr(SteerHandlers, "_order", slowly)

    async def act() -> tuple[list[Update], Update]:
        base = here.start()
        following = here.follow(base)
        await anext(following)
        acting = asyncio.ensure_future(anext(here.act(base, action="cut", node="0")))
        await between.wait()
        assert not base.live
        said = await heard(following)
        go_on.set()
        return said, await acting

    said, begun = in_a_loop(asyncio.wait_for(act(), PATIENCE))
    assert [update[2:4] for update in said] == [SILENCE[2:4]] * len(said)
    assert begun[2:4] == RUNNING


def test_an_act_that_is_refused_gives_back_what_it_stopped(registry: RunRegistry) -> None:
    here = Here(registry)

    async def act() -> tuple[list[Update], Update, Update]:
        base = here.start()
        following = here.follow(base)
        await anext(following)
        refused = (await heard(here.act(base, action="cut", node="9.9")))[-1]
        said = await heard(following)
        return said, refused, (await heard(here.act(base, action="cut", node="9.9")))[-1]

    said, refused, again = in_a_loop(asyncio.wait_for(act(), PATIENCE))
    assert "has no step 9.9" in refused[0]["why"]
    # "Stopping …" does not stay.
    assert refused[1] == info("")
    assert refused[2:4] == IDLE
    assert said[-2][2:4] == IDLE
    # Of one that was over before, all that stands around the tree stays as it is.
    assert again[1:4] == SILENCE[1:4]


def test_a_mistake_in_the_form_leaves_the_buttons_to_the_run_that_goes_on(
    registry: RunRegistry,
) -> None:
    page = PageHandlers(ModelOffer.of(pair()), registry)
    client = SimpleNamespace(host="127.0.0.1")
    request: Any = SimpleNamespace(query_params={}, headers={}, client=client, session_hash="here")

    async def press(**changes: Any) -> Update:
        return await anext(page.runs.run(request, NAME, *page.values(**changes)))

    assert in_a_loop(press(n=-1))[2:4] == IDLE
    going = registry.start(recipe(), endless(), page="here")
    assert in_a_loop(press(n=-1))[2:4] == RUNNING
    assert going.live


def test_a_link_that_is_refused_does_so_too(registry: RunRegistry) -> None:
    page = PageHandlers(ModelOffer.of(pair()), registry)
    client = SimpleNamespace(host="127.0.0.1")
    query = {"problem": "1 + 1 = ?", "n": "-1"}
    request: Any = SimpleNamespace(
        query_params=query, headers={}, client=client, session_hash="here"
    )
    registry.start(recipe(), endless(), page="here")
    assert in_a_loop(anext(page.runs.open_page(request, "")))[2:4] == RUNNING
