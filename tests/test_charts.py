"""The charts: view models of real runs, sentences, and figures that are safe and legible."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.charts import (
    cost_figure,
    cost_summary,
    cost_view,
    scores_figure,
    scores_summary,
    scores_view,
    votes_figure,
    votes_summary,
    votes_view,
)
from components.charts.plain_text import plain, plain_lines
from components.palette import THEMES, Theme, palette
from search_core import Problem, search
from search_core.log.events import Spent, Tally, Voted
from search_core.log.tree import Tree
from search_core.picture.numbers import (
    counted,
    format_count,
    format_flops,
    format_percent,
    format_score,
    format_seconds,
    format_short,
)
from search_core.picture.text import one_line
from search_core.run.recipe import Recipe
from tests.cvd import contrast
from tests.examples import examples
from tests.fakes import World
from tests.hostile import HOSTILE, HostileWorld, beam
from tests.test_search_properties import WORLDS, recipes, run_in


def values(tree: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf of nested JSON values with the name of the field that holds it."""
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield from values(value, name)
    elif isinstance(tree, list):
        for value in tree:
            yield from values(value, key)
    else:
        yield key, tree


def shown_texts(figure: Any) -> list[str]:
    """What plotly will read as its small HTML."""
    names = {"text", "hovertext", "name", "title", "ticktext", "hovertemplate", "texttemplate"}
    leaves = values(json.loads(figure.to_json()))
    return [value for key, value in leaves if key in names and isinstance(value, str)]


def assert_harmless(texts: list[str]) -> None:
    for text in texts:
        assert set(re.findall(r"<[^>]*>?", text)) <= {"<b>", "</b>", "<br>"}, text[:200]
        assert "$" not in text
        assert len(text) < 3_000
        assert not re.search("[\u202a-\u202e\x00-\x08]", text)


def all_figures(run: Any, theme: Theme) -> list[Any]:
    return [
        scores_figure(scores_view(run), theme=theme),
        votes_figure(votes_view(run), theme=theme),
        cost_figure(cost_view(run.events), theme=theme),
    ]


@given(WORLDS, recipes())
@examples(40)
def test_the_views_say_what_the_run_says(world: World, recipe: Recipe) -> None:
    run = run_in(world, recipe)
    scores = scores_view(run)
    scored = [node for node in run.tree.steps() if node.aggregate is not None]
    assert sorted(step.id for step in scores.steps) == sorted(node.id for node in scored)
    for step in scores.steps:
        assert step.score == run.tree.nodes[step.id].aggregate
        assert abs(step.x - step.depth) < 0.45
    votes = votes_view(run)
    for method in votes.methods:
        voted = run.tree.votes[method.method]
        assert method.answers[0].answer == voted.tally[0].answer
        assert len(method.answers) + method.hidden == len(voted.tally)
        assert [answer.wins for answer in method.answers].count(True) == 1
        assert all(0 <= answer.share <= 1 for answer in method.answers)
    cost = cost_view(run.events)
    assert cost.total == run.tree.cost
    assert sum(c.generated for _, c in cost.rounds) == run.tree.cost.generated


@given(WORLDS, recipes(), st.sampled_from(THEMES), st.integers(0, 60))
@examples(15)
def test_every_moment_of_a_run_has_charts_and_sentences(
    world: World, recipe: Recipe, theme: Theme, length: int
) -> None:
    events = run_in(world, recipe).events[: length + 1]
    tree = Tree.from_events(events)
    scores, votes, cost = scores_view(tree), votes_view(tree), cost_view(events)
    for figure in (
        scores_figure(scores, theme=theme),
        votes_figure(votes, theme=theme),
        cost_figure(cost, theme=theme),
    ):
        assert figure.layout.height >= 120
    for sentence in (scores_summary(scores), votes_summary(votes), cost_summary(cost)):
        assert sentence.endswith(".")
        assert sentence[0].isupper() or sentence[0].isdigit()


