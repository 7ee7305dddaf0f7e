"""Loading says what was got, expected, and what to do; importing loads no torch."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from search_core.engine.checkpoints.checkpoint import ModelLoadError, find_checkpoint
from search_core.solvers import load_solver
from search_core.verifiers import load_verifier
from tests.tiny_models import tiny_solver, tiny_verifier

ROOT = Path(__file__).resolve().parent.parent


LIGHT = (
    "search_core",
    "search_core.answers",
    "search_core.flops",
    "search_core.solvers",
    "search_core.verifiers",
    "search_core.engine",
    "search_core.engine.checkpoints.loading",
    "search_core.solvers.transformers_solver",
    "search_core.verifiers.transformers_verifier",
)
ONE_BY_ONE = f"""
import importlib, sys
heavy = {{"torch", "transformers", "latex2sympy2_extended", "sympy"}}
for module in {LIGHT!r}:
    importlib.import_module(module)
    for found in sorted(heavy & set(sys.modules)):
        sys.exit(module + " loads " + found)
"""


def test_importing_loads_no_torch() -> None:
    """In one interpreter, one after another: the first that loads it is named."""
    done = subprocess.run([sys.executable, "-c", ONE_BY_ONE], cwd=ROOT, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")


def test_info_identifies_the_model(tmp_path: Path) -> None:
    folder = tiny_solver(tmp_path / "tiny")
    info = load_solver(folder, device="cpu").info
    assert info.name == "tiny"
    assert info.dtype == "float32"
    assert info.device == "cpu"
    assert info.shape is not None
    assert info.parameters == info.shape.body_parameters + 2 * 262 * 32 + (2 * 2 + 1) * 32
    assert info.revision.startswith("sha256:")
    again = find_checkpoint(folder).revision
    assert again == info.revision
    other = find_checkpoint(tiny_solver(tmp_path / "other", seed=7)).revision
    assert other != info.revision


def test_dtype_can_be_chosen(tmp_path: Path) -> None:
    solver = load_solver(tiny_solver(tmp_path / "tiny"), device="cpu", dtype="bfloat16")
    assert solver.info.dtype == "bfloat16"


def test_a_hub_snapshot_is_known_by_its_commit(tmp_path: Path) -> None:
    folder = tmp_path / "models--a--b" / "snapshots" / "0123456789abcdef"
    folder.parent.mkdir(parents=True)
    assert find_checkpoint(tiny_solver(folder)).revision == "0123456789abcdef"


def test_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(ModelLoadError, match="No model folder"):
        load_solver(tmp_path / "nowhere")
    with pytest.raises(ModelLoadError, match="No model folder"):
        load_solver("not/a/hub/id")


def test_an_id_that_cannot_be_downloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub
    from huggingface_hub.errors import LocalEntryNotFoundError

    def fail(*args: object, **kwargs: object) -> str:
        raise LocalEntryNotFoundError("offline")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", fail)
    with pytest.raises(ModelLoadError, match="hf download some/model"):
        load_solver("some/model")


def test_folder_without_a_model(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(ModelLoadError, match=r"no config.json \(it holds notes.txt\)"):
        load_solver(tmp_path)


def test_only_safetensors(tmp_path: Path) -> None:
    folder = tiny_solver(tmp_path / "tiny")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(
        ModelLoadError, match=r"pytorch_model\.bin\. Only these are loaded, because pickled"
    ):
        load_solver(folder)


def test_broken_config(tmp_path: Path) -> None:
    folder = tiny_solver(tmp_path / "tiny")
    (folder / "config.json").write_text("{")
    with pytest.raises(ModelLoadError, match="not valid JSON"):
        load_solver(folder)
    (folder / "config.json").write_text("[]")
    with pytest.raises(ModelLoadError, match="expected a JSON object"):
        load_solver(folder)


def test_broken_weights_file(tmp_path: Path) -> None:
    folder = tiny_solver(tmp_path / "tiny")
    (folder / "model.safetensors").write_bytes(b"not safetensors at all")
    with pytest.raises(ModelLoadError, match="cannot be loaded"):
        load_solver(folder)


def test_wrong_architecture(tmp_path: Path) -> None:
    with pytest.raises(ModelLoadError, match=r"LlamaForTokenClassification; a solver must be"):
        load_solver(tiny_verifier(tmp_path / "verifier"))
    with pytest.raises(ModelLoadError, match=r"LlamaForCausalLM; a verifier of this format"):
        load_verifier(tiny_solver(tmp_path / "solver"), format="token_classification")
    with pytest.raises(ModelLoadError, match="has 5 labels"):
        load_verifier(tiny_verifier(tmp_path / "five", labels=5))


def test_remote_code_is_not_run(tmp_path: Path) -> None:
    folder = tiny_solver(tmp_path / "tiny")
    config = json.loads((folder / "config.json").read_text())
    config["model_type"] = "unheard_of"
    config["auto_map"] = {
        "AutoConfig": "evil.Config",
        "AutoModelForCausalLM": "evil.EvilForCausalLM",
    }
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "evil.py").write_text("raise SystemExit('remote code ran')")
    with pytest.raises(ModelLoadError, match="cannot be loaded"):
        load_solver(folder)


def test_missing_weights_are_not_made_up(tmp_path: Path) -> None:
    folder = tiny_solver(tmp_path / "tiny")
    config = json.loads((folder / "config.json").read_text())
    config["num_hidden_layers"] = 3
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelLoadError, match="lacks weights"):
        load_solver(folder)


def test_devices_and_dtypes_are_checked(tmp_path: Path) -> None:
    folder = tiny_solver(tmp_path / "tiny")
    with pytest.raises(ModelLoadError, match="'abacus' is unknown"):
        load_solver(folder, device="abacus")
    with pytest.raises(ModelLoadError, match="'int3' is unknown"):
        load_solver(folder, dtype="int3")
    if not torch.cuda.is_available():
        with pytest.raises(ModelLoadError, match="'cuda' is not available"):
            load_solver(folder, device="cuda")
