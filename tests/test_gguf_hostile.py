"""A GGUF file is a stranger's: what is wrong with it is a sentence, soon, and before any memory."""

from __future__ import annotations

import struct
from contextlib import suppress
from pathlib import Path
from typing import Any

import gguf
import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import LlamaForCausalLM

from search_core.engine.checkpoints import ModelLoadError, find_checkpoint
from search_core.engine.checkpoints.gguf_header import _READ, read_header
from search_core.engine.checkpoints.loading import load_checkpoint
from tests.examples import examples
from tests.gguf_files import write_gguf
from tests.tiny_models import tiny_config
from tests.tokenizer_kinds import tokenizer_of

TEXT, LIST, U32 = 8, 9, 4


def load(path: Path) -> Any:
    return load_checkpoint(find_checkpoint(path), "ForCausalLM", "cpu", "float32").model


def text(value: bytes, length: int | None = None) -> bytes:
    return struct.pack("<Q", len(value) if length is None else length) + value


def head(tensors: int = 0, keys: int = 0, *, version: int = 3, magic: bytes = b"GGUF") -> bytes:
    return magic + struct.pack("<IQQ", version, tensors, keys)


def tensor(name: bytes, sizes: tuple[int, ...], kind: int = 0, offset: int = 0) -> bytes:
    shape = struct.pack(f"<I{len(sizes)}Q", len(sizes), *sizes)
    return text(name) + shape + struct.pack("<IQ", kind, offset)


BIG = 2**64 - 1
FILES = {
    "nothing": (b"", "cut off"),
    "something else": (b"PK\x03\x04" + bytes(100), "does not begin with GGUF"),
    "an old version": (head(version=1), "version is 1"),
    "of a big-endian machine": (head(version=0x03000000), "little-endian"),
    "tensors without end": (head(tensors=BIG), f"claims {BIG:,} tensors"),
    "keys without end": (head(keys=BIG), f"claims {BIG:,} metadata keys"),
    "a key of gigabytes": (head(keys=1) + text(b"k", 2**33), "a text of 8,589,934,592 bytes"),
    "a text that is not there": (
        head(keys=1) + text(b"k") + struct.pack("<I", TEXT) + text(b"short", 10_000_000),
        "more are announced",
    ),
    "not UTF-8": (head(keys=1) + text(b"\xff\xfe"), "not UTF-8"),
    "a list without end": (
        head(keys=1) + text(b"k") + struct.pack("<IIQ", LIST, U32, BIG),
        f"claims {BIG:,} items in 'k'",
    ),
    "a list that is not there": (
        head(keys=1) + text(b"k") + struct.pack("<IIQ", LIST, TEXT, 3_000_000),
        "more are announced",
    ),
    "lists in lists": (
        head(keys=1) + text(b"k") + struct.pack("<IIQ", LIST, LIST, 1) + bytes(64),
        "'k' is of the unknown type 9",
    ),
    "an unknown type": (
        head(keys=1) + text(b"k") + struct.pack("<I", 77) + bytes(64),
        "unknown type 77",
    ),
    "a key twice": (head(keys=2) + 2 * (text(b"k") + struct.pack("<II", U32, 1)), "twice"),
    "an alignment": (
        head(keys=1) + text(b"general.alignment") + struct.pack("<II", U32, 3),
        "power of two",
    ),
    "dimensions without end": (
        head(tensors=1) + text(b"t") + struct.pack("<I", 2**31) + bytes(64),
        "has 2147483648 dimensions",
    ),
    "no dimension": (head(tensors=1) + text(b"t") + bytes(64), "has 0 dimensions"),
    "a size of nought": (head(tensors=1) + tensor(b"t", (0, 4)) + bytes(64), r"shape \[4, 0\]"),
    "sizes without end": (head(tensors=1) + tensor(b"t", (BIG,) * 4) + bytes(64), "would end at"),
    "data that is not there": (head(tensors=1) + tensor(b"t", (4096,)) + bytes(64), "would end at"),
    "an offset without end": (
        head(tensors=1) + tensor(b"t", (1,), 0, BIG - 31) + bytes(64),
        "would end at",
    ),
    "a crooked offset": (head(tensors=1) + tensor(b"t", (1,), 0, 4) + bytes(128), "multiple of 32"),
    "one over another": (
        head(tensors=2) + tensor(b"t", (16,)) + tensor(b"u", (16,)) + bytes(256),
        "lies over another",
    ),
    "a tensor twice": (
        head(tensors=2) + tensor(b"t", (8,)) + tensor(b"t", (8,), 0, 32) + bytes(256),
        "stands in it twice",
    ),
    "half a block": (head(tensors=1) + tensor(b"t", (33,), 8) + bytes(256), "multiples of 32"),
    "an unknown kind": (head(tensors=1) + tensor(b"t", (32,), 999) + bytes(256), "unknown way 999"),
    "a kind that is none of weights": (
        head(tensors=1) + tensor(b"t", (32,), 26) + bytes(256),
        "stored as I32",
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_what_no_file_is(tmp_path: Path, name: str) -> None:
    content, said = FILES[name]
    (tmp_path / "evil.gguf").write_bytes(content)
    with pytest.raises(ModelLoadError, match=said) as refused:
        find_checkpoint(tmp_path / "evil.gguf")
    assert str(refused.value).endswith(".")


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good")
    model = LlamaForCausalLM(tiny_config(vocab_size=364, num_hidden_layers=1))
    return write_gguf(folder / "good.gguf", model, tokenizer_of("gpt-2", chats=True))


@examples(150)
@given(data=st.data())
def test_any_file_is_read_or_refused(
    good: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = bytearray(good.read_bytes())
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content))) :]
    for _ in range(data.draw(st.integers(0, 3))):
        if content:
            at = data.draw(st.integers(0, len(content) - 1))
            content[at : at + 4] = data.draw(st.binary(min_size=4, max_size=4))
    path = tmp_path_factory.mktemp("any") / "any.gguf"
    path.write_bytes(content)
    with suppress(ModelLoadError):  # Any other error fails.
        find_checkpoint(path)


