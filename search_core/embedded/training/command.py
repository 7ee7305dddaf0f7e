"""The `train` command."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

_EXAMPLE = "Example: python -m search_core.embedded train --out models --quick"


def main(arguments: Sequence[str] | None = None) -> None:
    """Parses the command line and runs the recipe.

    Args:
        arguments: Those of the process when None.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command == "checkpoints":
        _checkpoints(options)
        return
    # Imported late: asking for help needs no torch.
    from search_core.embedded.training.recipe import STAGES, best_device, run
    from search_core.embedded.training.settings import FULL, QUICK
    from search_core.embedded.training.workers import core_count
    from search_core.embedded.training.workshop import Workshop

    settings = QUICK if options.quick else FULL
    if options.last not in STAGES:
        parser.error(f"got --last {options.last}; expected one of {', '.join(STAGES)}")
    try:
        device = best_device(options.device)
    except ValueError as error:
        parser.error(str(error))
    workers = core_count() if options.workers is None else options.workers
    run(Workshop(options.out, settings, workers, device, options.remark), options.last)


def _checkpoints(options: argparse.Namespace) -> None:
    from search_core.embedded.training.checkpoint_files import add_figures, write_checkpoints
    from search_core.embedded.training.learning_stages import LEARNING, learn
    from search_core.embedded.training.workshop import Workshop

    shop = Workshop(options.out, LEARNING, options.workers, "cpu")
    if options.figures is not None:
        add_figures(shop, options.figures)
        return
    learn(shop)
    write_checkpoints(shop)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m search_core.embedded",
        description="Makes the embedded solvers and verifiers from nothing.",
        epilog=_EXAMPLE,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser(
        "train",
        help="generate data, train solvers, roll out, train verifiers, measure all",
        description="Run the same command again to resume after an interruption.",
        epilog=_EXAMPLE,
    )
    train.add_argument("--out", type=Path, required=True, help="folder for the models")
    train.add_argument(
        "--device",
        default="auto",
        choices=("auto", "cpu", "cuda", "mps"),
        help="where to train (default: the first that is there)",
    )
    train.add_argument("--workers", type=_positive, help="processes (default: one per core)")
    train.add_argument(
        "--last", default="measure", help="stop after this stage (names are those of its files)"
    )
    train.add_argument("--remark", default="", help="a sentence on this run for the model cards")
    train.add_argument(
        "--quick", action="store_true", help="tiny models in a minute: for trying the recipe out"
    )
    learning = commands.add_parser(
        "checkpoints",
        help="train the small verifier anew in a short time, and keep it on the way",
        description="Begins with the solver that ships. Run the same command again to resume.",
        epilog="Example: python -m search_core.embedded checkpoints --out models",
    )
    learning.add_argument("--out", type=Path, required=True, help="folder for the checkpoints")
    learning.add_argument("--workers", type=_positive, default=1, help="processes (default: 1)")
    learning.add_argument(
        "--figures",
        type=Path,
        help="train nothing; note what this report of `verify --json` says of the checkpoints",
    )
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"got {number}; expected 1 or more")
    return number
