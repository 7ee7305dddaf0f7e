"""What opening Gradio's page costs: what is named at once, sent once, and kept."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from components.first_load import (
    GradioFiles,
    KeptAnswers,
    PageText,
    gradio_files,
    page_head,
)
from components.first_load.gradio_files import BUILD

ENTRANCE = '<script type="module" src="./assets/index-a.js"></script>'
INDEX = f'{ENTRANCE}<link rel="stylesheet" crossorigin href="./assets/index-a.css">'
MODULES = {
    "index-a.js": 'const m=1;m.f=["./Index-b.js","./Index-b.css"];'
    "x(()=>import(`./Index-b.js`),__vite__mapDeps([0,1]),import.meta.url)",
    "Index-b.js": 'import{a}from"./index-a.js";import"./both-c.js";m.f=["./Blocks-d.js","./d.css"];'
    "x(()=>import(`./Blocks-d.js`),__vite__mapDeps([0,1]),import.meta.url)",
    "both-c.js": "export{a}",
    "Blocks-d.js": 'import{AppTree as T}from"./core-e.js";',
    "core-e.js": 'm.f=["./Row-f.js","./f.css","./Far-g.js","./Sample-h.js","./h.css"];'
    "V={row:{example:()=>v(()=>import(`./Sample-h.js`),__vite__mapDeps([3,4]),import.meta.url),"
    "component:()=>v(()=>import(`./Row-f.js`).then(e=>e.t),__vite__mapDeps([0,1]),import.meta.url)},"
    "far:{component:()=>v(()=>import(`./Far-g.js`),__vite__mapDeps([2]),import.meta.url)}};"
    "export{E as AppTree}",
    "Row-f.js": 'import{a}from"./both-c.js";import(`./Late-i.js`)',
    "Far-g.js": "",
    "Sample-h.js": "",
    "Late-i.js": "",
}


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """A small page as Gradio's build writes it."""
    assets = tmp_path / "assets"
    assets.mkdir()
    (tmp_path / "index.html").write_text(INDEX)
    for name, text in MODULES.items():
        (assets / name).write_text(text)
    for name in ("index-a.css", "Index-b.css", "d.css", "f.css", "h.css"):
        (assets / name).write_text(f".{name[0]} {{}}")
    return tmp_path


def test_the_files_of_a_page_are_read_from_its_files(build: Path) -> None:
    files = gradio_files(["row", "nothing"], build)
    assert files.scripts == (
        *("index-a.js", "Index-b.js", "both-c.js", "Blocks-d.js", "core-e.js", "Row-f.js"),
    )
    assert files.sheets == ("Index-b.css", "d.css", "f.css")
    assert files.app_tree == "core-e.js"


@pytest.mark.parametrize("broken", ["index.html", "assets/index-a.js", "assets/Index-b.js"])
def test_of_a_page_that_is_written_otherwise_nothing_is_said(build: Path, broken: str) -> None:
    (build / broken).write_text("another Gradio's")
    assert gradio_files(["row"], build) == GradioFiles()


def test_this_gradio_is_read() -> None:
    """The one that is installed: its components are found, and each file is there."""
    files = gradio_files(["row", "html", "textbox"])
    assert len(files.scripts) > 20
    assert len(files.sheets) > 10
    assert re.search(r"\bas AppTree\b", (BUILD / "assets" / files.app_tree).read_text())
    assert all((BUILD / "assets" / name).is_file() for name in (*files.scripts, *files.sheets))
    more = gradio_files(["row", "html", "textbox", "radio"])
    assert set(more.scripts) > set(files.scripts)


def test_the_page_names_its_scripts_and_brings_one_style_sheet(build: Path) -> None:
    files = gradio_files(["row"], build)
    head, sheet = page_head(files, ["./ours.js"], "./one.css", build=build)
    assert sheet.split("\n") == [".I {}", ".d {}", ".f {}"]
    page = head.put_into(f"<script>window.gradio_config = 1;</script>{INDEX}".encode()).decode()
    named = re.findall(r'rel="modulepreload" href="([^"]+)"', page)
    assert named == [*(f"./assets/{name}" for name in files.scripts), "./ours.js"]
    assert page.index("modulepreload") < page.index("window.gradio_config")
    assert page.index("AppTree.prototype") < page.index(ENTRANCE)
    after = page[page.index("index-a.css") :]
    assert re.findall(r'href="([^"]+)"( disabled)?', after) == [
        ("./one.css", ""),
        *((f"./assets/{name}", " disabled") for name in files.sheets),
    ]


