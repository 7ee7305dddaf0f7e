"""Monte-Carlo tree search: grow the tree where value and curiosity together are highest."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import Literal

from search_core.strategies.base import (
    BackUp,
    Choose,
    Complete,
    Decide,
    Merge,
    Nodes,
    NodeView,
    Plan,
    Request,
    Sample,
    Score,
    Strategy,
    cut_off,
    out_of_steps,
)
from search_core.strategies.branching import branching_option, distinct_siblings
from search_core.strategies.mcts_tree import Branch, SearchTree, Selected, Selection, priors
from search_core.strategies.options import ScoredOptions, option


@dataclass(frozen=True)
class MctsOptions(ScoredOptions):
    """Options of MCTS."""

    selection: Selection = option(
        "puct",
        "Selection",
        "PUCT explores what the solver finds likely first; UCT knows only visits.",
        choices=("puct", "uct"),
    )
    evaluation: Literal["value", "rollout", "mix"] = option(
        "value",
        "Evaluation",
        "What a new step is worth: its own score, the score of one rollout to the end, or a mix.",
        choices=("value", "rollout", "mix"),
    )
    branching: int = branching_option(4)
    exploration: float = option(
        1.25,
        "Exploration",
        "Low: go where the value is highest. High: go where the search has seldom been.",
        minimum=0.01,
        maximum=100.0,
    )
    final_choice: Literal["vote", "visits", "value", "best_leaf"] = option(
        "vote",
        "Final choice",
        "All solutions vote, or the way down by most visits or by highest value is taken, "
        "or the best-scored solution.",
        choices=("vote", "visits", "value", "best_leaf"),
    )
    leaves_at_once: int = option(
        4,
        "Leaves at once",
        "How many leaves are selected before their steps are written together.",
        minimum=1,
        maximum=64,
        advanced=True,
    )
    rollout_weight: float = option(
        0.5,
        "Rollout weight",
        "In a mix, the part of the rollout; the rest is the step's own score.",
        minimum=0.01,
        maximum=0.99,
        advanced=True,
    )
    prior_temperature: float = option(
        1.0,
        "Prior temperature",
        "PUCT's priors: 1 is the solver's own probability; higher makes siblings more alike.",
        minimum=0.01,
        maximum=100.0,
        advanced=True,
    )

    @property
    def children(self) -> int:
        """New steps under a leaf: one round may hold no more than N."""
        return min(self.branching, self.n)

    @property
    def steps(self) -> int:
        """The budget in steps: what N solutions of the greatest length would take."""
        return self.n * self.max_steps

    @property
    def longest(self) -> int:
        """The most steps that one new child may cost, its rollout included."""
        return 1 if self.evaluation == "value" else self.max_steps


def plan(root: NodeView, options: MctsOptions) -> Plan:
    """Each round: select leaves, expand and evaluate them, back their values up.

    Sources: PUCT, rollouts, their mix and virtual loss from AlphaGo (Silver et al. 2016);
    PUCT's constant 1.25 from MuZero (arXiv 1911.08265, `pb_c_init`; mctx, OpenR); UCT from
    Kocsis and Szepesvári (2006); steps of a language model as moves, and all new siblings
    evaluated at once, from LATS (arXiv 2310.04406) and ReST-MCTS* (arXiv 2406.03816).

    PUCT's prior is the solver's own probability of a step, by a softmax of the siblings'
    log-probabilities. Both formulas count the visits of all siblings, as AlphaGo's does.

    Deliberate differences:
    - Moves are sampled, so a leaf gets `branching` of them, once. Siblings that say the same
      are one move, as in OpenR and ReST-MCTS*: two would share its visits.
    - Every new step is evaluated when it is written and so has 1 visit at its first selection
      (TreeQuest does likewise). Then a step's visits are 1 plus those of its children, and
      no value of an unvisited move has to be made up.
    - Values are plain means in [0, 1], as the verifier says them: nothing is rescaled
      (MuZero), replaced by the maximum (ReST-MCTS*, rollouts) or shifted by noise (AlphaZero).
    - A dead end (cut off, or out of steps) is worth 0, and so is a rollout without an end:
      there is no answer, whatever a verifier would say of it. It is neither scored nor
      selected.
    - A solution may be selected again: its visits rise and nothing is written. That happens N
      times at most; then only unfinished steps are selected, or a search with a good solution
      would go round in it and leave its budget unspent.
    - Rollouts that finished vote, because they were paid for, like others.
    - A virtual loss is one visit worth 0 (AlphaGo: 3 lost games).
    - A leaf is expanded only if its longest rollouts still fit the budget.
    - There is no move before the end: the tree is kept from the problem to the last round.
    """
    tree = SearchTree(root, options.selection, options.exploration, revisits=options.n)
    solutions: dict[str, NodeView] = {}
    left = options.steps
    while len(solutions) < options.n:
        growing, again = _select(tree, left, options)
        if not growing and not again:
            break
        yield from _keep([selected for selected, _ in growing], options)
        new = yield from _expand(tree, growing, options)
        values, looked_ahead = yield from _evaluate(new, solutions, options)
        left -= sum(count for _, count in growing) + looked_ahead
        yield from _back_up(tree, [*new, *again], [*values, *(leaf.value for leaf in again)])
    why = (
        f"{len(solutions)} solutions are finished, and the budget was {options.n}"
        if len(solutions) >= options.n
        else f"The budget of {options.steps} steps is spent"
    )
    rest = tuple(branch.view for branch in tree.waiting.values())
    yield Decide("never_selected", f"{why}; the search never came back to this step.", pruned=rest)
    yield _choice(tree, tuple(solutions.values()), options)


def _select(
    tree: SearchTree, left: int, options: MctsOptions
) -> tuple[list[tuple[Selected, int]], list[Branch]]:
    """A batch of leaves: those to expand, with how many steps each; and solutions seen again.

    One round holds N samples at most, so as many leaves fit as can have all their children.
    """
    growing: list[tuple[Selected, int]] = []
    batch: list[Selected] = []
    at_once = min(options.leaves_at_once, options.n // options.children)
    while len(batch) < at_once and tree.waiting and left >= options.longest:
        selected = tree.select()
        batch.append(selected)
        if not selected.leaf.finished:
            count = min(options.children, left // options.longest)
            growing.append((selected, count))
            left -= count * options.longest
    tree.clear_losses()
    return growing, [selected.leaf for selected in batch if selected.leaf.finished]


def _keep(growing: Sequence[Selected], options: MctsOptions) -> Generator[Request, Nodes, None]:
    """Say of each leaf that is expanded why the search came to it."""
    for selected in growing:
        if selected.leaf.parent is None:
            continue
        others = (
            "no other step beside it could be selected"
            if selected.next_best is None
            else f"the most beside it is {selected.next_best:.3f}"
        )
        why = (
            f"{options.selection.upper()} came to this step: value {selected.value:.3f} + "
            f"exploration {selected.bonus:.3f} = {selected.value + selected.bonus:.3f}; {others}."
        )
        yield Decide(options.selection, why, kept=(selected.leaf.view,))


def _expand(
    tree: SearchTree, growing: Sequence[tuple[Selected, int]], options: MctsOptions
) -> Generator[Request, Nodes, list[Branch]]:
    """Write the new steps of all leaves in one round; the distinct ones join the tree."""
    if not growing:
        return []
    children = yield Sample(
        tuple(selected.leaf.view for selected, count in growing for _ in range(count))
    )
    new: list[Branch] = []
    parent_at = [place for place, (_, count) in enumerate(growing) for _ in range(count)]
    written: list[list[NodeView]] = [[] for _ in growing]
    for child in children:
        written[parent_at[child.place]].append(child)
    for (selected, _), below in zip(growing, written, strict=True):
        siblings, duplicates = distinct_siblings(below)
        if duplicates:
            yield Merge(duplicates)
        shares = _shares(siblings, options)
        new += tree.grow(selected.leaf, siblings, shares, partial(_goes_on, options))
    return new


def _evaluate(
    new: Sequence[Branch], solutions: dict[str, NodeView], options: MctsOptions
) -> Generator[Request, Nodes, tuple[list[float], int]]:
    """What each new step is worth, and how many steps were written to find out.

    Solutions, by their text, are added to those that are known.
    """
    views = [branch.view for branch in new]
    ended = tuple([view for view in views if view.ended == "end"])
    going = tuple([view for view in views if _goes_on(options, view)])
    yield Complete(ended)
    yield from cut_off(views)
    stuck = [view for view in views if view.ended == "step" and view.depth >= options.max_steps]
    if stuck:
        yield out_of_steps(stuck, options.max_steps)

    ends: dict[str, NodeView] = {}
    if going and options.evaluation != "value":
        last = yield Sample(going, to_end=True, max_steps=options.max_steps, rollout=True)
        ends = {view.id: end for view, end in zip(going, last, strict=True)}
    reached = tuple(end for end in ends.values() if end.ended == "end")
    judged = going if options.evaluation != "rollout" else ()
    scored = yield Score((*ended, *reached, *judged), options.aggregate)
    score = {view.id: view.value for view in scored}

    weight = {"value": 0.0, "rollout": 1.0, "mix": options.rollout_weight}[options.evaluation]
    values = []
    for branch in new:
        key = branch.view.id
        value = score.get(key, 0.0)
        if key in ends:
            value = (1 - weight) * value + weight * score.get(ends[key].id, 0.0)
        values.append(value)
        found = branch.view if branch.finished else ends.get(key)
        if found is not None and found.ended == "end":
            if found.path_text not in solutions and not branch.finished:
                yield Complete((found,))
            branch.solution = solutions.setdefault(found.path_text, found)
    return values, sum(ends[view.id].depth - view.depth for view in going if ends)


def _back_up(
    tree: SearchTree, leaves: Sequence[Branch], values: Sequence[float]
) -> Generator[Request, Nodes, None]:
    """Add each leaf's value all the way up, and write the new statistics down, deepest first."""
    deepest_first = sorted(tree.back_up(leaves, values), key=attrgetter("view.depth"), reverse=True)
    yield BackUp(tuple([(branch.view, branch.visits, branch.value) for branch in deepest_first]))


