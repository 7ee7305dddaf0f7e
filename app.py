"""Builds and launches the app: `python app.py`, then open the address that it prints."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from components.page import build_page
from components.style import style_sheet, theme
from search_core.models import (
    EMBEDDED,
    SHIPPED,
    STEP_PROMPT,
    CatalogueError,
    Offered,
    offer,
    read_catalogue,
)
from search_core.serving import RunRegistry
from search_core.serving.sizes import read_size
from search_core.serving.storage import MOST_KEPT, RunsFolderError
from search_core.serving.zero_gpu import ZeroGpu
from search_core.spaces import files_of_space, on_zero_gpu

# A stranger's trace file: room for tens of thousands of steps, and little to do for the server.
MOST_UPLOADED = "16mb"


def arguments() -> argparse.Namespace:
    """Command line, with environment variables as defaults (for Spaces and containers)."""
    env = os.environ.get
    parser = argparse.ArgumentParser(description=__doc__)
    named = "name in the models file, embedded name (small, large), folder, Hub name, or URL"
    parser.add_argument(
        "--models",
        type=Path,
        default=Path(env("ESPALIER_MODELS") or SHIPPED),
        help="file that names models and pairs, as assets/models.yaml",
    )
    parser.add_argument(
        "--offer",
        default=env("ESPALIER_OFFER"),
        help=f"pairs of that file that visitors choose among, with commas; default: {EMBEDDED}",
    )
    parser.add_argument("--solver", default=env("ESPALIER_SOLVER"), help=f"in their place: {named}")
    parser.add_argument("--verifier", default=env("ESPALIER_VERIFIER"), help="likewise")
    own = "of a --solver or --verifier that the models file does not name: "
    parser.add_argument(
        "--system-prompt",
        default=env("ESPALIER_SYSTEM_PROMPT", STEP_PROMPT),
        help=own + "what the solver is told before each problem (not the embedded one)",
    )
    parser.add_argument(
        "--verifier-format",
        default=env("ESPALIER_VERIFIER_FORMAT", "auto"),
        help=own + "how the verifier's score is read",
    )
    parser.add_argument(
        "--dtype", default=env("ESPALIER_DTYPE", "auto"), help=own + "the solver's precision"
    )
    parser.add_argument(
        "--verifier-dtype",
        default=env("ESPALIER_VERIFIER_DTYPE", "auto"),
        help=own + "the verifier's precision",
    )
    parser.add_argument("--device", default=env("ESPALIER_DEVICE", "auto"))
    parser.add_argument(
        "--runs",
        type=Path,
        default=Path(env("ESPALIER_RUNS") or Path.home() / ".cache" / "espalier" / "runs"),
        help="folder that keeps the traces of all runs",
    )
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
        "--repository",
        default=env("ESPALIER_REPOSITORY") or files_of_space(),
        help="address under which this repository's files can be read, for the guide's links",
    )
    parser.add_argument("--host", default=env("GRADIO_SERVER_NAME"))
    parser.add_argument("--port", type=int, default=None)
    parsed = parser.parse_args()
    if (parsed.solver is None) != (parsed.verifier is None):
        parser.error("--solver and --verifier come together: give both, or neither.")
    if parsed.solver is not None and parsed.offer is not None:
        parser.error(
            "--offer names pairs, --solver and --verifier make one: give one or the other."
        )
    return parsed


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
    try:
        offered = models(chosen)
    except CatalogueError as error:
        raise SystemExit(str(error)) from error
    try:
        registry = RunRegistry(
            chosen.runs,
            most_kept=chosen.keep_runs,
            most_kept_bytes=chosen.keep_bytes,
            elsewhere=zero_gpu(offered),
        )
    except RunsFolderError as error:
        raise SystemExit(str(error)) from error
    page = build_page(offered, registry, repository=chosen.repository)
    page.queue(default_concurrency_limit=16).launch(
        server_name=chosen.host,
        server_port=chosen.port,
        theme=theme(),
        css=style_sheet(),
        max_file_size=MOST_UPLOADED,
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
