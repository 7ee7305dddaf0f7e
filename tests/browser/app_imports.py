"""All that an app imports by the end of its first run, for `app_process` to fork apps from.

An app imports most of it when it is first needed; that this is so, and that the page is built
without it, is held by `tests/test_imports.py`.
"""

from __future__ import annotations

import gc
import importlib

# What is imported here stays to the end: no search for garbage, here or in an app, walks over it.
gc.disable()
for _name in (
    "app",
    "search_core.solvers.transformers_solver",
    "search_core.verifiers.loading",
    "search_core.engine.checkpoints.loading",
    "search_core.engine.reading.reader",
    "search_core.engine.writing.decoder",
    "sympy",
    "torch",
    "torch._dynamo",
    "transformers",
    "transformers.convert_slow_tokenizer",
    "transformers.models.auto.tokenization_auto",
    "transformers.models.llama.modeling_llama",
    "uvicorn.protocols.http.auto",
):
    importlib.import_module(_name)
gc.freeze()
gc.enable()
