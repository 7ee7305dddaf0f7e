"""One HTTP server, spoken to in JSON. Knows nothing of models.

Whatever it sends is bounded while it comes in: in bytes, in seconds, and by being taken as it is:
a compressed reply may unpack to anything and is refused.
"""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from email.utils import parsedate_to_datetime
from types import MappingProxyType
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
DONE: Mapping[str, Any] = MappingProxyType({})
"""Stands after the last object of a reply that is known to be whole."""
MOST_BYTES = 16 * 1024**2
"""Of one reply, unless whoever asks expects more of a stream."""
_MOST_LINE = 8 * 1024**2
_MOST_EXPLAINED = 64 * 1024
LONGEST = 1800.0
"""Seconds that one reply may take in all."""


class RemoteServer:
    """Asks one server, once for each request: nothing is ever sent again.

    Args:
        url: Base address, with "/v1" where there is one.
        key: API key, sent with every request and never shown; "" for none.
        timeout: Seconds without a byte after which a request has failed.
        in_flight: Requests that may be on their way at the same time (see `gate`).
        longest: Seconds after which it has failed though bytes still come.
    """

    def __init__(
        self, url: str, key: str, timeout: float, in_flight: int, longest: float = LONGEST
    ) -> None:
        self.url = url
        self.root = url.removesuffix("/v1")
        self.name = urlsplit(url).netloc
        self.gate = Gate(in_flight)
        self._key = key
        self._timeout, self._longest = timeout, longest
        import httpx  # Not before a server is asked: the page opens without it.

        self._client = httpx.AsyncClient(
            headers={"Accept-Encoding": "identity"}
            | ({"Authorization": f"Bearer {key}"} if key else {}),
            # What is not encrypted needs no certificates, and reading those takes a while.
            verify=url.startswith("https"),
            timeout=httpx.Timeout(timeout, connect=_CONNECT_SECONDS, pool=None),
            limits=httpx.Limits(max_connections=None, keepalive_expiry=_KEPT_SECONDS),
        )

    def shown(self, text: object) -> str:
        """A server's words as they may be shown: see `errors.shown`."""
        return shown(text, self._key)

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def get(self, url: str) -> Mapping[str, Any]:
        """The JSON object at an address. Raises as `events`."""
        async for event in self._events("GET", url, None):
            if event is not DONE:
                return event
        raise RemoteError(f"Server {self.name} sent an empty reply.")

    async def post(self, url: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """The JSON object that answers a request. Raises as `events`."""
        async for event in self._events("POST", url, body):
            if event is not DONE:
                return event
        raise RemoteError(f"Server {self.name} sent an empty reply.")

    def events(
        self, url: str, body: Mapping[str, Any], most: int = MOST_BYTES
    ) -> AsyncIterator[Mapping[str, Any]]:
        """The JSON objects of a streamed reply, or the one of a whole reply; at the end of one
        that says where it ends, `DONE`.

        Closing it (`contextlib.aclosing`) closes the connection: that is how a server hears
        that nobody waits any more. Nor is it used again after the reply: llama.cpp's server closes
        it then and does not say so beforehand.

        Args:
            most: Bytes of a stream; it is read line by line and not kept.

        Raises:
            RemoteError: It cannot be reached, broke off, was silent for too long, went on for too
                long, refused the request, or sent something that is not what it should be.
        """
        return self._events("POST", url, body, {"Connection": "close"}, most)

    async def _events(
        self,
        method: str,
        url: str,
        body: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None = None,
        most: int = MOST_BYTES,
    ) -> AsyncIterator[Mapping[str, Any]]:
        async with AsyncExitStack() as stack:
            stack.enter_context(self._explained())
            ends = asyncio.get_running_loop().time() + self._longest
            request = self._client.stream(method, url, json=body, headers=headers)
            # A head that comes byte by byte is never silent.
            async with asyncio.timeout(min(self._longest, self._timeout + _CONNECT_SECONDS)):
                response = await stack.enter_async_context(request)
            if response.status_code != 200:
                raise RemoteError(
                    f"Server {self.name} answered {response.status_code} to "
                    f"{urlsplit(url).path}: {await self._explanation(response, ends)}",
                    response.status_code,
                    _later(response.headers.get("retry-after", "")),
                )
            self._refuse_compressed(response)
            if not response.headers.get("content-type", "").startswith("text/event-stream"):
                whole = [part async for part in self._parts(response, ends, MOST_BYTES)]
                yield self._object(b"".join(whole))
                yield DONE
                return
            async for line in self._lines(response, ends, most):
                if line.startswith(b"data:"):
                    data = line[5:].strip()
                    if data == b"[DONE]":
                        yield DONE
                        return
                    yield self._object(data)

    def _refuse_compressed(self, response: httpx.Response) -> None:
        coding = response.headers.get("content-encoding", "identity")
        if coding.strip().lower() not in ("", "identity"):
            raise RemoteError(
                f"Server {self.name} sent a compressed reply ({shown(coding)}), and was asked for "
                "a plain one: what it unpacks to has no bound. Switch compression off there, or "
                "in the proxy before it."
            )

    async def _parts(
        self, response: httpx.Response, ends: float, most: int
    ) -> AsyncIterator[bytes]:
        """The reply as it comes in. `ends`: the loop's time at which it has taken too long."""
        size = 0
        parts = aiter(response.aiter_raw())
        while True:
            # Within each, not around all: nothing is yielded while the clock runs.
            async with asyncio.timeout_at(ends):
                part = await anext(parts, None)
            if part is None:
                return
            size += len(part)
            if size > most:
                raise RemoteError(
                    f"Server {self.name} sent more than {most:,} bytes in one reply, and was "
                    "given up."
                )
            yield part

    async def _lines(
        self, response: httpx.Response, ends: float, most: int
    ) -> AsyncIterator[bytes]:
        """Lines end with a line feed and nothing else: others occur inside of JSON."""
        rest = bytearray()  # It grows in place: a line may come byte by byte.
        async for part in self._parts(response, ends, most):
            first, *lines = part.split(b"\n")
            rest += first
            for line in lines:
                yield bytes(rest).rstrip(b"\r")
                rest = bytearray(line)
            if len(rest) > _MOST_LINE:
                raise RemoteError(f"Server {self.name} sent a line of over {_MOST_LINE:,} bytes.")
        yield bytes(rest)

    def _object(self, data: bytes) -> Mapping[str, Any]:
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            said = shown(data[:4096].decode("utf-8", "replace"), self._key)
            raise RemoteError(f"Server {self.name} sent {said!r}; expected a JSON object.")
        if value.get("error"):
            raise RemoteError(f"Server {self.name} failed: {self._message(value)}")
        return value

    async def _explanation(self, response: httpx.Response, ends: float) -> str:
        if response.headers.get("content-encoding"):
            return "no explanation that is plain text."
        data = b""
        async for part in self._parts(response, ends, MOST_BYTES):
            data += part
            if len(data) > _MOST_EXPLAINED:
                break
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
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
        except TimeoutError as error:
            raise RemoteError(
                f"Server {self.name} was still at one reply after {self._longest:g} seconds, or at "
                f"the head of one after {self._timeout + _CONNECT_SECONDS:g}, and the request was "
                "given up. If it only needs longer, put #longest=SECONDS after its address."
            ) from error


def _later(said: str) -> float | None:
    """Seconds of a Retry-After header, which says seconds or a date (RFC 9110, 10.2.3)."""
    try:
        seconds = float(said)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(said).timestamp() - time.time()
        except (ValueError, TypeError, OverflowError):
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None
