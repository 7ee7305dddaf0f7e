"""A server that has nothing but chat completions, over a real small model or a test's script.

It speaks as vLLM, SGLang, llama.cpp's server, Ollama, Mistral and DeepSeek do, as far as Espalier
listens: they differ in how they continue an assistant's turn (`manner`), in what they take
(`faults.refuses`, `faults.ignores`), and in what they say.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.fake_faults import Faults
from tests.fake_models import FakeLanguageModel
from tests.fake_wire import WireHandler

ECHO = "Repeat this sentence: "
"""What every chat model can do, and the small ones here cannot: done for them."""


@dataclass(frozen=True)
class Said:
    """A reply that a test tells.

    Attributes:
        tokens: Texts, each with its log-probability and those of the likeliest in its place.
        thought: What it says as reasoning before.
    """

    tokens: tuple[tuple[str, float | None, dict[str, float]], ...]
    thought: str = ""
    finish: str | None = "stop"

    @classmethod
    def plain(cls, text: str, **more: Any) -> Said:
        """Word by word, each as likely as not."""
        words = [word + " " for word in text.split(" ")]
        words[-1] = words[-1][:-1]
        return cls(tuple((word, -0.5, {word: -0.5}) for word in words), **more)


Script = Callable[[dict[str, Any], bool], Said | None]
"""What is said to a request, and whether it continues the last turn; None: the model's own."""


@dataclass
class ChatFaults(Faults):
    """What it does wrong besides.

    Attributes:
        busy: What the next requests are refused with: status, and Retry-After ("" for none).
        ignores: Fields that it does as if they were not there.
        counts_along: Whether every piece says the usage.
        unlisted: There is no list of models.
        wants_no_blank: It refuses an assistant's turn that ends with white space.
    """

    busy: list[tuple[int, str]] = field(default_factory=list)
    ignores: tuple[str, ...] = ()
    counts_along: bool = False
    unlisted: bool = False
    wants_no_blank: bool = False


