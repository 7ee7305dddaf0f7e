"""A race on many problems, made by a process of its own: `python -m search_core race --trials`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

from components.bounds.jobs import PRINTED, JobKind, VisitorJob, VisitorJobs
from components.compare.asked import AskedRace, RaceRefusedError

PROBLEMS = 20
SECONDS = 300.0


def trials_command(asked: AskedRace, texts: Sequence[str]) -> list[str]:
    """The command that races these lanes on many problems.

    Raises:
        RaceRefusedError: Nobody can draw problems like this one, or the models are not those of
            every machine.
    """
    problem = asked.lanes[0].recipe.problem
    if problem.family is None or any(not lane.pair.embedded for lane in asked.lanes):
        raise RaceRefusedError(
            "Only the embedded models are raced on many problems here: only their families' "
            "problems can be drawn. On the command line, evaluate takes a file of problems."
        )
    argv = [sys.executable, "-m", "search_core", "race", problem.text, "--json"]
    for text in texts:
        # What this server calls its pairs is said nowhere else; the embedded ones need no name.
        argv += ["--lane", " ".join(word for word in text.split() if word[:7] != "models=")]
    seed = str(asked.lanes[0].recipe.seed)
    return [*argv, "--seed", seed, "--trials", str(PROBLEMS)]


TRIALS = JobKind(
    "race on many problems",
    "races on many problems",
    PRINTED,
    "What there is by now stands here; give the lanes a smaller N, or run `python -m search_core "
    "race` with --trials on a machine of yours.",
)


def trial_jobs() -> VisitorJobs:
    """What makes them, within bounds."""
    return VisitorJobs(SECONDS, kind=TRIALS)


def told_trials(jobs: VisitorJobs, job: VisitorJob) -> dict[str, Any]:
    """How it stands, with the figures of the problems so far."""
    # The last line may be half written.
    path = job.folder / PRINTED
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    whole = [line for line in lines if line[:1] == "{" and line[-1:] == "}"]
    return {**jobs.told(job), "figures": json.loads(whole[-1]) if whole else None}
