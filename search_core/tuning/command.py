"""The `train` command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from search_core.tuning.settings import TuningSettings

DEVICES = ("auto", "cpu", "cuda", "mps")
_EXAMPLE = "Example: python -m search_core.tuning train --out tuned"
_NAMES = ("solver", "rollouts", "verifier", "measure")
_NUMBERS = {
    "examples": "problems whose solutions are learned",
    "each": "texts that are learned of one Countdown problem, at most",
    "largest": "the largest number that an expression or Countdown problem gives",
    "tokens": "tokens that the solver learns from",
    "pack_tokens": "the most tokens in one update, what texts share counted once",
    "verifier_tokens": "tokens that the verifier's changes learn from; 0: its head alone",
    "rollouts": "problems of each kind whose attempts the verifier learns from",
    "tests": "held-out problems of each kind",
    "samples": "attempts at each problem",
    "reason": "held-out problems of each kind that the base judges after reasoning too",
    "reason_tokens": "the most that it writes about an attempt",
    "seed": "same seed, same problems and same order",
}
_FROM_NOUGHT = ("seed", "verifier_tokens", "reason")


def main(arguments: Sequence[str] | None = None) -> None:
    """Parses the command line and runs the recipe.

    Args:
        arguments: Those of the process when None.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    # Imported late: asking for help needs no torch.
    from search_core.engine.checkpoints.checkpoint import ModelLoadError
    from search_core.tuning.settings import TuningSettings
    from search_core.tuning.stages import STAGES, Bench

    try:
        given = tuple(sys.argv[1:] if arguments is None else arguments)
        bench = Bench(options.out, _settings(options, TuningSettings()), _say, given)
        bench.work.mkdir(parents=True, exist_ok=True)
        for name, stage in STAGES.items():
            _say(f"stage: {name}")
            stage(bench)
            if name == options.last:
                break
    except (ModelLoadError, ModuleNotFoundError, ValueError) as error:
        parser.exit(2, f"{error}\n")


def _settings(options: argparse.Namespace, usual: TuningSettings) -> TuningSettings:
    names = {field.name for field in fields(usual)} - {"kinds", "shape", "levels"}
    given = {name: value for name, value in vars(options).items() if name in names}
    chosen = {name: value for name, value in given.items() if value is not None}
    if options.levels:
        chosen["levels"] = {**usual.levels, **_levels(options.levels)}
    if options.kinds:
        chosen["kinds"] = tuple(options.kinds.split(","))
    if options.rank is not None or options.first_layer is not None:
        shape = usual.shape
        rank = shape.rank if options.rank is None else options.rank
        first = shape.first_layer if options.first_layer is None else options.first_layer
        chosen["shape"] = replace(shape, rank=rank, alpha=2.0 * rank, first_layer=first)
    return replace(usual, **chosen)


def _levels(text: str) -> dict[str, tuple[int, ...]]:
    """Of "expression=2,3 countdown=3".

    Raises:
        ValueError: It is written otherwise.
    """
    pairs = [part.partition("=") for part in text.split()]
    try:
        return {kind: tuple(map(int, levels.split(","))) for kind, _, levels in pairs}
    except ValueError as error:
        raise ValueError(
            f"--levels is {text!r:.60}; expected kinds with levels, as 'expression=2,3 word=2'."
        ) from error


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m search_core.tuning",
        description="Tunes a small published model by low-rank changes, on CPUs.",
        epilog=_EXAMPLE,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser(
        "train",
        help="tune a solver, roll it out, train a verifier, measure both",
        description="Run the same command again to resume after an interruption.",
        epilog=_EXAMPLE,
    )
    train.add_argument("--out", type=Path, required=True, help="folder for what is made")
    train.add_argument("--base", help="folder, GGUF file, package:NAME or Hub id that is tuned")
    train.add_argument("--kinds", help="expression, word, countdown, shop, with commas")
    train.add_argument("--device", choices=DEVICES, help="where it is learned and measured")
    train.add_argument("--levels", help='of the families, as "expression=2,3 countdown=3"')
    train.add_argument("--temperature", type=float, help="at which attempts are sampled")
    for name, about in _NUMBERS.items():
        flag = "--" + name.replace("_", "-")
        train.add_argument(flag, type=_seed if name in _FROM_NOUGHT else _positive, help=about)
    train.add_argument("--rank", type=_positive, help="columns of B and rows of A")
    train.add_argument("--first-layer", type=_seed, help="the first layer that is changed")
    train.add_argument("--failed", type=_share, help="share of failed attempts in what is learned")
    train.add_argument("--rate", type=float, help="the solver's highest learning rate")
    train.add_argument("--judge", action="store_true", default=None, help="ask the base as a judge")
    train.add_argument(
        "--before", action="store_true", default=None, help="let the base answer greedily too"
    )
    train.add_argument("--verifier-rate", type=float, help="the verifier's highest learning rate")
    train.add_argument("--last", choices=_NAMES, default="measure", help="stop after this stage")
    return parser


def _positive(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"got {number}; expected 1 or more")
    return number


def _share(text: str) -> float:
    if not 0 <= (number := float(text)) <= 1:
        raise argparse.ArgumentTypeError(f"got {number:g}; expected 0 to 1")
    return number


def _seed(text: str) -> int:
    if (number := int(text)) < 0:
        raise argparse.ArgumentTypeError(f"got {number}; expected 0 or more")
    return number
