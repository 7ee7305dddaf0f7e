"""What the form says and shows of each choice: strategies, models, sources of scores."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest

from components.controls import ModelOffer
from components.explorer.recordings import FOLDER
from components.guide.controls import option_control
from search_core.log.traces import read_trace
from search_core.models import SCORE_SOURCES, SOLVERS, VERIFIERS, embedded_pair
from search_core.run.pairing import size_note
from search_core.serving import RunRegistry
from search_core.strategies import STRATEGIES
from tests.page_handlers import PageHandlers


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageHandlers]:
    registry = RunRegistry(tmp_path_factory.mktemp("runs"))
    yield PageHandlers(ModelOffer.of(embedded_pair()), registry)
    registry.close()


@pytest.mark.parametrize("name", STRATEGIES)
def test_each_strategy_is_explained_and_keeps_its_own_options(
    page: PageHandlers, name: str
) -> None:
    strategy = STRATEGIES[name]
    listed, about, example, *options = page.form.show_strategy(name)
    told = unescape(about)
    assert listed == name
    assert strategy.does in told
    assert strategy.does_not in told
    assert [line for line in strategy.pseudocode.splitlines() if line.strip() not in told] == []
    recorded = name in {read_trace(path).started.strategy for path in FOLDER.glob("*.jsonl")}
    assert ('class="diagram' in about, example["visible"]) == (recorded, recorded)
    shown = {
        field.elem_id
        for field, update in zip(page.fields.options.components, options, strict=True)
        if update["visible"]
    }
    assert shown == {option_control(spec.name) for spec in strategy.options.specs()}


@pytest.mark.parametrize(
    ("kind", "name"),
    [*(("solver", name) for name in SOLVERS), *(("verifier", name) for name in VERIFIERS)],
)
def test_each_model_says_its_size_and_what_it_is(page: PageHandlers, kind: str, name: str) -> None:
    model = {"solver": SOLVERS, "verifier": VERIFIERS}[kind][name]
    said = page.choose_models("self_revision", **{kind: name})[f"about-{kind}"]
    assert said["visible"]
    assert model.about in said["value"]
    field = {"solver": page.controls.models.solver, "verifier": page.controls.models.verifier}[kind]
    assert (model.label, name) in field.choices
    assert re.search(r"\d\.\dM", model.label)


@pytest.mark.parametrize(
    ("strategy", "source", "asked"),
    [
        ("greedy", "verifier", False),
        ("dvts", "verifier", True),
        ("dvts", "log-probability", False),
        ("best_of_n", "verifier", True),
        ("exhaustive", "verifier", True),
    ],
)
def test_no_verifier_is_offered_where_none_is_asked(
    page: PageHandlers, strategy: str, source: str, asked: bool
) -> None:
    said = page.choose_models(strategy, source)
    shown = [said[part]["visible"] for part in ("verifier", "about-verifier", "solver")]
    assert shown == [asked, asked, True]


@pytest.mark.parametrize("strategy", ["beam_search", "dvts"])
def test_the_outcome_verifier_is_refused_where_it_comes_too_late(
    page: PageHandlers, strategy: str
) -> None:
    refused = "asks about unfinished ones"
    assert refused in page.choose_models(strategy, verifier="outcome")["about-verifier"]["value"]
    allowed = page.choose_models("best_of_n", verifier="outcome")["about-verifier"]["value"]
    assert refused not in allowed
    assert "finished solutions" in allowed


def test_self_revision_brings_the_solver_that_can_and_says_so_of_others(page: PageHandlers) -> None:
    for chosen in ("small", "large"):
        assert page.form.choose_strategy("self_revision", chosen)[0]["value"] == "revision"
    refused = 'Choose the solver "revision"'
    said = page.choose_models("self_revision", solver="small")["about-solver"]["value"]
    assert refused in said
    for strategy, solver in (("self_revision", "revision"), ("best_of_n", "small")):
        told = page.choose_models(strategy, solver=solver)["about-solver"]["value"]
        assert SOLVERS[solver].about in told
        assert refused not in told


def test_each_score_source_says_what_it_is(page: PageHandlers) -> None:
    told = {page.choose_models("dvts", source)["about-source"] for source in SCORE_SOURCES}
    assert "" not in told
    assert len(told) == len(SCORE_SOURCES)


def test_the_cost_of_an_unfair_pair_is_said(page: PageHandlers) -> None:
    sizes = embedded_pair("small", "small").sizes("verifier")
    assert "its cost counts" in size_note(*sizes)
    values = {"strategy": "best_of_n", "solver": "small", "verifier": "small"}
    assert size_note(*sizes) in page.form.estimate(*page.values(**values))
    for fair in ({"strategy": "greedy"}, {"solver": "large"}, {"score_source": "oracle"}):
        assert "cost counts" not in page.form.estimate(*page.values(**{**values, **fair}))
