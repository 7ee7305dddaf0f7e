"""The copy of the embedded solver that vLLM is given computes what the original does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fake_models import FakeLanguageModel
from tests.remote_servers import SOLVER
from tests.vllm.widen import widen


@pytest.mark.models
def test_wider_heads_compute_the_same(tmp_path: Path) -> None:
    widen(SOLVER, tmp_path / "wide")
    here, wide = FakeLanguageModel(SOLVER), FakeLanguageModel(tmp_path / "wide")
    ids = here.ids(here.chat_text([{"role": "user", "content": "3 + 4 * 5 - 2 + 8 * 3"}]))
    assert wide.next_logprobs(ids) == pytest.approx(here.next_logprobs(ids), abs=1e-4)