@pytest.mark.parametrize("theme", THEMES)
def test_charts_are_transparent_legible_and_without_a_mode_bar(theme: Theme) -> None:
    colours = palette().themes[theme]
    for figure in all_figures(beam(World(seed=3, ends=0.25)), theme):
        assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "rgba(0,0,0,0)"
        assert figure.layout.width is None
        assert "toImage" in figure.layout.modebar.remove
        fonts = json.loads(figure.to_json())["layout"]["font"]
        assert contrast(fonts["color"], colours.background) >= 4.5
        for key, value in values(json.loads(figure.to_json())["layout"]):
            if key == "color" and value.startswith("#"):
                assert contrast(value, colours.background) >= 4.5


def test_axes_are_labelled() -> None:
    scores, _, cost = all_figures(beam(World(seed=3, ends=0.25)), "light")
    assert scores.layout.xaxis.title.text == "Step number"
    assert "0 to 1" in scores.layout.yaxis.title.text
    assert cost.layout.yaxis.title.text == "FLOPs"
    assert cost.layout.yaxis2.title.text == "Tokens"
    assert cost.layout.xaxis.title.text == "Round"


def test_the_scores_wear_the_shapes_of_the_tree() -> None:
    figure = all_figures(beam(World(seed=3, ends=0.25)), "light")[0]
    shapes = {trace.name: trace.marker.symbol for trace in figure.data if trace.mode == "markers"}
    assert {"Kept", "Pruned", "Solution", "Chosen"} <= set(shapes)
    for state in palette().states.values():
        assert shapes.get(state.label, state.symbol) == state.symbol


@pytest.mark.parametrize("theme", THEMES)
def test_hostile_text_stays_text(theme: Theme) -> None:
    run = beam(HostileWorld(seed=1, ends=0.2))
    tallies = tuple(Tally(i, text[:900], 3.0 - i / 9, 1) for i, text in enumerate(HOSTILE))
    for method in ("majority", "best"):
        run.tree.votes[method] = Voted(seq=0, t=0, method=method, tally=tallies)
    for figure in all_figures(run, theme):
        assert_harmless(shown_texts(figure))
    assert len(votes_summary(votes_view(run))) < 400


def test_absurd_amounts_do_not_break_the_charts() -> None:
    huge = 1e30
    events = [
        Spent(seq=0, t=0, round=r, call="sample", requests=1, generated=10**15, solver_flops=huge)
        for r in (0, 10**6)
    ]
    view = cost_view(events)
    assert view.unknown == ()
    figure = cost_figure(view)
    assert all(len(text) < 200 for text in shown_texts(figure))
    assert 10**6 / figure.layout.xaxis.dtick < 20
    vote = Voted(seq=0, t=0, method="best", tally=(Tally(0, "1", 1e308, 1),))
    tree = Tree(remembered={Voted: [vote]})
    assert all(len(text) < 200 for text in shown_texts(votes_figure(votes_view(tree))))


def test_a_model_of_unknown_size_has_unknown_flops() -> None:
    spent = Spent(seq=0, t=0, round=1, call="sample", requests=1, generated=5, prefilled=3)
    view = cost_view([spent])
    assert view.unknown == ("solver",)
    assert cost_summary(view) == (
        "1 round: the solver wrote 5 tokens and read 3, the verifier read 0; "
        "the FLOPs of the solver are unknown."
    )


def test_the_sentences_of_a_known_run() -> None:
    votes = Voted(
        seq=0, t=0, method="majority", tally=(Tally(0, "24", 3.0, 3), Tally(1, "7", 1.0, 1))
    )
    view = votes_view(Tree(remembered={Voted: [votes]}))
    assert votes_summary(view) == "Majority vote chooses 24 (3 votes)."
    assert votes_summary(votes_view(Tree())) == "No vote has been held yet."
    assert scores_summary(scores_view(Tree())) == "No step has been scored yet."
    assert cost_summary(cost_view([])) == "Nothing has been spent yet."


