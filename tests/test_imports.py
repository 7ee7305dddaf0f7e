"""Imports run one way: no floor imports a higher one, nothing imports in a circle, and heavy
libraries stay where they belong. Checked in the syntax tree of every file, and once in a real
interpreter. The JavaScript modules have a table of their own in `test_imports_js.py`."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACES = ("app.py", "search_core/**/*.py", "components/**/*.py")
SOURCES = sorted(path for place in PLACES for path in ROOT.glob(place))

FLOORS = """
app
components.page
components.handlers  components.place_list  components.shell  components.compare
components.controls  components.learn
components.explorer  components.charts  components.guide  components.verify
components.audit  components.classroom
components.place_frame  components.asked_at_root
components.elements  components.diagram  components.places  components.style  components.bounds
components.headers
components.place_answers  components.published  components.emblem
components.arguments
components.request_log
components.palette  components.first_load  components.whole_values  components.stubs
components
search_core.__main__  search_core.embedded.__main__  search_core.tuning.__main__
search_core.cli
search_core.bench  search_core.embedded.training  search_core.chosen_problems  search_core.lessons
search_core.tuning
search_core
search_core.search  search_core.export
search_core.audit
search_core.verify  search_core.race
search_core.serving  search_core.evaluation  search_core.fidelity  search_core.thoughts
search_core.whatif  search_core.steer
search_core.models
search_core.labelled
search_core.run
search_core.remote
search_core.solvers  search_core.verifiers
search_core.engine.writing
search_core.engine.reading
search_core.engine.memory  search_core.engine.checkpoints
search_core.acts
search_core.engine  search_core.picture
search_core.strategies  search_core.embedded
search_core.testing
search_core.protocols
search_core.scoring  search_core.steps  search_core.model_card  search_core.problem_files
search_core.log
search_core.problem  search_core.answers  search_core.seeds  search_core.flops  search_core.spaces
search_core.numerals  search_core.heap  search_core.records
"""
"""From the roof down to the ground. A module belongs to the longest name here that it begins
with. It may import its own room and every room on a lower floor: none beside it, none above.
Something new goes on the lowest floor that stands above all that it needs."""

TABLE = [line.split() for line in FLOORS.strip().splitlines()]
FLOOR_OF = {room: len(TABLE) - level for level, rooms in enumerate(TABLE) for room in rooms}
MOST_LOOSE = 10
FACES = {"components", "search_core"}

HEAVY = {"torch", "transformers", "safetensors", "tokenizers", "accelerate"}
HEAVY_PLACES = (
    "search_core.solvers",
    "search_core.verifiers",
    "search_core.engine",
    "search_core.embedded.training",
    "search_core.tuning",
    # What search is measured against (transformers' own decoding, a device's memory), and on
    # what models.
    "search_core.bench.decoding",
    "search_core.bench.gpu",
    "search_core.bench.random_models",
    "search_core.bench.baseline_models",
)
PAGE = {"gradio", "plotly"}
STRATEGIES_MAY = (
    "search_core.log.events",
    "search_core.numerals",
    "search_core.records",
    "search_core.scoring",
    "search_core.seeds",
    "search_core.strategies",
    # Where a stream's pieces belong, and which say an answer: pure readings of text.
    "search_core.strategies.places",
    "search_core.answers.extraction",
)
OUTSIDE_WORLD = {
    *("asyncio", "datetime", "http", "os", "pathlib", "random", "requests", "httpx", "secrets"),
    *("socket", "subprocess", "threading", "time", "urllib", "numpy"),
}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path) for path in SOURCES}
PACKAGES = {module_name(path) for path in SOURCES if path.name == "__init__.py"}


@cache
def said_in_files() -> dict[Path, list[ast.stmt]]:
    """Imports and classes of each file, wherever they stand in it: each file is read once."""
    return {path: list(_said_in(path.read_text(encoding="utf-8"), path.name)) for path in SOURCES}


def _said_in(source: str, name: str) -> Iterator[ast.stmt]:
    """Only statements hold statements: what they compute is not walked through."""
    waiting: list[ast.AST] = [ast.parse(source, name)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom | ast.ClassDef):
            yield node
        for field in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(node, field, ())
            waiting += inner if isinstance(inner, list) else ()


def imports(found: Iterable[ast.stmt], name: str) -> Iterator[str]:
    """Every module that a file imports, at the top or inside a function; type checking too."""
    for node in found:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} has a relative import"
            module = node.module or ""
            # `from package import module` imports the module; `import name` of it, the package.
            inner = {f"{module}.{alias.name}" for alias in node.names}
            yield from (inner & MODULES) or {module}


def inside(module: str, places: tuple[str, ...]) -> bool:
    return any(module == place or module.startswith(place + ".") for place in places)


def room_of(module: str) -> str:
    """The longest name in the table that this module begins with.

    Raises:
        KeyError: The table has no place for it.
    """
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        name = ".".join(parts[:length])
        # These two are the packages' faces, not whatever nobody gave a place.
        if name in FLOOR_OF and (length == len(parts) or name not in FACES):
            return name
    raise KeyError(f"{module} has no floor: give its room a place in FLOORS.")


def trespasses(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Imports from another room that does not lie on a lower floor, as sentences."""
    found = []
    for module, imported in pairs:
        if imported.partition(".")[0] not in {"app", "components", "search_core"}:
            continue
        if module in PACKAGES and imported.startswith(module + "."):
            continue  # a package's face hands on what is inside
        here, there = room_of(module), room_of(imported)
        if here != there and FLOOR_OF[there] >= FLOOR_OF[here]:
            found.append(
                f"{module} (floor {FLOOR_OF[here]}) imports {imported} ({FLOOR_OF[there]})"
            )
    return found


