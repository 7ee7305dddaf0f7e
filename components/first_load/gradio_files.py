"""Which files of Gradio's page a browser will ask for, read from those files themselves.

Gradio's page finds out step by step: the first script names the next ones, those the component
that reads the page's layout, that one each component's script and style sheet: six round trips
before anything stands. All that is written in the files, so the page can say it at once.

Read are the files as Gradio 6.31 writes them. Of another Gradio's less may be found, or nothing;
the page then asks step by step as before (a test says so).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import gradio

BUILD = Path(gradio.__file__).parent / "templates" / "frontend"
_ENTRANCE = re.compile(r'src="\./assets/(index-[\w-]+\.js)"')
# `from"./a.js"` and `import"./a.js"`, and not what is imported later: `import("./a.js")`.
_NEEDED = re.compile(r"""(?<=from|port)["'`]\./([\w.-]+\.js)["'`]""")
# What the entrance loads by and by for every page, in this order.
_STEPS = (
    re.compile(r"import\(`\./(Index-[\w-]+\.js)`\)"),
    re.compile(r"import\(`\./(Blocks-[\w-]+\.js)`\)"),
)
_APP_TREE = re.compile(r"\bas AppTree\b")
_LISTED = re.compile(r"m\.f=(\[[^\]]*\])")
_NAMED = re.compile(r'"\./([\w.-]+)"')
# What follows an import that has style sheets: their numbers in the list of its module.
_BESIDE = r"\)[^_]*__vite__mapDeps\(\[([\d,]+)\]\)"


@dataclass(frozen=True)
class GradioFiles:
    """Names of files below `assets/`.

    Attributes:
        scripts: Modules, each once, those first that are asked for first.
        sheets: Style sheets in the order in which Gradio adds them, without that of its entrance.
        app_tree: The module that exports `AppTree`; "": none does.
    """

    scripts: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    app_tree: str = ""


def gradio_files(components: Iterable[str], build: Path = BUILD) -> GradioFiles:
    """What a page with these components loads.

    Args:
        components: Names of components as Gradio's pages know them, such as "textbox".
        build: The folder of Gradio's page.
    """
    index = _read(build / "index.html")
    last = _first(_ENTRANCE, index)
    if not last:
        return GradioFiles()
    files = _Files(build / "assets")
    scripts = dict.fromkeys(files.with_needed(last))
    sheets: dict[str, None] = {}
    for step in _STEPS:
        following = _first(step, files.text(last))
        if not following:
            return GradioFiles()
        imported = re.compile(rf"import\(`\./({re.escape(following)})`{_BESIDE}")
        sheets.update(dict.fromkeys(files.imported(last, imported)[1]))
        scripts.update(dict.fromkeys(files.with_needed(following)))
        last = following
    tree = next((name for name in scripts if _APP_TREE.search(files.text(name))), "")
    for component in components:
        imported = re.compile(
            rf"[{{,]{re.escape(component)}:\{{(?:[^{{}}]|\{{[^{{}}]*\}})*?"
            rf"\bcomponent:\(\)=>\w+\(\(\)=>import\(`\./([\w.-]+\.js)`{_BESIDE}"
        )
        script, beside = files.imported(tree, imported)
        if script:
            scripts.update(dict.fromkeys(files.with_needed(script)))
            sheets.update(dict.fromkeys(beside))
    there = [name for name in sheets if name not in index and files.text(name)]
    return GradioFiles(tuple(scripts), tuple(there), tree)


class _Files:
    """The files of a folder; each is read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._texts: dict[str, str] = {}
        self._needed: dict[str, list[str]] = {}

    def text(self, name: str) -> str:
        """What stands in a file; "": there is none."""
        if name not in self._texts:
            self._texts[name] = _read(self._folder / name)
        return self._texts[name]

    def with_needed(self, name: str) -> Iterator[str]:
        """A module and all that it imports, whoever imports first."""
        waiting, known = [name], {name}
        while waiting:
            name = waiting.pop(0)
            yield name
            if name not in self._needed:
                self._needed[name] = _NEEDED.findall(self.text(name))
            for needed in self._needed[name]:
                if needed not in known:
                    known.add(needed)
                    waiting.append(needed)

    def imported(self, name: str, pattern: re.Pattern[str]) -> tuple[str, list[str]]:
        """What a module imports later by this pattern, and the style sheets that come with it."""
        text = self.text(name)
        found = pattern.search(text)
        if not found:
            return "", []
        listed = _NAMED.findall(_first(_LISTED, text))
        places = [int(number) for number in found[2].split(",")]
        names = [listed[place] for place in places if place < len(listed)]
        return found[1], [name for name in names if name.endswith(".css")]


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""
