"""Diverse verifier tree search: independent subtrees, greedy in each."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace

from search_core.strategies.base import (
    Choose,
    Complete,
    Decide,
    Nodes,
    NodeView,
    Plan,
    Request,
    Sample,
    Score,
    Strategy,
    cut_off,
    keep_best,
    out_of_steps,
)
from search_core.strategies.endings import LAST_ROUND_STEPS
from search_core.strategies.looking_ahead import LookaheadOptions, look_ahead
from search_core.strategies.options import OptionError, option


@dataclass(frozen=True)
class DvtsOptions(LookaheadOptions):
    """Options of DVTS. The advanced ones name accidents of the published code."""

    beam_width: int = option(
        4,
        "Beam width M",
        "N/M independent subtrees; each writes M next steps a round and keeps the best one.",
        minimum=1,
        maximum=256,
    )
    siblings_finish: bool = option(
        True,
        "Finished siblings count",
        "A finished path is a solution even if a sibling scored better. "
        "Published code drops it unless it is among the last.",
        advanced=True,
    )
    vote_unfinished: bool = option(
        False,
        "Unfinished paths vote",
        "All M siblings of a subtree's last round are candidates, finished or not, "
        "as in published code.",
        advanced=True,
    )
    finish_last_round: bool = option(
        False,
        "Last round runs to the end",
        "In the last round, write each path to its end in one go, as published code does.",
        advanced=True,
    )
    boxed_ends: bool = option(
        False,
        "A boxed answer ends a path",
        "A step with \\boxed{} in it ends its subtree, as in published code.",
        advanced=True,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.n % self.beam_width:
            raise OptionError(
                f"Budget N (n) is {self.n} and Beam width M (beam_width) is {self.beam_width}; "
                "N must be a multiple of M, because DVTS grows N/M subtrees.",
                option="n",
                nearest=self.beam_width * max(1, self.n // self.beam_width),
            )

    def ended(self, node: NodeView) -> bool:
        return super().ended(node) or (self.boxed_ends and "boxed{" in node.text)


def plan(root: NodeView, options: DvtsOptions) -> Plan:
    r"""Each round: M next steps in each of N/M subtrees; each goes on from its best one.

    Source: search-and-learn `dvts`. A subtree stops when its best path is finished. With a
    lookahead, a step is judged by the end of a rollout behind it (see `look_ahead`), in the
    published code too; there a step that ends its subtree by \boxed{} is looked behind as well.
    """
    width = options.beam_width
    heads: dict[int, NodeView] = dict.fromkeys(range(options.n // width), root)
    # By subtree, whichever stopped first: in this order they vote, and the first wins ties.
    solutions: dict[int, list[NodeView]] = {subtree: [] for subtree in heads}
    for step in range(1, options.max_steps + 1):
        last = step == options.max_steps
        to_end = last and options.finish_last_round
        longest = options.max_steps + (LAST_ROUND_STEPS - 1 if to_end else 0)
        parents = tuple(head for head in heads.values() for _ in range(width))
        children = yield Sample(parents, to_end=to_end, max_steps=longest)
        places = [child.place for child in children]
        ends = yield from look_ahead(children, 0 if last else options.lookahead)
        children = yield Score(children, options.aggregate, ends)
        next_heads: dict[int, NodeView] = {}
        for place, subtree in enumerate(heads):
            siblings = tuple(
                child
                for child, grown in zip(children, places, strict=True)
                if grown // width == place
            )
            head = yield from _judge(siblings, subtree, last, solutions[subtree], options)
            if head is not None:
                next_heads[subtree] = head
        heads = next_heads
        if not heads:
            break
    voters = tuple(node for found in solutions.values() for node in found)
    yield Choose(voters, options.judge, options.answerless_vote)


def _judge(
    siblings: Nodes, subtree: int, last: bool, solutions: list[NodeView], options: DvtsOptions
) -> Generator[Request, Nodes, NodeView | None]:
    """Settle one subtree's siblings; the one to go on from, or None if the subtree stops."""
    best = keep_best(siblings, 1, "", "").kept[0]
    ended = [s for s in siblings if options.ended(s)]
    cut_ones = [s for s in siblings if s.cut_off and not options.ended(s)]
    going = [s for s in siblings if not s.cut_off and not options.ended(s)]
    best_ended = options.ended(best)
    stops = last or best_ended or not going

    if stops and options.vote_unfinished:
        rest = tuple(s for s in siblings if not options.ended(s))
        yield Complete(tuple(ended))
        yield Complete(rest, unfinished=True)
        solutions.extend(siblings)
        return None
    if stops or options.siblings_finish:
        yield Complete(tuple(ended))
        solutions.extend(ended)
    else:
        why = "The path is finished, but a sibling scored better and the subtree follows that one."
        yield Decide("sibling_dropped", why, pruned=tuple(ended), subtree=subtree)
    yield from cut_off(cut_ones)
    if stops:
        if best_ended:
            why = "The best path of this subtree is finished, so the subtree stops here."
            cutoff = best.value
            yield keep_best(going, 0, "subtree_finished", why, subtree=subtree, cutoff=cutoff)
        else:
            yield out_of_steps(going, max(s.depth for s in siblings))
        return None
    why = f"DVTS keeps only the best of each subtree by {options.judged_by}."
    decision = keep_best(going, 1, "best_of_subtree", why, subtree=subtree)
    (head,) = yield replace(decision, revisable=True, room=1)
    return head


DVTS = Strategy(
    name="dvts",
    title="DVTS",
    does="Grows N/M separate trees side by side and keeps one path in each, so ideas stay diverse.",
    does_not="Trees do not help each other: a weak one keeps its share of the budget to the end.",
    source="huggingface/search-and-learn, dvts (diverse verifier tree search)",
    kind="prune",
    pseudocode="""\
heads ← N/M copies of the problem
repeat, in each subtree apart
    write M next steps of its head
    score them
    its head ← the best of the M
until every head is finished, or the steps run out
let the finished solutions vote""",
    options=DvtsOptions,
    plan=plan,
    as_published={
        "max_steps": 40,
        "judge": "best",
        "siblings_finish": False,
        "vote_unfinished": True,
        "answerless_vote": True,
        "finish_last_round": True,
        "boxed_ends": True,
        "length_ends": True,
        "empty_ends": True,
    },
)
