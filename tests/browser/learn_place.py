"""Learn as its own tests serve and open it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route

from components.guide import guide_routes
from components.learn import learn_routes
from tests.waiting import wait_until

ROOM = "document.querySelector('.esp').classroom"


@contextmanager
def learn_served() -> Iterator[str]:
    """The address of Learn, with the guide under a sub-path, as behind a proxy; nothing else."""
    home = Route("/", lambda _: HTMLResponse("<title>Explore</title>"))
    routes = [Mount("/sub", routes=[*learn_routes(), *guide_routes(), home])]
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started, "The server of Learn")
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/sub/learn/"
    server.should_exit = True
    thread.join()


def show(page: Page, address: str, place: str, more: str = "") -> None:
    """Open a page of a lesson, "4.2", and wait until its picture is there."""
    lesson, number = place.split(".")
    page.goto(f"{address}?lesson={lesson}&page={number}{more}")
    shown(page, place)


def shown(page: Page, place: str) -> None:
    expect(page.locator(".esp")).to_have_attribute("data-shown", place)
