"""The `train` command."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> None:
    """Parses the command line and runs the recipe."""
    parser = argparse.ArgumentParser(
        prog="python -m search_core.embedded",
        description="Make the embedded solver and verifier from nothing.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser(
        "train",
        help="data, solver, rollouts, verifier, measurements; run again to resume",
    )
    train.add_argument("--out", type=Path, required=True, help="folder for the two models")
    train.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda", "mps"))
    train.add_argument("--workers", type=int, default=None, help="processes; default one per core")
    train.add_argument("--solver-tokens", type=int, default=None, help="length of the training")
    options = parser.parse_args(arguments)

    from search_core.embedded.training.settings import FULL
    from search_core.embedded.training.stages import Workshop, train_solver
    from search_core.embedded.training.workers import core_count

    shop = Workshop(
        out=options.out,
        settings=FULL.with_solver_tokens(options.solver_tokens),
        workers=options.workers or core_count(),
        device="cpu",
    )
    train_solver(shop)
