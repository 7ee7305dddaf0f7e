"""How paths ended that did not end with an answer, and what repeats itself, in plain words.

`assets/js/words/endings.js` says the same on the page.
"""

from __future__ import annotations

from collections import Counter

from search_core.log.tree import Node, Tree
from search_core.picture.numbers import counted, format_count

_GIVEN_UP = {
    "aborted": "given up before it ended",
    "filtered": "stopped by a content filter before it ended",
    "unknown": "nobody said how it ended",
}
_BY_RULE = {
    "too_long": "cut off at the limit of one step",
    "given_up": _GIVEN_UP["aborted"],
    "run_ended": "not finished when the run ended",
}
"""What the rules of a cut say where the step itself does not."""
_REPEATS = {
    "step": "repeats an earlier step of its path",
    "phrase": "repeats itself over and over",
}
_LABELS = {
    "length": "cut off",
    "aborted": "given up",
    "filtered": "content filter",
    "unknown": "end unknown",
}


def ending_words(tree: Tree, node: Node) -> str:
    """What went wrong with a step or its path; "" where nothing did.

    “cut off at the limit of one step, 96 tokens; repeats itself over and over”.
    """
    return "; ".join(
        words for words in (_unfinished(tree, node), _REPEATS.get(node.repeats)) if words
    )


def ending_label(node: Node) -> str:
    """The same in a word or two, beside a mark."""
    labels = (_LABELS.get(node.ended), "repeats" if node.repeats else "")
    return ", ".join(label for label in labels if label)


def endings_words(tree: Tree) -> str:
    """“2 paths cut off at the limit of one step, 96 tokens; 1 path ended without an answer”.

    "" where every path that was not pruned for its score ended with an answer.
    """
    counts: Counter[str] = Counter()
    for node in tree.steps():
        if node.role == "step" and (node.state == "completed" or not node.children):
            words = _unfinished(tree, node)
            if words:
                counts[words] += 1
    said = [f"{counted(count, 'path')} {words}" for words, count in counts.most_common()]
    looped = sum(node.repeats != "" for node in tree.steps())
    if looped:
        said.append(
            f"{counted(looped, 'step')} {'repeats' if looped == 1 else 'repeat'} what was said"
        )
    return "; ".join(said)


def _unfinished(tree: Tree, node: Node) -> str:
    if node.ended in _GIVEN_UP:
        return _GIVEN_UP[node.ended]
    if node.ended == "length":
        thinking = ", while it was still thinking" if node.thought == "open" else ""
        return f"cut off at {step_limit(tree, node)}{thinking}"
    if node.state == "completed":
        return "ended without an answer" if node.answer is None else ""
    if node.state != "pruned" or node.decision is None:
        return ""
    rule = tree.decisions[node.decision].rule
    if rule == "out_of_steps" and tree.started and tree.started.strategy == "single_stream":
        return "not finished when its pieces ran out"
    if rule == "out_of_steps":
        return f"not finished after {counted(node.depth, 'step')}, the most that were allowed"
    return _BY_RULE.get(rule, "")


def step_limit(tree: Tree, node: Node) -> str:
    """Which limit a step ran into; one without a token had no room left in the model's context."""
    if not node.tokens and not node.text:
        return "the end of the model's context"
    most = tree.started.sampling.get("max_step_tokens") if tree.started else None
    said = f", {format_count(most)} tokens" if isinstance(most, int) else ""
    return f"the limit of one step{said}"
