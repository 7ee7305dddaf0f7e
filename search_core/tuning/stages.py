"""The recipe's stages, in order; each is skipped where its result is there already."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import nn

from search_core.engine.checkpoints.low_rank_folder import WEIGHTS
from search_core.evaluation.provenance import provenance
from search_core.protocols import Sampling
from search_core.solvers import load_solver
from search_core.tuning.attempts import TriedSolution, attempt_all, read_attempts
from search_core.tuning.base_model import prepare
from search_core.tuning.encoding import solver_example, verifier_example
from search_core.tuning.folders import write_folder
from search_core.tuning.head import fit_head
from search_core.tuning.judging import (
    judging_loss,
    labels_of,
    new_head,
    worth_learning,
    writing_loss,
)
from search_core.tuning.layers import load_state, state
from search_core.tuning.loop import LoopSettings, learn
from search_core.tuning.measuring import Scores, measured
from search_core.tuning.packs import Example, groups, hidden_states, pack
from search_core.tuning.problems import TuningProblem, draw
from search_core.tuning.scoring import scored_by
from search_core.tuning.settings import TuningSettings
from search_core.tuning.worked_texts import worked_texts


@dataclass(frozen=True)
class Bench:
    """Where the recipe works, and with what.

    Attributes:
        out: Finished folders go here, everything else into its folder "work".
        say: Told a line from time to time.
        arguments: Those of the command, to be written beside the figures.
    """

    out: Path
    settings: TuningSettings
    say: Callable[[str], None]
    arguments: tuple[str, ...] = ()

    @property
    def work(self) -> Path:
        return self.out / "work"

    @property
    def solver(self) -> Path:
        return self.out / "solver"

    @property
    def verifier(self) -> Path:
        return self.out / "verifier"

    def note(self, name: str, values: Any) -> None:
        (self.work / f"{name}.json").write_text(json.dumps(values, indent=1) + "\n")

    def noted(self, name: str) -> Any:
        path = self.work / f"{name}.json"
        return json.loads(path.read_text()) if path.is_file() else {}

    def problems(self, split: str, each: int) -> list[TuningProblem]:
        """So many problems of each kind, one kind after another."""
        settings = self.settings
        return [
            problem
            for kind in settings.kinds
            for problem in draw(
                kind,
                settings.levels.get(kind, ()),
                each,
                settings.seed,
                split,
                largest=settings.largest,
            )
        ]


def learn_solver(bench: Bench) -> None:
    """Worked solutions, learned by heart as far as they go."""
    if (bench.solver / WEIGHTS).is_file():
        return
    settings = bench.settings
    tuned = prepare(settings)
    problems = bench.problems("train", settings.examples // len(settings.kinds))
    examples = [
        solver_example(tuned.tokens, one.asked, one.steps, tuned.end, one.imitate)
        for one in worked_texts(problems, settings.failed, settings.each, settings.seed)
    ]
    loop = _loop(settings, settings.tokens, settings.rate)
    loss = partial(writing_loss, tuned.model.get_output_embeddings())
    done = learn(tuned.model, None, examples, loss, loop, bench.work / "solver.pt", bench.say)
    bench.note("solver", {**vars(done), "examples": len(examples), "base": tuned.revision})
    card = {
        "parameters": sum(weight.numel() for weight in tuned.model.parameters()),
        "tuned": _said(settings, vars(done)),
    }
    sampling = {"temperature": settings.temperature}
    write_folder(
        bench.solver,
        settings.base,
        state(tuned.model),
        settings.shape,
        card=card,
        sampling=sampling,
    )


def roll_out(bench: Bench) -> list[TriedSolution]:
    """Attempts of the tuned solver at problems that it has not seen, to learn judging from."""
    return _attempts(bench, "verifier", bench.settings.rollouts, "rollouts")


def learn_verifier(bench: Bench) -> None:
    """A head, and the solver's own changes learned on, on attempts and what became of them."""
    if (bench.verifier / WEIGHTS).is_file():
        return
    settings = bench.settings
    problems = bench.problems("verifier", settings.rollouts)
    attempts = worth_learning(read_attempts(bench.work / "rollouts.jsonl"))
    tuned = prepare(settings)
    load_state(tuned.model, _kept(bench.work / "solver.pt")["changes"])
    examples = [
        verifier_example(
            tuned.tokens,
            problems[one.problem].asked,
            one.steps,
            labels_of(problems[one.problem], one),
            tuned.end,
        )
        for one in attempts
    ]
    head = new_head(tuned.model.config.hidden_size)
    kept = bench.work / "verifier.pt"
    if not kept.is_file():  # What was learned on goes on from there.
        by = [one.problem for one in attempts]
        penalty = begin_head(head, tuned.model.get_decoder(), examples, by, settings, bench.say)
        bench.note("head", {"penalty": penalty})
    loop = _loop(settings, settings.verifier_tokens, settings.verifier_rate)
    loss = partial(judging_loss, head)
    head.to(tuned.model.device)
    done = learn(tuned.model, head, examples, loss, loop, kept, bench.say)
    bench.note("verifier", {**vars(done), "examples": len(examples)})
    write_folder(
        bench.verifier,
        settings.base,
        state(tuned.model),
        settings.shape,
        head={name: value.detach().cpu() for name, value in head.state_dict().items()},
        card={"scores": "steps", "tuned": _said(settings, vars(done))},
    )


