"""Builds and launches the app: `python app.py`, then open the address that it prints."""

from __future__ import annotations

import argparse
import os

from components.arguments import arguments
from components.page import build_page
from components.style import style_sheet, theme
from search_core.answers import use_workers
from search_core.heap import keep_together
from search_core.models import (
    EMBEDDED,
    Offered,
    asked_for,
    offer,
    prompt_with,
    read_catalogue,
    read_examples,
)
from search_core.serving import RunRegistry
from search_core.serving.storage import RunsFolderError
from search_core.serving.zero_gpu import ZeroGpu
from search_core.spaces import on_zero_gpu

# Every page that follows a run holds two of them; whoever finds none free waits and is told
# nothing. Not so many threads: a stream has none.
MOST_STREAMS = 2000


def models(chosen: argparse.Namespace) -> list[Offered]:
    """The pairs that visitors may choose; the embedded models unless the operator says more.

    Raises:
        CatalogueError: The models file cannot be read, or has no pair of a name.
        ValueError: The examples cannot be read.
    """
    catalogue = read_catalogue(chosen.models)
    if chosen.solver is None:
        names = (chosen.offer or EMBEDDED).split(",")
        return offer(catalogue, [name.strip() for name in names if name.strip()], chosen.device)
    examples = read_examples(chosen.examples) if chosen.examples else []
    told = asked_for(chosen.steps) if chosen.system_prompt is None else chosen.system_prompt
    pair = catalogue.open(
        chosen.solver,
        chosen.verifier,
        device=chosen.device,
        system_prompt=prompt_with(told, examples),
        **({"steps": chosen.steps} if chosen.steps else {}),
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
    keep_together()
    use_workers(chosen.answer_workers)
    # Otherwise the server takes a neighbour's word for whom a request is from, and there is
    # nothing left by which `--trust-proxies` could tell.
    os.environ.setdefault("FORWARDED_ALLOW_IPS", "")
    try:
        offered = models(chosen)
    except ValueError as error:
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
