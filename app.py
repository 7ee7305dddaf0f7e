"""Builds and launches the app: `python app.py`, then open the address that it prints."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from components.page import build_page
from components.style import style_sheet, theme
from search_core.answers import WORKERS, use_workers
from search_core.models import (
    EMBEDDED,
    SHIPPED,
    STEP_PROMPT,
    CatalogueError,
    Offered,
    offer,
    read_catalogue,
)
from search_core.serving import AdmissionLimits, RunRegistry
from search_core.serving.sizes import read_size
from search_core.serving.storage import MOST_KEPT, RunsFolderError
from search_core.serving.zero_gpu import ZeroGpu
from search_core.spaces import files_of_space, on_zero_gpu

# Every page that follows a run holds two of them; whoever finds none free waits and is told
# nothing. Not so many threads: a stream has none.
MOST_STREAMS = 2000


def arguments() -> argparse.Namespace:
    """Command line, with environment variables as defaults (for Spaces and containers)."""
    env = os.environ.get
    parser = argparse.ArgumentParser(description=__doc__)
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
        default=env("ESPALIER_SYSTEM_PROMPT", STEP_PROMPT),
        help=own + "what the solver is told before each problem (not the embedded one)",
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
        default=env("ESPALIER_MEMORY") or "96mb",
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


def models(chosen: argparse.Namespace) -> list[Offered]:
    """The pairs that visitors may choose; the embedded models unless the operator says more.

    Raises:
        CatalogueError: The models file cannot be read, or has no pair of a name.
    """
    catalogue = read_catalogue(chosen.models)
    if chosen.solver is None:
        names = (chosen.offer or EMBEDDED).split(",")
        return offer(catalogue, [name.strip() for name in names if name.strip()], chosen.device)
    pair = catalogue.open(
        chosen.solver,
        chosen.verifier,
        device=chosen.device,
        system_prompt=chosen.system_prompt,
        dtype=chosen.dtype,
        verifier_dtype=chosen.verifier_dtype,
        verifier_format=chosen.verifier_format,
    )
    return [Offered("own", "", "", pair)]


def zero_gpu(offered: list[Offered]) -> ZeroGpu | None:
    """Where runs go on a ZeroGPU Space, with their models placed; None anywhere else."""
    if not on_zero_gpu():
        return None
    try:
        import spaces  # before torch, which it patches
    except ImportError as error:
        raise SystemExit("A ZeroGPU Space needs `pip install spaces==0.51.3`.") from error
    gpu = ZeroGpu(spaces.GPU, {one.name: one.pair for one in offered if one.pair.needs_gpu})
    gpu.place()
    return gpu


def main() -> None:
    """Serve the page until the process is stopped."""
    chosen = arguments()
    use_workers(chosen.answer_workers)
    # Otherwise the server takes a neighbour's word for whom a request is from, and there is
    # nothing left by which `--trust-proxies` could tell.
    os.environ.setdefault("FORWARDED_ALLOW_IPS", "")
    try:
        offered = models(chosen)
    except CatalogueError as error:
        raise SystemExit(str(error)) from error
    try:
        registry = RunRegistry(
            chosen.runs,
            limits=chosen.admission,
            most_bytes=chosen.memory,
            most_kept=chosen.keep_runs,
            most_kept_bytes=chosen.keep_bytes,
            elsewhere=zero_gpu(offered),
        )
    except RunsFolderError as error:
        raise SystemExit(str(error)) from error
    page = build_page(
        offered, registry, repository=chosen.repository, trusted_proxies=chosen.trust_proxies
    )
    page.queue(default_concurrency_limit=16).launch(
        max_threads=MOST_STREAMS,
        server_name=chosen.host,
        server_port=chosen.port,
        root_path=chosen.root_path,
        theme=theme(),
        css=style_sheet(),
        ssr_mode=False,
        run_history=False,
        footer_links=[],
        prevent_thread_lock=True,
    )
    # Only now: the page opens before torch is imported.
    if not on_zero_gpu() or offered[0].pair.embedded:
        offered[0].pair.warm_up()
    try:
        page.block_thread()
    finally:
        registry.close()


if __name__ == "__main__":
    main()
