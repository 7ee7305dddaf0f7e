"""A training's checkpoints: kept by difference, put together again, and really different."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from safetensors.numpy import load_file, save_file

from search_core.engine.checkpoints.differences import (
    read_differences,
    restore,
    write_differences,
)
from search_core.models import VERIFIERS, checkpoints, open_pair
from search_core.models.checkpoints import FOLDER
from search_core.verify.solution import scored_solution
from tests.examples import examples

MOST_BYTES = 1_000_000
PROBLEM = "Use 3, 7, 8 and 25 to make 24."
RIGHT = ("25 - 8 = 17, left 3 7 17", "17 + 7 = 24, left 3 24", "The answer is 25 - 8 + 7.")
WRONG = ("25 - 8 = 17, left 3 7 17", "17 + 7 = 29, left 3 29", "The answer is 25 - 8 + 7.")


@examples(20)
@given(
    hnp.arrays(np.float32, (16, 64), elements=st.floats(-3, 3, width=32)),
    st.floats(0, 1, width=32),
)
def test_what_is_read_back_is_off_by_half_a_step_at_most(
    change: npt.NDArray[np.float32], size: float
) -> None:
    start = {"matrix": np.linspace(-1, 1, 1024, dtype=np.float32).reshape(16, 64),
             "small": np.ones(3, np.float32)}  # fmt: skip
    weights = {"matrix": start["matrix"] + size * change, "small": start["small"] * 2}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "one.safetensors"
        write_differences(weights, start, path)
        again = read_differences(path, start)
    difference = (weights["matrix"] - start["matrix"]).reshape(-1, 32)
    step = np.abs(difference).max(axis=1, keepdims=True) / 7
    off = np.abs((again["matrix"] - weights["matrix"]).reshape(-1, 32))
    # Of scales below what half precision knows nothing is kept.
    assert (off <= 0.51 * step + 1e-6).all()
    assert (again["small"] == 2).all()


def test_weights_of_another_shape_are_refused(tmp_path: Path) -> None:
    start = {"matrix": np.zeros((64, 64), np.float32)}
    path = tmp_path / "d.safetensors"
    with pytest.raises(ValueError, match="differ in names or shapes"):
        write_differences({"matrix": np.zeros((32, 64), np.float32)}, start, path)
    write_differences({"matrix": np.ones((64, 64), np.float32)}, start, path)
    with pytest.raises(ValueError, match="no difference to matrix"):
        read_differences(path, {"matrix": np.zeros((128, 64), np.float32)})
    save_file(start, tmp_path / "start.safetensors")
    restore(path, tmp_path / "start.safetensors", tmp_path / "out.safetensors")
    assert load_file(tmp_path / "out.safetensors")["matrix"].dtype == np.float16


# Those that ship -------------------------------------------------------------------------------


def test_six_ship_each_a_few_hundred_kilobytes_with_the_command_that_made_them() -> None:
    found = checkpoints()
    assert list(found) == [f"checkpoint-{number}" for number in range(1, 7)]
    tokens = [each.tokens for each in found.values()]
    assert tokens == sorted(set(tokens))
    for each in found.values():
        assert each.file.stat().st_size < MOST_BYTES
    told = json.loads((FOLDER / "checkpoints.json").read_text(encoding="utf-8"))
    assert told["command"].startswith("python -m search_core.embedded checkpoints")
    assert "verify --drawn" in told["measured_by"]


def test_their_measured_quality_really_differs() -> None:
    """In finding first errors the last is clearly better than each of the first three."""
    measured = [each.measured["f1"] for each in checkpoints().values()]
    assert max(each["high"] for each in measured[:3]) < measured[-1]["low"]
    assert len({round(each["value"], 1) for each in measured}) == 6
    assert measured[2]["value"] < measured[3]["value"] < measured[4]["value"]


@pytest.mark.models
def test_the_last_tells_a_wrong_digit_from_a_right_one_and_the_first_does_not() -> None:
    gaps = []
    for name in ("checkpoint-1", "checkpoint-6"):
        verifier = open_pair("small", name).verifier
        right, wrong = (
            scored_solution(PROBLEM, steps, verifier).scores for steps in (RIGHT, WRONG)
        )
        assert right[0] == pytest.approx(wrong[0], abs=1e-3)
        gaps.append((right[1] or 0.0) - (wrong[1] or 0.0))
    assert abs(gaps[0]) < 0.1 < gaps[1]


@pytest.mark.models
def test_a_checkpoint_is_a_verifier_like_others() -> None:
    pair = open_pair("small", "checkpoint-3")
    assert pair.verifier.info.name == "verifier-checkpoint-3"
    assert pair.verifier.info.parameters == open_pair("small", "small").verifier.info.parameters
    assert "checkpoint-3" not in VERIFIERS
