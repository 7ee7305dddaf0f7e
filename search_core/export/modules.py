"""The page's modules as one script.

Browsers load no module of a file that was opened from disk, so the modules of `assets/js` are put
into one script, found by following imports from an entrance: there is no list to keep. Each
becomes a function that is called once, those that it imports before it. Nothing is shortened or
rewritten but the import and export statements, so that what runs can be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path, PurePosixPath

_IMPORT = re.compile(r'^import\s+\{([^}]*)\}\s+from\s+"([^"]+)";', re.MULTILINE)
_EXPORT = re.compile(r"^export\s+((?:async\s+)?function\*?|class|const)\s+([\w$]+)", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*(?://[^\n]*\n|/\*\*.*?\*/[ \t]*\n)", re.MULTILINE | re.DOTALL)
# From the beginning of a line on: from each letter on it would take a second of every start.
_OTHER = re.compile(r"^(?:import\b(?!\()|export\b|await\b|.*\bimport\.meta\b).*", re.MULTILINE)
_NEVER = ("</script", "<script", "<!--")
"""What would end the element around a script, or change how its end is found."""


class BundleError(ValueError):
    """The modules cannot be put into one script; the message says which, and why."""


def bundle(folder: Path, *entrances: str) -> str:
    """One script, to be run as a module, of everything that the entrances need.

    It makes `modules`: what each of them exports, by its path below the folder.

    Args:
        folder: Where the modules lie.
        entrances: The modules that begin, as paths below the folder.

    Raises:
        BundleError: A module is missing, imports in a circle, or is written in a way that is not
            understood here.
    """
    sources = _sources(folder, entrances)
    script = "\n".join(
        ["const modules = {};", *(_module(name, source) for name, source in sources.items())]
    )
    return script_safe(script, " and ".join(entrances))


def exports(folder: Path, *entrances: str) -> dict[str, list[str]]:
    """The names that each module of such a script exports, by the module's path.

    Raises:
        BundleError: As for `bundle`.
    """
    return {
        name: [match[2] for match in _EXPORT.finditer(source)]
        for name, source in _sources(folder, entrances).items()
    }


def _sources(folder: Path, entrances: Sequence[str]) -> dict[str, str]:
    """The text of everything that is needed, by its path, each after what it imports."""
    sources: dict[str, str] = {}
    imported: dict[str, list[str]] = {}
    waiting = list(entrances)
    while waiting:
        name = waiting.pop()
        if name in sources:
            continue
        sources[name] = _read(folder, name)
        imported[name] = [_address(name, match[2]) for match in _IMPORT.finditer(sources[name])]
        waiting += imported[name]
    try:
        order = TopologicalSorter({name: imported[name] for name in sorted(imported)})
        return {name: sources[name] for name in order.static_order()}
    except CycleError as error:
        raise BundleError(
            f"These modules import each other: {' → '.join(error.args[1])}."
        ) from error


def script_safe(script: str, name: str) -> str:
    """The script itself, once it is clear that it stays inside its element.

    Raises:
        BundleError: It does not. Write such text in two parts.
    """
    found = [text for text in _NEVER if text in script.lower()]
    if found:
        raise BundleError(f"{name} holds {found[0]!r}, which no script in a page may.")
    return script


def _read(folder: Path, name: str) -> str:
    try:
        return (folder / name).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise BundleError(f"{name} is imported, but {folder} has no such file.") from error


def _address(importer: str, address: str) -> str:
    parts = list(PurePosixPath(importer).parent.parts)
    for part in PurePosixPath(address).parts:
        if part != "..":
            parts.append(part)
        elif parts:
            parts.pop()
        else:
            raise BundleError(f"{importer} imports {address}, which lies outside the modules.")
    if not address.startswith("."):
        raise BundleError(
            f"{importer} imports {address!r}; expected an address that begins with a dot."
        )
    return "/".join(parts)


def _module(name: str, source: str) -> str:
    # Whoever reads them reads the module; a page's file is as long for each letter.
    source = _COMMENT.sub("", source)
    exported = [match[2] for match in _EXPORT.finditer(source)]
    body = _IMPORT.sub(lambda match: _taken(name, match), source)
    body = _EXPORT.sub(lambda match: f"{match[1]} {match[2]}", body)
    for line in _odd(body):
        raise BundleError(
            f"{name}: {line.strip()[:80]!r} is not understood; expected "
            '`import { name } from "address";` and exported functions, classes and constants.'
        )
    given = ", ".join(exported)
    return f"modules[{name!r}] = (() => {{\n{body.rstrip()}\nreturn {{ {given} }};\n}})();"


def _taken(name: str, match: re.Match[str]) -> str:
    names = [part.strip() for part in match[1].split(",") if part.strip()]
    local = ", ".join(part.replace(" as ", ": ") for part in names)
    return f"const {{ {local} }} = modules[{_address(name, match[2])!r}];"


def _odd(body: str) -> Iterator[str]:
    return (match[0] for match in _OTHER.finditer(body))
