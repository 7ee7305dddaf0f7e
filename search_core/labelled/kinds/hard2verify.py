"""Hard2Verify, whose texts and labels are published encrypted, so that no model learns them.

{"unique_id", "canary", "question", "model_response_by_step", "human_labels",
"human_labels_first_error_idx"}; the last four are base64 of the JSON's bytes, XORed with the
SHA-256 of the canary over and over. They are decrypted in memory and must not be written to a
file: `LabelledSolution.secret`. Labels are 1 or 0 for each step and count from 0; a step that
builds on an error is wrong as well.
Source: arXiv 2510.13744 and its evaluation code.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator
from typing import Any

from search_core.labelled import cells
from search_core.labelled.kinds.kind import FileKind, Reading, final_answer, group_of
from search_core.labelled.solution import NO_ERROR, LabelledSolution
from search_core.problem_files.row import Row

ENCRYPTED = ("question", "model_response_by_step", "human_labels", "human_labels_first_error_idx")


def _recognised(values: cells.Values) -> bool:
    return {"canary", "model_response_by_step"} <= set(values)


def _solutions(row: Row, _: Reading) -> Iterator[LabelledSolution]:
    values = dict(row.values)
    key = hashlib.sha256(cells.text(values, "canary").encode()).digest()
    for name in ENCRYPTED:
        values[name] = _decrypted(values.get(name), key, name)
    problem, steps = cells.text(values, "question"), cells.steps(values, "model_response_by_step")
    labels = cells.shares(values["human_labels"], "human_labels", len(steps))
    solution = LabelledSolution(
        id=cells.short_text(values, "unique_id") or "",
        problem=problem,
        steps=steps,
        labels=labels,
        answer=final_answer(steps),
        group=group_of(problem),
        secret=True,
    )
    first = cells.whole(values, ENCRYPTED[-1])
    if first is not None and first != solution.first_error:
        told = "no error" if solution.first_error == NO_ERROR else f"{solution.first_error}"
        raise ValueError(f"has {first} as its first error, and labels that say {told}")
    yield solution


def _decrypted(value: Any, key: bytes, name: str) -> Any:
    """What was encrypted; anything but a text is not."""
    if not isinstance(value, str):
        return value
    try:
        data = base64.b64decode(value, validate=True)
        stream = key * (len(data) // len(key) + 1)
        text = bytes(a ^ b for a, b in zip(data, stream, strict=False)).decode()
    except (binascii.Error, ValueError):
        # Not "from" the error, which would carry parts of the text along.
        raise ValueError(f"has what its canary does not decrypt in {name!r:.60}") from None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text  # a text that was encrypted as it was, and not as JSON


HARD2VERIFY = FileKind(
    name="hard2verify",
    title="Hard2Verify",
    columns=frozenset({"unique_id", "canary", *ENCRYPTED}),
    recognised=_recognised,
    solutions=_solutions,
    takes_scores=True,
    remark="Decrypted in memory; its texts must not be written to a file, so that no model "
    "learns them.",
)
