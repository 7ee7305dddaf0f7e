"""Judging by boxes: one chain about a path, with a verdict for each step in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import fmean

from search_core.protocols import Watch
from search_core.verifiers.generative.asking import Judged, Path, chain_about
from search_core.verifiers.generative.boxes import Box, boxes, one_each
from search_core.verifiers.generative.chains import Author, Bill, Chain, Reading, Written
from search_core.verifiers.generative.manners import bare
from search_core.verifiers.generative.options import Reasoning

ATTEMPTS = 4
"""How often a chain is written at most until its verdicts fit."""
WROTE_AGAIN = (
    "Some of the verifier's reasoning did not have one verdict for each step; it was thrown away "
    "and written again, which cost its tokens."
)


@dataclass(slots=True)
class _Try:
    """A chain that is to be written until its verdicts fit.

    Attributes:
        found: Its verdicts, all of them.
        each: Which of them each step has.
    """

    path: Path
    sample: int
    bill: Bill = Bill()
    chain: Chain | None = None
    written: Written | None = None
    found: tuple[Box, ...] = ()
    each: tuple[int, ...] = ()


def judged_in_boxes(
    author: Author, reasoning: Reasoning, paths: Mapping[Path, str], watch: Watch
) -> tuple[dict[Path, Judged], bool]:
    """Scores of all steps of each path, and whether a chain had to be written again.

    Args:
        paths: With the run that asks.

    Raises:
        ValueError: The verdicts of a chain do not fit its steps, however often it is written.
    """
    tries = [_Try(path, sample) for path in paths for sample in range(reasoning.samples)]
    left, attempt = tries, 0
    while left:
        if attempt == ATTEMPTS:
            raise ValueError(_misfit(author, reasoning, left[0]))
        _write(author, reasoning, paths, left, attempt, watch)
        left = [one for one in left if not one.each]
        attempt += 1
    return _read(author, tries, watch), attempt > 1


def _write(
    author: Author,
    reasoning: Reasoning,
    paths: Mapping[Path, str],
    tries: list[_Try],
    attempt: int,
    watch: Watch,
) -> None:
    sampling = reasoning.sampling
    if attempt:
        # At temperature 0 it would be the same again.
        warmer = max(sampling.temperature, reasoning.manner.warm)
        sampling = replace(sampling, temperature=warmer)
    chains = [
        chain_about(one.path, reasoning, paths[one.path], sample=one.sample, attempt=attempt)
        for one in tries
    ]
    for one, chain, written in zip(
        tries, chains, author.write(chains, sampling, watch), strict=True
    ):
        steps = one.path[1]
        one.chain, one.written = chain, written
        one.bill += written.bill
        one.found = tuple(boxes(written.text, [bare(step) for step in steps]))
        one.each = one_each(one.found, len(steps), written.cut)


def _read(author: Author, tries: list[_Try], watch: Watch) -> dict[Path, Judged]:
    readings = [
        Reading(one.chain, _pieces(one.written.text, one.found))
        for one in tries
        if one.chain is not None and one.written is not None
    ]
    scores: dict[Path, list[tuple[float, ...]]] = {}
    reasons: dict[Path, tuple[str, ...]] = {}
    bills: dict[Path, Bill] = {}
    for one, verdicts in zip(tries, author.read(readings, watch), strict=True):
        of_steps = tuple(verdicts.values[place] for place in one.each)
        scores.setdefault(one.path, []).append(of_steps)
        reasons.setdefault(one.path, _reasons(one))
        bills[one.path] = bills.get(one.path, Bill()) + one.bill + verdicts.bill
    return {
        path: Judged(tuple(map(fmean, zip(*several, strict=True))), reasons[path], bills[path])
        for path, several in scores.items()
    }


def _reasons(one: _Try) -> tuple[str, ...]:
    """What was written for each step: from the verdict before to its own."""
    text = one.written.text if one.written is not None else ""
    starts = [0, *(box.end for box in one.found)]
    return tuple(text[starts[place] : one.found[place].end].strip() for place in one.each)


def _pieces(text: str, found: tuple[Box, ...]) -> tuple[tuple[str, bool], ...]:
    starts = [0, *(box.end for box in found)]
    return tuple(
        (text[start : box.start], box.right) for start, box in zip(starts, found, strict=False)
    )


def _misfit(author: Author, reasoning: Reasoning, one: _Try) -> str:
    cut = one.written is not None and one.written.cut
    limit = f", cut off at its limit of {reasoning.tokens:,} tokens" if cut else ""
    return (
        f"Verifier {author.info.name} gave {len(one.found)} verdicts for {len(one.path[1])} steps "
        f"in reasoning that was written {ATTEMPTS} times{limit}. Allow it more (tokens=NUMBER), or "
        "choose the format thinkprm:question, which asks for one verdict after each step."
    )
