"""What a chosen problem claims to show, and how a finished run is held to it.

Each claim looks at nothing but the run's own log: its votes, what was graded right and wrong, what
was kept and cut, and, for Countdown, whether the numbers that were left still reach the target.
So whoever runs the recipe again can check it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from search_core.embedded import prospects
from search_core.embedded.checking import starting_state
from search_core.embedded.checking.countdown import CountdownState
from search_core.embedded.families import countdown
from search_core.log.events import Decided
from search_core.log.tree import Node, Tree
from search_core.problem import Problem

CLEAR = 0.05
"""The least distance between two scores, 0 to 1, that is taken for more than rounding: another
machine adds in another order, and a claim must hold there too."""
FEW = 4
"""A small budget, beside the whole one."""


@dataclass(frozen=True)
class Finding:
    """A run that shows what is claimed.

    Attributes:
        strength: How plainly it does; more is plainer.
        evidence: What a reader could not count in the log, by name; JSON-ready.
    """

    strength: float
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Claim:
    """One thing that a search can show.

    Attributes:
        name: Identifier, and the name of the trace that shows it.
        title: What the page calls a problem that shows it: "one where …".
        short: The same in few words, for a chip.
        strategy, options: How it is searched.
        verifier: Name of the embedded verifier that scores; the solver is the small one.
        families: Embedded families whose problems can show it.
        check: The finding in a finished, graded run; None: the run does not show it.
    """

    name: str
    title: str
    short: str
    strategy: str
    options: Mapping[str, Any]
    families: tuple[str, ...]
    check: Callable[[Tree], Finding | None]
    verifier: str = "small"


def voting_fails(tree: Tree) -> Finding | None:
    """Most attempts agree on a wrong answer, and the votes weighted by score find the right one."""
    majority, weighted = tree.votes.get("majority"), tree.votes.get("weighted")
    if majority is None or weighted is None:
        return None
    if _right(tree, majority.chosen) is not False or _right(tree, weighted.chosen) is not True:
        return None
    total = sum(entry.votes for entry in weighted.tally)
    lead = (weighted.tally[0].votes - weighted.tally[1].votes) / total
    counts = [entry.solutions for entry in majority.tally]
    if len(counts) < 2 or counts[0] - counts[1] < 2 or lead < CLEAR:
        return None
    return Finding(counts[0] / sum(counts) + lead - _effort(tree))


def verifier_is_fooled(tree: Tree) -> Finding | None:
    """The solution with the best score is wrong, and most attempts are right."""
    majority, best = tree.votes.get("majority"), tree.votes.get("best")
    if majority is None or best is None:
        return None
    if _right(tree, best.chosen) is not False or _right(tree, majority.chosen) is not True:
        return None
    right = [_aggregate(node) for node in _solutions(tree) if node.right]
    lead = _aggregate(tree.nodes[str(best.chosen)]) - max(right)
    counts = [entry.solutions for entry in majority.tally]
    if 2 * counts[0] <= sum(counts) or lead < CLEAR:
        return None
    return Finding(counts[0] / sum(counts) + lead - _effort(tree))


def more_budget_is_worse(tree: Tree) -> Finding | None:
    """The best score among the first few solutions is right; among all of them it is wrong."""
    solutions = _solutions(tree)
    best = tree.votes.get("best")
    if best is None or _right(tree, best.chosen) is not False or len(solutions) <= FEW:
        return None
    # Sampling is seeded for each node, so a budget of `FEW` writes exactly these.
    few = [node for node in solutions if _number(node) < FEW]
    then = max(few, key=_aggregate, default=None)
    if then is None or not then.right:
        return None
    others = [_aggregate(node) for node in few if not node.right]
    lead = _aggregate(tree.nodes[str(best.chosen)]) - max(
        _aggregate(node) for node in solutions if node.right
    )
    clear = min([lead, *(_aggregate(then) - other for other in others)])
    if not others or clear < CLEAR:
        return None
    plain = clear - _effort(tree)
    return Finding(plain, {"few": FEW, "then": then.id})


def right_path_is_cut(tree: Tree) -> Finding | None:
    """A cut step still led to the target, and none of those kept in its place did.

    What a Countdown step leaves is known, so that is computed and not guessed: `way` are steps
    that go on from the cut one to the target.
    """
    finished, header = tree.finished, tree.started
    if finished is None or header is None or _right(tree, finished.chosen) is not False:
        return None
    if any(node.right for node in tree.steps()):
        return None
    problem = Problem(header.problem.text, header.problem.answer, "countdown")
    for decision in tree.decisions:
        cut = [verdict.id for verdict in decision.pruned if verdict.rank is not None]
        kept = [verdict.id for verdict in decision.kept]
        hopeful = [node_id for node_id in cut if _hopeful(tree, problem, node_id)]
        if not hopeful or not kept or any(_hopeful(tree, problem, node_id) for node_id in kept):
            continue
        if any(tree.nodes[node_id].state == "completed" for node_id in kept):
            continue
        margin = _margin(decision, hopeful[0])
        if margin is None or -margin < CLEAR:
            return None
        step = hopeful[0]
        way = _way(tree, problem, step)
        if not way:  # The step itself had reached the target.
            return None
        # The earlier it is cut, and the shorter the way from there, the easier it is to see.
        strength = 1 / decision.round + 1 / len(way) - _effort(tree)
        evidence = {"step": step, "text": tree.nodes[step].text, "way": way, "kept": len(kept)}
        return Finding(strength, evidence)
    return None


CLAIMS: Mapping[str, Claim] = {
    claim.name: claim
    for claim in (
        Claim(
            "voting_fails",
            "one where voting fails",
            "voting fails",
            "best_of_n",
            {"n": 16, "judge": "weighted"},
            ("word",),
            voting_fails,
        ),
        Claim(
            "verifier_is_fooled",
            "one where the verifier is fooled",
            "the verifier is fooled",
            "best_of_n",
            {"n": 16, "judge": "best"},
            ("word",),
            verifier_is_fooled,
            verifier="early",
        ),
        Claim(
            "right_path_is_cut",
            "one where beam search cuts the right path",
            "the right path is cut",
            "beam_search",
            {"n": 8, "beam_width": 4},
            ("countdown",),
            right_path_is_cut,
        ),
        Claim(
            "more_budget_is_worse",
            "one where a larger budget does worse",
            "more is worse",
            "best_of_n",
            {"n": 32, "judge": "best"},
            ("word",),
            more_budget_is_worse,
            verifier="early",
        ),
    )
}


def _solutions(tree: Tree) -> list[Node]:
    return [node for node in tree.steps() if node.state == "completed" and node.answer is not None]


def _effort(tree: Tree) -> float:
    """What it takes to check the problem in one's head: small where its numbers are."""
    header = tree.started
    if header is None:
        return 0.0
    numbers = re.findall(r"\d+", f"{header.problem.text} {header.problem.answer}")
    return max(map(int, numbers), default=0) / 1000 + len(header.problem.text) / 1000


def _number(node: Node) -> int:
    """Which of the attempts of best-of-N a solution is."""
    return int(node.id.partition(".")[0])


def _right(tree: Tree, node_id: str | None) -> bool | None:
    return None if node_id is None else tree.nodes[node_id].right


def _aggregate(node: Node) -> float:
    return -1.0 if node.aggregate is None else node.aggregate


def _margin(decision: Decided, node_id: str) -> float | None:
    return next((verdict.margin for verdict in decision.pruned if verdict.id == node_id), None)


def _texts(tree: Tree, node_id: str) -> Sequence[str]:
    return [node.text for node in tree.path(node_id)]


def _hopeful(tree: Tree, problem: Problem, node_id: str) -> bool:
    return prospects(problem, _texts(tree, node_id))[-1]


def _way(tree: Tree, problem: Problem, node_id: str) -> list[str]:
    """Steps from a hopeful one to the target."""
    state = starting_state(problem)
    for text in _texts(tree, node_id):
        state.tell(text)
    if not isinstance(state, CountdownState):
        raise ValueError(f"Got a problem of family {problem.family!r}; expected countdown.")
    play = countdown.find_any_play(tuple(state.left), state.target, random.Random(0))
    return [str(equation) for equation, _ in play or ()]
