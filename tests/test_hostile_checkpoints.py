"""A model folder is a stranger's: nothing in it is run, fetched, or waited for without an end."""

from __future__ import annotations

import json
import logging
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from transformers import CONFIG_MAPPING

from search_core.engine.checkpoints import ModelLoadError, find_checkpoint, load_tokenizer
from search_core.engine.checkpoints.clean_folder import clean_model_folder, tokenizer_config
from search_core.engine.checkpoints.dropped_keys import check_quantised, without_dropped
from search_core.engine.checkpoints.sizes import check_sizes
from search_core.engine.checkpoints.weights import weight_names
from search_core.models import LazyModel, ModelPair
from search_core.protocols import SampleRequest, Sampling, ScoreRequest
from search_core.solvers import load_solver
from search_core.verifiers import load_verifier
from tests.remote_servers import GOLDEN
from tests.tiny_models import tiny_solver, tiny_verifier

STEP = [SampleRequest("1 + 1", (), 7)]
SCORE = [ScoreRequest("1 + 1", ("1 + 1 = 2",), 0, False, ())]


def go_on() -> bool:
    return False


def change(path: Path, **values: Any) -> None:
    known = json.loads(path.read_text()) if path.is_file() else {}
    path.write_text(json.dumps({**known, **values}))


# What is heard of the process while it loads ------------------------------------------------

_HEARD: list[tuple[str, str]] | None = None
_TOLD = {"import", "open", "socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.exec"}


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if _HEARD is not None and event in _TOLD:
        _HEARD.append((event, str(arguments[0]) if arguments else ""))


sys.addaudithook(_hear)


@contextmanager
def listening() -> Iterator[list[tuple[str, str]]]:
    """What was imported, opened and reached meanwhile."""
    global _HEARD
    _HEARD = []
    try:
        yield _HEARD
    finally:
        _HEARD = None