def begin_head(
    head: nn.Linear,
    decoder: Any,
    examples: Sequence[Example],
    problems: Sequence[int],
    settings: TuningSettings,
    say: Callable[[str], None],
) -> float:
    """The head fitted on what the tuned solver knows at each step's end; the penalty chosen."""
    states, wanted, whose, done = [], [], [], 0
    for group in groups(examples, settings.pack_tokens):
        packed = pack(group)
        with torch.no_grad():
            states.append(hidden_states(decoder, packed).cpu())
        wanted.append(packed.wanted)
        for one, problem in zip(group, problems[done : done + len(group)], strict=True):
            whose += [problem] * len(one.at)
        done += len(group)
        say(f"read {done} of {len(examples)} attempts")
    return fit_head(head, torch.cat(states), torch.cat(wanted), whose)


def measure(bench: Bench) -> Any:
    """What both are worth on held-out problems; written to measured.json."""
    settings = bench.settings
    problems = bench.problems("test", settings.tests)
    attempts = _attempts(bench, "test", settings.tests, "test")
    once = replace(settings, temperature=0.0, samples=1)
    greedy = _attempts(replace(bench, settings=once), "test", settings.tests, "greedy")
    given = partial(
        scored_by, problems=problems, attempts=attempts, say=bench.say, device=settings.device
    )
    scores: dict[str, Sequence[float | None]] = {
        "verifier": given(bench.verifier, path=bench.work / "scores.jsonl")
    }
    if settings.judge:
        path = bench.work / "judge.jsonl"
        scores["judge"] = given(settings.base, path=path, format="judge")
    few = _with_reasons(bench, problems, greedy, attempts, scores)
    made = provenance(bench.arguments, "search_core.tuning") if bench.arguments else {}
    found = {**made, "settings": _said(settings, {}), **measured(greedy, attempts, scores), **few}
    if settings.before:
        alone = replace(bench, settings=once)
        base = _attempts(alone, "test", settings.tests, "base", solver=settings.base)
        found["greedy before tuning"] = _before(problems, base)
    (bench.out / "measured.json").write_text(json.dumps(found, indent=1) + "\n")
    return found


def _with_reasons(
    bench: Bench,
    problems: Sequence[TuningProblem],
    greedy: Sequence[TriedSolution],
    attempts: Sequence[TriedSolution],
    scores: Scores,
) -> dict[str, Any]:
    """The same figures on the first problems of each kind alone, with a judge that reasons."""
    settings = bench.settings
    if not settings.reason:
        return {}

    def is_first(one: TriedSolution) -> bool:
        return one.problem % settings.tests < settings.reason

    chosen = [one for one in attempts if is_first(one)]
    known = {
        name: [value for one, value in zip(attempts, values, strict=True) if is_first(one)]
        for name, values in scores.items()
    }
    known["judge:reason"] = scored_by(
        settings.base,
        problems,
        chosen,
        bench.work / "reasons.jsonl",
        bench.say,
        device=settings.device,
        format=f"judge:reason,tokens={settings.reason_tokens}",
    )
    return {"with a judge that reasons": measured(list(filter(is_first, greedy)), chosen, known)}


def _before(problems: Sequence[TuningProblem], base: Sequence[TriedSolution]) -> Any:
    """What the base was right in, by what it says, whether or not it came to an end."""
    told = [replace(one, right=problems[one.problem].says_the_answer(one.steps)) for one in base]
    return measured(told, told, {})["right"]["greedy"]


def _attempts(
    bench: Bench, split: str, each: int, name: str, solver: str | Path | None = None
) -> list[TriedSolution]:
    settings = bench.settings
    problems = bench.problems(split, each)
    path = bench.work / f"{name}.jsonl"
    known = read_attempts(path)
    if len({one.problem for one in known}) == len(problems):
        return known
    began = time.monotonic()
    sampling = Sampling(settings.temperature, max_step_tokens=settings.max_step_tokens)
    found = attempt_all(
        problems,
        load_solver(solver or bench.solver, device=settings.device, dtype="auto"),
        sampling,
        attempts=settings.samples,
        seed=settings.seed,
        path=path,
        say=bench.say,
    )
    tokens = sum(one.tokens for one in found)
    bench.note(name, {"seconds": round(time.monotonic() - began, 1), "tokens": tokens})
    return found


def _kept(path: Path) -> Any:
    return torch.load(path, weights_only=True, map_location="cpu")


def _loop(settings: TuningSettings, tokens: int, rate: float) -> LoopSettings:
    return LoopSettings(tokens, settings.pack_tokens, rate, seed=settings.seed)


def _said(settings: TuningSettings, done: dict[str, Any]) -> dict[str, Any]:
    return {**asdict(settings), **done}


STAGES: dict[str, Callable[[Bench], object]] = {
    "solver": learn_solver,
    "rollouts": roll_out,
    "verifier": learn_verifier,
    "measure": measure,
}
"""By the name that `--last` takes."""
