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
_LOOKED_FOR = '\\"sampled\\"'
"""As it stands in a message: the events are JSON in a string of a JSON message. In one event the
kind's name stands before it, in a column of many it does not."""

_CLOSING = 'data: {"msg":"close_stream"'


@dataclass(frozen=True)
class PageForm:
    """What a page holds: its fields with their values, and which handlers each event calls.

    Attributes:
        values: Of each component, by its number.
        names: Numbers of those that have a name, by it.
        inputs: Numbers of each handler's fields.
        called: Handlers by the name of what they listen to and the event; "": the page itself.
    """

    values: Mapping[int, Any]
    names: Mapping[str, int]
    inputs: Mapping[int, tuple[int, ...]]
    called: Mapping[tuple[str, str], tuple[int, ...]]

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> PageForm:
        """Read from what the page's `config` address says."""
        values = {part["id"]: part["props"].get("value") for part in config["components"]}
        names = {
            part["props"]["elem_id"]: part["id"]
            for part in config["components"]
            if part["props"].get("elem_id")
        }
        name_of = {number: name for name, number in names.items()}
        called: dict[tuple[str, str], tuple[int, ...]] = {}
        for handler in config["dependencies"]:
            for number, event in handler["targets"]:
                key = (name_of.get(number, ""), event)
                called[key] = (*called.get(key, ()), handler["id"])
        inputs = {one["id"]: tuple(one["inputs"]) for one in config["dependencies"]}
        return cls(values, names, inputs, called)

    def data(self, handler: int, filled: Mapping[str, Any]) -> list[Any]:
        """The values of a handler's fields; `filled` gives some of them by the field's name."""
        typed = {self.names[name]: value for name, value in filled.items()}
        return [typed.get(part, self.values.get(part)) for part in self.inputs[handler]]


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

    async def open_page(self, query: Mapping[str, str] | None = None) -> AsyncIterator[str]:
        """Open the page, and look on until it has what it asks for: its messages.

        Args:
            query: What its address says, such as a run.

        Raises:
            httpx.HTTPError: The server does not answer.
        """
        await self.cause("", "load", query=query)
        async for line in self.messages():
            yield line

    async def press_run(self, filled: Mapping[str, Any]) -> Visit:
        """Press Run with these fields filled in, and look on to the end.

        Raises:
            httpx.HTTPError: The server does not answer.
        """
        visit, told = Visit(), []
        started = time.perf_counter()
        asked = await self.cause("run", "click", filled)
        ended = set()
        async for line in self.messages():
            if visit.first_node is None and tells_of_a_node(line):
                visit.first_node = time.perf_counter() - started
            message = json.loads(line)
            told += _notices(message)
            if message["msg"] == "process_completed":
                ended.add(message.get("event_id"))
                if message.get("event_id") == asked[0]:
                    visit.done = time.perf_counter() - started
        if not ended >= set(asked):
            visit.done = None
        visit.told = tuple(text for text, _ in told)
        visit.refused = any(kind == "error" for _, kind in told)
        return visit

    async def cause(
        self,
        name: str,
        event: str,
        filled: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> list[str]:
        """Let something happen on the page, such as a click: the names of the calls that it makes.

        Raises:
            KeyError: Nobody listens to that.
            httpx.HTTPError: The server does not answer.
        """
        handlers = self._form.called[name, event]
        return [
            await self._join(handler, self._form.data(handler, filled or {}), query)
            for handler in handlers
        ]

    async def messages(self) -> AsyncIterator[str]:
        """The page's event stream, message by message; as a page, it is dropped once it is over."""
        address = f"{self._url}/queue/data"
        asked = {"session_hash": self.session}
        async with self._client.stream(
            "GET", address, params=asked, headers=self._headers
        ) as stream:
            stream.raise_for_status()
            async for line in stream.aiter_lines():
                if line.startswith("data: "):
                    yield line.removeprefix("data: ")
                    if line.startswith(_CLOSING):
                        return

    async def _join(self, handler: int, data: list[Any], query: Mapping[str, str] | None) -> str:
        reply = await self._client.post(
            f"{self._url}/queue/join",
            params=query,
            json={"data": data, "fn_index": handler, "session_hash": self.session},
            headers=self._headers,
        )
        reply.raise_for_status()
        return str(reply.json()["event_id"])


def tells_of_a_node(message: str) -> bool:
    """Whether a message of the event stream brings a node; read without taking it apart."""
    return _LOOKED_FOR in message


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
