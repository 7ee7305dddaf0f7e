"""The app's command line: every option, with its environment variable as default."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from search_core.answers import WORKERS
from search_core.models import EMBEDDED, SHIPPED
from search_core.serving import AdmissionLimits
from search_core.serving.memory import MOST_BYTES
from search_core.serving.sizes import read_size
from search_core.serving.storage import MOST_KEPT
from search_core.spaces import files_of_space
from search_core.steps import STEP_CHOICES


def arguments() -> argparse.Namespace:
    """Command line, with environment variables as defaults (for Spaces and containers)."""
    env = os.environ.get
    parser = argparse.ArgumentParser(description="Serves the app.")
    which = parser.add_argument_group("models")
    named = "name in the models file, embedded name (small, large), folder, Hub name, or URL"
    which.add_argument(
        "--models",
        type=Path,
        default=Path(env("ESPALIER_MODELS") or SHIPPED),
        help="file that names models and pairs, as assets/models.yaml",
    )
    which.add_argument(
        "--offer",
        default=env("ESPALIER_OFFER"),
        help=f"pairs of that file that visitors choose among, with commas; default: {EMBEDDED}",
    )
    which.add_argument("--solver", default=env("ESPALIER_SOLVER"), help=f"in their place: {named}")
    which.add_argument("--verifier", default=env("ESPALIER_VERIFIER"), help="likewise")
    own = "of a --solver or --verifier that the models file does not name: "
    which.add_argument(
        "--system-prompt",
        default=env("ESPALIER_SYSTEM_PROMPT"),
        help=own + "what the solver is told before each problem (not the embedded one)",
    )
    which.add_argument(
        "--examples",
        type=Path,
        default=Path(env("ESPALIER_EXAMPLES", "")) if env("ESPALIER_EXAMPLES") else None,
        help=own + "file of worked examples that the solver is shown after that",
    )
    which.add_argument(
        "--steps",
        choices=STEP_CHOICES,
        default=env("ESPALIER_STEPS") or None,
        help=own + "how the solver is asked for steps, and where they end",
    )
    which.add_argument(
        "--verifier-format",
        default=env("ESPALIER_VERIFIER_FORMAT", "auto"),
        help=own + "how the verifier's score is read",
    )
    which.add_argument(
        "--dtype", default=env("ESPALIER_DTYPE", "auto"), help=own + "the solver's precision"
    )
    which.add_argument(
        "--verifier-dtype",
        default=env("ESPALIER_VERIFIER_DTYPE", "auto"),
        help=own + "the verifier's precision",
    )
    which.add_argument("--device", default=env("ESPALIER_DEVICE", "auto"))
    parser.add_argument(
        "--runs",
        type=Path,
        default=Path(env("ESPALIER_RUNS") or Path.home() / ".cache" / "espalier" / "runs"),
        help="folder that keeps the traces of all runs",
    )
    parser.add_argument(
        "--memory",
        type=_size,
        default=env("ESPALIER_MEMORY") or f"{MOST_BYTES // 1_000_000}mb",
        help="memory for runs, files and texts that are held; the others are in that folder",
    )
    add_visitor_options(parser)
    parser.add_argument(
        "--keep-runs",
        type=_count,
        default=env("ESPALIER_KEEP_RUNS") or str(MOST_KEPT),
        help="runs that this folder keeps; the oldest beyond them are deleted",
    )
    parser.add_argument(
        "--keep-bytes",
        type=_size,
        default=env("ESPALIER_KEEP_BYTES") or "2gb",
        help="their size in all, such as 500mb; likewise",
    )
    parser.add_argument(
        "--answer-workers",
        type=int,
        default=env("ESPALIER_ANSWER_WORKERS") or str(WORKERS),
        help=f"processes that compare answers, of about 100 MB each; default: {WORKERS}",
    )
    parser.add_argument(
        "--repository",
        default=env("ESPALIER_REPOSITORY") or files_of_space(),
        help="address under which this repository's files can be read, for the guide's links",
    )
    parser.add_argument("--host", default=env("GRADIO_SERVER_NAME"), help="address to listen on")
    parser.add_argument("--port", type=int, default=None, help="default: the first free from 7860")
    parser.add_argument(
        "--root-path",
        default=env("GRADIO_ROOT_PATH", ""),
        help="path, or whole address, under which a proxy serves the app, such as /espalier",
    )
    parsed = parser.parse_args()
    if parsed.answer_workers < 1:
        parser.error(f"--answer-workers is {parsed.answer_workers}; it must be at least 1.")
    if (parsed.solver is None) != (parsed.verifier is None):
        parser.error("--solver and --verifier come together: give both, or neither.")
    if parsed.solver is not None and parsed.offer is not None:
        parser.error(
            "--offer names pairs, --solver and --verifier make one: give one or the other."
        )
    parsed.admission = admission(parser, parsed)
    return parsed


def add_visitor_options(parser: argparse.ArgumentParser) -> None:
    """How many searches are taken, and whose they are."""
    usual = AdmissionLimits()
    for option, variable, default, help_text in (
        (
            "--runs-at-once",
            "ESPALIER_RUNS_AT_ONCE",
            usual.at_once,
            "searches that compute at the same time",
        ),
        (
            "--runs-waiting",
            "ESPALIER_RUNS_WAITING",
            usual.waiting,
            "searches that may wait for their turn",
        ),
        (
            "--runs-per-visitor",
            "ESPALIER_RUNS_PER_VISITOR",
            0,
            "of those at once, one visitor's; 0: three quarters",
        ),
        (
            "--trust-proxies",
            "ESPALIER_TRUST_PROXIES",
            0,
            "proxies that add to X-Forwarded-For or Forwarded whom they saw",
        ),
    ):
        parser.add_argument(
            option,
            type=int,
            default=os.environ.get(variable) or default,
            help=f"{help_text}; default: {default}",
        )


def admission(parser: argparse.ArgumentParser, parsed: argparse.Namespace) -> AdmissionLimits:
    """The same, checked."""
    if parsed.trust_proxies < 0:
        parser.error(f"--trust-proxies is {parsed.trust_proxies}; it must be at least 0.")
    try:
        return AdmissionLimits(
            at_once=parsed.runs_at_once,
            waiting=parsed.runs_waiting,
            per_visitor=parsed.runs_per_visitor or None,
        )
    except ValueError as error:
        parser.error(f"--runs-at-once, --runs-waiting, --runs-per-visitor: {error}")


def _count(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text[:20]) < 10**9:
        raise argparse.ArgumentTypeError(f"{text!r:.40} is no number of runs; expected at least 1.")
    return int(text)


def _size(text: str) -> int:
    try:
        return read_size(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
