"""What cannot be done to a run, each said in one sentence, before anything is driven."""

from __future__ import annotations

from collections.abc import Sequence

from search_core.acts import CUT_BY_HAND, MOST_ACTS, WENT_ON, Act, ActError
from search_core.log.events import ROOT
from search_core.log.tree import Node, Tree
from search_core.picture.step_names import step_name, step_title
from search_core.run.recipe import Recipe

MOST_BESIDE = 64
"""Steps that a person may add to one run, in all."""
_WEIGHED = frozenset(
    {"top_k", "best_of_subtree", "softmax_share", "resampled_away", "run_ended", CUT_BY_HAND}
)
"""Rules of cuts that a person may take back: the strategy goes by the answer (`Decide.revisable`),
or had not decided yet."""
_HALF = {
    "length": "hit the length limit",
    "aborted": "was given up",
    "filtered": "was stopped by a content filter",
    "unknown": "may be half a step",
}


def check_act(act: Act, recipe: Recipe, tree: Tree, earlier: tuple[Act, ...] = ()) -> None:
    """Refuse an act that makes no sense for this run.

    Args:
        tree: The run that it is done to, as it stands.
        earlier: What was done to it before.

    Raises:
        ActError: It makes none; the message says why, and what can be done.
    """
    if len(earlier) >= MOST_ACTS:
        raise ActError(f"One run can be steered by at most {MOST_ACTS} acts; undo one first.")
    if act.action == "change":
        return
    node = tree.nodes.get(act.node)
    if node is None:
        raise ActError(f"The run has no step {act.node}.")
    if node.role == "rollout":
        raise ActError(
            f"{step_title(node.id, tree)} was only written to look ahead; the search itself "
            "never goes there."
        )
    if act.action == "go_on":
        _check_continued(node)
        return
    _check_stream(recipe)
    _check_place(act, node, tree)
    match act.action:
        case "keep":
            _check_kept(node, tree, recipe)
        case "cut":
            _check_cut(node, tree)
        case "grow":
            _check_grown(node, tree)
            _check_room(act, earlier)
        case "edit":
            check_written(recipe)
        case "write":
            check_written(recipe)
            _check_grown(node, tree)
            _check_room(act, earlier)


def check_acts(acts: Sequence[Act], recipe: Recipe) -> None:
    """Refuse acts with which a run cannot begin, whatever its tree will be.

    Raises:
        ActError: They make no sense with this recipe, or are too many.
    """
    if len(acts) > MOST_ACTS:
        raise ActError(f"A run can be steered by at most {MOST_ACTS} acts; got {len(acts)}.")
    if not acts:
        return
    if any(act.action == "go_on" for act in acts):
        raise ActError("A search goes on from a step only where that step is there already.")
    _check_stream(recipe)
    _check_room(acts[-1], tuple(acts[:-1]))
    if any(act.text for act in acts):
        check_written(recipe)


def _check_stream(recipe: Recipe) -> None:
    if recipe.strategy.name == "single_stream":
        raise ActError(
            "A single stream decides nothing step by step, so it cannot be steered; go on from one "
            "of its pieces with another strategy."
        )


def _check_place(act: Act, node: Node, tree: Tree) -> None:
    if node.id == ROOT and act.action in ("keep", "cut", "edit"):
        raise ActError(f"The problem itself cannot be {_DONE[act.action]}; take a step after it.")
    if _rule(node, tree) == WENT_ON and act.action in ("keep", "cut", "edit"):
        raise ActError(
            f"{step_title(node.id)} was there before the search went on from here; undo that first."
        )


_DONE = {"keep": "kept", "cut": "cut", "edit": "edited"}


def _check_kept(node: Node, tree: Tree, recipe: Recipe) -> None:
    if node.state == "merged":
        raise ActError(
            f"{step_title(node.id)} says word for word what {step_name(node.merged_into or ROOT)} "
            "says: keep that."
        )
    if node.state != "pruned":
        raise ActError(f"{step_title(node.id)} was not cut.")
    rule = _rule(node, tree)
    if node.ended != "step" and rule != CUT_BY_HAND:
        half = _HALF.get(node.ended, "is finished")
        raise ActError(
            f"{step_title(node.id)} {half}, so the search cannot go on from it; edit it, or write "
            "another."
        )
    if rule not in _WEIGHED:
        raise ActError(
            f"{recipe.strategy.title} did not weigh {step_name(node.id)} against others when it "
            "ended there; go on from it instead."
        )


def _check_cut(node: Node, tree: Tree) -> None:
    if node.state == "merged":
        raise ActError(f"{step_title(node.id)} was merged as a duplicate; the search is not there.")
    if node.state == "pruned" and _rule(node, tree) != "run_ended":
        raise ActError(f"{step_title(node.id)} was cut already.")


def _check_grown(node: Node, tree: Tree) -> None:
    if node.ended == "end":
        raise ActError(f"The solution is finished at {step_name(node.id)}: nothing comes after it.")
    went_on = any(tree.nodes[child].role == "step" for child in node.children)
    if node.id != ROOT and not went_on and _rule(node, tree) != "run_ended":
        can_be_kept = node.state == "pruned" and _rule(node, tree) in _WEIGHED
        raise ActError(
            f"The search did not go on from {step_name(node.id, tree)}: "
            f"{'keep it first' if can_be_kept else 'go on from it instead'}."
        )


def _check_room(act: Act, earlier: tuple[Act, ...]) -> None:
    added = sum(one.count or (one.action == "write") for one in (*earlier, act))
    if added > MOST_BESIDE:
        raise ActError(f"At most {MOST_BESIDE} steps can be added to one run; undo some first.")


def check_written(recipe: Recipe) -> None:
    if recipe.strategy.reads_logprobs(recipe.options):
        raise ActError(
            f"{recipe.strategy.title} goes by the solver's log-probabilities with these options, "
            "and a step that a person wrote has none; choose others (UCT goes without)."
        )


def _check_continued(node: Node) -> None:
    if node.ended == "end":
        raise ActError(f"The solution is finished at {step_name(node.id)}: nothing comes after it.")
    if node.ended != "step":
        raise ActError(
            f"{step_title(node.id)} {_HALF[node.ended]}, so the search cannot go on from it; "
            "edit it."
        )


def _rule(node: Node, tree: Tree) -> str:
    return "" if node.decision is None else tree.decisions[node.decision].rule