def test_one_that_is_cut_off_is_refused_wherever(good: Path, tmp_path: Path) -> None:
    content = good.read_bytes()
    load(good)
    for share in (0.01, 0.1, 0.3, 0.6, 0.9, 0.9999):
        (tmp_path / "cut.gguf").write_bytes(content[: int(share * len(content))])
        with pytest.raises(ModelLoadError, match=r"cut off"):
            find_checkpoint(tmp_path / "cut.gguf")


def changed(folder: Path, without: tuple[str, ...] = (), **values: Any) -> Path:
    model = LlamaForCausalLM(tiny_config(vocab_size=364, num_hidden_layers=1))
    told = {key.replace("__", "."): value for key, value in values.items()}
    return write_gguf(
        folder / "odd.gguf",
        model,
        tokenizer_of("gpt-2", chats=True),
        values=told,
        without=without,
    )


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"llama__block_count": 2**31}, "num_hidden_layers in its metadata is 2147483648"),
        ({"llama__block_count": "two"}, "block_count is 'two'; expected one whole number"),
        ({"llama__attention__head_count": [4, 2]}, r"head_count is \[4, 2\]"),
        ({"llama__attention__head_count": 0}, "has no heads"),
        ({"llama__attention__layer_norm_rms_epsilon": float("nan")}, "is nan; expected one number"),
        ({"llama__rope__freq_base": 0.0}, "no rotary positions"),
        ({"llama__rope__dimension_count": 4}, "differs from the width of a head, 8"),
        ({"llama__expert_count": 8}, "mixture of experts"),
        ({"llama__rope__scaling__type": "longrope"}, "'longrope' is not read"),
        ({"llama__rope__scaling__type": "yarn"}, "rope.scaling.factor is missing"),
        ({"llama__feed_forward_length": 2**20}, "describes .* parameters"),
        ({"llama__embedding_length": 16}, "has the shape"),
        ({"llama__attention__head_count": 3}, "number of attention heads"),
        ({"general__architecture": "bloom"}, "'bloom'; of GGUF files llama, qwen2, qwen3 are"),
    ],
)
def test_metadata_that_are_none_of_the_model(
    tmp_path: Path, values: dict[str, Any], said: str
) -> None:
    architecture = values.pop("general__architecture", None)
    path = changed(tmp_path, **values)
    if architecture is not None:
        path.write_bytes(
            path.read_bytes().replace(
                b"\x05" + bytes(7) + b"llama", b"\x05" + bytes(7) + b"bloom", 1
            )
        )
    with pytest.raises(ModelLoadError, match=said):
        load(path)


@pytest.mark.parametrize("key", ["block_count", "context_length", "feed_forward_length"])
def test_metadata_that_are_missing(tmp_path: Path, key: str) -> None:
    with pytest.raises(ModelLoadError, match=f"llama.{key} is missing"):
        load(changed(tmp_path, without=(f"llama.{key}",)))


def test_a_tensor_that_nobody_knows(good: Path, tmp_path: Path) -> None:
    path = tmp_path / "odd.gguf"
    path.write_bytes(good.read_bytes().replace(b"blk.0.attn_v", b"blk.0.attn_z"))
    with pytest.raises(ModelLoadError, match=r"blk.0.attn_z.weight.* not known"):
        load(path)


def test_a_tensor_that_is_not_there(good: Path, tmp_path: Path) -> None:
    path = tmp_path / "odd.gguf"
    path.write_bytes(good.read_bytes().replace(b"token_embd", b"token_embe"))
    with pytest.raises(ModelLoadError, match=r"token_embd.weight is missing"):
        find_checkpoint(path)


@pytest.mark.parametrize("kind", _READ)
def test_every_kind_that_is_read_can_be_unpacked(kind: str) -> None:
    stored = gguf.GGMLQuantizationType[kind]
    numbers, taken = gguf.GGML_QUANT_SIZES[stored]
    unpacked = gguf.quants.dequantize(numpy.zeros((1, taken), numpy.uint8), stored)
    assert unpacked.size == numbers


def test_the_head_is_read_as_the_library_reads_it(good: Path) -> None:
    ours, theirs = read_header(good), gguf.GGUFReader(good)
    for key, field in theirs.fields.items():
        if not key.startswith("GGUF."):
            assert ours.values[key] == pytest.approx(field.contents()) or (
                ours.values[key] == field.contents()
            )
    assert {one.name: (one.data_offset, one.n_bytes) for one in theirs.tensors} == {
        name: (stored.start, stored.size) for name, stored in ours.tensors.items()
    }
