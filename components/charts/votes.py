"""Votes: the answers of one run under every vote method, side by side."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from components.charts.frame import Source, axis, empty_figure, note, tree_of
from components.charts.plain_text import plain
from components.palette import GradeName, Theme, palette
from search_core.log.events import Tally, Voted, VoteMethod
from search_core.log.tree import Tree
from search_core.picture.doubts import UNDECIDED_MARK, UNDECIDED_MEANING, doubt_words
from search_core.picture.numbers import counted, format_count, format_short
from search_core.picture.text import one_line
from search_core.scoring import VOTE_METHODS

TITLES: dict[VoteMethod, str] = {
    "majority": "Majority: one vote each",
    "weighted": "Weighted: sum of scores",
    "best": "Best: highest score",
}
MAX_ANSWERS = 5
ANSWER_WIDTH = 14
ROW = 26
"""Height of one line of the chart in px."""
BAR = 0.72
"""Thickness of a bar in lines: by itself plotly fills the gaps, and so covers the headings."""
LETTER = 7.5
"""Width of a letter in px, generously."""


@dataclass(frozen=True, slots=True)
class AnswerVotes:
    """One answer under one method. `share` is its votes over the winner's, in [0, 1].

    The answer is "" where solutions without one vote together, as in published code.
    """

    answer: str
    votes: float
    solutions: int
    share: float
    wins: bool
    grade: GradeName | None
    undecided: bool = False
    """There is a reference, but the answer could not be compared with it."""

    @property
    def label(self) -> str:
        return self.answer or "no answer"


@dataclass(frozen=True, slots=True)
class MethodVotes:
    """One method's answers, best first; `hidden` more have fewer votes. `decides`: this is
    the method that chose the run's answer."""

    method: VoteMethod
    answers: tuple[AnswerVotes, ...]
    hidden: int
    decides: bool


@dataclass(frozen=True, slots=True)
class VotesView:
    """Every method that was held, in the usual order. `doubt`: what could not be compared, in
    words; "" where everything was."""

    methods: tuple[MethodVotes, ...]
    doubt: str = ""
    over: bool = False

    @property
    def empty(self) -> str:
        """What is said where there is nothing to draw."""
        return "No vote was held in this run." if self.over else "No vote has been held yet."


def votes_view(source: Source, *, most: int = MAX_ANSWERS, over: bool = False) -> VotesView:
    """The votes of a run, at most `most` answers per method; `over` as for `scores_view`."""
    tree = tree_of(source)
    grades = _grades(tree)
    undecided = {node.group for node in tree.steps() if node.right_undecided}
    decides = tree.finished.method if tree.finished else None
    held = [tree.votes[method] for method in VOTE_METHODS if method in tree.votes]
    methods = tuple(
        _method(v, grades, undecided, most, v.method == decides) for v in held if v.tally
    )
    return VotesView(methods, doubt_words(tree), over or bool(tree.finished))


def _method(
    voted: Voted,
    grades: dict[int, GradeName],
    undecided: Set[int | None],
    most: int,
    decides: bool,
) -> MethodVotes:
    top = max(tally.votes for tally in voted.tally)
    shown = voted.tally[:most]
    answers = tuple(
        _answer(tally, top, grades, undecided, wins=tally is shown[0]) for tally in shown
    )
    return MethodVotes(voted.method, answers, len(voted.tally) - len(shown), decides)


def _answer(
    tally: Tally,
    top: float,
    grades: dict[int, GradeName],
    undecided: Set[int | None],
    *,
    wins: bool,
) -> AnswerVotes:
    share = max(0.0, tally.votes / top) if top > 0 else 0.0
    grade = grades.get(tally.group)
    unknown = grade is None and tally.group in undecided
    return AnswerVotes(tally.answer, tally.votes, tally.solutions, share, wins, grade, unknown)


def _grades(tree: Tree) -> dict[int, GradeName]:
    """Right or wrong per answer, where its solutions agree on it (a right number can be
    reached by wrong steps)."""
    seen: dict[int, set[bool]] = {}
    for node in tree.steps():
        if node.group is not None and node.right is not None:
            seen.setdefault(node.group, set()).add(node.right)
    names: dict[bool, GradeName] = {True: "right", False: "wrong"}
    return {group: names[marks.pop()] for group, marks in seen.items() if len(marks) == 1}


