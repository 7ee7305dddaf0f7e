"""One visitor as the server sees one: what a browser asks for when Run is pressed, and no browser.

It speaks Gradio's own protocol (`queue/join`, and the event stream `queue/data`), as the page's
client does.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

API = "/gradio_api"
_LOOKED_FOR = '\\"kind\\":\\"sampled\\"'
"""As it stands in a message: the events are JSON in a string of a JSON message."""


@dataclass(frozen=True)
class PageForm:
    """What a page holds: its fields with their values, and which handlers Run starts.

    Attributes:
        handlers: Number of each handler that a press of Run calls, with the ids of its fields.
        search: Number of the one among them that runs the search.
    """

    values: Mapping[int, Any]
    names: Mapping[str, int]
    handlers: Mapping[int, tuple[int, ...]]
    search: int

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> PageForm:
        """Read from what the page's `config` address says.

        Raises:
            ValueError: There is no Run button whose press shows a tree.
        """
        values = {part["id"]: part["props"].get("value") for part in config["components"]}
        names = {
            part["props"]["elem_id"]: part["id"]
            for part in config["components"]
            if part["props"].get("elem_id")
        }
        pressed = [
            handler
            for handler in config["dependencies"]
            if [names.get("run"), "click"] in [list(target) for target in handler["targets"]]
        ]
        shows = [one["id"] for one in pressed if names.get("explorer") in one["outputs"]]
        if len(shows) != 1:
            raise ValueError(f"{len(shows)} handlers of Run show a tree; expected one.")
        handlers = {one["id"]: tuple(one["inputs"]) for one in pressed}
        return cls(values, names, handlers, shows[0])

    def data(self, handler: int, filled: Mapping[str, Any]) -> list[Any]:
        """The values of a handler's fields; `filled` gives some of them by the field's name."""
        typed = {self.names[name]: value for name, value in filled.items()}
        return [typed.get(part, self.values.get(part)) for part in self.handlers[handler]]


@dataclass
class Visit:
    """What became of one press of Run; seconds from the press.

    Attributes:
        first_node, done: None: it did not come.
        told: The messages that stood above the tree, one after the other.
        refused: Whether the server took the search; it said so in `told`.
    """

    first_node: float | None = None
    done: float | None = None
    told: tuple[str, ...] = ()
    refused: bool = False


class Visitor:
    """One page of one person.

    Args:
        address: Whom the request is from, as a trusted proxy says it.
        session: The page's name.
    """

    def __init__(
        self, client: httpx.AsyncClient, url: str, form: PageForm, address: str, session: str = ""
    ) -> None:
        self._client, self._url, self._form = client, url + API, form
        self._headers = {"X-Forwarded-For": address}
        self.session = session or secrets.token_hex(5)

    async def press_run(self, filled: Mapping[str, Any]) -> Visit:
        """Press Run with these fields filled in, and look on to the end.

        Raises:
            httpx.HTTPError: The server does not answer.
        """
        visit, told = Visit(), []
        started = time.perf_counter()
        events = [
            await self._join(handler, self._form.data(handler, filled))
            for handler in sorted(self._form.handlers)
        ]
        search = events[sorted(self._form.handlers).index(self._form.search)]
        async for line in self.messages():
            if visit.first_node is None and _LOOKED_FOR in line:
                visit.first_node = time.perf_counter() - started
            message = json.loads(line)
            if message.get("event_id") != search:
                continue
            told += _notices(message)
            if message["msg"] == "process_completed":
                visit.done = time.perf_counter() - started
        visit.told = tuple(text for text, _ in told)
        visit.refused = any(kind == "error" for _, kind in told)
        return visit

    async def messages(self) -> AsyncIterator[str]:
        """The page's event stream, message by message, until the server closes it."""
        address = f"{self._url}/queue/data"
        asked = {"session_hash": self.session}
        async with self._client.stream(
            "GET", address, params=asked, headers=self._headers
        ) as stream:
            stream.raise_for_status()
            async for line in stream.aiter_lines():
                if line.startswith("data: "):
                    yield line.removeprefix("data: ")

    async def _join(self, handler: int, data: list[Any]) -> str:
        body = {"data": data, "fn_index": handler, "session_hash": self.session}
        reply = await self._client.post(f"{self._url}/queue/join", json=body, headers=self._headers)
        reply.raise_for_status()
        return str(reply.json()["event_id"])


def _notices(message: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Texts and kinds of the messages above the tree in one message of the server."""
    found = []

    def look(value: Any) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("text"), str) and value["text"]:
                found.append((value["text"], str(value.get("kind", ""))))
            for inner in value.values():
                look(inner)
        elif isinstance(value, list):
            # Of a stream the later messages hold only what changed: ["replace", [path], value].
            if len(value) == 3 and value[0] in ("replace", "append") and value[1] == ["text"]:
                found.append((str(value[2]), ""))
            for inner in value:
                look(inner)

    look((message.get("output") or {}).get("data"))
    return found
