"""A run is found again: after a refresh at any moment, and after the server itself was killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from search_core.log.traces import read_trace
from tests.browser.app_process import App, kept_port, new_gate, start_app
from tests.browser.axe import in_both_themes
from tests.browser.explorer import ask, open_page, run_of, start, wait
from tests.browser.form import fill, notice_says, open_trace
from tests.test_interrupted import CUT_OFF

pytestmark = pytest.mark.browser

_NAMED = "new URLSearchParams(location.search).get('run')"


def runs_of(app: App, problem: str) -> list[str]:
    """Ids of the runs of a problem that the app has begun."""
    paths = list(app.runs.glob("*.jsonl"))
    return [path.stem for path in paths if problem in path.read_text("utf-8").partition("\n")[0]]


def test_a_run_that_is_refused_leaves_the_address_as_it_was(app: App, page: Page) -> None:
    open_page(page, app.url)
    fill(page, "#problem", "Why is the sky blue?")
    page.click("#run")
    notice_says(page, "problem")
    page.wait_for_function(f"() => {_NAMED} === null")


def test_a_trace_that_was_cut_off_is_shown_as_such(app: App, page: Page) -> None:
    open_page(page, app.url)
    open_trace(page, CUT_OFF)
    wait(page, "x.log.length === 352")
    expect(page.locator(".esp-status")).to_have_text("Interrupted")
    expect(page.locator(".esp-notice")).to_contain_text("cut off before its end")
    expect(page.locator(".esp-story-text")).to_contain_text("Here the run was cut off.")
    expect(page.locator(".esp-chronicle")).to_contain_text("Here the run was cut off.")
    assert "The run was cut off here." in page.locator(".esp-canvas").get_attribute("aria-label")
    page.get_by_role("tab", name="Outline").click()
    expect(page.get_by_role("treeitem").first).to_contain_text("run cut off")
    link = page.get_by_role("link", name="Run it again")
    assert "problem=Use+3%2C+7%2C+8+and+25+to+make+24." in (link.get_attribute("href") or "")
    assert in_both_themes(page) == {}
    # Earlier in the log nothing is cut off.
    ask(page, "x.seek(20)")
    expect(page.locator(".esp-story-text")).not_to_contain_text("cut off")


class Restarted:
    """An app that can be killed, and started again in the same place; a gate holds its solver."""

    def __init__(self, runs: Path, stack: ExitStack) -> None:
        self._stack, self._port, self._runs = stack, str(kept_port()), runs
        self.start_again()

    def kill(self) -> None:
        self.app.kill()

    def start_again(self) -> None:
        self.gate = new_gate()  # one that is killed may take the lock of its gate along
        start = start_app(self._runs, "--port", self._port, gate=self.gate)
        self.app = self._stack.enter_context(start)


@pytest.fixture(scope="module")
def restarted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restarted]:
    with ExitStack() as stack:
        yield Restarted(tmp_path_factory.mktemp("own") / "runs", stack)


@pytest.fixture
def own(restarted: Restarted) -> Restarted:
    """The gate is open."""
    restarted.gate.set()
    return restarted


def test_a_refresh_before_the_first_event_finds_the_same_run(own: Restarted, page: Page) -> None:
    problem = "Use 2, 5, 9 and 11 to make 64."
    open_page(page, own.app.url)
    fill(page, "#problem", problem)
    fill(page, "#option-n", "4")
    own.gate.clear()
    page.click("#run")
    # The address has the name before the server has heard of the run.
    page.wait_for_function(f"() => {_NAMED} !== null")
    named = page.evaluate(_NAMED)
    expect(page.locator("#stop")).to_be_enabled()
    page.reload()
    wait(page, f"x.log.run === {named!r} && x.log.live")
    own.gate.set()
    wait(page, f"x.log.run === {named!r} && x.log.complete")
    assert page.evaluate(_NAMED) == named
    assert runs_of(own.app, problem) == [named]


def test_a_link_that_is_refreshed_while_it_starts_runs_once(own: Restarted, page: Page) -> None:
    problem = "Use 3, 4, 6 and 13 to make 50."
    query = {"problem": problem, "strategy": "beam_search", "n": 4, "beam_width": 2, "seed": 5}
    own.gate.clear()
    page.goto(f"{own.app.url}/?{urlencode(query)}")
    page.wait_for_function(f"() => {_NAMED} !== null")
    named = page.evaluate(_NAMED)
    page.reload()
    wait(page, f"x.log.run === {named!r} && x.log.length > 0")
    own.gate.let_one_through()
    page.reload()
    wait(page, f"x.log.run === {named!r} && x.log.length > 4")
    own.gate.set()
    wait(page, f"x.log.run === {named!r} && x.log.complete")
    assert runs_of(own.app, problem) == [named]
    # What the run is made of stands in the run: the address needs no more than its name.
    page.wait_for_function("() => !location.search.includes('problem')")


def test_an_open_page_comes_to_see_that_a_killed_server_left_its_run(
    own: Restarted, page: Page, console: list[str]
) -> None:
    problem = "Use 3, 7, 8 and 25 to make 24."
    open_page(page, own.app.url)
    fill(page, "#problem", problem)
    fill(page, "#option-n", "4")
    own.gate.clear()
    run = start(page)
    own.gate.let_one_through()
    wait(page, "x.log.length > 4")
    own.kill()
    left = read_trace(own.app.runs / f"{run}.jsonl")
    assert left.tree.finished is None
    own.start_again()
    # Nobody touches the page.
    wait(page, f"x.log.run === {run!r} && x.log.length === {len(left.events)}")
    expect(page.locator(".esp-status")).to_have_text("Interrupted")
    expect(page.locator("#run")).to_be_enabled()
    console.clear()  # while the server was away the browser could not but say so
    page.get_by_role("link", name="Run it again").click()
    wait(page, f"x.log.run !== {run!r} && x.log.length > 0")
    again = run_of(page)
    assert sorted(runs_of(own.app, problem)) == sorted([run, again])
    wait(page, "x.log.complete")


def test_a_run_that_cannot_be_kept_goes_on_and_says_so(own: Restarted, page: Page) -> None:
    open_page(page, own.app.url)
    runs = own.app.runs
    runs.rename(runs.with_name("moved"))
    runs.write_text("a file in its place")
    fill(page, "#option-n", "4")
    start(page)
    wait(page, "x.log.complete")
    expect(page.locator(".esp-status")).to_have_text("Finished")
    expect(page.locator(".esp-notice")).to_contain_text(
        "does not keep this run: its file or folder was removed or replaced"
    )
    runs.unlink()
    start(page)
    wait(page, "x.log.complete")
    expect(page.locator(".esp-notice")).to_be_hidden()
    assert len(list(runs.iterdir())) == 1
