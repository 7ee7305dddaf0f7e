"""The baseline: the usual way to search with transformers reads whole paths at every step.

`generate` continues a padded batch of paths, and the verifier reads whole paths. Same models,
same random numbers: what it writes is what the engine writes, up to rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from transformers import (
    AutoModelForCausalLM,
    AutoModelForTokenClassification,
    AutoTokenizer,
    LogitsProcessor,
)

from search_core.engine.running_text import DELIMITER
from search_core.engine.threads import threads_for, torch_threads
from search_core.protocols import (
    Cancelled,
    SampleRequest,
    Sampling,
    ScoreRequest,
    SolverInfo,
    StepSample,
    StepScores,
    VerifierInfo,
)

_SCORED_AT_ONCE = 16
"""Paths that the verifier reads in one batch."""


class BaselineSolver:
    """Samples with `generate`; stops at the delimiter's token, which is cheaper than text.

    Args:
        path: Folder of the model; its tokenizer must have the delimiter as one token.
        info: The engine's solver of the same folder: the same dtype and device are taken.
    """

    def __init__(self, path: Path, info: SolverInfo) -> None:
        self.info = info
        self._tokenizer = AutoTokenizer.from_pretrained(path, padding_side="left")
        model = AutoModelForCausalLM.from_pretrained(path, dtype=info.dtype, use_safetensors=True)
        self._model = model.eval().to(info.device)
        self._threads = threads_for(info.parameters or 0)
        self._delimiter = self._tokenizer.convert_tokens_to_ids(DELIMITER)

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        """One step for each request, in their order, at a temperature above 0 and all of top-p."""
        texts = [_text(self._tokenizer, request.problem, request.steps) for request in requests]
        with torch.inference_mode(), torch_threads(self._threads):
            batch = self._tokenizer(
                texts, add_special_tokens=False, padding=True, return_tensors="pt"
            ).to(self._model.device)
            width = batch["input_ids"].shape[1]
            numbers = _numbers([request.seed for request in requests], sampling.max_step_tokens)
            written = self._model.generate(
                input_ids=batch["input_ids"],
                attention_mask=batch["attention_mask"],
                max_new_tokens=sampling.max_step_tokens,
                do_sample=False,
                eos_token_id=[self._delimiter, self._tokenizer.eos_token_id],
                pad_token_id=self._tokenizer.pad_token_id,
                logits_processor=[_SeededDraw(numbers, width, sampling.temperature)],
            )[:, width:].tolist()
        return [self._step(row) for row in written]

    def _step(self, row: list[int]) -> StepSample:
        if self._delimiter in row:
            length = row.index(self._delimiter)
            return StepSample(self._tokenizer.decode(row[:length]), length + 1, 0.0, "step")
        if self._tokenizer.eos_token_id in row:
            length = row.index(self._tokenizer.eos_token_id)
            return StepSample(self._tokenizer.decode(row[:length]), length + 1, 0.0, "end")
        return StepSample(self._tokenizer.decode(row), len(row), 0.0, "length")


class _SeededDraw(LogitsProcessor):  # type: ignore[misc]  # transformers is not typed
    """Leaves each row the one token that its own random number draws.

    The engine's rule, written down a second time: the same number must give the same token
    however the model was asked.
    """

    def __init__(self, numbers: Tensor, width: int, temperature: float) -> None:
        self._numbers, self._width, self._temperature = numbers, width, temperature

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        numbers = self._numbers[:, input_ids.shape[1] - self._width].to(scores.device)
        weights = ((scores - scores.amax(-1, keepdim=True)) / self._temperature).exp()
        cumulative = weights.to(numbers.dtype).cumsum(-1)
        target = numbers.unsqueeze(-1) * cumulative[:, -1:]
        tokens = torch.searchsorted(cumulative, target, right=True)
        alone = torch.full_like(scores, -torch.inf)
        return alone.scatter_(1, tokens.clamp_(max=scores.shape[-1] - 1), 0.0)


def _numbers(seeds: Sequence[int], count: int) -> Tensor:
    """[len(seeds), count] in [0, 1), each row from its own seed."""
    rows = [np.random.Generator(np.random.Philox(key=seed)).random(count) for seed in seeds]
    return torch.from_numpy(np.stack(rows))


class BaselineVerifier:
    """Reads whole paths and takes the probability of "right" at their last token.

    Args: as of `BaselineSolver`; a token classifier with two labels.
    """

    def __init__(self, path: Path, info: VerifierInfo) -> None:
        self.info = info
        self._tokenizer = AutoTokenizer.from_pretrained(path, padding_side="right")
        model = AutoModelForTokenClassification.from_pretrained(
            path, dtype=info.dtype, use_safetensors=True
        )
        self._model = model.eval().to(info.device)
        self._threads = threads_for(info.parameters or 0)

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        """The last step's score of each request, in their order."""
        texts = [_text(self._tokenizer, request.problem, request.steps) for request in requests]
        scores: list[float] = []
        with torch.inference_mode(), torch_threads(self._threads):
            for start in range(0, len(texts), _SCORED_AT_ONCE):
                scores += self._read(texts[start : start + _SCORED_AT_ONCE])
        return [StepScores((score,)) for score in scores]

    def _read(self, texts: list[str]) -> list[float]:
        batch = self._tokenizer(
            texts, add_special_tokens=False, padding=True, return_tensors="pt"
        ).to(self._model.device)
        logits = self._model(**batch, use_cache=False).logits
        last = batch["attention_mask"].sum(-1) - 1
        rows = torch.arange(len(texts), device=logits.device)
        return [float(score) for score in logits[rows, last].float().softmax(-1)[:, 1]]


def _text(tokenizer: Any, problem: str, steps: Sequence[str]) -> str:
    prompt: str = tokenizer.apply_chat_template(
        [{"role": "user", "content": problem}], add_generation_prompt=True, tokenize=False
    )
    return prompt + "".join(step + DELIMITER for step in steps)
