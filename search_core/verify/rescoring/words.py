"""What a rescoring says, in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from search_core.evaluation.intervals import IntervalEstimate
from search_core.picture.numbers import counted
from search_core.picture.step_names import step_name
from search_core.verify.rescoring.decision import FirstDecision
from search_core.verify.rescoring.rescoring import RescoredNode, Rescoring

_MOST_NAMED = 4


def sentences(found: Rescoring) -> list[str]:
    """All that there is to say, most important first."""
    return [*_decision(found), *_agreement(found)]


def _decision(found: Rescoring) -> Iterator[str]:
    decision = found.decision
    if decision is None:
        yield found.why_none
        return
    scores = {node.id: node for node in found.nodes}
    if decision.what == "choice":
        then, now = (_steps(nodes, scores) for nodes in (decision.kept_then, decision.kept_now))
        yield f"The same steps would go on, but {found.by} would choose {now}; chosen was {then}."
    else:
        yield _cut(found, decision, scores)
    yield _right(found, decision)
    if found.course is not None:
        yield str(found.course).split("\n")[0]


def _cut(found: Rescoring, decision: FirstDecision, scores: dict[str, RescoredNode]) -> str:
    then, now = (_steps(nodes, scores) for nodes in (decision.kept_then, decision.kept_now))
    begins = f"Round {decision.round} is the first decision that would differ:"
    if not decision.driven:
        begins = f"Round {decision.round} is the first whose order would differ:"
    if not decision.kept_then:
        return f"{begins} {found.by} would let {now} go on, too."
    if not decision.kept_now:
        return f"{begins} {found.by} would not let {then} go on."
    return f"{begins} {found.by} would prefer {now} to {then}."


def _right(found: Rescoring, decision: FirstDecision) -> str:
    by = {
        "checker": "By the checker",
        "reference": "By the reference answer",
        "rollouts": "By the rollouts from these steps",
    }
    if decision.right == "not known":
        return (
            "Which of the two was right there is not known: nobody can say which steps hold. "
            "Rollouts could tell, which `audit` makes."
        )
    if decision.right == "alike" and decision.source == "rollouts":
        return f"{by[decision.source]} neither was surely right there."
    if decision.right == "alike":
        return f"{by[decision.source]} the two were equally right there."
    who, other = (found.was, found.by) if decision.right == "was" else (found.by, found.was)
    return f"{by[decision.source]} {who} was right there, and {other} was wrong."


def _agreement(found: Rescoring) -> Iterator[str]:
    agreement = found.agreement
    if agreement.overall is None:
        yield (
            f"With scores of both: {counted(agreement.steps, 'step')}, too few or too equal for a "
            "rank correlation."
        )
        return
    told = f"Over {agreement.steps} steps the rank correlation of the two is "
    told += _interval(agreement.overall)
    if agreement.among_siblings is not None:
        told += f"; among siblings it is {_interval(agreement.among_siblings)}"
    yield told + "."
    if agreement.groups:
        yield (
            f"In {agreement.other_best} of {counted(agreement.groups, 'group')} of siblings the "
            "two have another best step."
        )


def _interval(estimate: IntervalEstimate) -> str:
    numbers = (estimate.value, estimate.low, estimate.high)
    value, low, high = (f"{number:.2f}".replace("-", "−") for number in numbers)
    return f"{value} [{low}, {high}]"


def _steps(nodes: Sequence[str], scores: dict[str, RescoredNode]) -> str:
    """“step 2, branch 2 (0.81, now 0.20)”, several of them with semicolons."""
    if not nodes:
        return "no solution"
    named = [_step(node, scores) for node in nodes[:_MOST_NAMED]]
    more = len(nodes) - _MOST_NAMED
    named += [f"{more} more"] if more > 0 else []
    return "; ".join(named)


def _step(node: str, scores: dict[str, RescoredNode]) -> str:
    found = scores.get(node)
    if found is None or found.was is None or found.now is None:
        return step_name(node)
    return f"{step_name(node)} ({found.was:.2f}, now {found.now:.2f})"
