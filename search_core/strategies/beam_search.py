"""Beam search over steps, guided by a verifier."""

from __future__ import annotations

from dataclasses import dataclass, replace

from search_core.strategies.base import (
    Choose,
    Complete,
    Decide,
    Merge,
    Nodes,
    NodeView,
    Plan,
    Sample,
    Score,
    Strategy,
    cut_off,
    in_order,
    keep_best,
    out_of_steps,
    split_duplicates,
)
from search_core.strategies.endings import LAST_ROUND_STEPS
from search_core.strategies.looking_ahead import LookaheadOptions, look_ahead
from search_core.strategies.options import OptionError, later_wins_ties_option, option


@dataclass(frozen=True)
class BeamSearchOptions(LookaheadOptions):
    """Options of beam search. The advanced ones name accidents of the published code."""

    beam_width: int = option(
        4,
        "Beam width M",
        "Each kept path is continued M times, so a round keeps the best N/M: of 16 with M 4, four.",
        minimum=1,
        maximum=256,
    )
    filter_duplicates: bool = option(
        True,
        "Merge duplicates",
        "Paths that say word for word the same are continued only once.",
        advanced=True,
    )
    stop_when_full: bool = option(
        True,
        "Stop at N solutions",
        "Stop once N solutions are finished. Published code goes on to the last round.",
        advanced=True,
    )
    sort_completed: bool = option(
        True,
        "Best N solutions vote",
        "If more than N are finished, the best N vote. Published code takes the earliest N.",
        advanced=True,
    )
    repeat_completed: bool = option(
        False,
        "Repeat solutions up to N",
        "If fewer than N are finished, repeat them until N vote, as published code does.",
        advanced=True,
    )
    finish_last_round: bool = option(
        False,
        "Last round runs to the end",
        "In the last round, write each path to its end in one go, as published code does.",
        advanced=True,
    )
    later_wins_ties: bool = later_wins_ties_option()
    lookahead_unscored: bool = option(
        False,
        "Lookahead is not scored",
        "Look ahead, and judge by the step itself all the same, as published code does.",
        advanced=True,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.beam_width > self.n:
            raise OptionError(
                f"Beam width M (beam_width) is {self.beam_width} and Budget N (n) is {self.n}; "
                "M can be at most N.",
                option="beam_width",
                nearest=self.n,
            )

    @property
    def survivors(self) -> int:
        """How many paths are kept after each round: N/M."""
        return self.n // self.beam_width


def plan(root: NodeView, options: BeamSearchOptions) -> Plan:
    """Each round: one more step for each of N paths, score, keep the best N/M.

    Source: search-and-learn `beam_search`; arXiv 2408.03314 section 5.2. The width is kept
    constant by repeating the survivors round-robin in their order; finished paths leave the
    beam and do not shrink it. With a lookahead, an unfinished step is judged by the end of a
    rollout behind it (see `look_ahead`); a last round, which prunes whatever is unfinished, looks
    no further. The published code writes these rollouts and then scores the step alone
    (`lookahead_unscored`): all of the cost and none of the use. It also writes them behind
    every duplicate; here they are written once where duplicates are merged.
    """
    beam: Nodes = (root,)
    solutions: Nodes = ()
    for step in range(1, options.max_steps + 1):
        last = step == options.max_steps
        to_end = last and options.finish_last_round
        longest = options.max_steps + (LAST_ROUND_STEPS - 1 if to_end else 0)
        children = yield Sample(tile(beam, options.n), to_end=to_end, max_steps=longest)
        full = options.stop_when_full and _finished(children, solutions, options) >= options.n
        ahead = 0 if last or full else options.lookahead
        ends = yield from look_ahead(children, ahead, merge=options.filter_duplicates)
        if options.lookahead_unscored:
            ends = children
        children = yield Score(children, options.aggregate, ends)
        ended = tuple(c for c in children if options.ended(c))
        yield Complete(ended)
        yield from cut_off(c for c in children if not options.ended(c))
        solutions += ended

        active = [c for c in children if c.ended == "step" and not options.ended(c)]
        if options.filter_duplicates:
            active, duplicates = split_duplicates(active)
            yield Merge(duplicates)
        if last:
            yield out_of_steps(active, longest)
            break
        if full:
            why = f"{len(solutions)} solutions are finished, and the budget was {options.n}."
            yield Decide("enough_solutions", why, pruned=tuple(active))
            break
        if not active:
            break
        kept = options.survivors
        decision = keep_best(
            active,
            kept,
            "top_k",
            f"Beam search keeps the {kept} best of each round by {options.judged_by}.",
            later_wins_ties=options.later_wins_ties,
        )
        beam = in_order(active, (yield replace(decision, revisable=True)))
    yield Choose(_voters(solutions, options), options.judge, options.answerless_vote)


def tile(beam: Nodes, width: int) -> Nodes:
    """The beam repeated round-robin to `width`: A, B, C, A, B, …"""
    return tuple(beam[index % len(beam)] for index in range(width))


def _finished(children: Nodes, solutions: Nodes, options: BeamSearchOptions) -> int:
    return len(solutions) + sum(options.ended(child) for child in children)


def _voters(solutions: Nodes, options: BeamSearchOptions) -> Nodes:
    if options.sort_completed:
        solutions = keep_best(solutions, options.n, "", "").kept
    else:
        solutions = solutions[: options.n]
    if options.repeat_completed and solutions:
        solutions = tile(solutions, options.n)
    return solutions


BEAM_SEARCH = Strategy(
    name="beam_search",
    title="Beam search",
    does="Writes one step for N paths at once, keeps the best-scored N/M, and goes on from those.",
    does_not="It does not go back: once every right path is cut, no later round can save it.",
    source="arXiv 2408.03314, section 5.2; huggingface/search-and-learn, beam_search",
    kind="prune",
    pseudocode="""\
beam ← N copies of the problem
repeat
    write one step for each of the N paths
    score the new steps
    set finished paths aside
    keep the N/M best of the others
    beam ← each of them M times
until N are finished, or the steps run out
let the finished solutions vote""",
    options=BeamSearchOptions,
    plan=plan,
    as_published={
        "max_steps": 40,
        "judge": "best",
        "filter_duplicates": False,
        "stop_when_full": False,
        "sort_completed": False,
        "repeat_completed": True,
        "finish_last_round": True,
        "length_ends": True,
        "empty_ends": True,
        "answerless_vote": True,
        "later_wins_ties": True,
        "lookahead_unscored": True,
    },
)
