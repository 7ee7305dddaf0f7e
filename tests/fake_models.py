"""The models of the fake server: computed the plain way, without the engine under test."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from transformers import (
    AutoModelForCausalLM,
    AutoModelForTokenClassification,
    DynamicCache,
    Qwen2Model,
)

from search_core.engine.checkpoints.tokenizers import load_tokenizer


@dataclass(frozen=True)
class Token:
    """One token of one sample; `finish` where it is the last: "stop" or "length"."""

    index: int
    id: int
    logprob: float
    finish: str


@cache
def _language_model(folder: Path) -> tuple[Any, dict[tuple[int, ...], torch.Tensor]]:
    """A model, and what it makes of the texts that any server has read with it.

    Servers of several makes are asked the same: each token of it is computed once.
    """
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval(), {}


class _Rows:
    """Logits after each of n texts that begin alike and grow by a token at a time."""

    def __init__(self, folder: Path, ids: list[int], n: int) -> None:
        self._model, self._known = _language_model(folder)
        self._paths = [tuple(ids)] * n
        self._unread: list[list[int]] = []
        self._cache: Any = None

    def logits(self, going: set[int]) -> list[torch.Tensor]:
        """Of those that go on; of others it may be anything."""
        if not all(self._paths[index] in self._known for index in going):
            for path, row in zip(self._paths, self._read(), strict=True):
                self._known[path] = row
        nothing = torch.empty(0)
        return [self._known.get(path, nothing) for path in self._paths]

    def add(self, tokens: list[int]) -> None:
        self._paths = [(*path, token) for path, token in zip(self._paths, tokens, strict=True)]
        self._unread.append(tokens)

    def _read(self) -> torch.Tensor:
        n = len(self._paths)
        if self._cache is None:
            begin = self._paths[0][: len(self._paths[0]) - len(self._unread)]
            self._cache = DynamicCache(config=self._model.config)
            logits = self._model(
                input_ids=torch.tensor([begin]), past_key_values=self._cache
            ).logits[:, -1]
            self._cache.batch_repeat_interleave(n)
            if not self._unread:
                return logits.repeat(n, 1)
        new = torch.tensor(self._unread).T
        self._unread = []
        rows: torch.Tensor = self._model(input_ids=new, past_key_values=self._cache).logits[:, -1]
        return rows


class _Tokenised:
    def __init__(self, folder: Path) -> None:
        self.tokenizer = load_tokenizer(folder)

    def ids(self, text: str, *, begins: bool = False) -> list[int]:
        """As a server tokenises: special tokens spelt out are special."""
        ids = self.tokenizer(text, add_special_tokens=False)["input_ids"]
        begin = self.tokenizer.bos_token_id
        return [begin, *ids] if begins and begin is not None else list(ids)

    def chat_text(self, messages: list[dict[str, str]], answer: bool = True) -> str:
        text: str = self.tokenizer.apply_chat_template(
            messages, add_generation_prompt=answer, tokenize=False
        )
        return text

    def text(self, ids: list[int]) -> str:
        decoded: str = self.tokenizer.decode(
            ids, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return decoded


class FakeLanguageModel(_Tokenised):
    """Samples from a causal language model, token by token."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder
        self.model, _ = _language_model(folder)
        ends = self.model.generation_config.eos_token_id
        self.ends = {self.tokenizer.eos_token_id, *(ends if isinstance(ends, list) else [ends])}

    @torch.inference_mode()
    def next_logprobs(self, ids: list[int]) -> list[float]:
        _one_thread()
        logits = self.model(input_ids=torch.tensor([ids])).logits[0, -1]
        logprobs: list[float] = logits.log_softmax(-1).tolist()
        return logprobs

    @torch.inference_mode()
    def sample(
        self,
        ids: list[int],
        n: int,
        limit: int,
        *,
        temperature: float,
        top_p: float,
        seed: int | None,
        same: bool,
        tempered: bool,
        stops: tuple[str, ...],
    ) -> Iterator[Token]:
        """All tokens of n samples, in the order in which they come."""
        _one_thread()
        heat = temperature if tempered and temperature > 0 else 1.0
        seed = random.getrandbits(31) if seed is None else seed
        dice = [random.Random(f"{seed}/{0 if same else index}") for index in range(n)]
        rows = _Rows(self.folder, ids, n)
        written: list[list[int]] = [[] for _ in range(n)]
        going = set(range(n))
        for position in range(limit):
            logits = rows.logits(going)
            picked = [ids[0]] * n
            for index in sorted(going):
                token = _draw(logits[index], temperature, top_p, dice[index].random())
                picked[index] = token
                written[index].append(token)
                text = self.text(written[index])
                stopped = token in self.ends or any(stop in text for stop in stops)
                finish = "stop" if stopped else "length" if position == limit - 1 else ""
                if finish:
                    going.discard(index)
                logprob = float((logits[index] / heat).log_softmax(-1)[token])
                yield Token(index, token, logprob, finish)
            if not going:
                return
            rows.add(picked)


def _one_thread() -> None:
    """In this thread of the server: small models are not made quicker by more."""
    torch.set_num_threads(1)


def _draw(logits: torch.Tensor, temperature: float, top_p: float, luck: float) -> int:
    if temperature == 0:
        return int(logits.argmax())
    chances, order = (logits / temperature).softmax(-1).sort(descending=True)
    before = chances.cumsum(-1) - chances
    chances = chances.masked_fill(before >= top_p, 0)
    place = int(torch.searchsorted(chances.cumsum(-1), luck * float(chances.sum())))
    return int(order[min(place, len(order) - 1)])


class FakeClassifier(_Tokenised):
    """Probabilities of two labels: at every token, or at markers alone (vLLM's STEP pooling).

    Args:
        marked: It is one of Qwen's process reward models, and reads at `<extra_0>`.
    """

    def __init__(self, folder: Path, *, marked: bool) -> None:
        super().__init__(folder)
        self._known: dict[tuple[int, ...], list[list[float]]] = {}
        self.marker = self.tokenizer.convert_tokens_to_ids("<extra_0>") if marked else None
        if not marked:
            self.model: Any = AutoModelForTokenClassification.from_pretrained(
                folder, dtype=torch.float32
            ).eval()
            return
        weights = load_file(folder / "model.safetensors")
        self.model = Qwen2Model.from_pretrained(folder, dtype=torch.float32).eval()
        self.head = [
            weights[f"score.{part}"] for part in ("0.weight", "0.bias", "2.weight", "2.bias")
        ]

    def classes(self, ids: list[int]) -> list[list[float]]:
        if (key := tuple(ids)) not in self._known:
            self._known[key] = self._classes(ids)
        return self._known[key]

    @torch.inference_mode()
    def _classes(self, ids: list[int]) -> list[list[float]]:
        _one_thread()
        output = self.model(input_ids=torch.tensor([ids]))
        if self.marker is None:
            rows: list[list[float]] = output.logits[0].softmax(-1).tolist()
            return rows
        one, bias_one, two, bias_two = self.head
        at = [place for place, token in enumerate(ids) if token == self.marker]
        hidden = (output.last_hidden_state[0, at] @ one.T + bias_one).relu()
        marked: list[list[float]] = (hidden @ two.T + bias_two).softmax(-1).tolist()
        return marked
