"""Imports run one way: app → components → search_core, and heavy libraries stay where they
belong. Checked in the syntax tree of every file, and once in a real interpreter."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PLACES = ("app.py", "search_core/**/*.py", "components/**/*.py")
SOURCES = sorted(path for place in PLACES for path in ROOT.glob(place))
HEAVY = {"torch", "transformers", "safetensors", "tokenizers", "accelerate"}
HEAVY_PLACES = (
    "search_core.solvers",
    "search_core.verifiers",
    "search_core.engine",
    "search_core.embedded.training",
    # What search is measured against (transformers' own decoding, a device's memory), and on
    # what models.
    "search_core.bench.decoding",
    "search_core.bench.gpu",
    "search_core.bench.random_models",
    "search_core.bench.usual_way",
)
PAGE = {"gradio", "plotly"}
STRATEGIES_MAY = (
    "search_core.log.events",
    "search_core.scoring",
    "search_core.seeds",
    "search_core.strategies",
    # Where a stream's pieces belong: a pure reading of text, like an answer's extraction.
    "search_core.strategies.places",
)
OUTSIDE_WORLD = {
    *("asyncio", "datetime", "http", "os", "pathlib", "random", "requests", "httpx", "secrets"),
    *("socket", "subprocess", "threading", "time", "urllib", "numpy"),
}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, at the top or inside a function; type checking too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} has a relative import"
            yield node.module or ""


def inside(module: str, places: tuple[str, ...]) -> bool:
    return any(module == place or module.startswith(place + ".") for place in places)


IMPORTS = [(module_name(path), imported) for path in SOURCES for imported in imports(path)]


def test_there_is_something_to_check() -> None:
    modules = {module for module, _ in IMPORTS}
    assert {"search_core.run.runner", "components.palette"} <= modules


def test_imports_run_one_way() -> None:
    for module, imported in IMPORTS:
        target = imported.partition(".")[0]
        if module.startswith("search_core"):
            assert target not in {"app", "components"}, module
        if module.startswith("components"):
            assert target != "app", module


def test_the_core_knows_no_page() -> None:
    for module, imported in IMPORTS:
        if module.startswith("search_core"):
            assert imported.partition(".")[0] not in PAGE, module


def test_models_are_loaded_only_where_models_live() -> None:
    for module, imported in IMPORTS:
        if imported.partition(".")[0] in HEAVY:
            assert inside(module, HEAVY_PLACES), f"{module} imports {imported}"


def test_strategies_import_only_what_they_decide_with() -> None:
    for module, imported in IMPORTS:
        if inside(module, ("search_core.strategies",)):
            target = imported.partition(".")[0]
            if target == "search_core":
                assert inside(imported, STRATEGIES_MAY), f"{module} imports {imported}"
            assert target not in OUTSIDE_WORLD | HEAVY | PAGE, f"{module} imports {imported}"


def loaded_by(modules: list[str]) -> set[str]:
    """Top-level modules in a fresh interpreter after importing these."""
    code = (
        "import importlib, json, sys\n"
        f"for name in {modules!r}: importlib.import_module(name)\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr[-2000:]
    return set(json.loads(result.stdout.splitlines()[-1]))


@pytest.mark.parametrize("module", ["search_core", "search_core.strategies", "search_core.log"])
def test_importing_the_core_is_cheap(module: str) -> None:
    assert not loaded_by([module]) & (HEAVY | PAGE)


def test_importing_the_page_loads_no_model_library() -> None:
    components = [module_name(path) for path in SOURCES if module_name(path).startswith("comp")]
    assert not loaded_by(components) & {"torch", "transformers", "accelerate"}


def test_the_whole_page_is_built_without_a_model_library(tmp_path: Path) -> None:
    """So the server answers before torch is imported: models are loaded after that."""
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from components.page import build_page\n"
        "from search_core.models.embedded import embedded_pair\n"
        "from search_core.serving import RunRegistry\n"
        f"build_page(embedded_pair(), RunRegistry(Path({str(tmp_path)!r})))\n"
        "print('torch' in sys.modules, 'transformers' in sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.stdout.splitlines()[-1:] == ["False False"], result.stderr[-2000:]


def test_the_palette_and_the_numbers_load_no_plotting_library() -> None:
    assert not loaded_by(["components.palette", "components.numbers"]) & (HEAVY | PAGE)