def circle(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Modules that import each other in a loop, the first one found; [] if none do."""
    graph: Mapping[str, set[str]] = defaultdict(set)
    for module, imported in pairs:
        if imported in MODULES:
            graph[module].add(imported)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


@cache
def all_imports() -> list[tuple[str, str]]:
    """Who imports whom. Not made where the file is imported: every worker of a run does that."""
    return [
        (module_name(path), imported)
        for path, found in said_in_files().items()
        for imported in imports(found, path.name)
    ]


def test_there_is_something_to_check() -> None:
    modules = {module for module, _ in all_imports()}
    assert {"search_core.run.runner", "components.page"} <= modules


def test_every_module_has_a_floor_and_every_room_of_the_table_exists() -> None:
    rooms = {room_of(module) for module in MODULES}
    assert rooms == set(FLOOR_OF)


def test_no_import_runs_upward_or_to_the_room_beside() -> None:
    assert trespasses(all_imports()) == []


def test_an_upward_import_would_be_noticed() -> None:
    upward = ("search_core.strategies.base", "search_core.run.runner")
    beside = ("search_core.solvers.loading", "search_core.verifiers.loading")
    assert len(trespasses([upward, beside])) == 2
    assert not trespasses([upward[::-1]])


def test_nothing_imports_in_a_circle() -> None:
    assert circle(all_imports()) == []


def test_a_circle_would_be_noticed() -> None:
    back = ("search_core.log.events", "search_core.log.tree")
    assert set(back) <= set(circle([*all_imports(), back]))


def test_few_modules_lie_loose_in_the_core() -> None:
    loose = [path.stem for path in (ROOT / "search_core").glob("*.py")]
    own = [name for name in loose if name not in {"__init__", "__main__", "search"}]
    assert len(own) <= MOST_LOOSE, own


def test_no_two_classes_have_one_name() -> None:
    places: Mapping[str, list[str]] = defaultdict(list)
    for path, found in said_in_files().items():
        for node in found:
            if isinstance(node, ast.ClassDef):
                places[node.name].append(str(path.relative_to(ROOT)))
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_every_package_says_what_is_in_it() -> None:
    for path in SOURCES:
        if path.name == "__init__.py":
            said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
            assert said, f"{path.relative_to(ROOT)} says nothing"


def test_the_core_knows_no_page() -> None:
    for module, imported in all_imports():
        if module.startswith("search_core"):
            assert imported.partition(".")[0] not in PAGE, module


def test_models_are_loaded_only_where_models_live() -> None:
    for module, imported in all_imports():
        if imported.partition(".")[0] in HEAVY:
            assert inside(module, HEAVY_PLACES), f"{module} imports {imported}"


def test_strategies_import_only_what_they_decide_with() -> None:
    for module, imported in all_imports():
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


def test_importing_the_core_is_cheap() -> None:
    modules = ["search_core", "search_core.strategies", "search_core.log"]
    assert not loaded_by(modules) & (HEAVY | PAGE)


def test_the_whole_page_is_imported_and_built_without_a_model_library(tmp_path: Path) -> None:
    """So the server answers before torch is imported: models are loaded after that."""
    components = [module_name(path) for path in SOURCES if module_name(path).startswith("comp")]
    code = (
        "import importlib, sys\n"
        "from pathlib import Path\n"
        f"for name in {components!r}: importlib.import_module(name)\n"
        "from components.page import build_page\n"
        "from search_core.models import embedded_pair\n"
        "from search_core.serving import RunRegistry\n"
        f"build_page(embedded_pair(), RunRegistry(Path({str(tmp_path)!r})))\n"
        "print([name for name in ('torch', 'transformers', 'accelerate') if name in sys.modules])\n"
        "import gradio.component_meta\n"
        "print(gradio.component_meta.create_or_modify_pyi.__module__)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    # And without stubs of components, which are half of the time that Gradio takes.
    assert result.stdout.splitlines()[-2:] == ["[]", "components.stubs"], result.stderr[-2000:]


def test_pictures_load_no_plotting_library() -> None:
    assert not loaded_by(["components.palette", "search_core.picture"]) & (HEAVY | PAGE)
