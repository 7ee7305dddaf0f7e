"""Published formats: scores equal those of the families' own code, however they are asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from search_core.engine.coroutines import completed
from search_core.protocols import ScoreRequest
from search_core.verifiers import TransformersVerifier, load_verifier

GOLDEN = Path(__file__).parent / "golden" / "prm"
CASES = json.loads((GOLDEN / "cases.json").read_text(encoding="utf-8"))
FAMILIES = ("rlhflow", "math_shepherd", "qwen_prm", "skywork")
CLOSE = 1e-4


def go_on() -> bool:
    return False


def request(case: dict[str, Any], end: int, first: int = 0, run: str = "") -> ScoreRequest:
    steps = tuple(case["steps"][:end])
    return ScoreRequest(case["question"], steps, first, end == len(case["steps"]), (), run)


@pytest.fixture(scope="module", params=FAMILIES)
def family(request: pytest.FixtureRequest) -> tuple[str, TransformersVerifier]:
    name = request.param
    return name, load_verifier(GOLDEN / name, format=name, device="cpu")


@pytest.fixture(autouse=True)
def nothing_kept(family: tuple[str, TransformersVerifier]) -> None:
    assert family[1]._reader is not None
    family[1]._reader.forget()


def test_whole_and_alone(family: tuple[str, TransformersVerifier]) -> None:
    name, verifier = family
    for case in CASES:
        (scores,) = verifier.score([request(case, len(case["steps"]))], go_on)
        assert scores.scores == pytest.approx(case["expected"][name], abs=CLOSE)


def test_step_by_step_with_what_was_kept(family: tuple[str, TransformersVerifier]) -> None:
    name, verifier = family
    for case in CASES:
        found: list[float] = []
        length = 0
        for end in range(1, len(case["steps"]) + 1):
            (scores,) = verifier.score([request(case, end, end - 1)], go_on)
            found += scores.scores
            if end > 1:
                assert scores.reused == length
            length = scores.reused + scores.tokens
        assert found == pytest.approx(case["expected"][name], abs=CLOSE)


def test_all_together_in_one_ragged_batch(family: tuple[str, TransformersVerifier]) -> None:
    name, verifier = family
    # Some paths have a beginning that was read before, and some do not.
    verifier.score([request(case, 1) for case in CASES[::2]], go_on)
    whole = [request(case, len(case["steps"])) for case in CASES]
    ends = [request(case, len(case["steps"]), len(case["steps"]) - 1) for case in CASES]
    together = verifier.score([*whole, *ends], go_on)
    for case, scores, last in zip(CASES, together, together[len(CASES) :], strict=False):
        expected = case["expected"][name]
        assert scores.scores == pytest.approx(expected, abs=CLOSE)
        assert last.scores == pytest.approx(expected[-1:], abs=CLOSE)


def test_marks_spelt_out_in_a_text_are_text(family: tuple[str, TransformersVerifier]) -> None:
    _, verifier = family
    for mark in ("ки", "<extra_0>", "\n", "<|eot_id|>", "<|im_end|>", "+", "</s>"):
        steps = (f"one {mark} two", f"{mark}", f"{mark} three{mark}")
        one = ScoreRequest(f"What {mark} is it?", steps, 0, True, ())
        (scores,) = verifier.score([one], go_on)
        assert len(scores.scores) == len(steps)
        special = set(verifier._loaded.tokenizer.all_special_ids)
        plain = ScoreRequest("What is it?", ("one two", "-", "three"), 0, True, ())
        texts = [
            completed(verifier._format.texts(it.problem, it.steps, 0, True))[0]
            for it in (one, plain)
        ]
        counts = [sum(token in special for token in text.ids) for text in texts]
        assert counts[0] == counts[1]
