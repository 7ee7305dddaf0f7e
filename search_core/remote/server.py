"""One HTTP server, spoken to in JSON. Knows nothing of models."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from search_core.remote.errors import RemoteError, shown
from search_core.remote.gate import Gate

if TYPE_CHECKING:
    import httpx

_CONNECT_SECONDS = 10.0
_KEPT_SECONDS = 2.0
"""How long an idle connection is kept: less than servers keep theirs (5 seconds is usual), so that
no request is written into one that is just being closed."""
_MOST_BYTES = 64 * 1024**2
"""Of one reply."""
_MOST_LINE = 8 * 1024**2
_MOST_EXPLAINED = 64 * 1024


class RemoteServer:
    """Asks one server, once for each request: nothing is ever sent again.

    Args:
        url: Base address, with "/v1" where there is one.
        key: API key, sent with every request and never shown; "" for none.
        timeout: Seconds without a byte after which a request has failed.
        in_flight: Requests that may be on their way at the same time (see `gate`).
    """

    def __init__(self, url: str, key: str, timeout: float, in_flight: int) -> None:
        self.url = url
        self.root = url.removesuffix("/v1")
        self.name = urlsplit(url).netloc
        self.gate = Gate(in_flight)
        self._key = key
        self._timeout = timeout
        import httpx  # Not before a server is asked: the page opens without it.

        self._client = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=httpx.Timeout(timeout, connect=_CONNECT_SECONDS, pool=None),
            limits=httpx.Limits(max_connections=None, keepalive_expiry=_KEPT_SECONDS),
        )

    async def get(self, url: str) -> Mapping[str, Any]:
        """The JSON object at an address. Raises as `events`."""
        async for event in self._events("GET", url, None):
            return event
        raise RemoteError(f"Server {self.name} sent an empty reply.")

    async def post(self, url: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """The JSON object that answers a request. Raises as `events`."""
        async for event in self._events("POST", url, body):
            return event
        raise RemoteError(f"Server {self.name} sent an empty reply.")

    def events(self, url: str, body: Mapping[str, Any]) -> AsyncIterator[Mapping[str, Any]]:
        """The JSON objects of a streamed reply, or the one of a whole reply.

        Closing it (`contextlib.aclosing`) closes the connection: that is how a server hears
        that nobody waits any more. Nor is it used again after the reply: llama.cpp's server closes
        it then and does not say so beforehand.

        Raises:
            RemoteError: It cannot be reached, broke off, was silent for too long, refused
                the request, or sent something that is not what it should be.
        """
        return self._events("POST", url, body, {"Connection": "close"})

    async def _events(
        self,
        method: str,
        url: str,
        body: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[Mapping[str, Any]]:
        with self._explained():
            request = self._client.stream(method, url, json=body, headers=headers)
            async with request as response:
                if response.status_code != 200:
                    raise RemoteError(
                        f"Server {self.name} answered {response.status_code} to "
                        f"{urlsplit(url).path}: {await self._explanation(response)}",
                        response.status_code,
                    )
                kind = response.headers.get("content-type", "")
                if not kind.startswith("text/event-stream"):
                    whole = b"".join([part async for part in self._parts(response)])
                    yield self._object(whole)
                    return
                async for line in self._lines(response):
                    if line.startswith(b"data:"):
                        data = line[5:].strip()
                        if data == b"[DONE]":
                            return
                        yield self._object(data)

    async def _parts(self, response: httpx.Response) -> AsyncIterator[bytes]:
        size = 0
        async for part in response.aiter_bytes():
            size += len(part)
            if size > _MOST_BYTES:
                raise RemoteError(f"Server {self.name} sent more than {_MOST_BYTES:,} bytes.")
            yield part

    async def _lines(self, response: httpx.Response) -> AsyncIterator[bytes]:
        """Lines end with a line feed and nothing else: others occur inside of JSON."""
        rest = b""
        async for part in self._parts(response):
            *lines, rest = (rest + part).split(b"\n")
            for line in lines:
                yield line.rstrip(b"\r")
            if len(rest) > _MOST_LINE:
                raise RemoteError(f"Server {self.name} sent a line of over {_MOST_LINE:,} bytes.")
        yield rest

    def _object(self, data: bytes) -> Mapping[str, Any]:
        try:
            value = json.loads(data)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            said = shown(data[:4096].decode("utf-8", "replace"), self._key)
            raise RemoteError(f"Server {self.name} sent {said!r}; expected a JSON object.")
        if value.get("error"):
            raise RemoteError(f"Server {self.name} failed: {self._message(value)}")
        return value

    async def _explanation(self, response: httpx.Response) -> str:
        data = b""
        async for part in response.aiter_bytes():
            data += part
            if len(data) > _MOST_EXPLAINED:
                break
        try:
            value = json.loads(data)
        except ValueError:
            value = data.decode("utf-8", "replace")
        return self._message(value) or "no explanation."

    def _message(self, value: Any) -> str:
        """What an error object says, whichever of the usual forms it has."""
        for name in ("error", "message", "detail"):
            if isinstance(value, dict) and value.get(name):
                value = value[name]
        return shown(value, self._key)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        import httpx

        try:
            yield
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise RemoteError(
                f"Server {self.name} cannot be reached ({type(error).__name__}); nothing was "
                "sent. Check that it runs and that the address is right."
            ) from error
        except httpx.TimeoutException as error:
            raise RemoteError(
                f"Server {self.name} was silent for {self._timeout:g} seconds, and the request was "
                "given up. If it only needs longer, put #timeout=SECONDS after its address."
            ) from error
        except httpx.HTTPError as error:
            raise RemoteError(
                f"Server {self.name} broke off in the middle of a reply ({type(error).__name__}). "
                "It was not asked again: what it had written is lost, and would cost twice."
            ) from error
