"""A run has its name before it has anything to show, and no name starts two runs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import gradio as gr
import pytest

from components.controls import ModelOffer, make_controls
from components.controls.strategy_card import cards
from components.explorer import pin_recordings
from components.handlers import FormTie, RunHandlers
from search_core.models import ModelPair
from search_core.problem import Problem
from search_core.protocols import Solver
from search_core.run.limits import Limits
from search_core.serving import RunRegistry
from tests.fakes import World
from tests.test_following import in_a_loop
from tests.waiting import PATIENCE

NAME = "named-by-the-page-1234"
WORLD = World(ends=0.4)
PROBLEM = Problem("What is it?", family="countdown", level=1)
LINK = {"problem": "What is it?", "strategy": "beam_search", "n": "4"}


class Loading(ModelPair):
    """Models that are loading until the gate opens."""

    gate = threading.Event()

    @property
    def solver(self) -> Solver:
        assert Loading.gate.wait(PATIENCE)
        return WORLD.solver()


class Page:
    """The handlers of a page, and the values of its form."""

    form: ClassVar[list[Any]] = []

    def __init__(self, registry: RunRegistry) -> None:
        self.registry = registry
        offer = ModelOffer.of(Loading.of(WORLD.solver(), WORLD.verifier()))
        recordings = pin_recordings(registry)
        if not Page.form:  # the same on every page: no test changes it
            with gr.Blocks():
                Page.form.append(make_controls(offer, recordings, cards({}), PROBLEM).recipe)
        (fields,) = Page.form
        tie = FormTie(offer, registry, fields)
        self.handlers = RunHandlers(offer, registry, recordings, fields, tie, Limits())
        self.values = [component.value for component in fields.components]

    def run(self, name: str) -> AsyncIterator[tuple[Any, ...]]:
        """Run is pressed."""
        return self.handlers.run(request({}), name, *self.values)

    def open(self, name: str, query: dict[str, str]) -> AsyncIterator[tuple[Any, ...]]:
        """The page opens, or is opened again, with this query in its address."""
        return self.handlers.open_page(request(query), name)


def request(query: dict[str, str]) -> Any:
    client = SimpleNamespace(host="127.0.0.1")
    return SimpleNamespace(query_params=query, headers={}, client=client, session_hash=id(query))


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    Loading.gate.clear()
    registry = RunRegistry(tmp_path, idle_seconds=PATIENCE)
    yield Page(registry)
    Loading.gate.set()
    registry.close()


async def first_of(updates: AsyncIterator[tuple[Any, ...]]) -> tuple[Any, ...]:
    """What a page hears first; then it is closed, or loaded again."""
    first = await anext(updates)
    await updates.aclose()  # type: ignore[attr-defined]
    return first


async def last_of(updates: AsyncIterator[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [update async for update in updates]


def traces(page: Page) -> int:
    return len(list(page.registry._storage._folder.glob("*.jsonl")))


def test_a_run_is_named_before_its_models_are_there(page: Page) -> None:
    first = in_a_loop(first_of(page.run(NAME)))
    assert (first[0]["run"], first[0]["next"]) == ("", NAME)
    assert first[4] == NAME
    run = page.registry.get(NAME)
    assert run is not None
    assert (run.live, run.head) == (True, 0)


def test_who_waits_for_models_hears_of_it_also_on_a_page_that_is_loaded_again(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    def line(pair: ModelPair, *, verified: bool) -> str:
        return f"Loading {pair.names[0]}, {'and' if verified else 'but'} the verifier."

    async def hear(updates: AsyncIterator[tuple[Any, ...]]) -> None:
        async for update in updates:
            if "Loading fake, and the verifier." in str(update[1]):
                break
        await updates.aclose()  # type: ignore[attr-defined]

    monkeypatch.setattr("components.handlers.runs.loading_line", line)
    monkeypatch.setattr(Loading, "names", ("fake", "judge"))
    in_a_loop(asyncio.wait_for(hear(page.run(NAME)), PATIENCE))
    in_a_loop(asyncio.wait_for(hear(page.open(NAME, {"run": NAME})), PATIENCE))


def test_a_page_that_is_loaded_again_while_models_load_finds_the_same_run(page: Page) -> None:
    in_a_loop(first_of(page.run(NAME)))
    again = page.open(NAME, {"run": NAME})

    async def see() -> list[tuple[Any, ...]]:
        first = await anext(again)
        Loading.gate.set()
        return [first, *await last_of(again)]

    seen = in_a_loop(see())
    assert (seen[0][0]["run"], seen[0][0]["next"]) == ("", NAME)
    batches = [one[0] for one in seen[1:] if isinstance(one[0], dict) and one[0].get("ev")]
    assert {batch["run"] for batch in batches} == {NAME}
    assert traces(page) == 1


@pytest.mark.parametrize("over", [NAME, "recorded-word-problem-greedy"])
def test_tree_and_form_of_a_run_that_is_over_come_in_one_message(page: Page, over: str) -> None:
    """Gradio sends the last message twice: a page that has missed one has the other."""
    Loading.gate.set()
    in_a_loop(last_of(page.run(NAME)))
    [update] = in_a_loop(last_of(page.open(over, {"run": over})))
    view, _, _, _, run_id, chips, *fields = update
    run = page.registry.get(over)
    assert run is not None
    assert (view["run"], view["head"], run_id, chips["run"]) == (over, run.head, over, over)
    assert {"value": run.events()[0].problem.text, "__type__": "update"} in fields  # type: ignore[union-attr]


def test_a_link_that_is_loaded_again_starts_no_second_run(page: Page) -> None:
    for _ in range(3):
        first = in_a_loop(first_of(page.open(NAME, {**LINK, "run": NAME})))
        assert (first[0]["run"], first[0]["next"]) == ("", NAME)
    run = page.registry.get(NAME)
    assert run is not None
    Loading.gate.set()
    assert run.wait(PATIENCE)
    in_a_loop(last_of(page.open(NAME, {**LINK, "run": NAME})))
    assert page.registry.get(NAME) is run
    assert traces(page) == 1


def test_many_at_once_with_one_name_start_one_run(page: Page) -> None:
    async def all_at_once() -> None:
        await asyncio.gather(*(first_of(page.open(NAME, {**LINK, "run": NAME})) for _ in range(20)))

    in_a_loop(all_at_once())
    run = page.registry.get(NAME)
    assert run is not None
    Loading.gate.set()
    assert run.wait(PATIENCE)
    assert traces(page) == 1


def test_a_run_that_cannot_start_gives_its_name_back(page: Page) -> None:
    page.values[0] = ""
    only = in_a_loop(first_of(page.run(NAME)))
    assert only[0] == {"run": "", "refused": NAME}
    assert only[1]["kind"] == "error"
    refused = in_a_loop(first_of(page.open(NAME, {**LINK, "n": "-3", "run": NAME})))
    assert refused[0] == {"run": "", "refused": NAME}
    assert page.registry.get(NAME) is None


def test_a_run_that_ends_without_an_event_gives_its_name_back(page: Page) -> None:
    updates = page.run(NAME)

    async def see() -> list[tuple[Any, ...]]:
        await anext(updates)
        run = page.registry.get(NAME)
        assert run is not None
        run.stop()
        return await last_of(updates)

    seen = in_a_loop(see())
    assert seen[-2][0] == {"run": "", "refused": NAME}  # and, at the very end, nothing


@pytest.mark.parametrize("strange", ["", None, "short", "../../../etc/passwd----"])
def test_a_page_without_a_name_has_a_run_all_the_same(page: Page, strange: Any) -> None:
    first = in_a_loop(first_of(page.run(strange)))
    assert first[0]["next"] == first[4] != strange


def test_a_name_that_nobody_knows_is_said_and_an_example_shown(page: Page) -> None:
    first = in_a_loop(first_of(page.open(NAME, {"run": NAME})))
    assert first[0]["run"].startswith("recorded-")
    assert "no longer kept here" in first[1]["text"]
    # What the page is drawn with stays: somebody may have typed, or pressed Run, since.
    plain = in_a_loop(first_of(page.open("", {})))
    assert plain[0]["run"].startswith("recorded-")
    assert all(value == gr.skip() for value in [*plain[1:4], *plain[5:], *first[5:]])
    # The page takes it for nobody who has turned to another run in the meantime.
    assert first[0]["opening"] is plain[0]["opening"] is True


def test_a_run_that_is_asked_for_once_more_is_shown_and_not_started(page: Page) -> None:
    Loading.gate.set()
    in_a_loop(last_of(page.run(NAME)))
    answer = in_a_loop(page.handlers.recall(NAME))
    assert (answer[0]["run"], answer[0]["recalled"], answer[2]) == (NAME, NAME, NAME)
    assert "opening" not in answer[0]
    assert in_a_loop(first_of(page.open(NAME, {"run": NAME})))[0]["opening"] is True
    assert answer[3]["run"] == NAME  # the chips
    assert traces(page) == 1
    for name, said in (("no-longer-kept-1234567", "no longer kept here"), ("", "")):
        answer = in_a_loop(page.handlers.recall(name))
        assert answer[0]["run"].startswith("recorded-")
        assert answer[0]["recalled"] == name
        assert said in answer[1]["text"]


def test_while_a_run_goes_on_its_page_can_stop_it_from_another_one(page: Page) -> None:
    asking = request({})
    updates = page.handlers.run(asking, NAME, *page.values)

    async def see() -> tuple[Any, ...]:
        await anext(updates)
        first = await page.handlers.recall("")
        await updates.aclose()  # type: ignore[attr-defined]
        return first

    first = in_a_loop(see())
    page.handlers.stop(first[2], asking)
    run = page.registry.get(NAME)
    Loading.gate.set()
    assert run is not None
    assert run.wait(PATIENCE)
    assert [end.status for end in run.events_of_kinds("finished")] in ([], ["cancelled"])