def test_no_other_page_is_changed(build: Path) -> None:
    head, _ = page_head(gradio_files(["row"], build), [], "./one.css", build=build)
    assert head.put_into(INDEX.encode()) == INDEX.encode()


def asked(answer: Response, accept: str) -> tuple[bytes, dict[str, str]]:
    """What comes of a page through `PageText`, as it is sent."""
    client = TestClient(PageText(answer, change=lambda page: page.replace(b"a", b"b")))
    with client.stream("GET", "/", headers={"Accept-Encoding": accept}) as reply:
        return b"".join(reply.iter_raw()), dict(reply.headers)


def test_a_page_is_changed_and_sent_small_to_whoever_can_read_it() -> None:
    body, headers = asked(HTMLResponse("aaa"), "br, gzip")
    assert gzip.decompress(body) == b"bbb"
    assert headers["content-encoding"] == "gzip"
    assert headers["content-length"] == str(len(body))
    assert headers["vary"] == "Accept-Encoding"
    body, headers = asked(HTMLResponse("aaa"), "identity")
    assert (body, headers["content-length"]) == (b"bbb", "3")
    assert "content-encoding" not in headers


def test_a_short_page_is_made_once_and_a_long_one_beside_what_is_going_on() -> None:
    """Gradio's own is the same for everybody; a report of somebody's is not kept."""
    made: list[tuple[int, bool]] = []

    def change(page: bytes) -> bytes:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            made.append((len(page), True))
        else:
            made.append((len(page), False))
        return page

    pages = {"/short": HTMLResponse("a"), "/long": HTMLResponse("a" * 2**20)}

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await pages[scope["path"]](scope, receive, send)

    client = TestClient(PageText(answer, change))
    for path in ("/short", "/long", "/short", "/long"):
        assert client.get(path).content == pages[path].body
    assert made == [(1, False), (2**20, True), (2**20, True)]


@pytest.mark.parametrize(
    "answer",
    [
        PlainTextResponse("aaa"),
        HTMLResponse("aaa", 404),
        HTMLResponse("aaa", headers={"Content-Encoding": "x"}),
    ],
)
def test_what_is_no_whole_page_is_sent_as_it_is(answer: Response) -> None:
    body, headers = asked(answer, "gzip")
    assert body == b"aaa"
    assert headers.get("content-encoding") in {None, "x"}


class Counted:
    """An app that says how often it was asked for what, and answers with so many bytes."""

    def __init__(self, most: int) -> None:
        self.asked: list[str] = []

        def answer(request: Request) -> Response:
            self.asked.append(request.url.path)
            coding = request.headers.get("accept-encoding", "")
            status = 404 if "missing" in request.url.path else 200
            return PlainTextResponse(coding.ljust(100, "."), status, headers={"X-Own": "x"})

        kept = Middleware(KeptAnswers, lasts=lambda path: path.startswith("/lasts"), most=most)
        app = Starlette(routes=[Route("/{path:path}", answer)], middleware=[kept])
        self._client = TestClient(app)

    def get(self, path: str, coding: str = "br", **headers: str) -> tuple[str, str, int]:
        reply = self._client.get(path, headers={"Accept-Encoding": coding, **headers})
        return reply.text, json.dumps(sorted(reply.headers.items())), reply.status_code


def test_what_lasts_is_made_once_for_each_coding() -> None:
    counted = Counted(10_000)
    first = counted.get("/lasts/a")
    assert [counted.get("/lasts/a")[0], counted.get("/lasts/a")[2]] == [first[0], 200]
    assert json.loads(first[1]) == json.loads(counted.get("/lasts/a")[1])
    assert counted.get("/lasts/a", "gzip")[0] != first[0]
    assert counted.asked == ["/lasts/a"] * 2


def test_what_may_change_or_was_not_found_is_asked_for_each_time() -> None:
    counted = Counted(10_000)
    for path in ("/other", "/lasts/missing"):
        assert counted.get(path) == counted.get(path)
        assert counted.asked == [path] * 2
        counted.asked.clear()
    for name, value in (("Range", "bytes=0-1"), ("If-None-Match", '"x"')):
        counted.get("/lasts/a", **{name: value})
    assert counted.asked == ["/lasts/a"] * 2


def test_what_was_not_asked_for_longest_goes_first() -> None:
    counted = Counted(400)
    for name in ("a", "b", "c", "d", "a", "e", "a", "b"):
        counted.get(f"/lasts/{name}")
    assert counted.asked == [f"/lasts/{name}" for name in ("a", "b", "c", "d", "e", "b")]
