"""Flags that several commands share, and what they mean together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from search_core.engine.checkpoints.quantisation import DTYPES
from search_core.models import (
    SCORE_SOURCES,
    SOLVERS,
    VERIFIERS,
    ModelPair,
    is_shipped_solver,
    solver_folder,
)
from search_core.protocols import Sampling
from search_core.steps import STEP_STYLES
from search_core.verifiers import FORMATS

_MODELS, _SAMPLING = "Models", "Sampling"

Seed = Annotated[int, typer.Option(help="Same seed, same tree.")]
Source = Annotated[
    str,
    typer.Option(
        help=f"What scores steps: {', '.join(SCORE_SOURCES)}. Log-probability is best with "
        "--aggregate prod; oracle and random show a perfect and a useless verifier."
    ),
]
Temperature = Annotated[
    float | None,
    typer.Option(help="0 to 2. Default: the solver's own.", rich_help_panel=_SAMPLING),
]
TopP = Annotated[
    float | None,
    typer.Option(help="Above 0, to 1. Default: the solver's own.", rich_help_panel=_SAMPLING),
]
MaxStepTokens = Annotated[
    int | None,
    typer.Option(help="Length limit of one step, in tokens.", rich_help_panel=_SAMPLING),
]
TopK = Annotated[
    int | None,
    typer.Option(
        help="Sample from so many of the likeliest tokens; 0: all. Default: the solver's own.",
        rich_help_panel=_SAMPLING,
    ),
]
MinP = Annotated[
    float | None,
    typer.Option(
        help="0 to 1: how likely a token must be, as a share of the likeliest. Default: the "
        "solver's own.",
        rich_help_panel=_SAMPLING,
    ),
]
RepetitionPenalty = Annotated[
    float | None,
    typer.Option(
        help="Above 1: what the path says already becomes less likely; 1: nothing. Default: the "
        "solver's own.",
        rich_help_panel=_SAMPLING,
    ),
]
SolverPath = Annotated[
    str | None,
    typer.Option(
        "--solver",
        help=f"{', '.join(SOLVERS)}, a name that `models` lists, a folder, Hugging Face name or "
        "http://host:8000/v1. Default: small.",
        rich_help_panel=_MODELS,
    ),
]
VerifierPath = Annotated[
    str | None,
    typer.Option(
        "--verifier",
        help=f"{', '.join(VERIFIERS)}, a name that `models` lists, a folder, Hugging Face name "
        "or http://host:8001/v1#format=rlhflow. Default: small.",
        rich_help_panel=_MODELS,
    ),
]
VerifierFormat = Annotated[
    str,
    typer.Option(
        help="How the score of a --verifier of your own is read, where its checkpoint does not "
        f"tell: {', '.join(row.usage for row in FORMATS.values())}.",
        rich_help_panel=_MODELS,
    ),
]
SystemPrompt = Annotated[
    str | None,
    typer.Option(
        help='What a --solver of your own is told before each problem; "" for nothing. Default: to '
        "write one step per paragraph.",
        rich_help_panel=_MODELS,
    ),
]
Examples = Annotated[
    Path | None,
    typer.Option(
        help="Worked examples that a --solver of your own is shown after its system prompt: a "
        "YAML or JSON list of {problem: ..., steps: [...]}.",
        rich_help_panel=_MODELS,
    ),
]
StepsWritten = Annotated[
    str | None,
    typer.Option(
        "--steps",
        help="How a --solver of your own is asked for steps, and where they end: "
        f"{', '.join(STEP_STYLES)}; with +thoughts behind it what it thinks is cut too. "
        f"Default: {next(iter(STEP_STYLES))}.",
        rich_help_panel=_MODELS,
    ),
]
Precision = Annotated[
    str,
    typer.Option(
        "--dtype",
        help=f"Precision of the --solver: {', '.join(DTYPES)}.",
        rich_help_panel=_MODELS,
    ),
]
VerifierPrecision = Annotated[
    str,
    typer.Option(
        "--verifier-dtype",
        help="Precision of the --verifier, likewise.",
        rich_help_panel=_MODELS,
    ),
]
PairName = Annotated[
    str | None,
    typer.Option(
        "--pair",
        help="Solver and verifier together: a pair that `models` lists, with a precision "
        "after an @ where its own is not wanted.",
        rich_help_panel=_MODELS,
    ),
]
ModelsFile = Annotated[
    Path | None,
    typer.Option(
        "--models",
        help="File that names models, as assets/models.yaml, which is the default.",
        rich_help_panel=_MODELS,
    ),
]
Device = Annotated[
    Literal["auto", "cpu", "cuda", "mps"],
    typer.Option(help="Where the models run.", rich_help_panel=_MODELS),
]
Report = Annotated[Path | None, typer.Option(help="Write what was found here, as one HTML file.")]
Json = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of a failure.")]


def check_pair(pair: str | None, solver: str | None, verifier: str | None) -> None:
    """A pair is both models.

    Raises:
        ValueError: There is a solver or a verifier beside it.
    """
    if pair is not None and (solver is not None or verifier is not None):
        raise ValueError(
            "--pair names both models; leave --solver and --verifier out, or give the two of "
            "them in its place."
        )


def check_models(solver: str | None, verifier: str | None, score_source: str) -> None:
    """The embedded verifiers cannot read another solver's text.

    Raises:
        ValueError: The score source is unknown, or the models do not belong together.
    """
    if score_source not in SCORE_SOURCES:
        raise ValueError(
            f"Unknown score source {score_source!r:.60}; known: {', '.join(SCORE_SOURCES)}."
        )
    own = solver is not None and not is_shipped_solver(solver_folder(solver))
    if own and verifier is None and score_source == "verifier":
        raise ValueError(
            "The embedded verifiers read only the embedded solvers' problems. Give a "
            "--verifier for this --solver too, or use --score-source log-probability."
        )


def sampling(pair: ModelPair, **asked: float | None) -> Sampling:
    """The solver's own sampling, changed where asked.

    Args:
        asked: Fields of `Sampling`; None: not asked.

    Raises:
        ValueError: A value is out of its range.
    """
    given: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
    return replace(pair.sampling, **given)


def names(text: str) -> list[str]:
    """Words between commas."""
    return [name.strip() for name in text.split(",") if name.strip()]


def numbers(flag: str, text: str) -> list[int]:
    """Whole numbers between commas.

    Raises:
        ValueError: There is something else, or nothing.
    """
    try:
        found = [int(name) for name in names(text)]
    except ValueError as error:
        raise ValueError(f"{flag} is {text!r:.60}; expected whole numbers like 4,16.") from error
    if not found:
        raise ValueError(f"{flag} is empty; expected whole numbers like 4,16.")
    return list(dict.fromkeys(found))