def votes_figure(view: VotesView, *, theme: Theme = "light") -> Any:
    """The view as one plotly figure: a block of bars per method, the numbers beside them."""
    rows = sum(len(method.answers) + 1.4 for method in view.methods)
    figure = empty_figure(theme, round(max(120, 24 + rows * ROW)))
    if not view.methods:
        note(figure, view.empty, theme)
        return figure
    bars: list[tuple[float, AnswerVotes, VoteMethod]] = []
    row = 0.0
    margin = round(14 + LETTER * max(len(_name(a)) for m in view.methods for a in m.answers))
    for method in view.methods:
        _add_title(figure, method, row, margin, theme)
        bars += [(row + 1 + i, answer, method.method) for i, answer in enumerate(method.answers)]
        row += len(method.answers) + 1.4
    for wins in (True, False):
        chosen = [bar for bar in bars if bar[1].wins == wins]
        if chosen:
            figure.add_trace(_bars(chosen, wins, theme))
    figure.update_layout(
        showlegend=False,
        barmode="overlay",
        margin={"l": margin},
        xaxis=axis(theme, range=[0, 1.4], visible=False),
        yaxis=axis(
            theme,
            range=[row - 0.6, -0.6],
            tickvals=[place for place, _, _ in bars],
            ticktext=[plain(_name(answer)) for _, answer, _ in bars],
            tickfont={"color": palette().themes[theme].text, "size": 12},
            showline=False,
            automargin=False,
        ),
    )
    return figure


def _add_title(figure: Any, method: MethodVotes, row: float, margin: int, theme: Theme) -> None:
    decides = " · decides" if method.decides else ""
    more = f" · {format_count(method.hidden)} more" if method.hidden else ""
    figure.add_annotation(
        text=f"<b>{TITLES[method.method]}</b>{decides}{more}",
        x=0,
        xref="paper",
        xanchor="left",
        xshift=8 - margin,
        y=row,
        yref="y",
        yanchor="middle",
        showarrow=False,
        font={"color": palette().themes[theme].text, "size": 12},
    )


def _bars(bars: list[tuple[float, AnswerVotes, VoteMethod]], wins: bool, theme: Theme) -> Any:
    colours = palette().themes[theme]
    state = palette().states["chosen" if wins else "collapsed"]
    return go.Bar(
        orientation="h",
        width=BAR,
        y=[place for place, _, _ in bars],
        x=[answer.share for _, answer, _ in bars],
        marker={
            "color": state.fill[theme],
            "line": {"color": colours.ink, "width": 2 if wins else 1},
        },
        text=[_number(answer, method) for _, answer, method in bars],
        textposition="outside",
        textfont={"color": colours.text, "size": 12},
        constraintext="none",
        cliponaxis=False,
        hoverinfo="text",
        hovertext=[_hover(answer, method) for _, answer, method in bars],
    )


def _name(answer: AnswerVotes) -> str:
    """The answer as it stands beside its bar, not escaped yet."""
    star = "★ " if answer.wins else ""
    mark = f" {palette().grades[answer.grade].mark}" if answer.grade else ""
    mark = f" {UNDECIDED_MARK}" if answer.undecided else mark
    return f"{star}{one_line(answer.label, ANSWER_WIDTH)}{mark}"


def _number(answer: AnswerVotes, method: VoteMethod) -> str:
    if method == "majority":
        return counted(round(answer.votes), "vote")
    return f"{answer.votes:.2f}" if abs(answer.votes) < 1e6 else format_short(answer.votes)


def _hover(answer: AnswerVotes, method: VoteMethod) -> str:
    grade = f"<br>{palette().grades[answer.grade].label}" if answer.grade else ""
    grade = f"<br>{UNDECIDED_MEANING.capitalize()}" if answer.undecided else grade
    solutions = counted(answer.solutions, "solution")
    return f"{plain(answer.label, 80)}<br>{_number(answer, method)} from {solutions}{grade}"


def votes_summary(view: VotesView) -> str:
    """The chart in one sentence."""
    if not view.methods:
        return view.empty
    parts = []
    for method in view.methods:
        first = method.answers[0]
        grade = f", {palette().grades[first.grade].label.lower()}" if first.grade else ""
        grade = f", {UNDECIDED_MEANING}" if first.undecided else grade
        number = _number(first, method.method)
        amount = number if method.method == "majority" else f"score {number}"
        parts.append(f"{method.method} vote chooses {one_line(first.label, 60)} ({amount}{grade})")
    sentence = "; ".join(parts)
    doubt = f" {view.doubt}." if view.doubt else ""
    return f"{sentence[0].upper()}{sentence[1:]}.{doubt}"