def _choice(tree: SearchTree, solutions: Nodes, options: MctsOptions) -> Choose:
    """The last request: who votes, and how."""
    if options.final_choice == "vote":
        return Choose(solutions, options.judge)
    if options.final_choice == "best_leaf":
        return Choose(solutions, "best")
    by_visits = options.final_choice == "visits"
    chosen = tree.principal(lambda branch: branch.visits if by_visits else branch.value)
    return Choose(() if chosen is None else (chosen,), "best")


def _shares(siblings: Sequence[NodeView], options: MctsOptions) -> list[float]:
    """PUCT's priors. UCT reads none, and asks for nothing that a solver may not give."""
    if options.selection == "uct":
        return [1 / len(siblings)] * len(siblings)
    return priors(siblings, options.prior_temperature)


def _goes_on(options: MctsOptions, view: NodeView) -> bool:
    return view.ended == "step" and view.depth < options.max_steps


MCTS = Strategy(
    name="mcts",
    title="MCTS",
    does="Grows the tree where steps promise most or were seldom tried; what each new step is "
    "worth is carried back to all steps before it.",
    does_not="It commits to nothing: with a small budget it may look everywhere and finish little.",
    source="AlphaGo (Nature 2016); LATS, arXiv 2310.04406; ReST-MCTS*, arXiv 2406.03816",
    kind="tree",
    pseudocode="""\
repeat
    for several leaves at once
        from the problem down to the child with most Q + U
            PUCT: U = c · P · √(ΣN of siblings) / (1 + N)
            UCT:  U = c · √(ln ΣN of siblings / N)
        until a step without children; count a loss for now
    write b next steps under each leaf; merge equal ones
    value ← its score, or the score of a rollout's end, or a mix
    all the way up: N ← N + 1, Q ← mean of the values
until N solutions are finished, or the budget is spent
let the solutions vote, or go down by most visits""",
    options=MctsOptions,
    plan=plan,
    whole_solutions_if={"evaluation": "rollout"},
    logprobs_if={"selection": "puct"},
)
