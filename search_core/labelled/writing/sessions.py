"""The paths of a tree as sessions that the Hub's trace viewer shows, a file for each path.

A session is a chat and has no branches: the problem is the user's message, each step the
assistant's, each score the reply of a tool called "verifier". The node of each message, and the
file of the whole tree, stand in the header's and the messages' further keys, which the viewer
ignores.
Source: huggingface.co/docs/hub/session-traces-format (the Session Trace Simple Format).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from search_core.labelled.writing.values import leaves
from search_core.log.traces import Trace
from search_core.log.tree import Node

HARNESS = "espalier"
TOOL = "verifier"
_LONGEST_NAME = 100


def sessions_of_tree(trace: Trace, file: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The name of each session's file, and its lines; solutions first.

    Args:
        file: Name of the file with the whole tree.
    """
    tree = trace.tree
    ends = sorted(leaves(tree), key=lambda node: node.state != "completed")
    for number, end in enumerate(ends, start=1):
        yield f"{number:04d}-{end.state}.jsonl", _session(trace, end, file)


def _session(trace: Trace, end: Node, file: str) -> list[dict[str, Any]]:
    header, tree = trace.started, trace.tree
    problem = header.problem.text
    lines: list[dict[str, Any]] = [
        {
            "type": "session",
            "harness": HARNESS,
            "id": f"{header.run}/{end.id}",
            "name": f"{end.state}: {' '.join(problem.split())[:_LONGEST_NAME]}",
            "tree": file,
            "node": end.id,
            "strategy": header.strategy,
            "answer": end.answer,
            "right": end.right,
        },
        _message(role="user", content=problem),
    ]
    for node in tree.path(end.id):
        step = {"role": "assistant", "content": node.text, "model": header.solver.name}
        if node.score is None:
            lines.append(_message(**step, node=node.id))
            continue
        call = f"score-{node.id}"
        arguments = json.dumps({"verifier": header.verifier.name, "step": node.depth})
        function = {"name": TOOL, "arguments": arguments}
        lines.append(_message(**step, node=node.id, toolCalls=[{"id": call, "function": function}]))
        said = {"score": node.score, "aggregate": node.aggregate, "state": node.state}
        lines.append(_message(role="tool", content=json.dumps(said), toolCallId=call))
    return lines


def _message(node: str | None = None, **message: Any) -> dict[str, Any]:
    line = {"type": "message", "message": message}
    return line if node is None else {**line, "node": node}
