"""Small tokenizers of the kinds that published models have, trained on the fly."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from tokenizers import (
    AddedToken,
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    trainers,
)
from transformers import PreTrainedTokenizerFast

PAD, USER, ASSISTANT, END = "<|pad|>", "<|user|>", "<|assistant|>", "<|end|>"
_SPECIAL = [PAD, USER, ASSISTANT, END]
_TEMPLATE = (
    "{% for message in messages %}<|user|>{{ message['content'] }}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
)
_CL100K = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
SENTENCES = (
    "First, we add 12 and 7 to get 19.",
    "Then we multiply:\n\n  19 * 2 = 38",
    "The answer is \\boxed{38}.",
    "So x = 4, y = 10; thus 4 + 10 = 14!",
    "Über 3½ naïve cafés – 東京 🙂.",
    "Let\n  f(x) = x^2\n\n\nWe want f(3).",
)
_SIZE = 420


def _corpus() -> Iterator[str]:
    for first in SENTENCES:
        for second in SENTENCES:
            yield f"{first}\n\n{second}\n\n"


def _byte_level(*splitters: Any, regex: bool = False) -> Tokenizer:
    """BPE over bytes, behind these splitters, and GPT-2's if `regex`."""
    tokenizer = Tokenizer(models.BPE())
    plain = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=regex)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([*splitters, plain])
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=_SIZE, special_tokens=_SPECIAL, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(_corpus(), trainer)
    return tokenizer


def _gpt2() -> Tokenizer:
    return _byte_level(regex=True)


def _digit_wise() -> Tokenizer:
    """SmolLM2's: each digit alone, then GPT-2's splitter."""
    return _byte_level(pre_tokenizers.Digits(individual_digits=True), regex=True)


def _line_breaks_join() -> Tokenizer:
    """Llama 3's and Qwen's: ".\\n\\n" may be a token."""
    return _byte_level(pre_tokenizers.Split(Regex(_CL100K), "isolated"))


def _whole_text() -> Tokenizer:
    """Nothing is split: a token may hold a delimiter with what is before it and behind it."""
    return _byte_level(pre_tokenizers.Split(Regex(r"\n\n\n"), "merged_with_previous"))


def _sentencepiece_bpe() -> Tokenizer:
    """Llama 2's: a space before every text, bytes where nothing else fits."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]
    )
    parts = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    tokenizer.decoder = decoders.Sequence([*parts, decoders.Strip(" ", 1, 0)])
    tokenizer.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")
    trainer = trainers.BpeTrainer(vocab_size=200, show_progress=False)
    lines = (line for text in _corpus() for line in text.split("\n"))
    tokenizer.train_from_iterator(lines, trainer)
    learnt = json.loads(tokenizer.to_str())["model"]
    pieces = ["<unk>", *(f"<0x{byte:02X}>" for byte in range(256)), *learnt["vocab"]]
    tokenizer.model = models.BPE(
        {piece: number for number, piece in enumerate(pieces)},
        [tuple(merge) for merge in learnt["merges"]],
        byte_fallback=True,
        fuse_unk=True,
        unk_token="<unk>",
    )
    return tokenizer


def _unigram() -> Tokenizer:
    """SentencePiece's other model, over whole texts."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always", split=False)
    trainer = trainers.UnigramTrainer(
        vocab_size=_SIZE,
        special_tokens=["<unk>", *_SPECIAL],
        unk_token="<unk>",
        show_progress=False,
        max_piece_length=8,
    )
    tokenizer.train_from_iterator(_corpus(), trainer)
    return tokenizer


KINDS: Mapping[str, Callable[[], Tokenizer]] = MappingProxyType(
    {
        "gpt-2": _gpt2,
        "digit-wise": _digit_wise,
        "line breaks join": _line_breaks_join,
        "whole text": _whole_text,
        "sentencepiece bpe": _sentencepiece_bpe,
        "unigram": _unigram,
    }
)


def tokenizer_of(kind: str, *, chats: bool) -> PreTrainedTokenizerFast:
    """A tokenizer of this kind, with a chat template or without one."""
    core = KINDS[kind]()
    core.add_special_tokens([AddedToken(token, normalized=False) for token in _SPECIAL])
    fast = PreTrainedTokenizerFast(
        tokenizer_object=core,
        pad_token=PAD,
        eos_token=END,
        additional_special_tokens=[USER, ASSISTANT],
        clean_up_tokenization_spaces=False,
    )
    if chats:
        fast.chat_template = _TEMPLATE
    return fast
