"""Cuts what a chat wrote into steps, at blank lines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from search_core.protocols import StepSample
from search_core.remote.chat.wire import ChatReply
from search_core.steps import BLANK_LINES
from search_core.steps.splitting import cuts, ending


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A step's place in a text: it begins at `start`, and the next one at `after`."""

    start: int
    end: int
    after: int


def first(text: str) -> Paragraph | None:
    """The first step, if a blank line ends it and something stands behind; None before that.

    Blank lines before it are left out: a server that takes away the white space at the end of what
    it continues lets the model write it again.
    """
    return _next(text, _begins(text))


def paragraphs(text: str) -> list[Paragraph]:
    """All of them; at least one, which may be empty."""
    found, start = [], _begins(text)
    while (paragraph := _next(text, start)) is not None:
        found.append(paragraph)
        start = paragraph.after
    return [*found, Paragraph(start, len(text.rstrip()), len(text))]


def _next(text: str, start: int) -> Paragraph | None:
    """The step that begins there, as steps are cut everywhere: no code, list or formula is torn."""
    rest = text[start:]
    for cut in cuts(rest, BLANK_LINES):
        behind = rest[cut.end :]
        if not behind.strip():
            return None
        if rest[: cut.start].strip() and ending(rest, cut, BLANK_LINES) == "ends":
            return Paragraph(start, start + cut.start, start + cut.end + _begins(behind))
    return None


def one_step(reply: ChatReply) -> StepSample:
    """What was written for one step: up to its blank line, or all of it.

    All tokens count that came, also those behind it before the server stopped.
    """
    at = first(reply.text)
    read, known = reply.read
    return StepSample(
        text=_said(reply.text, at or paragraphs(reply.text)[0]),
        tokens=reply.written,
        logprob=reply.logprob(0, at.after if at else None),
        ended="step" if at else reply.ended or "unknown",
        prefilled=read,
        reused=known,
    )


def all_steps(reply: ChatReply) -> list[StepSample]:
    """A whole solution as its steps. What was read counts for the first, and so do thoughts."""
    found = paragraphs(reply.text)
    counts = _counts(reply, found)
    steps, start = [], 0
    for at, tokens in zip(found, counts, strict=True):
        end = None if at is found[-1] else at.after
        logprob = reply.logprob(start, end)
        steps.append(StepSample(_said(reply.text, at), tokens, logprob, "step"))
        start = at.after
    read, known = reply.read
    steps[0] = replace(steps[0], prefilled=read, reused=known)
    steps[-1] = replace(steps[-1], ended=reply.ended or "unknown")
    return steps


def _said(text: str, at: Paragraph) -> str:
    return text[at.start : at.end].rstrip()


def _counts(reply: ChatReply, found: list[Paragraph]) -> list[int]:
    """How many tokens each has: as the server's tokens say, else by its share of the characters."""
    written = reply.written
    ends = [at.after for at in found[:-1]]
    if reply.tokens:
        upto = [sum(token.start < end for token in reply.tokens) for end in ends]
        upto = [count + max(0, written - len(reply.tokens)) for count in upto]
    else:
        upto = [round(written * end / max(1, len(reply.text))) for end in ends]
    return [end - start for start, end in pairwise([0, *upto, max(written, *upto, 0)])]


def _begins(text: str) -> int:
    """Behind blank lines; indentation is the step's own."""
    bare = len(text) - len(text.lstrip())
    return text.rfind("\n", 0, bare) + 1
