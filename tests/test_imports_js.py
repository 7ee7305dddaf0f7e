"""The page's modules import one way, too: no folder of `assets/js` imports from a higher floor,
no modules import each other in a circle, and what is exported is used. Types in comments do not
count. The Python modules have a table of their own in `test_imports.py`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path, PurePosixPath
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
MODULES = ROOT / "assets" / "js"

FLOORS = """
standalone.js  learn.js  compare.js
main.js  race
explorer.js
keys.js  address.js  attending.js  showing.js  steering.js  visit.js  lessons
panels
minute  taking  classroom
picture
words
log  guide  form  verify
dom
"""
"""From the roof down to the ground. A module may import from its own folder and from every lower
floor: none above, and none beside it."""

FLOOR_OF = {
    room: level
    for level, rooms in enumerate(reversed(FLOORS.strip().splitlines()), start=1)
    for room in rooms.split()
}
# What the outside imports: scripts that Gradio runs, and the tests; no module does.
ENTRANCES = {
    "main.js": {"mount"},
    "log/tree.js": {"toJSON", "LogError"},
    "form/notice.js": {"mountNotice"},
    "form/form.js": {"mountForm"},
    "form/kinds.js": {"mountKinds"},
    "dom/header.js": {"mountHeader"},
    "dom/theme_choice.js": {"showChosenTheme"},
    "guide/links.js": {"placeGuideLinks", "carryTheme"},
    "guide/terms.js": {"explainTerms"},
}

_COMMENT = re.compile(r"/\*.*?\*/|^\s*//.*?$", re.DOTALL | re.MULTILINE)
_IMPORT = re.compile(r'^import\s+\{([^}]*)\}\s+from\s+"([^"]+)";', re.MULTILINE)
_ANY_IMPORT = re.compile(r"^\s*(?:import\b(?!\()|export\s*[{*])", re.MULTILINE)
_EXPORT = re.compile(
    r"^export\s+(?:async\s+)?(?:function\*?|class|const|let)\s+(\w+)", re.MULTILINE
)


class Import(NamedTuple):
    """`names` are imported by one module from another, both named as paths below `assets/js`."""

    importer: str
    imported: str
    names: frozenset[str]


def code_of(source: str) -> str:
    return _COMMENT.sub("", source)


def imports_of(module: str, source: str) -> list[Import]:
    """Every static import of a module.

    Raises:
        ValueError: It imports in a way that this test does not read.
    """
    code = code_of(source)
    found = []
    for names, address in _IMPORT.findall(code):
        parts: list[str] = []
        for part in (PurePosixPath(module).parent / address).parts:
            if part == "..":
                parts.pop()
            else:
                parts.append(part)
        imported = {name.split(" as ")[0].strip() for name in names.split(",")} - {""}
        found.append(Import(module, "/".join(parts), frozenset(imported)))
    if len(found) != len(_ANY_IMPORT.findall(code)):
        raise ValueError(f'{module}: write every import as `import {{ name }} from "address";`.')
    return found


def floor_of(module: str) -> int:
    room = module.partition("/")[0]
    if room not in FLOOR_OF:
        raise KeyError(f"{module} has no floor: give {room} a place in FLOORS.")
    return FLOOR_OF[room]


def trespasses(imports: Iterable[Import]) -> list[str]:
    """Imports from another room that does not lie on a lower floor."""
    return [
        f"{importer} imports {imported}"
        for importer, imported, _ in imports
        if importer.partition("/")[0] != imported.partition("/")[0]
        and floor_of(imported) >= floor_of(importer)
    ]


def circle(imports: Iterable[Import]) -> list[str]:
    """Modules that import each other in a loop; [] if none do."""
    graph: dict[str, set[str]] = {}
    for importer, imported, _ in imports:
        graph.setdefault(importer, set()).add(imported)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def missing(imports: Iterable[Import], exports: Mapping[str, set[str]]) -> list[str]:
    """What is imported and nowhere exported."""
    return [
        f"{importer} imports {name} of {imported}"
        for importer, imported, names in imports
        for name in sorted(names - exports.get(imported, set()))
    ]


def unused(
    imports: Iterable[Import], exports: Mapping[str, set[str]], tests: Iterable[Import] = ()
) -> list[str]:
    """What is exported and imported by nobody; tests may look into a module that is used."""
    used = {(imported, name) for _, imported, names in imports for name in names}
    tested = {(imported, name) for _, imported, names in tests for name in names}
    return [
        f"{module} exports {name}"
        for module, names in sorted(exports.items())
        for name in sorted(names - ENTRANCES.get(module, set()))
        if (module, name) not in used
        and not ((module, name) in tested and _used_inside(module, name))
    ]


def _used_inside(module: str, name: str) -> bool:
    code = code_of((MODULES / module).read_text(encoding="utf-8"))
    return len(re.findall(rf"\b{name}\b", code)) > 1


SOURCES = {
    path.relative_to(MODULES).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted(MODULES.rglob("*.js"))
}
IMPORTS = [found for module, source in SOURCES.items() for found in imports_of(module, source)]
EXPORTS = {module: set(_EXPORT.findall(code_of(source))) for module, source in SOURCES.items()}


def imports_of_tests() -> list[Import]:
    """What the tests import, as if they lay in the folder of the modules."""
    return [
        found
        for path in (ROOT / "tests" / "js").glob("*.mjs")
        for found in imports_of(
            path.name,
            path.read_text(encoding="utf-8")
            .replace("../../assets/js/", "./")
            .replace("import assert from", "// ")
            .replace('import { test } from "node:test"', "// "),
        )
    ]


def test_no_module_imports_from_a_higher_floor() -> None:
    assert len(IMPORTS) > 100
    assert trespasses(IMPORTS) == []


def test_no_modules_import_each_other() -> None:
    assert circle(IMPORTS) == []


def test_every_name_is_exported_where_it_is_imported() -> None:
    assert missing(IMPORTS, EXPORTS) == []


def test_what_is_exported_is_used() -> None:
    assert unused(IMPORTS, EXPORTS, imports_of_tests()) == []


def test_every_folder_says_what_is_in_it() -> None:
    for folder in [MODULES, *(path for path in MODULES.rglob("*") if path.is_dir())]:
        said = (folder / "README.md").read_text(encoding="utf-8")
        assert "Begin with" in said, folder


def test_upward_imports_and_circles_are_seen() -> None:
    upward = imports_of("log/a.js", 'import { b } from "../words/b.js";')
    assert trespasses(upward) == ["log/a.js imports words/b.js"]
    beside = imports_of("keys.js", 'import { b } from "./address.js";')
    assert trespasses(beside) == ["keys.js imports address.js"]
    downward = imports_of("panels/deep/a.js", 'import {\n  b,\n  c as d,\n} from "../../dom/b.js";')
    assert downward == [Import("panels/deep/a.js", "dom/b.js", frozenset({"b", "c"}))]
    assert trespasses(downward) == []
    there, back = 'import { b } from "./b.js";', 'import { a } from "./a.js";'
    assert circle([*imports_of("log/a.js", there), *imports_of("log/b.js", back)])
    assert imports_of("log/a.js", '// import { b } from "../words/b.js";\n/* "./c.js" */') == []
    assert missing(upward, {"words/b.js": {"c"}}) == ["log/a.js imports b of words/b.js"]
    assert unused([], {"words/b.js": {"c"}}) == ["words/b.js exports c"]
