"""The tokenizer out of a GGUF file is the one that went in, token for token."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
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
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from search_core.engine.checkpoints import ModelLoadError, load_tokenizer
from tests.examples import examples
from tests.gguf_files import write_gguf
from tests.tiny_models import tiny_config
from tests.tokenizer_kinds import SENTENCES, tokenizer_of

# As published in the tokenizer.json of Qwen2, and of Mistral's Nemo.
QWEN_2 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
NEMO = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
    r"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
NASTY = (
    "e\u0301 \u00e9 n\u0303o a\u0308\u0323 \u1e09 \u0063\u0327\u0301",  # composed and not
    "zero\u200bwidth\u200c\u200d \u2060x\ufeff y\u00ad",
    "\u202eright to left\u202c \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1e9\U0001f1ea \u2764\ufe0f 1\ufe0f\u20e3",
    "\u1112\u1161\u11ab \ud55c \uac00 \uff11\uff12\uff13 \u0663\u0664 \u00bd\u2167 \u00b2",
    "I'Ll WE'RE it's\u2019s DON'T 'tis",
    "  two   three\t\ttabs \n \n\n\r\n\r x \u00a0\u2003\u3000 ",
    "12345678 1,234.56 3.14e-10 x2y3 007",
    "<|user|> <|assistant|><|end|>\n<|pad |> <0x0A> \u2581x\u2581 <unk> </s>",
    "\x00\x07\x1b[31m \ufffd \u0378 \U0010ffff",
    *SENTENCES,
)


def byte_level(pattern: str, *, composes: bool, takes_whole: bool) -> PreTrainedTokenizerFast:
    made = Tokenizer(models.BPE(ignore_merges=takes_whole))
    if composes:
        made.normalizer = normalizers.NFC()
    plain = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(pattern), "isolated"), plain]
    )
    made.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=520, show_progress=False, initial_alphabet=alphabet, special_tokens=["<|end|>"]
    )
    made.train_from_iterator([*NASTY, *NASTY], trainer)
    made.add_tokens([AddedToken("<think>", normalized=False)])
    return PreTrainedTokenizerFast(
        tokenizer_object=made, eos_token="<|end|>", clean_up_tokenization_spaces=False
    )


def llama_2() -> PreTrainedTokenizerFast:
    tokenizer = tokenizer_of("sentencepiece bpe", chats=True)
    tokenizer.add_special_tokens({"unk_token": "<unk>"})  # As published: it may stand in a text.
    return tokenizer


MADE: Mapping[str, tuple[str, Any]] = {
    "gpt-2": ("gpt-2", lambda: tokenizer_of("gpt-2", chats=True)),
    "SmolLM2": ("smollm", lambda: tokenizer_of("digit-wise", chats=True)),
    "Llama 3": ("llama-bpe", lambda: tokenizer_of("line breaks join", chats=False)),
    "Llama 2": ("", llama_2),
    "Qwen 2": ("qwen2", lambda: byte_level(QWEN_2, composes=True, takes_whole=False)),
    "Nemo": ("tekken", lambda: byte_level(NEMO, composes=False, takes_whole=True)),
}


def written(folder: Path, tokenizer: PreTrainedTokenizerFast, pre: str, **more: Any) -> Path:
    config = tiny_config(vocab_size=len(tokenizer) + 3)
    return write_gguf(folder / "t.gguf", LlamaForCausalLM(config), tokenizer, pre=pre, **more)


@pytest.fixture(scope="module", params=MADE)
def both(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[PreTrainedTokenizerFast, PreTrainedTokenizerFast]:
    pre, make = MADE[request.param]
    tokenizer = make()
    return tokenizer, load_tokenizer(written(tmp_path_factory.mktemp("gguf"), tokenizer, pre))


def same(both: tuple[PreTrainedTokenizerFast, PreTrainedTokenizerFast], text: str) -> None:
    original, read = both
    ids = original(text).input_ids
    assert read(text).input_ids == ids
    for skip in (False, True):
        assert read.decode(ids, skip_special_tokens=skip) == original.decode(
            ids, skip_special_tokens=skip
        )
    assert read(text, return_offsets_mapping=True).offset_mapping == (
        original(text, return_offsets_mapping=True).offset_mapping
    )


Both = tuple[PreTrainedTokenizerFast, PreTrainedTokenizerFast]


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_nasty_texts(both: Both, text: str) -> None:
    same(both, text)


LETTERS = st.one_of(
    st.characters(codec="utf-8"),
    st.sampled_from("\u0301\u0308\u0323\u200b\u200d\ufe0f\u2581 \n\r\t'sS0123½²é한ﬁ"),
    st.sampled_from(["<|user|>", "<|end|>", "<think>", "\n\n", "'ll", "  "]),
)


@examples(60)
@given(parts=st.lists(LETTERS, max_size=40))
def test_any_text(both: Both, parts: list[str]) -> None:
    same(both, "".join(parts))


def test_special_tokens_and_template(both: Both) -> None:
    original, read = both
    for name in ("eos_token_id", "pad_token_id", "chat_template"):
        assert getattr(read, name) == getattr(original, name)
    assert read.get_vocab() == original.get_vocab()
    special = {one.content for one in original.added_tokens_decoder.values() if one.special}
    assert {one.content for one in read.added_tokens_decoder.values() if one.special} == special


def test_what_a_text_begins_with(tmp_path: Path) -> None:
    """As the file says; where it says nothing, as llama.cpp has it for this kind."""
    tokenizer = tokenizer_of("line breaks join", chats=False)
    key, first = "tokenizer.ggml.add_bos_token", {"tokenizer.ggml.bos_token_id": 1}
    plain = tokenizer("x").input_ids
    for pre, values, without, begins in (
        ("llama-bpe", {key: True, **first}, (), True),
        ("llama-bpe", {key: False, **first}, (), False),
        ("llama-bpe", first, (key,), True),
        ("qwen2", first, (key,), False),
    ):
        path = written(tmp_path, tokenizer, pre, values=values, without=without)
        read = load_tokenizer(path)
        assert read("x").input_ids == ([1, *plain] if begins else plain)
        assert read("x", add_special_tokens=False).input_ids == plain


def test_ids_without_a_token(tmp_path: Path) -> None:
    tokenizer = tokenizer_of("gpt-2", chats=False)
    pieces = sorted(tokenizer.get_vocab(), key=tokenizer.get_vocab().__getitem__)
    values = {
        "tokenizer.ggml.tokens": [*pieces, f"[PAD{len(pieces)}]"],
        "tokenizer.ggml.token_type": [1] * len(pieces) + [5],
    }
    read = load_tokenizer(written(tmp_path, tokenizer, "gpt-2", values=values))
    assert read.get_vocab() == tokenizer.get_vocab()


@pytest.mark.parametrize(
    ("values", "without", "said"),
    [
        ({"tokenizer.ggml.pre": "dbrx"}, (), "'dbrx'; gpt-2, smollm, llama-bpe"),
        ({}, ("tokenizer.ggml.pre",), r"not named \(the file is an old one\)"),
        ({"tokenizer.ggml.model": "bert"}, (), "its tokenizer is 'bert'; gpt2 and llama are read"),
        ({}, ("tokenizer.ggml.model",), "its tokenizer is ''; gpt2 and llama"),
        ({}, ("tokenizer.ggml.tokens",), "tokens is no list"),
        ({"tokenizer.ggml.tokens": ["a", "a"]}, (), "a token twice"),
        ({"tokenizer.ggml.tokens": [str(n) for n in range(5000)]}, (), "5,000 tokens, and its mod"),
        ({"tokenizer.ggml.tokens": [1, 2]}, (), "has no tokens"),
        ({"tokenizer.ggml.token_type": [1, 2]}, (), "token_type does not belong to its 361 tok"),
        ({"tokenizer.ggml.merges": ["ab"]}, (), "'ab' in tokenizer.ggml.merges is no pair"),
        ({"tokenizer.ggml.merges": ["a xyzzy"]}, (), "xyzzy"),
        ({"tokenizer.ggml.merges": 7}, (), "merges is no list"),
    ],
)
def test_refusals(
    tmp_path: Path, values: dict[str, Any], without: tuple[str, ...], said: str
) -> None:
    tokenizer = tokenizer_of("gpt-2", chats=False)
    path = written(tmp_path, tokenizer, "gpt-2", values=values, without=without)
    with pytest.raises(ModelLoadError, match=said):
        load_tokenizer(path)


def test_pieces_that_would_be_taken_apart_for_ever(tmp_path: Path) -> None:
    tokenizer = tokenizer_of("sentencepiece bpe", chats=False)
    pieces = sorted(tokenizer.get_vocab(), key=tokenizer.get_vocab().__getitem__)
    longest = "x" * 20_000
    values = {
        "tokenizer.ggml.tokens": [*pieces, longest],
        "tokenizer.ggml.token_type": [1] * (len(pieces) + 1),
        "tokenizer.ggml.scores": [0.0] * (len(pieces) + 1),
    }
    with pytest.raises(ModelLoadError, match="longer than any tokenizer's"):
        load_tokenizer(written(tmp_path, tokenizer, "", values=values))
