"""llama.cpp's server as a Python package brings it (xllamacpp), started by those options of
`llama-server` that `run.sh` gives. Its build suits any CPU.
"""

from __future__ import annotations

import argparse
import threading
from typing import Any

import xllamacpp


def arguments() -> argparse.Namespace:
    """What `run.sh` says; float32 throughout, as its flags ask a `llama-server` for it."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    for name in ("model", "alias", "host"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("port", "parallel", "ctx-size", "threads", "threads-batch"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--cache-type-k", choices=("f32",), required=True)
    parser.add_argument("--cache-type-v", choices=("f32",), required=True)
    parser.add_argument("--flash-attn", choices=("off",), required=True)
    for name in ("offline", "no-ui"):
        parser.add_argument(f"--{name}", action="store_true")
    return parser.parse_args()


def main() -> None:
    """Serve until the process is ended."""
    asked = arguments()
    given: Any = xllamacpp.CommonParams()
    given.model.path, given.model_alias = asked.model, [asked.alias]
    given.hostnames, given.port = [asked.host], asked.port
    given.n_parallel, given.n_ctx = asked.parallel, asked.ctx_size
    given.cpuparams.n_threads = asked.threads
    given.cpuparams_batch.n_threads = asked.threads_batch
    given.cache_type_k = given.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F32
    given.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
    given.offline, given.ui = asked.offline, not asked.no_ui
    server = xllamacpp.Server(given)
    print(server.listening_address, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
