"""The guide as a browser asks for it: addresses, what is served and what is not."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import gradio as gr
import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from components.guide import guide_routes, read_guide
from tests.pages import OF_EACH_KIND
from tests.places import places_client

REAL = read_guide()
ADDRESSES = ["/guide/", *(f"/guide/{page.slug}" for page in REAL.pages)]
PLACES = [*ADDRESSES, "/verify/", "/compare/"]
Ask = Callable[[str], tuple[int, str]]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    return places_client(tmp_path_factory.mktemp("runs"))


class _Addresses(HTMLParser):
    """Every address that a document asks a browser to fetch, or to go to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [str(value) for name, value in attrs if name in {"href", "src"}]


def addresses_in(html: str) -> list[str]:
    parser = _Addresses()
    parser.feed(html)
    return parser.found


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_is_there_with_its_frame(client: TestClient, address: str) -> None:
    reply = client.get(address)
    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith("text/html")
    assert reply.text.count("<h1 ") == 1
    assert '<html lang="en">' in reply.text
    for page in REAL.pages:
        assert f'href="{page.slug}"' in reply.text


def test_each_page_leads_to_the_next_and_back(client: TestClient) -> None:
    slugs = [page.slug for page in REAL.pages]
    for before, slug, after in zip([None, *slugs[:-1]], slugs, [*slugs[1:], None], strict=True):
        html = client.get(f"/guide/{slug}").text
        for rel, wanted in (("prev", before), ("next", after)):
            found = re.findall(f'<a rel="{rel}" href="([^"]*)"', html)
            assert found == ([] if wanted is None else [wanted]), (slug, rel)


def test_the_pages_that_are_looked_at_have_everything_that_any_page_has(client: TestClient) -> None:
    def kinds(slug: str) -> set[tuple[str, str]]:
        html = client.get(f"/guide/{slug}").text
        found = re.findall(r"<(\w+)([^>]*)>", html[html.index("<body") :])
        return {(tag, "".join(re.findall(r'class="([^"]*)"', rest))) for tag, rest in found}

    every = set.union(*(kinds(slug) for slug in ("", *(page.slug for page in REAL.pages))))
    assert every - set.union(*map(kinds, OF_EACH_KIND)) == set()


@pytest.fixture(scope="module")
def ask(client: TestClient) -> Ask:
    """Status and text of an address: pages that point to the same ask for it once."""

    @cache
    def once(address: str) -> tuple[int, str]:
        reply = client.get(address)
        return reply.status_code, reply.text

    return once


@pytest.mark.parametrize("address", PLACES)
def test_nothing_that_a_page_points_to_is_missing(ask: Ask, address: str) -> None:
    _, html = ask(f"http://testserver{address}")
    for target in addresses_in(html):
        if target.startswith(("https://", "http://")):
            continue
        where, _, section = urljoin(f"http://testserver{address}", target).partition("#")
        if where == "http://testserver/":
            continue  # the app itself
        status, text = ask(where)
        assert status == 200, f"{address} points to {target}"
        assert not section or f' id="{section}"' in text, f"{address} points to {target}"


def test_nothing_is_fetched_from_elsewhere(client: TestClient) -> None:
    for address in ADDRESSES:
        html = client.get(address).text
        fetched = re.findall(r'<(?:img|script|link)[^>]+(?:src|href)="([^"]+)"', html)
        assert fetched
        assert not [target for target in fetched if "//" in target]


def test_the_policy_forbids_what_a_page_does_not_need(client: TestClient) -> None:
    policy = client.get("/guide/").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    # A Space shows the app, and so the guide, in a frame of another site.
    assert "frame-ancestors" not in policy


def test_addresses_without_a_slash_or_with_an_ending_lead_on(client: TestClient) -> None:
    slug = REAL.pages[0].slug
    for asked, served in (
        ("/guide", "/guide/"),
        ("/guide/index", "/guide/"),
        (f"/guide/{slug}.md", f"/guide/{slug}"),
    ):
        assert client.get(asked).url.path == served


@pytest.mark.parametrize(
    "address",
    [
        "/guide/gone",
        "/guide/gone.md",
        "/guide/<script>",
        "/guide/js/explorer.js",
        "/guide/js/../js/explorer.js",
        "/guide/images/requirements.txt",
        "/guide/images/assets/results/../../app.py",
        "/guide/images/assets/screenshots/none.png",
        "/guide/images/%2Fetc/passwd",
    ],
)
def test_nothing_else_is_served(client: TestClient, address: str) -> None:
    reply = client.get(address)
    assert reply.status_code == 404
    assert "<script>" not in reply.text


def test_a_missing_page_says_where_the_others_are(client: TestClient) -> None:
    reply = client.get("/guide/gone")
    assert "no such page" in reply.text
    assert f'href="{REAL.pages[0].slug}"' in reply.text


def test_the_guide_works_below_a_path() -> None:
    app = Starlette(routes=[Mount("/sub/path", routes=guide_routes())])
    client = TestClient(app)
    assert client.get("/sub/path/guide").url.path == "/sub/path/guide/"
    for target in addresses_in(client.get(f"/sub/path/guide/{REAL.pages[0].slug}").text):
        assert not target.startswith("/")


def test_the_guide_comes_along_in_an_app_of_ones_own() -> None:
    app = FastAPI()
    with gr.Blocks() as page:
        gr.Markdown("The page.")
    gr.mount_gradio_app(app, page, "/own", app_kwargs={"routes": guide_routes()})
    client = TestClient(app)
    assert client.get(f"/own/guide/{REAL.pages[0].slug}").status_code == 200
    assert client.get("/own/guide").url.path == "/own/guide/"
    assert "gradio_config" in client.get("/own/").text


def test_a_page_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "index.md").write_text("# G\n\n- [A](a.md): first.\n")
    (tmp_path / "a.md").write_text("# Before\n")
    client = TestClient(Starlette(routes=guide_routes(read_guide(tmp_path))))
    assert "Before" in client.get("/guide/a").text
    (tmp_path / "a.md").write_text("# After\n")
    assert "Before" in client.get("/guide/a").text
