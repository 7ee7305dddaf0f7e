"""What a run and its marks say in words: one place for the picture, the notebook, the terminal."""

from __future__ import annotations

from collections import Counter

from search_core.log.events import ROOT
from search_core.log.tree import Node, Tree
from search_core.picture.doubts import UNDECIDED_MARK, UNDECIDED_MEANING, grade_mark
from search_core.picture.endings import ending_words
from search_core.picture.folding import Fold
from search_core.picture.numbers import (
    counted,
    format_count,
    format_flops,
    format_score,
    format_seconds,
)
from search_core.picture.palette import StateName, palette
from search_core.picture.text import one_line
from search_core.strategies import STRATEGIES

_LONGEST_TOLD = 120
_LONGEST_ANSWER = 60
_STATUS = {
    "completed": "completed",
    "cancelled": "cancelled",
    "failed": "failed",
    "out_of_budget": "out of budget",
}


def strategy_words(tree: Tree) -> str:
    """The strategy's title; of one that is not known here, its name in the log."""
    name = tree.started.strategy if tree.started else "search"
    if name in STRATEGIES:
        return STRATEGIES[name].title
    return one_line(name.replace("_", " "), _LONGEST_ANSWER).capitalize()


def answer_words(tree: Tree) -> str:
    """The chosen answer on one line; "none" without one."""
    finished = tree.finished
    if finished is None or finished.answer is None:
        return "none"
    return one_line(finished.answer, _LONGEST_ANSWER)


def right_words(tree: Tree) -> str:
    """Right or wrong by a sign and a word, or that it is undecided; "" where nobody knows."""
    chosen = tree.finished.chosen if tree.finished else None
    node = tree.nodes[chosen] if chosen else None
    if node is not None and node.right_undecided:
        return f"{UNDECIDED_MARK} {UNDECIDED_MEANING}"
    if node is None or node.right is None:
        return ""
    grade = palette().grades["right" if node.right else "wrong"]
    return f"{grade.mark} {grade.label.lower()}"


def status_words(tree: Tree) -> str:
    """How the run ended; "interrupted" where its log has no end.

    A picture stands still: whoever draws a run that goes on draws it cut off at this moment.
    """
    return _STATUS[tree.finished.status] if tree.finished else "interrupted"


def vote_words(tree: Tree, most: int = 3) -> str:
    """The votes of the method that chose: "weighted vote: 27 (3.2), 40 (1.1)"; "" without."""
    finished = tree.finished
    vote = tree.votes.get(finished.method) if finished and finished.method else None
    if vote is None or not vote.tally:
        return ""
    entries = [
        f"{one_line(entry.answer, 20) or 'no answer'} ({entry.votes:.3g})"
        for entry in vote.tally[:most]
    ]
    more = len(vote.tally) - most
    return f"{vote.method} vote: {', '.join(entries)}" + (f" and {more} more" if more > 0 else "")


def size_words(tree: Tree) -> str:
    """“64 steps in 4 rounds”."""
    rounds = f" in {counted(tree.rounds, 'round')}" if tree.rounds else ""
    return counted(max(0, len(tree.nodes) - 1), "step") + rounds


def token_words(tree: Tree) -> str:
    """What was written and what was verified."""
    cost = tree.cost
    written = f"{counted(cost.generated, 'token')} written"
    return f"{written}, {format_count(cost.verified)} verified" if cost.verified else written


def compute_words(tree: Tree) -> str:
    """FLOPs of solver and verifier, and seconds inside the models."""
    cost = tree.cost
    models = (
        ("solver", cost.solver_flops, cost.generated),
        ("verifier", cost.verifier_flops, cost.verified),
    )
    # No FLOPs although it read or wrote: nobody knows them.
    parts = [
        f"{format_flops(flops) if flops else 'unknown FLOPs'} {model}"
        for model, flops, tokens in models
        if tokens
    ]
    return ", ".join([*parts, format_seconds(cost.seconds)])


def state_counts(tree: Tree) -> Counter[StateName]:
    """How many steps are in each state; the chosen one is counted as such."""
    chosen = tree.finished.chosen if tree.finished else None
    return Counter("chosen" if node.id == chosen else node.state for node in tree.steps())


def about(tree: Tree) -> str:
    """The whole picture for those who cannot see it."""
    counts = state_counts(tree)
    if not counts:
        return f"A search tree without a step. {answer_sentence(tree)}"
    states = ", ".join(
        f"{entry.label.lower()} {counts[state]}"
        for state, entry in palette().states.items()
        if counts[state]
    )
    steps = counted(len(tree.nodes) - 1, "step")
    levels = counted(max(node.depth for node in tree.steps()), "level")
    return f"{steps} on {levels}: {states}. {answer_sentence(tree)}"


def answer_sentence(tree: Tree) -> str:
    """“The answer is 27, right.”"""
    if tree.finished is None:
        return "The run was interrupted before it had an answer."
    if answer_words(tree) == "none":
        return "There is no answer."
    right = right_words(tree)[2:]
    return f"The answer is {answer_words(tree)}{', ' + right if right else ''}."


def mark_words(node: Node) -> str:
    """Beside a mark: its value and visits, or its score, with the copies."""
    words = ""
    if node.visits is not None and node.value is not None:
        words = f"{node.value:.2f} ({node.visits})"
    elif node.score is not None:
        words = format_score(node.score)
        # Where a rollout's end judged, what counted is not the step's own score.
        if node.ahead is not None and node.aggregate is not None:
            words += f" → {format_score(node.aggregate)}"
    return f"{words} ×{node.copies}".strip() if (node.copies or 0) > 1 else words


def solution_words(node: Node, limit: int = 20) -> str:
    """Beside a finished solution: its answer, and whether it is right."""
    answer = "no answer" if node.answer is None else one_line(node.answer, limit)
    grades = palette().grades
    return f"{answer} {grade_mark(node, grades['right'].mark, grades['wrong'].mark)}".strip()


def answer_given(node: Node) -> str:
    """“answer 27 ✓”, or “no answer”: of a finished solution."""
    words = solution_words(node)
    return words if node.answer is None else f"answer {words}"


def fold_words(fold: Fold) -> str:
    """“12 steps”."""
    return counted(fold.steps, "step")


def told(tree: Tree, node: Node, state: StateName) -> str:
    """What a step says when it is pointed at."""
    text = one_line(node.text, _LONGEST_TOLD)
    if node.id == ROOT:
        return f"The problem: {text}"
    parts = [f"Step {node.depth}", palette().states[state].label.lower()]
    if ending_words(tree, node):
        parts.append(ending_words(tree, node))
    if node.score is not None:
        parts.append(f"score {format_score(node.score)}")
    if state == "pruned" and node.decision is not None:
        cut = tree.decisions[node.decision].cutoff
        if cut is not None:
            parts.append(f"the cut was {format_score(cut)}")
    if node.state == "completed":
        parts.append(answer_given(node))
    return f"{', '.join(parts)}: {text}"


def told_of_fold(fold: Fold) -> str:
    """What a fold says when it is pointed at."""
    best = "" if fold.best is None else f", best score {format_score(fold.best)}"
    return f"{fold_words(fold)} folded{best}"
