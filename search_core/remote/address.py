"""Where a remote model is: `http://host:8000/v1`, several between commas, options after a `#`."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal, cast, get_args
from urllib.parse import parse_qsl, urlsplit

from search_core.remote.errors import AddressError
from search_core.remote.server import LONGEST

_SCHEMES = ("http://", "https://")
Api = Literal["", "completions", "chat"]
Steps = Literal["", "continued", "asked", "whole"]
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{0,99}")
_CHAT_ALONE = ("steps", "tokens", "votes")
"""Options of chat completions, which mean nothing over the others."""


def is_remote(name: str) -> bool:
    """Whether a model's name is the address of a server."""
    return name.startswith(_SCHEMES)


def model_name(path_or_address: str) -> str:
    """What to call a model before it is open: its folder, or its name on its server, whose
    address is nobody's but the operator's."""
    if is_remote(path_or_address):
        options = dict(parse_qsl(path_or_address.partition("#")[2]))
        return options.get("model") or "a model behind a server"
    return Path(path_or_address).name


@dataclass(frozen=True, slots=True)
class RemoteAddress:
    """One model on one server, or on several that serve the same model (replicas).

    Attributes:
        urls: Base addresses; "/v1" is added where one has no path. A problem always goes to
            the same one, so that its prefix cache knows it.
        model: Its name on the server; "" for the only one there.
        tokenizer: Folder (or Hub name) of its tokenizer; "" to let the server tokenise.
        format: Of a verifier: how it is read (`verifiers.FORMATS`), with its options after
            a colon; "" for a solver.
        timeout: Seconds without a byte from the server after which a request has failed.
        in_flight: Requests that one server is asked at the same time; more wait here.
        longest: Seconds after which a request has failed though bytes still come.
        api: How it is asked: "completions", "chat" (chat completions, see `remote.chat`); "" to
            find out.
        key: Name of the environment variable that holds the API key; "" for the usual one.
        steps: Of a solver over chat completions: "continued" (it goes on from its own answer),
            "asked" (each step in a turn of its own, an approximation), "whole" (whole solutions
            alone); "" to find out.
        tokens: Most tokens of one whole solution over chat completions.
        votes: Of a verifier over chat completions that gives no log-probabilities: samples of each
            verdict.
    """

    urls: tuple[str, ...]
    model: str = ""
    tokenizer: str = ""
    format: str = ""
    timeout: float = 300.0
    in_flight: int = 64
    longest: float = LONGEST
    api: Api = ""
    key: str = ""
    steps: Steps = ""
    tokens: int = 4096
    votes: int = 8

    @classmethod
    def parse(cls, text: str) -> RemoteAddress:
        """Reads `http://a:8000/v1,http://b:8000/v1#model=NAME&tokenizer=FOLDER&timeout=60`.

        What stands after the `#` never leaves this process.

        Raises:
            ValueError: It is no such address.
        """
        places, _, rest = text.partition("#")
        urls = tuple(_checked(url.strip()) for url in places.split(",") if url.strip())
        if not urls:
            raise AddressError(f"{text!r:.120} names no server; expected http://host:8000/v1.")
        known = [field.name for field in fields(cls)][1:]
        try:
            options = dict(parse_qsl(rest, strict_parsing=True)) if rest else {}
        except ValueError as error:
            raise AddressError(
                f"What stands after # is no list of name=value pairs joined by & "
                f"({', '.join(known)})."
            ) from error
        unknown = sorted(set(options) - set(known))
        if unknown:
            raise AddressError(f"Unknown {unknown[0]!r:.40} after #; known: {', '.join(known)}.")
        api = cast("Api", _choice(options, "api", get_args(Api)))
        useless = [name for name in _CHAT_ALONE if name in options]
        if api == "completions" and useless:
            raise AddressError(f"{useless[0]} is an option of api=chat alone. Leave it out.")
        return cls(
            urls,
            options.get("model", ""),
            options.get("tokenizer", ""),
            options.get("format", ""),
            _number(options, "timeout", 300.0, 1, 86_400),
            int(_number(options, "in_flight", 64, 1, 4096)),
            _number(options, "longest", LONGEST, 1, 86_400),
            api,
            _variable(options.get("key", "")),
            cast("Steps", _choice(options, "steps", get_args(Steps))),
            int(_number(options, "tokens", 4096, 16, 131_072)),
            int(_number(options, "votes", 8, 1, 64)),
        )

    def place_of(self, problem: str) -> int:
        """Which of the servers answers for a problem."""
        digest = hashlib.sha256(problem.encode()).digest()
        return int.from_bytes(digest[:8], "big") % len(self.urls)


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise AddressError(f"{url!r:.120} is no address: {error}.") from error
    if parts.username or parts.password:
        raise AddressError(
            "An address holds a user name or a password, and addresses are shown. Give the key in "
            "the environment instead (ESPALIER_SOLVER_KEY, ESPALIER_VERIFIER_KEY)."
        )
    if not is_remote(url) or not host or parts.query:
        raise AddressError(
            f"{url!r:.120} is no server; expected an address like http://host:8000/v1."
        )
    return url.rstrip("/") if parts.path.strip("/") else f"{url.rstrip('/')}/v1"


def _choice(options: dict[str, str], name: str, known: tuple[str, ...]) -> str:
    said = options.get(name, "")
    if said not in known:
        raise AddressError(f"{name} is {said!r:.40}; expected {', '.join(filter(None, known))}.")
    return said


def _variable(name: str) -> str:
    """The name of a variable. What is none may be the key itself, and is not repeated."""
    if name and not _VARIABLE.fullmatch(name):
        raise AddressError(
            "key names the environment variable that holds the API key, in capitals (key=HF_TOKEN);"
            " what stands there is no such name. A key itself never belongs into an address."
        )
    return name


def _number(options: dict[str, str], name: str, usual: float, least: float, most: float) -> float:
    given = options.get(name)
    if given is None:
        return usual
    try:
        value = float(given)
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        raise AddressError(
            f"{name} is {given!r:.20}; expected a number from {least:g} to {most:g}."
        )
    return value
