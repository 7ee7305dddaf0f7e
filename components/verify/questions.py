"""What is asked about one solution or one tree, checked, and the answers as JSON values."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from components.verify.judges import judge, judges, threshold_of
from search_core.labelled.kinds import Reading
from search_core.labelled.kinds.own_traces import solutions_of
from search_core.labelled.opening import read_tree
from search_core.labelled.report import ReadingReport
from search_core.log.traces import OpenedLimits, Trace, TraceError, read_trace
from search_core.log.tree import Tree
from search_core.protocols import Cancelled
from search_core.verify.rescoring import rescored
from search_core.verify.rescoring.words import sentences
from search_core.verify.solution import scored_solution
from search_core.verify.step_verdicts import FORMS, checked_steps, problem_family

MOST_STEPS = 60
MOST_CHARACTERS = 20_000
"""Of a solution, its problem among them."""
MOST_NODES = 1_500
LIMITS = OpenedLimits(events=30_000, lists=300_000)
TRACES = Path(__file__).resolve().parents[2] / "assets" / "traces"
_EXAMPLES = 12
Answer = Callable[[Cancelled], dict[str, Any]]


def read_solution(values: object) -> tuple[str, list[str]]:
    """The problem and the steps of a request.

    Raises:
        ValueError: Something is missing or too long; the message is for the visitor.
    """
    if not isinstance(values, dict):
        raise ValueError("Expected an object with a problem and its steps.")
    problem, steps = values.get("problem"), values.get("steps")
    if not isinstance(problem, str) or not problem.strip():
        raise ValueError("Write the problem first.")
    if not isinstance(steps, list) or not all(isinstance(step, str) for step in steps):
        raise ValueError("The steps are no list of texts.")
    if not steps or not all(step.strip() for step in steps):
        raise ValueError("Every step needs a text; delete those that are empty.")
    if len(steps) > MOST_STEPS:
        raise ValueError(f"There are {len(steps)} steps; at most {MOST_STEPS} are scored here.")
    length = len(problem) + sum(map(len, steps))
    if length > MOST_CHARACTERS:
        raise ValueError(
            f"This has {length:,} characters; at most {MOST_CHARACTERS:,} are scored here."
        )
    try:
        "".join([problem, *steps]).encode()
    except UnicodeEncodeError as error:
        raise ValueError("There is half a character in this text. Type it again.") from error
    return problem, steps


def about_solution(problem: str, steps: list[str], judges: list[str]) -> Answer:
    """Scores by each verifier, and what the checker knows."""

    def work(cancelled: Cancelled) -> dict[str, Any]:
        found = [
            scored_solution(
                problem,
                steps,
                judge(name),
                name=name,
                threshold=threshold_of(name),
                cancelled=cancelled,
            ).to_dict()
            for name in judges
        ]
        holds = checked_steps(problem, steps)
        return {
            "scores": found,
            "holds": None if holds is None else list(holds),
            "form": _form(problem) if holds is not None and None in holds else None,
        }

    return work


def _form(problem: str) -> dict[str, Any] | None:
    """How steps of the problem's family are written; None: it is of none."""
    form = FORMS.get(problem_family(problem) or "")
    return None if form is None else asdict(form)


def example_trace(name: str) -> Path:
    """A recorded example's file.

    Raises:
        ValueError: There is none of this name.
    """
    path = TRACES / f"{name}.jsonl"
    if name not in {file.stem for file in TRACES.glob("*.jsonl")}:
        raise ValueError(f"There is no example {name[:60]!r}.")
    return path


def about_tree(path: Path, name: str) -> Answer:
    """A tree that another verifier scores anew.

    Raises, when it is answered:
        ValueError: It is no tree, or too large; the message is for the visitor.
    """

    def work(cancelled: Cancelled) -> dict[str, Any]:
        trace, tree = _opened(path)
        title = judges()[name]["title"]
        found = rescored(trace.events, judge(name), tree=tree, name=title, cancelled=cancelled)
        problem = tree.started.problem.text if tree.started else ""
        checked = tree.started is not None and tree.started.problem.family in FORMS
        unread = checked and any(node.sound is None for node in found.nodes)
        return {
            "problem": problem,
            "notice": trace.notice,
            "checked": checked,
            "form": _form(problem) if unread else None,
            "sentences": sentences(found),
            **found.to_dict(),
        }

    return work


def _opened(path: Path) -> tuple[Trace, Tree]:
    try:
        trace, tree = read_tree(path, LIMITS)
    except TraceError as error:
        raise ValueError(str(error)) from error
    steps = len(tree.nodes) - 1
    if steps > MOST_NODES:
        raise ValueError(
            f"This tree has {steps:,} steps; at most {MOST_NODES:,} are scored here. "
            "`python -m search_core verify rescore` takes any."
        )
    return trace, tree


@cache
def example_solutions() -> list[dict[str, Any]]:
    """Solutions of recorded examples to begin with: of each problem a right and a wrong one."""
    found: dict[tuple[str, bool | None], dict[str, Any]] = {}
    reading = Reading("wrong", ReadingReport("examples", "trace"))
    for path in sorted(TRACES.glob("*-beam-search.jsonl")):
        for solution in solutions_of(read_trace(path), reading):
            if solution.family is None:
                continue
            mark = {True: "right", False: "wrong", None: "not known"}[solution.answer_right]
            found.setdefault(
                (solution.problem, solution.answer_right),
                {
                    "title": f"{mark[0].upper()}{mark[1:]}: {solution.problem[:70]}",
                    "problem": solution.problem,
                    "steps": list(solution.steps),
                },
            )
    return list(found.values())[:_EXAMPLES]


@cache
def example_trees() -> list[dict[str, str]]:
    """The recorded examples of embedded models, by name and title."""
    found = []
    for path in sorted(TRACES.glob("*.jsonl")):
        with path.open(encoding="utf-8") as file:
            header = json.loads(file.readline())
        if header["problem"].get("family"):
            found.append({"name": path.stem, "title": path.stem.replace("-", " ").capitalize()})
    return found
