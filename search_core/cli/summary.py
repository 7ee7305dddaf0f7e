"""One run in a nutshell, as JSON values and as text. A fold over its tree, nothing more."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from search_core.cli.output import flops, plain, verdict
from search_core.log.events import Started
from search_core.log.tree import Tree
from search_core.picture.doubts import doubt_words, doubts
from search_core.picture.endings import endings_words
from search_core.picture.numbers import counted
from search_core.picture.text import one_line
from search_core.run.pairing import size_note

_LONGEST = 60
"""Characters of an answer in the table of votes; the trace and its JSON have all of it."""
_MOST_WARNINGS = 5
"""Different warnings that a summary prints; the trace and its JSON have them all."""


def summary_values(tree: Tree) -> dict[str, Any]:
    """Everything about a run but its events; JSON-ready.

    Raises:
        ValueError: The tree has no header.
    """
    started, finished = _header(tree), tree.finished
    chosen = tree.nodes[finished.chosen] if finished and finished.chosen else None
    return {
        "run": started.run,
        "created": started.created,
        "problem": started.problem.model_dump(),
        "strategy": started.strategy,
        "options": started.options,
        "sampling": started.sampling,
        "seed": started.seed,
        "solver": started.solver.model_dump(),
        "verifier": started.verifier.model_dump(),
        "status": finished.status if finished else "interrupted",
        "message": finished.message if finished else "",
        "warnings": [warned.message for warned in tree.warnings],
        "answer": finished.answer if finished else None,
        "right": chosen.right if chosen else None,
        "right_undecided": chosen.right_undecided if chosen else False,
        "not_compared": doubts(tree),
        "method": finished.method if finished else None,
        "solution": [
            {"id": node.id, "text": node.text, "score": node.score}
            for node in (tree.path(chosen.id) if chosen else [])
        ],
        "endings": endings_words(tree),
        "votes": {method: _vote_values(tree, method) for method in tree.votes},
        "rounds": tree.rounds,
        "steps": len(tree.nodes) - 1,
        "states": dict(sorted(Counter(node.state for node in tree.steps()).items())),
        "cost": asdict(tree.cost),
    }


def print_summary(console: Console, tree: Tree) -> None:
    """The same for people: answer, solution, votes, cost."""
    values = summary_values(tree)
    _line(console, "Problem", values["problem"]["text"])
    asked = ", ".join(f"{name}={value}" for name, value in values["options"].items())
    _line(console, "Strategy", f"{values['strategy']} ({asked}, seed={values['seed']})")
    if _header(tree).solver.steps == "asked":
        _line(console, "Steps", "each asked for in a turn of its own, which is an approximation")
    console.print()
    for step in values["solution"]:
        score = "      " if step["score"] is None else f"{step['score']:.3f} "
        console.print(Text(score, style="dim") + Text(plain(step["text"])))
    if values["solution"]:
        console.print()
    _line(console, "Answer", _answer(values), style="bold")
    if values["status"] != "completed" or values["message"]:
        _line(console, "Status", f"{values['status'].replace('_', ' ')}. {values['message']}")
    for message, count in list(Counter(values["warnings"]).items())[:_MOST_WARNINGS]:
        _line(console, "Warning", message + (f" ({count} times)" if count > 1 else ""))
    if any(vote["tally"] for vote in values["votes"].values()):
        console.print(_vote_table(values))
    if doubt_words(tree):
        _line(console, "Doubt", f"{doubt_words(tree)}.")
    if endings_words(tree):
        _line(console, "Endings", f"{endings_words(tree)}.")
    states = ", ".join(f"{count} {state}" for state, count in values["states"].items())
    _line(
        console,
        "Tree",
        f"{counted(values['steps'], 'step')}, {counted(values['rounds'], 'round')}: {states}",
    )
    _print_cost(console, tree)


def _header(tree: Tree) -> Started:
    if tree.started is None:
        raise ValueError("The run has no header: it never started.")
    return tree.started


def _vote_values(tree: Tree, method: str) -> dict[str, Any]:
    vote = tree.votes[method]
    chosen = tree.nodes[vote.chosen] if vote.chosen else None
    return {
        "chosen": vote.chosen,
        "answer": chosen.answer if chosen else None,
        "right": chosen.right if chosen else None,
        "right_undecided": chosen.right_undecided if chosen else False,
        "tally": [
            {"answer": entry.answer, "votes": entry.votes, "solutions": entry.solutions}
            for entry in vote.tally
        ],
    }


def _answer(values: dict[str, Any]) -> str:
    if values["answer"] is None:
        return "none"
    return f"{values['answer']}  {_verdict(values)}".rstrip()


def _verdict(values: dict[str, Any]) -> str:
    return verdict(values["right"], undecided=values["right_undecided"])


def _vote_table(values: dict[str, Any], most_answers: int = 4) -> Table:
    table = Table(title="Votes", title_justify="left", box=None, pad_edge=False)
    for heading in ("method", "answer", "", "tally"):
        table.add_column(heading, overflow="fold")
    for method, vote in values["votes"].items():
        voters = sum(entry["solutions"] for entry in vote["tally"])
        entries = [
            f"{one_line(entry['answer'], _LONGEST) or 'no answer'}: {entry['votes']:.4g} "
            f"({entry['solutions']} of {voters})"
            for entry in vote["tally"][:most_answers]
        ]
        if len(vote["tally"]) > most_answers:
            entries.append(f"and {len(vote['tally']) - most_answers} more")
        mark = " ← chose" if method == values["method"] else ""
        answer = one_line(vote["answer"], _LONGEST) if vote["answer"] is not None else "none"
        cells = (method + mark, answer, _verdict(vote), ", ".join(entries))
        table.add_row(*(Text(plain(cell)) for cell in cells))
    return table


def _print_cost(console: Console, tree: Tree) -> None:
    cost = tree.cost
    solver = (
        f"{cost.generated:,} tokens written, {cost.prefilled:,} read, {cost.reused:,} from cache, "
        f"{flops(cost.solver_flops, tokens=cost.generated)}"
    )
    verifier = f"{cost.verified:,} tokens, {flops(cost.verifier_flops, tokens=cost.verified)}"
    _line(console, "Solver", solver)
    _line(console, "Verifier", verifier)
    started = _header(tree)
    note = size_note(started.solver.parameters, started.verifier.parameters)
    if note and cost.verified:
        _line(console, "", note)
    _line(console, "Time", f"{cost.seconds:.2f} s inside the models")


def _line(console: Console, name: str, text: str, style: str = "") -> None:
    console.print(Text(f"{name:<9}", style="dim") + Text(plain(text), style=style))
