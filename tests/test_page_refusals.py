"""What the page says of what cannot run: typed, linked, or gone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from components.controls import ModelOffer, read_link
from components.controls.run_request import request_of, values_of_link
from search_core.models import ModelPair, Offered, embedded_pair
from search_core.run.limits import Limits
from search_core.serving import RunRegistry
from tests.fakes import World
from tests.page_handlers import PageHandlers

HOSTILE = "<img src=x onerror=window.pwned=1>"
SUM = "What is (7 + 8) * 3 - 4?"
OWN = ModelPair.of(World().solver(), World().verifier())


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, PageHandlers]]:
    """Pages of the embedded models, of a pair that its operator chose, and of several pairs."""
    registry = RunRegistry(tmp_path_factory.mktemp("runs"))
    several = [
        Offered("embedded", "Embedded", "", embedded_pair()),
        Offered("big", "Big", "", OWN),
        Offered("gone", "Gone", "", OWN),
    ]
    offers = {"embedded": embedded_pair(), "own": OWN, "several": several}
    yield {name: PageHandlers(ModelOffer.of(offer), registry) for name, offer in offers.items()}
    registry.close()


@pytest.mark.parametrize(
    ("changes", "message", "control"),
    [
        ({"problem": ""}, "empty", "problem"),
        ({"problem": "9 " * 5_000}, "read at most 1,200", "problem"),
        ({"problem": "Why is the sky blue?"}, "know this kind of problem", "problem"),
        (
            {"problem": f"{HOSTILE} ${{window.pwned=1}}"},
            "know this kind of problem",
            "problem",
        ),
        ({"n": 0}, "1 to 256", "option-n"),
        ({"n": 1_000_000_000}, "1 to 256", "option-n"),
        ({"strategy": "beam_search", "beam_width": 17}, "at most N", "option-beam-width"),
        (
            {"strategy": "beam_search", "verifier": "outcome"},
            "judges finished solutions only",
            "strategy-select",
        ),
        (
            {"strategy": "self_revision", "solver": "small"},
            'Choose the solver "revision"',
            "strategy-select",
        ),
    ],
)
def test_bad_input_gets_a_clear_message(
    pages: dict[str, PageHandlers], changes: dict[str, object], message: str, control: str
) -> None:
    notice = pages["embedded"].press_run(**changes).notice
    assert notice["kind"] == "error"
    assert message in notice["text"]
    assert notice["control"] == control


@pytest.mark.parametrize(
    ("page", "asked", "message"),
    [
        ("embedded", {"solver": "huge"}, "Unknown solver 'huge'; known: small, large"),
        ("embedded", {"verifier": HOSTILE}, "Unknown verifier '<img"),
        (
            "embedded",
            {"verifier": "outcome", "strategy": "beam_search"},
            "and beam search asks about unfinished ones",
        ),
        (
            "embedded",
            {"verifier": "outcome", "strategy": "dvts"},
            "and DVTS asks about unfinished ones",
        ),
        ("embedded", {"strategy": "self_revision", "solver": "large"}, "solver-large does not"),
        ("own", {"solver": "large"}, "its operator chose"),
        (
            "several",
            {"models": "meta-llama/Llama-3.2-1B"},
            "are not offered here; known: embedded, big, gone",
        ),
        ("several", {"models": "big", "solver": "large"}, "this page serves other models"),
        ("several", {"models": HOSTILE}, "Models '<img"),
    ],
)
def test_a_link_with_the_wrong_model_is_refused(
    pages: dict[str, PageHandlers], page: str, asked: dict[str, str], message: str
) -> None:
    notice = pages[page].open({"problem": SUM, "n": "4", **asked}).notice
    assert notice["kind"] == "error"
    assert message in notice["text"]


@pytest.mark.parametrize(
    ("query", "parts"),
    [
        ({"problem": "<script>window.pwned=1</script>"}, ["know this kind of problem"]),
        (
            {"problem": SUM, "n": "abc", "seed": "-1", "strategy": "${1}", "node": "../.."},
            ["Seed is -1", "strategy '${1}' is unknown", "n is 'abc'", "node cannot be read"],
        ),
        ({"problem": SUM, "seed": "-1", "unknown": "1"}, ["'unknown' is no option of"]),
    ],
)
def test_a_strange_link_says_what_is_wrong(
    pages: dict[str, PageHandlers], query: dict[str, str], parts: list[str]
) -> None:
    text = pages["embedded"].open(query).notice["text"]
    assert [part for part in parts if part not in text] == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "x" * 3000, HOSTILE])
def test_a_run_that_is_not_there_is_said(pages: dict[str, PageHandlers], name: str) -> None:
    assert "no longer kept here" in pages["embedded"].open({"run": name}, name).notice["text"]


def test_a_link_to_self_revision_needs_no_solver(pages: dict[str, PageHandlers]) -> None:
    """It runs with the one that can, and the form says so, even where it is refused."""
    asked = {"problem": SUM, "strategy": "self_revision"}
    link, offer = read_link(asked), ModelOffer.of(embedded_pair())
    assert link is not None
    request = request_of(values_of_link(link, offer), offer, Limits())
    assert request.pair.names == ("solver-revision", "verifier-small")
    form = pages["embedded"].open({**asked, "seed": "-1"}).form
    assert (form["solver"]["value"], form["strategy"]) == ("revision", "self_revision")
    form = pages["embedded"].open({**asked, "seed": "-1", "strategy": "mcts", "n": "4"}).form
    assert (form["solver"]["value"], form["strategy"]) == ("small", "mcts")
    assert form["option-n"]["value"] == 4


def test_a_page_whose_operator_chose_its_models_leaves_nothing_to_choose(
    pages: dict[str, PageHandlers],
) -> None:
    models = pages["own"].controls.models
    assert [field.visible for field in models.components] == [False, False, False]
    for strategy in ("best_of_n", "greedy", "dvts"):
        said = pages["own"].choose_models(strategy)
        assert not any(said[part]["visible"] for part in ("solver", "verifier", "about-verifier"))
