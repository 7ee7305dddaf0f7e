"""Why a step is where it is, in plain sentences, from the decision that settled it.

`assets/js/words/words.js` says the same on the page (`whySentences`); a test holds both together.
"""

from __future__ import annotations

from search_core.log.events import ROOT, Decided
from search_core.log.tree import Node, Tree
from search_core.picture.doubts import UNDECIDED_MEANING
from search_core.picture.endings import step_limit
from search_core.picture.numbers import format_beside, format_signed

_LONGEST_ANSWER = 22


def why(tree: Tree, node_id: str) -> str:
    """Why this step was kept, cut, merged or finished, and how the verdict came about.

    Raises:
        LogError: There is no such step.
    """
    return " ".join(why_sentences(tree, tree.node(node_id)))


def why_sentences(tree: Tree, node: Node) -> list[str]:
    """The same, sentence by sentence; of the problem itself none."""
    if node.id == ROOT:
        return []
    return [*_state_sentences(tree, node), *_ending_sentences(tree, node)]


def _state_sentences(tree: Tree, node: Node) -> list[str]:
    if node.state == "frontier":
        return ["The solver wrote this step. The run was cut off before the verifier scored it."]
    if node.state == "candidate":
        return ["The verifier scored this step. The run was cut off before the strategy decided."]
    if node.state == "merged":
        return [
            "This path says word for word the same as another one, so only that one is continued."
        ]
    if node.state == "completed":
        return _completed_sentences(tree, node)
    if node.state == "rollout":
        return [
            "The search wrote this step only to see where the one before it leads. It does not go "
            "on from here."
        ]
    decision = None if node.decision is None else tree.decisions[node.decision]
    if decision is None:
        return []
    beam = _beam_sentences(tree, decision)
    return [decision.why, *beam, *_place_sentences(tree, decision, node)]


def _beam_sentences(tree: Tree, decision: Decided) -> list[str]:
    """How the setting that one sees goes together with how many paths are kept."""
    options = tree.started.options if tree.started else {}
    n, width = options.get("n"), options.get("beam_width")
    if not (isinstance(n, int) and isinstance(width, int) and width > 0 and n % width == 0):
        return []
    told = decision.rule == "top_k" and f"keeps the {n // width} best" in decision.why
    return [f"That is N / beam width: {n} / {width} = {n // width}."] if told else []


def _completed_sentences(tree: Tree, node: Node) -> list[str]:
    if node.answer is None:
        said = ["The path ended, but no answer could be read from it, so it has no vote."]
    else:
        answer = " ".join(node.answer.split())
        if len(answer) > _LONGEST_ANSWER:
            answer = f"{answer[: _LONGEST_ANSWER - 1].rstrip()}…"
        said = [f"The path ended here with the answer {answer}."]
    if tree.finished and node.id == tree.finished.chosen:
        said.append("The search chose this solution.")
    if node.group is not None and any(node.group in pair for pair in tree.undecided):
        said.append(
            "Its answer could not be compared with every other: whether they are equal is not "
            "known, so they vote apart."
        )
    if node.right_undecided:
        said.append(f"It {UNDECIDED_MEANING}: whether it is right is not known.")
    elif node.right is not None:
        said.append(_graded(tree, node))
    return said


def _graded(tree: Tree, node: Node) -> str:
    if node.right:
        return "It agrees with the reference: right."
    reference = tree.started.problem.answer if tree.started else None
    if (
        reference is not None
        and node.answer is not None
        and node.answer.strip() == reference.strip()
    ):
        # Of problems whose steps are checked, too, such as Countdown.
        return (
            "It names the right answer, but its steps do not lead to it by the rules of the "
            "problem: wrong."
        )
    return "It disagrees with the reference: wrong."


def _place_sentences(tree: Tree, decision: Decided, node: Node) -> list[str]:
    said = []
    if node.rank is not None:
        said.append(f"Rank {node.rank} of {tree.ranked_with(decision)}.")
    if decision.cutoff is None or node.margin is None or node.aggregate is None:
        return said
    value = format_beside(node.aggregate, decision.cutoff)
    cut = format_beside(decision.cutoff, node.aggregate)
    if node.margin:
        said.append(
            f"Its path scores {value}; the cut was {cut}, so the margin is "
            f"{format_signed(node.margin)}."
        )
    elif node.state == "pruned":
        said.append(f"Its path scores {value}, level with the last one kept; ties go by order.")
    else:
        said.append(f"Its path scores {value}: the lowest that was kept, and so the cut.")
    return said


def _ending_sentences(tree: Tree, node: Node) -> list[str]:
    said = []
    if node.ended == "length":
        thinking = ", while it was still thinking" if node.thought == "open" else ""
        said.append(f"The step was cut off at {step_limit(tree, node)}{thinking}.")
    if node.repeats == "step":
        said.append("The solver repeats itself here: an earlier step of this path says the same.")
    if node.repeats == "phrase":
        said.append("The solver repeats itself here: the step ends with one phrase over and over.")
    return said
