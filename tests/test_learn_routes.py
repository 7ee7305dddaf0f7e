"""Learn as a browser asks for it: what is served and what is not."""

from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from components.learn import learn_routes
from components.places import LEARN, PLACES
from search_core.lessons import FOLDER, LessonError, read_lessons
from tests.pages import GUIDE
from tests.places import places_client


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    return places_client(tmp_path_factory.mktemp("runs"))


class _Reading(HTMLParser):
    """The addresses of a document, and the data in it."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.data = ""
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [str(value) for name, value in attrs if name in {"href", "src"}]
        self._inside = ("id", "learn-given") in attrs

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.data, self._inside = data, False


def read(html: str) -> _Reading:
    reading = _Reading()
    reading.feed(html)
    return reading


def test_the_page_is_there_and_nothing_that_it_points_to_is_missing(client: TestClient) -> None:
    reply = client.get("/learn/")
    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith("text/html")
    for target in read(reply.text).addresses:
        where = urljoin("http://testserver/learn/", target).partition("#")[0]
        if where != "http://testserver/":
            assert client.get(where).status_code == 200, target


def test_it_is_one_of_the_places_and_the_others_lead_to_it(client: TestClient) -> None:
    assert LEARN in PLACES
    assert '<a aria-current="page">Learn</a>' in client.get("/learn/").text
    assert f'href="../{LEARN.address}"' in client.get("/guide/").text


def test_no_answer_wears_a_star(client: TestClient) -> None:
    """Many answers that are chosen in the lessons are wrong."""
    states = json.loads(read(client.get("/learn/").text).data)["palette"]["states"]
    assert "star" not in {spec["symbol"] for spec in states.values()}
    assert states["chosen"]["fill"] != states["completed"]["fill"]


def test_every_run_that_a_page_shows_is_served_and_no_other_file(client: TestClient) -> None:
    lessons = json.loads(read(client.get("/learn/").text).data)["lessons"]
    shown = {page["trace"] for lesson in lessons for page in lesson["pages"] if "trace" in page}
    assert len(shown) >= 6
    for name in shown:
        reply = client.get(f"/learn/traces/{name}.jsonl")
        assert json.loads(reply.text.partition("\n")[0])["kind"] == "started"
        assert len(reply.content) < 100_000, "too much for a page that shows at once"
    for name in ("nobody", "../1_one_guess", "..%2f..%2fmodels.yaml", "%2e%2e/glossary"):
        assert client.get(f"/learn/traces/{name}.jsonl").status_code == 404


def test_the_page_runs_no_script_but_its_own(client: TestClient) -> None:
    reply = client.get("/learn/")
    policy = reply.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    fetched = re.findall(r'<(?:img|script|link)[^>]+(?:src|href)="([^"]+)"', reply.text)
    assert not [target for target in fetched if "//" in target]
    assert client.get("/learn/learn.js").text.count("modules[") > 30


def test_the_address_without_its_slash_leads_there(client: TestClient) -> None:
    reply = client.get("/learn?lesson=2&page=3", follow_redirects=False)
    assert reply.headers["location"] == "learn/?lesson=2&page=3"


def test_it_works_wherever_the_app_is_mounted() -> None:
    mounted = Mount("/sub/path", routes=learn_routes())
    client = TestClient(Starlette(routes=[mounted]))
    for target in read(client.get("/sub/path/learn/").text).addresses:
        if not target.startswith(("../", "#")):
            assert client.get(f"/sub/path/learn/{target}").status_code == 200


def test_a_broken_lesson_stops_the_app(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "lessons")
    path = tmp_path / "lessons" / "1_one_guess.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("trace: maya-once", "trace: none", 1))
    with pytest.raises(LessonError, match=r"1_one_guess\.yaml, line \d+: no trace"):
        learn_routes(tmp_path / "lessons")


def test_a_lesson_cannot_leave_its_element(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "lessons")
    path = tmp_path / "lessons" / "1_one_guess.yaml"
    text = path.read_text(encoding="utf-8")
    hostile = "</script><img src=x onerror=alert(1)>"
    path.write_text(text.replace("title: One guess", f'title: "{hostile}"'), encoding="utf-8")
    html = TestClient(Starlette(routes=learn_routes(tmp_path / "lessons"))).get("/learn/").text
    assert hostile not in html
    assert json.loads(read(html).data)["lessons"][0]["title"] == hostile


def test_teachers_have_something_to_ask_about_every_lesson() -> None:
    text = (GUIDE / "lessons.md").read_text(encoding="utf-8")
    for lesson in read_lessons():
        assert f"| {lesson.number}. {lesson.lesson.title} |" in text
