"""Gradio is imported without the stubs that it writes, which takes half of the time.

Whenever a class of a component is made, Gradio parses that class's file, writes a stub (`.pyi`)
of its events beside it for editors to read, and parses the stub as well. That is done for each
of its hundred components whenever a process imports it, and for ours: the stubs of ours were
then read by mypy in the place of the code.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType

_MODULE = "gradio.component_meta"
_WRITES_STUBS = "create_or_modify_pyi"


def _no_stub(*_: object) -> None:
    """Stands where Gradio writes a stub."""


class _StublessLoader(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        if hasattr(module, _WRITES_STUBS):  # else this Gradio names it otherwise, and is slow
            setattr(module, _WRITES_STUBS, _no_stub)


class _StublessFinder(MetaPathFinder):
    """Finds the one module of Gradio that writes stubs; everything else is left to others."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != _MODULE:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _StublessLoader(spec.loader.name, spec.loader.path)
        return spec


def write_no_stubs() -> None:
    """From now on Gradio is imported without them; where it is already, they are written."""
    if not any(isinstance(finder, _StublessFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _StublessFinder())
