"""Tiny chat models whose words are forced, so that a test knows what they write."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch

from tests.tiny_models import scripted_model, tiny_tokenizer

TEMPLATE = (
    "{% for m in messages %}{{ '<|assistant|>' if m['role'] == 'assistant' else '<|user|>' }}"
    "{{ m['content'] | trim }}<|end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
LONG = {"max_position_embeddings": 4096}
WORDS = ["\\boxed{", "correct", "incorrect", "} So.", "}\nStep 2 is "]


def scripted(folder: Path, script: Mapping[str, Mapping[str, float]]) -> Path:
    """Saves a model whose next token depends on the last one alone, by weights."""
    tokenizer = tiny_tokenizer(TEMPLATE)
    tokenizer.add_tokens(WORDS)
    size = len(tokenizer)
    size += size % 2
    ids: dict[tuple[int, int], float] = {}
    for now, after in script.items():
        for then, weight in after.items():
            [one], [other] = (tokenizer(word)["input_ids"] for word in (now, then))
            ids[one, other] = weight
    model = scripted_model(size, ids, **LONG)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def ratio(difference: float) -> float:
    """The verdict's probability: a normed one-hot state is the root of its width."""
    width = len(tiny_tokenizer()) + len(WORDS)
    width += width % 2
    return float(torch.tensor(difference * width**0.5).sigmoid())


def forced_verdicts(folder: Path, *, correct: float, incorrect: float) -> Path:
    """After "step by step:" a box, the likelier of these verdicts, "} So.", and the end."""
    return scripted(
        folder,
        {
            ":": {"\\boxed{": 1},
            "\\boxed{": {"correct": correct, "incorrect": incorrect},
            "correct": {"} So.": 1},
            "incorrect": {"} So.": 1},
            "} So.": {"<|end|>": 1},
        },
    )
