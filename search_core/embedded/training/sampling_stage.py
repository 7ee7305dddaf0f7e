"""Chooses temperature and top-p on problems of the verifier split."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from search_core.embedded.checking.verdict import read_answer
from search_core.embedded.training.attempts import Sampler
from search_core.embedded.training.decoding import TokenSampling
from search_core.embedded.training.encoding import Codec
from search_core.embedded.training.export import load_solver
from search_core.embedded.training.model import DecoderShape
from search_core.embedded.training.reporting import Report
from search_core.embedded.training.rollouts import verifier_problems
from search_core.embedded.training.scoring import score_solutions
from search_core.embedded.training.solver_stages import export_finished_solver
from search_core.embedded.training.statistics import Tried, vote
from search_core.embedded.training.tokenizer import load_tokenizer
from search_core.embedded.training.verifier_model import build_verifier, read_state
from search_core.embedded.training.workers import map_in_processes
from search_core.embedded.training.workshop import Workshop
from search_core.engine.reading.score_reading import ReadingWeights, ScoreReading


@dataclass(frozen=True, slots=True)
class _SamplingTrial:
    solver_folder: Path
    shape: DecoderShape
    verifier: Path
    verifier_shape: DecoderShape
    sampling: TokenSampling
    problems: int
    attempts: int
    seed: int


def choose_sampling(shop: Workshop) -> None:
    """Tries all settings and writes the chosen one into the solver's generation config."""
    if not shop.has_noted("sampling"):
        settings = shop.settings
        pairs = itertools.product(settings.temperatures, settings.top_ps)
        orders = [
            _SamplingTrial(
                shop.solver_folder("small"),
                settings.small.shape,
                shop.work / "corruptions-small" / "finished.pt",
                settings.small.verifier_shape,
                replace(settings.sampling, temperature=temperature, top_p=top_p),
                3 * settings.choice_problems,
                settings.choice_attempts,
                settings.seed,
            )
            for temperature, top_p in pairs
        ]
        with Report("Sampling settings", len(orders)) as report:
            tried = map_in_processes(_try, orders, shop.workers, report.update)
        best = choose(tried, problems=3 * settings.choice_problems)
        shop.note(
            "sampling",
            {"temperature": best["temperature"], "top_p": best["top_p"], "tried": tried},
        )
    export_finished_solver(shop, shop.settings.small)


def choose(tried: Sequence[Mapping[str, float]], problems: int) -> Mapping[str, float]:
    """The most diverse of the settings that are as good as the best.

    As good is a weighted best-of-N, by the verifier so far, within one standard error of the
    best one; most diverse is where any of the attempts is right most often.
    """
    best = max(setting["weighted"] for setting in tried)
    error = math.sqrt(best * (1 - best) / problems)
    return max(
        (setting for setting in tried if setting["weighted"] >= best - error),
        key=lambda setting: setting["any"],
    )


def _try(order: _SamplingTrial) -> dict[str, float]:
    torch.set_num_threads(1)
    codec = Codec.of(load_tokenizer(order.solver_folder))
    problems = verifier_problems(order.problems, random.Random(f"sampling/{order.seed}"))
    solver = load_solver(order.solver_folder, order.shape)
    attempts = Sampler(solver, codec, order.sampling, order.seed).attempt(problems, order.attempts)
    verifier = build_verifier(
        order.verifier_shape, read_state(order.verifier), reads_likelihood=True
    )
    # Nothing is calibrated yet: the weights that tuning starts from.
    fair = ReadingWeights(1.0, *verifier.likelihood.tolist())
    verifier.reading = ScoreReading(fair, fair)
    prompts = codec.prompts([problem.text for problem in problems])
    scores = score_solutions(
        verifier.eval(), codec, [prompts[a.problem] for a in attempts], [a.tokens for a in attempts]
    )
    sets: list[list[Tried]] = [[] for _ in problems]
    for attempt, steps in zip(attempts, scores, strict=True):
        answer = read_answer(attempt.steps[-1])
        score = steps[-1] if steps else 0.0
        sets[attempt.problem].append(
            Tried(answer, attempt.grade.correct, score, attempt.log_probability, None, tuple(steps))
        )
    return {
        "temperature": order.sampling.temperature,
        "top_p": order.sampling.top_p,
        "weighted": sum(vote(tried, lambda t: t.score) for tried in sets) / len(sets),
        "one": sum(a.grade.correct for a in attempts) / len(attempts),
        "any": sum(any(t.correct for t in tried) for tried in sets) / len(sets),
    }
