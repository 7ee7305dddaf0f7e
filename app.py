"""Builds and launches the app: `python app.py`, then open the address that it prints."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from components.page import build_page
from components.style import style_sheet, theme
from search_core.models import (
    STEP_PROMPT,
    ModelPair,
    embedded_pair,
    is_shipped_solver,
    solver_folder,
    verifier_folder,
)
from search_core.runs import RunRegistry

# A stranger's trace file: room for tens of thousands of steps, and little to do for the server.
MOST_UPLOADED = "16mb"


def arguments() -> argparse.Namespace:
    """Command line, with environment variables as defaults (for Spaces and containers)."""
    env = os.environ.get
    parser = argparse.ArgumentParser(description=__doc__)
    named = "model folder, Hub name, embedded name (small, large), or http://host:8000/v1"
    parser.add_argument("--solver", default=env("ESPALIER_SOLVER"), help=named)
    parser.add_argument("--verifier", default=env("ESPALIER_VERIFIER"), help="likewise")
    parser.add_argument(
        "--system-prompt",
        default=env("ESPALIER_SYSTEM_PROMPT", STEP_PROMPT),
        help="what the solver is told before each problem (not the embedded one)",
    )
    parser.add_argument("--device", default=env("ESPALIER_DEVICE", "auto"))
    parser.add_argument(
        "--runs",
        type=Path,
        default=Path(env("ESPALIER_RUNS") or Path.home() / ".cache" / "espalier" / "runs"),
        help="folder that keeps the traces of all runs",
    )
    parser.add_argument("--host", default=env("GRADIO_SERVER_NAME"))
    parser.add_argument("--port", type=int, default=None)
    parsed = parser.parse_args()
    if (parsed.solver is None) != (parsed.verifier is None):
        parser.error("--solver and --verifier come together: give both, or neither.")
    return parsed


def models(chosen: argparse.Namespace) -> ModelPair:
    """The embedded models to choose from, or the two that the operator names."""
    if chosen.solver is None:
        return embedded_pair()
    folder = solver_folder(chosen.solver)
    return ModelPair(
        folder,
        verifier_folder(chosen.verifier),
        device=chosen.device,
        embedded=is_shipped_solver(folder),
        system_prompt=chosen.system_prompt,
    )


def main() -> None:
    """Serve the page until the process is stopped."""
    chosen = arguments()
    pair = models(chosen)
    registry = RunRegistry(chosen.runs)
    page = build_page(pair, registry)
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
    pair.warm_up()
    try:
        page.block_thread()
    finally:
        registry.close()


if __name__ == "__main__":
    main()
