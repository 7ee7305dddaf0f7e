"""What a Space's outer address passes on to the app's root."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from components.asked_at_root import routes_at_root


def root_says(request: object) -> PlainTextResponse:
    return PlainTextResponse("the app")


@pytest.fixture(scope="module")
def client() -> TestClient:
    app = Starlette(routes=[*routes_at_root(), Route("/", root_says), Route("/a", root_says)])
    return TestClient(Starlette(routes=[Mount("/sub", app), Mount("/", app)]))


@pytest.mark.parametrize("root", ["/", "/sub/"])
@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("lesson=4&page=2&hide=tally", "learn/?lesson=4&page=2&hide=tally"),
        ("page=2", "./"),
        ("page=%3Cb%3E&run=x%26y&run=z", "./?run=x%26y&run=z"),
    ],
)
def test_it_is_sent_where_it_belongs(client: TestClient, root: str, query: str, there: str) -> None:
    answer = client.get(f"{root}?{query}", follow_redirects=False)
    assert answer.status_code == 307
    assert answer.headers["location"] == there


@pytest.mark.parametrize("address", ["/", "/?run=page", "/a?page=2", "/a?lesson=1"])
def test_all_else_is_the_apps(client: TestClient, address: str) -> None:
    assert client.get(address, follow_redirects=False).text == "the app"
