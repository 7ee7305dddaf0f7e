"""What a format is: the text that one family of verifiers reads of a path."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from search_core.engine.reading.path_reading import PathText
from search_core.verifiers.formats.tokenizers import Ids


class Format(Protocol):
    """How one family of verifiers reads a path. It awaits its `ChatTokenizer` and nothing else, so
    that the same class serves in this process and over a server."""

    async def texts(
        self, problem: str, steps: Sequence[str], first: int, finished: bool
    ) -> list[PathText]:
        """What is read to score `steps[first:]`: their positions together, in order.

        The ids only ever grow: up to `keep`, those of a path begin with those of every path
        that it continues.

        Args:
            problem: Problem text.
            steps: The whole path.
            first: Index of the first step whose score is wanted.
            finished: Whether the last step ended the solution.

        Raises:
            ValueError: The tokenizer lacks what the format needs.
        """
        ...


def read_at_ends(
    prompt: Ids, pieces: Sequence[Ids], first: int, finished: bool, shared: int | None = None
) -> PathText:
    """A path of a prompt and one piece for each step, read at the last token of each.

    Args:
        shared: How much of it all paths of the problem have in common; None: the prompt.
    """
    ends, length = [], len(prompt)
    for piece in pieces:
        length += len(piece)
        ends.append(length - 1)
    ids = sum(pieces, prompt)
    start = len(prompt) if shared is None else shared
    # Nothing continues a finished solution.
    keep = start if finished else len(ids)
    return PathText(ids, tuple(ends[first:]), start, ends[first - 1] + 1 if first else start, keep)


def without_end(ids: Ids, ends: Ids, line_break: Ids) -> Ids:
    """A chat without the end token (and a line break) that the template puts behind a turn.

    Args:
        ends: Ids that end a turn.
        line_break: Ids of a line break.
    """
    last = len(ids)
    if line_break and ids[-1:] == line_break[-1:] and ids[-2:-1] and ids[-2] in ends:
        last -= 1
    return ids[: last - 1] if ids[:last] and ids[last - 1] in ends else ids
