"""Judging by a question: a chain about each step, behind which the verdict is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from search_core.protocols import Watch
from search_core.verifiers.generative.asking import JudgedPath, Path, chain_about, mean_of
from search_core.verifiers.generative.chains import Bill, ReasoningModel, VerdictQuery, WrittenChain
from search_core.verifiers.generative.options import Reasoning
from search_core.verifiers.generative.prompts import ReasoningPrompt

CUT = (
    "Some of the verifier's reasoning came to its limit of {tokens:,} tokens; it was asked for its "
    "verdict there. Its format's option tokens=NUMBER allows more."
)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of paths' last steps.

    Attributes:
        judged: Their scores.
        notes: What was written about each, as it is read again at the steps after it.
        cut: Whether reasoning came to its limit.
    """

    judged: dict[Path, JudgedPath]
    notes: dict[Path, str]
    cut: bool


def judged_by_question(
    model: ReasoningModel,
    reasoning: Reasoning,
    paths: Mapping[Path, str],
    known: Mapping[Path, str],
    watch: Watch,
) -> Found:
    """The score of the last step of each path.

    Args:
        paths: With the run that asks. Where a verifier looks back, with every beginning that
            is not known.
        known: What was written about their beginnings.
    """
    found = Found({}, dict(known), False)
    for together in _rounds(reasoning.prompt, paths):
        found = _judge(model, reasoning, {path: paths[path] for path in together}, found, watch)
    return found


def _rounds(prompt: ReasoningPrompt, paths: Mapping[Path, str]) -> Iterator[list[Path]]:
    """Paths that can be judged at the same time: where it looks back, those of one length."""
    if not prompt.looks_back:
        yield list(paths)
        return
    for length in sorted({len(steps) for _, steps in paths}):
        yield [path for path in paths if len(path[1]) == length]


def _judge(
    model: ReasoningModel,
    reasoning: Reasoning,
    paths: Mapping[Path, str],
    before: Found,
    watch: Watch,
) -> Found:
    prompt = reasoning.prompt
    chains = [
        chain_about(
            path, reasoning, run, earlier=_earlier(prompt, path, before.notes), sample=sample
        )
        for path, run in paths.items()
        for sample in range(reasoning.samples)
    ]
    written = model.write(chains, reasoning.sampling, watch)
    queries = [
        VerdictQuery(chain, ((_ended(thought, prompt), True),))
        for chain, thought in zip(chains, written, strict=True)
    ]
    verdicts = model.read(queries, watch)
    judged, notes = dict(before.judged), dict(before.notes)
    for number, path in enumerate(paths):
        mine = slice(number * reasoning.samples, (number + 1) * reasoning.samples)
        bills = [thought.bill for thought in written[mine]]
        bills += [verdict.bill for verdict in verdicts[mine]]
        score = mean_of(verdict.values[0] for verdict in verdicts[mine])
        first = verdicts[mine.start].values[0]
        text = queries[mine.start].pieces[0][0]
        if first is not None:
            text += prompt.closing + (prompt.right if first >= 0.5 else prompt.wrong)
        judged[path] = JudgedPath((score,), (text,), sum(bills, Bill()))
        notes[path] = prompt.opening(len(path[1])) + text
    return Found(judged, notes, before.cut or any(thought.cut for thought in written))


def _earlier(prompt: ReasoningPrompt, path: Path, notes: Mapping[Path, str]) -> list[str]:
    problem, steps = path
    if not prompt.looks_back:
        return []
    return [notes[problem, steps[:end]] for end in range(1, len(steps))]


def _ended(written: WrittenChain, prompt: ReasoningPrompt) -> str:
    """A closing that begins a new line does so once."""
    return written.text.rstrip() if prompt.closing.startswith("\n") else written.text
