"""Judging by boxes: one chain about a path, with a verdict for each step in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from search_core.protocols import Watch
from search_core.verifiers.generative.asking import JudgedPath, Path, chain_about, mean_of
from search_core.verifiers.generative.boxes import Box, boxes, one_each
from search_core.verifiers.generative.chains import (
    Bill,
    Chain,
    ReasoningModel,
    VerdictQuery,
    WrittenChain,
)
from search_core.verifiers.generative.options import Reasoning
from search_core.verifiers.generative.prompts import bare

ATTEMPTS = 4
"""How often a chain is written at most until its verdicts fit."""
WROTE_AGAIN = (
    "Some of the verifier's reasoning did not have one verdict for each step; it was thrown away "
    "and written again, which cost its tokens."
)


@dataclass(slots=True)
class _Trial:
    """A chain that is to be written until its verdicts fit.

    Attributes:
        found: Its verdicts, all of them.
        each: Which of them each step has.
    """

    path: Path
    sample: int
    bill: Bill = Bill()
    chain: Chain | None = None
    written: WrittenChain | None = None
    found: tuple[Box, ...] = ()
    each: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundInBoxes:
    """What was found of paths.

    Attributes:
        judged: Scores of all steps of each; none of one whose verdicts do not fit its steps,
            however often they are written.
        again: Whether a chain had to be written again.
        misfit: What there is to say of a chain that never fitted; "": all did.
    """

    judged: dict[Path, JudgedPath]
    again: bool
    misfit: str


def judged_in_boxes(
    model: ReasoningModel, reasoning: Reasoning, paths: Mapping[Path, str], watch: Watch
) -> FoundInBoxes:
    """Scores of all steps of each path.

    Args:
        paths: With the run that asks.
    """
    trials = [_Trial(path, sample) for path in paths for sample in range(reasoning.samples)]
    left, attempt = trials, 0
    while left and attempt < ATTEMPTS:
        _write(model, reasoning, paths, left, attempt, watch)
        left = [trial for trial in left if not trial.each]
        attempt += 1
    misfit = _misfit(model, reasoning, left[0]) if left else ""
    return FoundInBoxes(_read(model, trials, watch), attempt > 1, misfit)


def _write(
    model: ReasoningModel,
    reasoning: Reasoning,
    paths: Mapping[Path, str],
    trials: list[_Trial],
    attempt: int,
    watch: Watch,
) -> None:
    sampling = reasoning.sampling
    if attempt:
        # At temperature 0 it would be the same again.
        warmer = max(sampling.temperature, reasoning.prompt.warm)
        sampling = replace(sampling, temperature=warmer)
    chains = [
        chain_about(trial.path, reasoning, paths[trial.path], sample=trial.sample, attempt=attempt)
        for trial in trials
    ]
    for trial, chain, written in zip(
        trials, chains, model.write(chains, sampling, watch), strict=True
    ):
        steps = trial.path[1]
        trial.chain, trial.written = chain, written
        trial.bill += written.bill
        trial.found = tuple(boxes(written.text, [bare(step) for step in steps]))
        trial.each = one_each(trial.found, len(steps), written.cut)


def _read(model: ReasoningModel, trials: list[_Trial], watch: Watch) -> dict[Path, JudgedPath]:
    fitting = [trial for trial in trials if trial.each]
    queries = [
        VerdictQuery(trial.chain, _pieces(trial.written.text, trial.found))
        for trial in fitting
        if trial.chain is not None and trial.written is not None
    ]
    scores: dict[Path, list[tuple[float | None, ...]]] = {trial.path: [] for trial in trials}
    reasons: dict[Path, tuple[str, ...]] = {}
    bills = dict.fromkeys(scores, Bill())
    for trial in trials:
        bills[trial.path] += trial.bill
    for trial, verdicts in zip(fitting, model.read(queries, watch) if queries else [], strict=True):
        of_steps = tuple(verdicts.values[place] for place in trial.each)
        scores[trial.path].append(of_steps)
        reasons.setdefault(trial.path, _reasons(trial))
        bills[trial.path] += verdicts.bill
    return {
        path: JudgedPath(
            tuple(map(mean_of, zip(*several, strict=True))), reasons[path], bills[path]
        )
        if several
        else JudgedPath((None,) * len(path[1]), ("",) * len(path[1]), bills[path])
        for path, several in scores.items()
    }


def _reasons(trial: _Trial) -> tuple[str, ...]:
    """What was written for each step: from the verdict before to its own."""
    text = trial.written.text if trial.written is not None else ""
    starts = [0, *(box.end for box in trial.found)]
    return tuple(text[starts[place] : trial.found[place].end].strip() for place in trial.each)


def _pieces(text: str, found: tuple[Box, ...]) -> tuple[tuple[str, bool], ...]:
    starts = [0, *(box.end for box in found)]
    return tuple(
        (text[start : box.start], box.right) for start, box in zip(starts, found, strict=False)
    )


def _misfit(model: ReasoningModel, reasoning: Reasoning, trial: _Trial) -> str:
    cut = trial.written is not None and trial.written.cut
    limit = f", cut off at its limit of {reasoning.tokens:,} tokens" if cut else ""
    return (
        f"Verifier {model.info.name} gave {len(trial.found)} verdicts for {len(trial.path[1])} "
        f"steps in reasoning that was written {ATTEMPTS} times{limit}: they have no score. Allow "
        "it more (tokens=NUMBER), or choose the format thinkprm:question, which asks for one "
        "verdict after each step."
    )