def harm(heard: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [
        (event, what)
        for event, what in heard
        if event not in ("import", "open") or "evil" in what or what.split(".")[0] in ABROAD
    ]


ABROAD = {"kernels", "peft", "gptqmodel", "auto_gptq", "awq", "timm", "evil", "flash_attn"}

# Every key that leads a library somewhere, with a value that would.
REMOTE = {
    "auto_map": {
        "AutoConfig": "evil.Config",
        "AutoModelForCausalLM": "evil--evil.Evil",
        "AutoModelForTokenClassification": "evil.Evil",
        "AutoTokenizer": ["evil.Tokenizer", "evil.TokenizerFast"],
    },
    "custom_generate": "evil",
    "trust_remote_code": True,
    "code_revision": "evil",
    "_attn_implementation": "kernels-community/evil",
    "attn_implementation": "evil/kernel:attention",
    "_attn_implementation_internal": "kernels-community/evil",
    "_attn_implementation_autoset": True,
    "_experts_implementation": "kernels-community/evil",
    "experts_implementation": "evil/kernel",
    "kernel_config": {"evil": "evil/kernel:Layer"},
    "use_kernels": True,
    "some_kernel_name": "evil/kernel",
    "base_model_name_or_path": "evil/base",
    "_name_or_path": "evil/base",
    "name_or_path": "evil/base",
    "peft_config": {"peft_type": "LORA"},
    "backbone": "evil/backbone",
    "use_timm_backbone": True,
    "use_pretrained_backbone": True,
    "configuration_files": ["config.4.0.0.json"],
    "transformers_weights": "evil.safetensors",
    "fusion_config": {"patch_embeddings": True},
    "distributed_config": {"tp_size": 2},
    "device_map": "auto",
    "tp_plan": "auto",
    "gguf_file": "evil.gguf",
    "fast_tokenizer_files": ["evil.4.0.0.json"],
    "tokenizer_file": "/tmp/evil.json",
    "vocab_file": "/tmp/evil.txt",
    "init_inputs": ["evil"],
    "from_slow": True,
}
PLAIN = {"hidden_size": 32, "conv_kernel": 4, "use_mamba_kernels": True, "conv_kernels": [3, 5]}


@pytest.mark.parametrize("key", REMOTE)
def test_a_key_that_leads_away_is_dropped_wherever_it_stands(key: str) -> None:
    inside = {**PLAIN, "text_config": {**PLAIN}, "layers_block": [{**PLAIN}]}
    bad = {
        **inside,
        key: REMOTE[key],
        "text_config": {**PLAIN, key: REMOTE[key]},
        "layers_block": [{**PLAIN, key: REMOTE[key]}],
    }
    assert without_dropped(bad) == inside


def spoilt(folder: Path) -> Path:
    """The same model with everything in its folder that could lead a library away."""
    evil = "raise SystemExit('code of the folder ran')"
    for name in ("evil.py", "modeling_evil.py", "configuration_evil.py", "__init__.py"):
        (folder / name).write_text(evil)
    change(folder / "config.json", **REMOTE)
    change(folder / "tokenizer_config.json", **REMOTE)
    change(folder / "generation_config.json", **REMOTE, eos_token_id="evil", temperature="evil")
    change(folder / "adapter_config.json", base_model_name_or_path="evil/base", peft_type="LORA")
    change(folder / "config.4.0.0.json", model_type="evil")
    (folder / "evil.safetensors").write_bytes((folder / "model.safetensors").read_bytes())
    (folder / "shard-00000-model-00001-of-00001.safetensors").write_bytes(b"")
    return folder


def test_nothing_that_a_folder_says_is_fetched_imported_or_run(tmp_path: Path) -> None:
    plain = load_solver(tiny_solver(tmp_path / "plain"), device="cpu")
    judge = load_verifier(tiny_verifier(tmp_path / "judge"), device="cpu")
    shutil.copytree(tmp_path / "plain", tmp_path / "a")
    shutil.copytree(tmp_path / "judge", tmp_path / "b")
    (spoilt(tmp_path / "a") / "shard-00000-model-00001-of-00001.safetensors").unlink()
    (spoilt(tmp_path / "b") / "shard-00000-model-00001-of-00001.safetensors").unlink()
    with listening() as heard:
        solver = load_solver(tmp_path / "a", device="cpu")
        verifier = load_verifier(tmp_path / "b", device="cpu", format="token_classification")
        load_tokenizer(tmp_path / "a")
    read = {tmp_path / folder / "evil.safetensors" for folder in ("a", "b")}
    found = [(event, what) for event, what in harm(heard) if Path(what) not in read]
    assert found == []
    sampling = Sampling(max_step_tokens=4)
    one, other = solver.sample(STEP, sampling, go_on), plain.sample(STEP, sampling, go_on)
    assert [sample.text for sample in one] == [sample.text for sample in other]
    assert verifier.score(SCORE, go_on) == judge.score(SCORE, go_on)


def test_what_is_heard_would_be_heard(tmp_path: Path) -> None:
    (tmp_path / "evil.py").write_text("")
    with listening() as heard:
        (tmp_path / "evil.py").read_text()
        with pytest.raises(ImportError):
            __import__("gptqmodel")
    assert {event for event, _ in harm(heard)} == {"open", "import"}


def test_a_library_sees_neither_adapters_nor_shards_of_another_format(tmp_path: Path) -> None:
    folder = spoilt(tiny_solver(tmp_path))
    (folder / "shard-00000-model-00001-of-00001.safetensors").unlink()
    checkpoint = find_checkpoint(folder)
    (folder / "shard-00000-model-00001-of-00001.safetensors").write_bytes(b"")
    with clean_model_folder(folder, checkpoint.config) as clean:
        names = {path.name for path in clean.iterdir()}
        generation = json.loads((clean / "generation_config.json").read_text())
    assert names == {
        *("config.json", "generation_config.json", "model.safetensors", "evil.safetensors"),
        *("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"),
    }
    assert not set(REMOTE) & set(checkpoint.config)
    assert set(generation) <= {"bos_token_id", "pad_token_id"}


@pytest.mark.parametrize(
    ("kind", "stays"),
    [("LlamaTokenizer", True), ("PreTrainedTokenizerFast", False), ("TokenizersBackend", True),
     ("EvilTokenizer", False), ("AutoModelForCausalLM", False), ("os.system", False), (7, False)],
)  # fmt: skip
def test_a_tokenizer_class_is_transformers_own_or_none(
    tmp_path: Path, kind: object, stays: bool
) -> None:
    change(tmp_path / "tokenizer_config.json", tokenizer_class=kind)
    assert ("tokenizer_class" in tokenizer_config(tmp_path)) == (stays or kind == _GENERAL)


_GENERAL = "PreTrainedTokenizerFast"


@pytest.mark.parametrize("method", ["gptq", "awq", "mxfp4", "fp8", "evil", None, 7])
def test_weights_that_only_other_code_reads_are_refused(tmp_path: Path, method: object) -> None:
    folder = tiny_solver(tmp_path)
    change(folder / "config.json", quantization_config={"quant_method": method})
    with pytest.raises(ModelLoadError, match="quantised by"):
        load_solver(folder)
    check_quantised("a", {"quantization_config": {"quant_method": "bitsandbytes"}})
    check_quantised("a", {"quantization_config": {"load_in_4bit": True}})
    check_quantised("a", {"quantization_config": None})
    with pytest.raises(ModelLoadError, match="compressed"):
        check_quantised("a", {"compression_config": {"quant_method": "compressed-tensors"}})


def test_shards_are_those_of_the_folder(tmp_path: Path) -> None:
    folder = tiny_solver(tmp_path)
    index = {"weight_map": {"lm_head.weight": "../../etc/passwd"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(ModelLoadError, match="names weights that are not in its folder"):
        load_solver(folder)


# Absurd configs -----------------------------------------------------------------------------

DEEP = "[" * 10_000 + "]" * 10_000
ABSURD: dict[str, tuple[dict[str, Any], str]] = {
    "layers": ({"num_hidden_layers": 10**9}, "num_hidden_layers in config.json is 1000000000"),
    "vocabulary": ({"vocab_size": 10**12}, "vocab_size in config.json is 1000000000000"),
    "a large vocabulary": ({"vocab_size": 90_000_000}, "describes 5,760,0"),
    "negative": ({"hidden_size": -32}, "hidden_size in config.json is -32"),
    "a string": ({"num_attention_heads": "4"}, "num_attention_heads in config.json is '4'"),
    "a truth": ({"num_hidden_layers": True}, "num_hidden_layers in config.json is True"),
    "nought": ({"num_attention_heads": 0}, "expected a whole number from 1"),
    "no layers": ({"num_hidden_layers": 0}, "expected a whole number from 1"),
    "labels": ({"num_labels": 10**9}, "num_labels in config.json"),
    "hundreds of digits": ({"anything": 10**300}, "anything in config.json is too large"),
    "another width": ({"hidden_size": 64}, "has the shape"),
    "heads that do not divide": ({"hidden_size": 33}, "cannot be loaded"),
    "positions": ({"max_position_embeddings": 10**12}, "max_position_embeddings in config.json"),
    "no type": ({"model_type": None}, "cannot be loaded"),
    "another type": ({"model_type": {"a": 1}}, "cannot be loaded"),
    "an unknown type": ({"model_type": "unheard_of"}, "cannot be loaded"),
    "an unknown activation": ({"hidden_act": "evil"}, "cannot be loaded"),
    "a type of numbers": ({"dtype": "hub"}, ""),
    "the end": ({"eos_token_id": "evil"}, "cannot be loaded"),
    "a far end": ({"eos_token_id": 10**12}, ""),
    "architectures": ({"architectures": 5}, "no architecture in its config"),
    "inside": ({"text_config": {"num_hidden_layers": 10**9}}, "num_hidden_layers"),
    "rope": ({"rope_parameters": "evil"}, "cannot be loaded"),
}


@pytest.mark.parametrize("name", ABSURD)
def test_an_absurd_config_is_refused_with_a_sentence(tmp_path: Path, name: str) -> None:
    changed, said = ABSURD[name]
    folder = tiny_solver(tmp_path)
    change(folder / "config.json", **changed)
    if not said:
        solver = load_solver(folder, device="cpu")
        assert solver.sample(STEP, Sampling(max_step_tokens=2), go_on)[0].tokens
        return
    with pytest.raises(ModelLoadError) as error:
        load_solver(folder, device="cpu")
    assert said in str(error.value)
    assert len(str(error.value)) < 2000


@pytest.mark.parametrize(
    "name", ["config.json", "tokenizer_config.json", "model.safetensors.index.json"]
)
@pytest.mark.parametrize(
    "text", [DEEP, '{"a":' * 10_000 + "1" + "}" * 10_000, "nul", '{"a": ' + "9" * 5000 + "}"]
)
def test_json_that_is_no_config_is_refused(tmp_path: Path, name: str, text: str) -> None:
    folder = tiny_solver(tmp_path)
    (folder / name).write_text(text)
    with pytest.raises(ModelLoadError):
        load_solver(folder, device="cpu")


USUAL = (
    *("llama", "mistral", "ministral", "qwen2", "qwen2_moe", "qwen3", "qwen3_moe", "qwen3_next"),
    *("gemma", "gemma2", "gemma3_text", "phi", "phi3", "gpt2", "gpt_neox", "gpt_oss", "falcon"),
    *("granite", "granitemoeshared", "olmo2", "deepseek_v3", "glm4", "cohere", "stablelm"),
    *("starcoder2", "mixtral", "mamba", "mamba2", "jamba", "bloom", "opt", "smollm3", "xlstm"),
)


@pytest.mark.parametrize("kind", USUAL)
def test_a_published_models_config_is_none_of_these(kind: str) -> None:
    """The defaults of transformers' own classes, which are those of a published model."""
    config = json.loads(CONFIG_MAPPING[kind]().to_json_string(use_diff=False))
    kept = without_dropped(config)
    check_sizes(kind, kept)
    check_quantised(kind, kept)
    gone = {key for key in set(config) - set(kept) if "kernel" not in key}
    assert gone <= {"_name_or_path", "name_or_path", "_attn_implementation"}


def test_what_is_nested_is_refused_by_its_depth() -> None:
    deep: dict[str, Any] = {}
    for _ in range(30):
        deep = {"a": [deep]}
    with pytest.raises(ModelLoadError, match="nested more than 20 deep"):
        without_dropped(deep)


def sparse(path: Path, size: int) -> None:
    with path.open("wb") as file:
        file.truncate(size)


@pytest.mark.parametrize(
    ("name", "size"),
    [("tokenizer.json", 100_000_000), ("config.json", 20_000_000), ("vocab.json", 100_000_000)],
)
def test_a_file_of_100_mb_is_not_read(tmp_path: Path, name: str, size: int) -> None:
    folder = tiny_solver(tmp_path)
    sparse(folder / name, size)
    with pytest.raises(ModelLoadError, match=rf"{name} has {size:,} bytes; at most"):
        load_solver(folder, device="cpu")


def test_a_broken_tokenizer_is_a_sentence(tmp_path: Path) -> None:
    folder = tiny_solver(tmp_path)
    good = json.loads((folder / "tokenizer.json").read_text())
    for broken in ({}, {**good, "model": None}, {**good, "added_tokens": [{"id": "evil"}]}, DEEP):
        text = broken if isinstance(broken, str) else json.dumps(broken)
        (folder / "tokenizer.json").write_text(text)
        with pytest.raises(ModelLoadError, match="cannot be loaded"):
            load_solver(folder, device="cpu")
        with pytest.raises(ModelLoadError, match=r"The tokenizer .* cannot be loaded"):
            load_tokenizer(folder)


@pytest.mark.parametrize("shape", [None, "evil", [-1], [1.5]])
def test_a_weight_without_a_shape_is_a_sentence(tmp_path: Path, shape: object) -> None:
    folder = tiny_solver(tmp_path)
    header = json.dumps({"a": {"dtype": "F32", "shape": shape, "data_offsets": [0, 4]}}).encode()
    weights = len(header).to_bytes(8, "little") + header + bytes(4)
    (folder / "model.safetensors").write_bytes(weights)
    with pytest.raises(ModelLoadError, match="a weight without a shape"):
        load_solver(folder, device="cpu")


def test_a_run_says_why_its_model_cannot_be_loaded(tmp_path: Path) -> None:
    folder = tiny_solver(tmp_path)
    change(folder / "config.json", num_hidden_layers=10**9)
    pair = ModelPair(str(folder), str(folder))
    assert isinstance(pair.parts[0], LazyModel)
    with pytest.raises(ModelLoadError, match="expected a whole number from 1 to 1,000"):
        _ = pair.solver


# What is said of a verifier's own head ------------------------------------------------------


@pytest.mark.parametrize("name", ["qwen_prm", "skywork"])
def test_a_verifiers_head_is_not_called_needless(
    name: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.WARNING):
        load_verifier(GOLDEN / name, device="cpu", format=name)
    printed = "".join(capfd.readouterr()) + caplog.text
    assert "UNEXPECTED" not in printed
    assert "can be ignored" not in printed
    assert "does not use" not in printed
    heads = {weight for weight in weight_names(find_checkpoint(GOLDEN / name)) if "head" in weight}
    assert heads or name == "qwen_prm"


def test_weights_that_nothing_reads_are_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from safetensors.torch import load_file, save_file
    from torch import ones

    folder = tiny_solver(tmp_path)
    weights = load_file(folder / "model.safetensors")
    save_file({**weights, "extra.weight": ones(2)}, folder / "model.safetensors", {"format": "pt"})
    with caplog.at_level(logging.WARNING):
        load_solver(folder, device="cpu")
    assert "has 1 weights that LlamaForCausalLM does not use (extra.weight)" in caplog.text
    assert "LOAD REPORT" not in caplog.text