class FakeChatServer:
    """Serves chats until it is closed.

    Args:
        folder: The checkpoint; None: there is a script for everything.
        manner: How it continues the assistant's turn: "flags", "last turn", "prefix", "" (it
            begins another turn), or "refuses".
        maker: What it says that its model is owned by.
        key: Without which it answers 401.

    Attributes:
        asked: Bodies of all chats.
        left: Set when a client has left in the middle of a reply.
        holding: Set when a reply waits at the gate.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        manner: str = "flags",
        maker: str = "vllm",
        key: str = "",
        script: Script | None = None,
    ) -> None:
        self.faults = ChatFaults()
        self.manner, self.maker, self.key, self.script = manner, maker, key, script
        self.model = FakeLanguageModel(folder) if folder else None
        self.name = folder.name if folder else "scripted"
        self.asked: list[dict[str, Any]] = []
        self.left, self.holding = threading.Event(), threading.Event()
        self.computing = threading.Lock()
        server = self

        class Handler(_Handler):
            fake = server
            faults = server.faults
            holding = server.holding

        self.http = _Http(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_port}/v1"

    def address(self, **options: Any) -> str:
        """Its address as an operator writes it."""
        said = {"api": "chat"} | options
        return self.url + "#" + "&".join(f"{name}={value}" for name, value in said.items())

    def close(self) -> None:
        if self.faults.gate is not None:
            self.faults.gate.set()
        self.http.shutdown()
        self.http.server_close()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # Of fewer, some of many connections at once would be reset.


class _Handler(WireHandler, BaseHTTPRequestHandler):
    fake: FakeChatServer
    faults: ChatFaults

    def do_GET(self) -> None:
        if self.path != "/v1/models" or self.faults.unlisted:
            self._reply({"message": "Not Found"}, 404)
            return
        model = {"id": self.fake.name, "owned_by": self.fake.maker}
        self._reply({"object": "list", "data": [model]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != "/v1/chat/completions":
            self._reply({"message": "Not Found"}, 404)
            return
        refusal = self._refusal(body)
        if refusal:
            self._reply({"error": {"message": refusal[1]}}, refusal[0])
            return
        if self.faults.busy:
            self._busy(*self.faults.busy.pop(0))
            return
        self.fake.asked.append(body)
        try:
            self._chat({k: v for k, v in body.items() if k not in self.faults.ignores})
        except (BrokenPipeError, ConnectionResetError):
            self.fake.left.set()
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Stay quiet."""

    def _refusal(self, body: dict[str, Any]) -> tuple[int, str] | None:
        fake, faults = self.fake, self.faults
        if fake.key and self.headers.get("Authorization") != f"Bearer {fake.key}":
            return 401, f"{self.headers.get('Authorization')} is no key"
        if faults.status:
            return faults.status, faults.message
        for name in faults.refuses:
            if name in body or any(message["role"] == name for message in body["messages"]):
                instead = "; use max_completion_tokens" if name == "max_tokens" else ""
                return 400, f"{name} is not supported{instead}"
        last = body["messages"][-1]
        if fake.manner == "refuses" and last["role"] == "assistant":
            return 400, "the last turn must be the user's"
        blank = last["role"] == "assistant" and last["content"] != last["content"].rstrip()
        if faults.wants_no_blank and blank:
            return 400, "the last turn must not end with white space"
        return None

    def _busy(self, status: int, later: str) -> None:
        data = b'{"error": {"message": "slow down"}}'
        self.send_response(status)
        if later:
            self.send_header("Retry-After", later)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _chat(self, body: dict[str, Any]) -> None:
        messages = body["messages"]
        continues = messages[-1]["role"] == "assistant" and self._continues(body)
        said = self.fake.script(body, continues) if self.fake.script else None
        said = said or _echoed(messages, continues) or self._written(body, continues)
        events = list(self._events(said, body))
        if self.faults.whole:
            self._reply(_joined(events))
        else:
            self._stream(iter(events), None)

    def _continues(self, body: dict[str, Any]) -> bool:
        manner = self.fake.manner
        if manner == "flags":
            return bool(body.get("continue_final_message")) and not body["add_generation_prompt"]
        return manner == "last turn" or (
            manner == "prefix" and bool(body["messages"][-1].get("prefix"))
        )

    def _written(self, body: dict[str, Any], continues: bool) -> Said:
        model, faults = self.fake.model, self.faults
        assert model is not None, "the script says nothing to this"
        text = model.tokenizer.apply_chat_template(
            body["messages"],
            tokenize=False,
            add_generation_prompt=not continues,
            continue_final_message=continues,
        )
        top = body.get("top_logprobs", 0)
        with self.fake.computing:
            ids = model.ids(text)
            tokens = list(
                model.sample(
                    ids,
                    1,
                    body.get("max_tokens") or body["max_completion_tokens"],
                    temperature=0.0 if faults.identical else body["temperature"],
                    top_p=body["top_p"],
                    seed=None if faults.seed_ignored else body.get("seed"),
                    same=False,
                    tempered=faults.tempered,
                    stops=tuple(body.get("stop", ())),
                )
            )
            said = []
            for place, token in enumerate(tokens):
                ends = token.finish == "stop" and token.id in model.ends
                chances = {}
                if top:
                    before = [*ids, *(one.id for one in tokens[:place])]
                    logprobs = model.next_logprobs(before)
                    likeliest = sorted(range(len(logprobs)), key=lambda one: -logprobs[one])[:top]
                    chances = {model.text([one]): logprobs[one] for one in likeliest}
                said.append(("" if ends else model.text([token.id]), token.logprob, chances))
        return Said(tuple(said), finish=tokens[-1].finish)

    def _events(self, said: Said, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
        usage = {
            "prompt_tokens": sum(len(one["content"]) for one in body["messages"]),
            "completion_tokens": len(said.tokens) + len(said.thought.split()),
            "prompt_tokens_details": {"cached_tokens": 3},
        }
        along = {"usage": usage} if self.faults.counts_along else {}
        for word in said.thought.split():
            yield _event({"reasoning_content": word + " "}, None, None) | along
        for text, logprob, chances in said.tokens:
            spelt = {
                "token": text,
                "logprob": logprob,
                "top_logprobs": [
                    {"token": one, "logprob": chance} for one, chance in chances.items()
                ],
            }
            given = body.get("logprobs") and not self.faults.no_logprobs
            yield _event({"content": text}, [spelt] if given else None, None) | along
        yield _event({}, None, said.finish)
        if not self.faults.no_usage:
            yield {"choices": [], "usage": usage}


def _event(
    delta: dict[str, Any], tokens: list[dict[str, Any]] | None, finish: str | None
) -> dict[str, Any]:
    logprobs = None if tokens is None else {"content": tokens}
    choice = {"index": 0, "delta": delta, "logprobs": logprobs, "finish_reason": finish}
    return {"choices": [choice]}


def _echoed(messages: list[dict[str, Any]], continues: bool) -> Said | None:
    asked = [one["content"] for one in messages if one["role"] == "user"][-1]
    if ECHO not in asked:
        return None
    sentence = asked.partition(ECHO)[2]
    if continues:
        sentence = sentence.removeprefix(messages[-1]["content"])
    return Said.plain(sentence)


def _joined(events: list[dict[str, Any]]) -> dict[str, Any]:
    """A whole reply of what would have been streamed."""
    message = {"role": "assistant", "content": "", "reasoning_content": ""}
    whole: dict[str, Any] = {"index": 0, "message": message, "logprobs": None}
    usage = {}
    for event in events:
        usage = event.get("usage", usage)
        for choice in event["choices"]:
            for name, text in choice["delta"].items():
                message[name] += text
            if choice["logprobs"]:
                whole["logprobs"] = whole["logprobs"] or {"content": []}
                whole["logprobs"]["content"] += choice["logprobs"]["content"]
            whole["finish_reason"] = choice["finish_reason"]
    return {"choices": [whole], "usage": usage}
