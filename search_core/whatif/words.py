"""What would have been, in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from search_core.log.events import parent_of
from search_core.log.nodes import NodeState
from search_core.log.tree import Tree
from search_core.picture.numbers import counted, format_signed
from search_core.picture.step_names import step_name
from search_core.picture.text import one_line
from search_core.whatif.differences import Difference
from search_core.whatif.hedging import Hedge

_LONGEST_ANSWER = 60
_MOST_PLACES = 4
_FATES: dict[NodeState, str] = {"completed": "finished", "merged": "merged as a duplicate"}
_VERDICTS = {True: "right", False: "wrong"}


def answer_sentence(
    before: Tree, answer: str | None, right: bool | None, *, sure: bool, hedged: bool = False
) -> str:
    """The answer that there would have been, beside the one that there was."""
    old = before.finished.answer if before.finished else None
    chosen = before.finished.chosen if before.finished else None
    was = _named(old, before.nodes[chosen].right if chosen else None)
    would = _named(answer, right)
    begins = (
        "The answer would be" if sure else "Among the steps that are written the answer would be"
    )
    drawn = " (drawn by the seed)" if hedged and answer is not None else ""
    if old == answer and not hedged:
        return f"{begins} {would}, as it was."
    return f"{begins} {would}{drawn}; it was {was}."


def difference_sentence(difference: Difference) -> str:
    """“Round 2, step 2, branch 4: would be kept (margin +0.02); it was pruned (−0.05).”"""
    now = _fate(difference.would_be, difference.margin, difference.copies, "margin ")
    was = _fate(difference.was, difference.margin_was, difference.copies_was)
    guess = "" if difference.sure else " This is a guess: steps before it are missing."
    name = step_name(difference.id)
    return f"Round {difference.round}, {name}: would be {now}; it was {was}.{guess}"


def missing_sentence(steps: Sequence[str], scores: int) -> str:
    """What a run of its own would have had to ask; "" if nothing."""
    parts = []
    if steps:
        parents = list(dict.fromkeys(parent_of(step) for step in steps))
        places = ", ".join(f"after {step_name(parent)}" for parent in parents[:_MOST_PLACES])
        more = " and elsewhere" if len(parents) > _MOST_PLACES else ""
        parts.append(f"{counted(len(steps), 'step')} would have to be written {places}{more}")
    if scores:
        parts.append(f"{counted(scores, 'path')} would have to be scored")
    return f"{' and '.join(parts)}: from there on it is a guess." if parts else ""


def hedge_sentence(hedge: Hedge, chance: float | None) -> str:
    """How likely each answer is to be drawn."""
    if not hedge.voters:
        return "Hedged selection has nothing to draw from: no solution has an answer."
    shares = ", ".join(
        f"{one_line(share.answer, _LONGEST_ANSWER)} with {share.probability:.0%}"
        for share in hedge.shares[:_MOST_PLACES]
    )
    more = ", …" if len(hedge.shares) > _MOST_PLACES else ""
    right = "" if chance is None else f" A right one is drawn with {chance:.0%}."
    return f"Soft best-of-N with λ = {hedge.strength:g} draws {shares}{more}.{right}"


def sentences(
    answer: str, differences: Sequence[Difference], missing: str, hedge: str, most: int = 12
) -> Iterator[str]:
    """All of it, the answer first."""
    yield answer
    if hedge:
        yield hedge
    if missing:
        yield missing
    if not differences:
        yield "No decision about a step that both runs have would differ."
        return
    verb = "decision" if len(differences) == 1 else "decisions"
    yield f"{len(differences)} {verb} would differ:"
    for difference in differences[:most]:
        yield f"  {difference_sentence(difference)}"
    if len(differences) > most:
        yield f"  and {len(differences) - most} more."


def _named(answer: str | None, right: bool | None) -> str:
    if answer is None:
        return "none"
    verdict = "" if right is None else f" ({_VERDICTS[right]})"
    return one_line(answer, _LONGEST_ANSWER) + verdict


def _fate(state: NodeState, margin: float | None, copies: int | None, name: str = "") -> str:
    said = [] if margin is None else [f"{name}{format_signed(margin)}"]
    if copies is not None:
        said.append(f"{counted(copies, 'copy', 'copies')}")
    words = _FATES.get(state, state)
    return f"{words} ({', '.join(said)})" if said else words
