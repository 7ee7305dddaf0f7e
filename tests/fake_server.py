"""A small vLLM: an OpenAI-compatible server over a checkpoint, with faults on demand.

It speaks as vLLM does as far as Espalier listens (and, asked to, as llama.cpp's server and SGLang
do: `fake_dialects`), from a model that is really computed, so that what is tested here can be asked
of a real server too.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from jinja2 import TemplateError

from tests.fake_dialects import llama_cpp_events, llama_cpp_next, sglang_next
from tests.fake_faults import Faults
from tests.fake_models import FakeClassifier, FakeLanguageModel, Token
from tests.fake_wire import WireHandler, joined
from tests.waiting import PATIENCE

BLOCK = 16
"""Tokens that the prefix cache takes at a time."""


class FakeServer:
    """Serves one checkpoint until it is closed.

    Args:
        folder: The checkpoint.
        kind: "language model", "classifier", or "qwen_prm" (a classifier that reads at markers).
        maker: "vllm", "sglang" or "llamacpp".
        context: Tokens that it reads at most, as it says.
        slots: Samples that a request to llama.cpp's server may ask for.

    Attributes:
        asked: (path, body) of every request.
        connections: What each completion's request said of its connection.
        faults: See `Faults`.
        left: Set when a client has left in the middle of a reply.
        holding: Set when a completion waits at the gate.
        most_at_once: Most completions that were being answered at the same time.
    """

    def __init__(
        self,
        folder: Path,
        kind: str = "language model",
        *,
        maker: str = "vllm",
        context: int = 512,
        key: str = "",
        slots: int = 4,
    ) -> None:
        self.faults = Faults()
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.keys: list[str | None] = []
        self.left = threading.Event()
        self.holding = threading.Event()
        self.most_at_once = 0
        self.maker, self.context, self.key = maker, context, key
        self.slots = slots
        self.connections: list[str | None] = []
        self.name = folder.name
        self.kind = kind
        self.model: Any = (
            FakeLanguageModel(folder)
            if kind == "language model"
            else FakeClassifier(folder, marked=kind == "qwen_prm")
        )
        self.computing = threading.Lock()
        self.counting = threading.Lock()
        self.at_once = 0
        self.cache: set[tuple[int, ...]] = set()
        self.http = _Http(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_port}/v1"

    def completions(self) -> list[dict[str, Any]]:
        """Bodies of the completions asked for so far."""
        return [body for path, body in self.asked if path.endswith(("completions", "completion"))]

    def close(self) -> None:
        if self.faults.gate is not None:
            self.faults.gate.set()
        self.http.shutdown()
        self.http.server_close()


@dataclass
class _Choice:
    """One sample as its tokens come in."""

    ids: list[int] = field(default_factory=list)
    sent: str = ""
    finished: bool = False


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # Of fewer, some of many connections at once would be reset.


class _Refused(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def _handler(server: FakeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        fake = server
        faults = server.faults
        holding = server.holding

    return Handler


class _Handler(WireHandler, BaseHTTPRequestHandler):
    fake: FakeServer
    counted = False

    def do_GET(self) -> None:
        self.fake.keys.append(self.headers.get("Authorization"))
        if self.path == "/props" and self.fake.maker == "llamacpp":
            self._reply({"total_slots": self.fake.slots})
            return
        if self.path != "/v1/models":
            self._reply({"message": "Not Found"}, 404)
            return
        model = {
            "id": self.fake.name,
            "owned_by": self.fake.maker,
            "max_model_len": self.fake.context,
        }
        self._reply({"object": "list", "data": [model]})

    def do_POST(self) -> None:
        self.fake.keys.append(self.headers.get("Authorization"))
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.fake.asked.append((self.path, body))
        if body.get("stream"):
            self.fake.connections.append(self.headers.get("Connection"))
        with self.fake.counting:
            self.counted = True
            self.fake.at_once += 1
            self.fake.most_at_once = max(self.fake.most_at_once, self.fake.at_once)
        try:
            self._answer(body)
        except (ValueError, TemplateError) as error:  # No chat template, or one that refuses.
            self._reply({"error": {"message": str(error)}}, 400)
        except _Refused as refused:
            plain = {"message": str(refused)}
            sglang = self.fake.maker == "sglang"
            self._reply({"object": "error"} | plain if sglang else {"error": plain}, refused.status)
        except (BrokenPipeError, ConnectionResetError):
            self.fake.left.set()
            self.close_connection = True
        finally:
            self._ends()

    def _ends(self) -> None:
        with self.fake.counting:
            self.fake.at_once -= self.counted
            self.counted = False

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Stay quiet."""

    # Routes ---------------------------------------------------------------------------------

    def _answer(self, body: dict[str, Any]) -> None:
        fake, model = self.fake, self.fake.model
        if self.path == "/tokenize" and not fake.faults.no_tokenizer:
            self._reply({"tokens": self._tokenised(body)})
        elif self.path == "/detokenize" and not fake.faults.no_texts:
            name = "content" if fake.maker == "llamacpp" else "prompt"
            self._reply({name: model.text(body["tokens"])})
        elif self.path == "/apply-template" and fake.maker == "llamacpp":
            begin = model.tokenizer.bos_token or ""  # which /tokenize puts in front
            text = model.chat_text(body["messages"], body["add_generation_prompt"])
            self._reply({"prompt": text.removeprefix(begin)})
        elif self.path == "/pooling" and fake.kind != "language model":
            with fake.computing:
                rows = [model.classes(ids) for ids in body["input"]]
            self._reply({"data": [{"data": one} for one in rows]})
        elif self.path == "/v1/completions" and fake.kind == "language model":
            self._complete(body)
        elif self.path == "/completion" and fake.maker == "llamacpp":
            self._complete_as_llama_cpp(body)
        elif self.path == "/generate" and fake.maker == "sglang":
            self._generate_as_sglang(body)
        else:
            raise _Refused(404, "Not Found")

    def _tokenised(self, body: dict[str, Any]) -> list[int]:
        model = self.fake.model
        if "content" in body:
            return model.ids(body["content"], begins=body.get("add_special", False))
        if "messages" in body:
            return model.ids(model.chat_text(body["messages"], body["add_generation_prompt"]))
        return model.ids(body["prompt"], begins=body["add_special_tokens"])

    def _complete(self, body: dict[str, Any]) -> None:
        faults = self.fake.faults
        self._refuse(body)
        prompt = body["prompt"]
        ids = self.fake.model.ids(prompt, begins=True) if isinstance(prompt, str) else prompt
        if len(ids) + body["max_tokens"] > self.fake.context:
            raise _Refused(400, f"This model's maximum context length is {self.fake.context}")
        if faults.longest is not None and len(ids) > faults.longest:
            self.fake.holding.wait(PATIENCE)
            raise _Refused(500, faults.message)
        if body["max_tokens"] == 1 and not body.get("stream"):
            self._reply(self._next_token(ids, body))
            return
        n = 1 if faults.n_ignored else body["n"]
        usage = self._usage(ids)
        if self.fake.maker == "sglang" and n > 1 and usage["prompt_tokens_details"]:
            # It reads the prompt once before, and then says that it knew it.
            usage["prompt_tokens_details"] = {"cached_tokens": len(ids) - 1}
        stops = () if faults.stop_ignored else tuple(body.get("stop", ()))
        events = self._events(ids, n, body, stops)
        if faults.whole or not body.get("stream"):
            self._reply(joined(list(events)) | {"usage": usage})
            return
        self._stream(events, usage)

    def _complete_as_llama_cpp(self, body: dict[str, Any]) -> None:
        fake = self.fake
        self._refuse(body)
        prompt = body["prompt"]
        ids = fake.model.ids(prompt, begins=True) if isinstance(prompt, str) else prompt
        cached = self._cached(ids)
        if not body.get("stream"):
            unbiased = fake.faults.no_choice
            self._reply(llama_cpp_next(self._next(ids), body, len(ids), cached, unbiased=unbiased))
            return
        if body["n_cmpl"] > fake.slots:
            raise _Refused(400, f"Field 'n_cmpl': Value must be between 1 <= value <= {fake.slots}")
        asked = body | {"max_tokens": body["n_predict"], "logprobs": 1}
        events = self._events(ids, body["n_cmpl"], asked, tuple(body["stop"]))
        spoken = llama_cpp_events(events, body, len(ids), cached, fake.model)
        if fake.faults.no_ids:
            spoken = ({k: v for k, v in event.items() if k != "tokens"} for event in spoken)
        self._stream(spoken, None)
        self.close_connection = True  # and it has not said so

    def _generate_as_sglang(self, body: dict[str, Any]) -> None:
        self._refuse(body)
        ids = body["input_ids"]
        self._reply(sglang_next(self._next(ids), body, len(ids), self._cached(ids)))

    def _refuse(self, body: dict[str, Any]) -> None:
        faults = self.fake.faults
        if faults.status:
            raise _Refused(faults.status, faults.message)
        for name in faults.refuses:
            if body.get(name, 1) != 1:
                raise _Refused(400, f"{name} is not supported")

    # Computing ------------------------------------------------------------------------------

    def _events(
        self, ids: list[int], n: int, body: dict[str, Any], stops: tuple[str, ...]
    ) -> Iterator[dict[str, Any]]:
        faults, model = self.fake.faults, self.fake.model
        sglang = self.fake.maker == "sglang"
        seed = None if faults.seed_ignored or sglang else body.get("seed")
        with self.fake.computing:
            tokens = list(
                model.sample(
                    ids,
                    n,
                    body["max_tokens"],
                    temperature=0.0 if faults.identical else body["temperature"],
                    top_p=body["top_p"],
                    seed=seed,
                    same=faults.same_siblings,
                    tempered=faults.tempered or sglang,
                    stops=stops,
                )
            )
        choices: dict[int, _Choice] = {}
        for token in tokens:
            choice = choices.setdefault(token.index, _Choice())
            choice.ids.append(token.id)
            text = model.text(choice.ids)
            stop = next((one for one in stops if one in text), None)
            if stop is not None:
                text = text[: text.index(stop) + (len(stop) if faults.keeps_stop else 0)]
            elif not token.finish:
                text = _held_back(text, stops)
            new, choice.sent = text[len(choice.sent) :], text
            said = self._choice(token, new, stop)
            if body.get("return_token_ids") and self.fake.maker == "vllm" and not faults.no_ids:
                said["token_ids"] = [token.id]
            if faults.odd_logprob and said["logprobs"] and len(choice.ids) == 2:
                said["logprobs"]["token_logprobs"] = list(faults.odd_logprob)
            yield {"choices": [said]}

    def _choice(self, token: Token, text: str, stop: str | None) -> dict[str, Any]:
        faults = self.fake.faults
        logprobs = {"token_logprobs": [token.logprob], "tokens": [str(token.id)]}
        choice: dict[str, Any] = {
            "index": token.index,
            "text": text,
            "logprobs": None if faults.no_logprobs else logprobs,
            "finish_reason": token.finish or None,
        }
        if token.finish:
            choice["finish_reason"] = dict(faults.endings).get(token.index, token.finish)
        if not faults.silent:
            name = "matched_stop" if self.fake.maker == "sglang" else "stop_reason"
            choice[name] = stop
        return choice

    def _next(self, ids: list[int]) -> list[float]:
        with self.fake.computing:
            logprobs: list[float] = self.fake.model.next_logprobs(ids)
        return logprobs

    def _next_token(self, ids: list[int], body: dict[str, Any]) -> dict[str, Any]:
        logprobs = self._next(ids)
        if "logprob_token_ids" in body and not self.fake.faults.no_choice:
            chosen = body["logprob_token_ids"]
        else:
            order = sorted(range(len(logprobs)), key=lambda one: -logprobs[one])
            wanted = body.get("logprobs") or 0
            chosen = order[: self.fake.faults.top if wanted > 1 else wanted]
        top = {f"token_id:{one}": logprobs[one] for one in chosen}
        if self.fake.faults.no_choice:
            top = {self.fake.model.text([one]): logprobs[one] for one in chosen}
        choice = {"index": 0, "text": "", "logprobs": {"top_logprobs": [top]}}
        return {"choices": [choice], "usage": self._usage(ids)}

    def _cached(self, ids: list[int]) -> int:
        """vLLM's cache takes whole blocks, and never the last token of a prompt."""
        with self.fake.counting:
            known = self.fake.cache
            blocks = [tuple(ids[:end]) for end in range(BLOCK, len(ids), BLOCK)]
            cached = max((len(one) for one in blocks if one in known), default=0)
            known.update(blocks)
        return cached

    def _usage(self, ids: list[int]) -> dict[str, Any]:
        cached = self._cached(ids)
        details = None if self.fake.faults.no_usage else {"cached_tokens": cached}
        return {"prompt_tokens": len(ids), "prompt_tokens_details": details}


def _held_back(text: str, stops: tuple[str, ...]) -> str:
    """Without an ending that may become a stop string, or a letter that is not whole yet."""
    text = text.rstrip("\N{REPLACEMENT CHARACTER}")
    longest = max(
        (size for stop in stops for size in range(len(stop)) if text.endswith(stop[:size])),
        default=0,
    )
    return text[: len(text) - longest]