def test_the_cost_of_an_unfair_pair_says_so() -> None:
    world = World(seed=3)
    solver, verifier = world.solver(), world.verifier()
    solver.info = replace(solver.info, parameters=1_000)
    verifier.info = replace(verifier.info, parameters=4_700)
    for strategy, said in (("beam_search", True), ("greedy", False)):
        events = search(Problem("?"), strategy, solver=solver, verifier=verifier).events
        summary = cost_summary(cost_view(events))
        assert ("4.7 times as large as the solver" in summary) == said


def test_text_is_shortened_and_escaped() -> None:
    assert plain("a  b\n c") == "a b c"
    assert plain("<b>&$") == "&lt;b&gt;&amp;&#36;"
    assert plain("x" * 200, 10) == "x" * 9 + "…"
    assert one_line("a\u202eb\x00c", 10) == "a�b�c"
    assert plain_lines("one two three", width=7, lines=2) == "one two<br>three"
    assert plain_lines("one two three four", width=9, lines=1) == "one two …"


@pytest.mark.parametrize(
    ("function", "value", "expected"),
    [
        (format_flops, 0, "0 FLOPs"),
        (format_flops, 820, "820 FLOPs"),
        (format_flops, 1.23e9, "1.2 GFLOPs"),
        (format_flops, 999_600, "1 MFLOPs"),
        (format_flops, 3.5e14, "350 TFLOPs"),
        (format_short, 950, "950"),
        (format_short, 1234, "1.2k"),
        (format_short, 35_000_000, "35M"),
        (format_count, 12_345, "12,345"),
        (format_count, 1_234_567, "1.2 million"),
        (format_count, 999_999_999, "1 billion"),
        (format_count, -5, "−5"),
        (format_seconds, 0, "0 s"),
        (format_seconds, 0.0004, "1 ms"),
        (format_seconds, 0.035, "35 ms"),
        (format_seconds, 1.44, "1.4 s"),
        (format_seconds, 59.4, "59 s"),
        (format_seconds, 59.6, "1 min"),
        (format_seconds, 125, "2 min 5 s"),
        (format_seconds, 3599.7, "1 h"),
        (format_seconds, 3780, "1 h 3 min"),
        (format_percent, 0, "0%"),
        (format_percent, 0.0004, "<0.1%"),
        (format_percent, 0.004, "0.4%"),
        (format_percent, 0.616, "62%"),
        (format_percent, 0.9996, ">99.9%"),
        (format_percent, 0.994, "99.4%"),
        (format_percent, 1, "100%"),
        (format_score, 0.714, "0.71"),
        (format_score, None, "not scored"),
    ],
)
def test_numbers_as_people_read_them(function: Any, value: Any, expected: str) -> None:
    assert function(value) == expected


def test_nouns_agree_with_their_numbers() -> None:
    assert counted(1, "step") == "1 step"
    assert counted(2, "step") == "2 steps"
    assert counted(0, "branch", "branches") == "0 branches"


@given(st.floats(min_value=0, max_value=1e308))
def test_every_amount_is_short(value: float) -> None:
    assert len(format_flops(value)) <= 18
    assert len(format_short(value)) <= 12


@pytest.mark.parametrize("strategy", ["greedy", "best_of_n"])
def test_no_bar_of_the_votes_covers_a_heading(strategy: str) -> None:
    world = World(seed=3, words=9, ends=0.5)
    run = search(Problem("?"), strategy, solver=world.solver(), verifier=world.verifier())
    figure = votes_figure(votes_view(run)).to_dict()
    headings = [note["y"] for note in figure["layout"]["annotations"]]
    bars = [(y, trace["width"] / 2) for trace in figure["data"] for y in trace["y"]]
    assert headings
    assert all(abs(y - heading) >= half + 0.5 for y, half in bars for heading in headings)
