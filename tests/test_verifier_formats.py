"""Formats without golden scores equal a plain reading of the text that their cards describe."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    LlamaForSequenceClassification,
)

from search_core.engine.checkpoints.checkpoint import ModelLoadError
from search_core.engine.checkpoints.quantisation import quantisation
from search_core.engine.coroutines import completed
from search_core.protocols import ScoreRequest
from search_core.verifiers import FORMATS, TransformersVerifier, load_verifier
from search_core.verifiers.format_choice import recognised
from search_core.verifiers.formats.genprm import SYSTEM as GENPRM_SYSTEM
from search_core.verifiers.formats.whole import JUDGE_QUESTION, JUDGE_TASK
from tests.tiny_models import tiny_config, tiny_solver, tiny_tokenizer, tiny_verifier

TEMPLATE = (
    "{% for m in messages %}{{ '<|assistant|>' if m['role'] == 'assistant' else '<|user|>' }}"
    "{{ m['content'] | trim }}<|end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
PROBLEM = "What is 3 + 4?"
STEPS = ("3 + 4 = 7.", "Check it\nonce.", "The answer is 7.")
TOKENS = tiny_tokenizer(TEMPLATE)
LONG = {"max_position_embeddings": 2048}


def go_on() -> bool:
    return False


def ids_of(text: str) -> list[int]:
    return list(TOKENS(text, add_special_tokens=False)["input_ids"])


def chat(*messages: tuple[str, str]) -> str:
    turns = {"assistant": "<|assistant|>", "user": "<|user|>", "system": "<|user|>"}
    return "".join(f"{turns[role]}{content.strip()}<|end|>\n" for role, content in messages)


def scored(verifier: TransformersVerifier, finished: bool = True) -> list[float]:
    """Whole, in one request; checked to be the same step by step and in a ragged batch."""
    whole = ScoreRequest(PROBLEM, STEPS, 0, finished, ())
    (reply,) = verifier.score([whole], go_on)
    verifier._reader.forget()  # type: ignore[union-attr]
    found: list[float] = []
    for end in range(1, 4):
        one = ScoreRequest(PROBLEM, STEPS[:end], end - 1, finished and end == 3, ())
        (step,) = verifier.score([one], go_on)
        found += step.scores
    assert found == pytest.approx(reply.scores, abs=1e-4)
    others = [ScoreRequest("Other", ("a", "b" * 30), 1, False, ()), whole]
    assert verifier.score(others, go_on)[1].scores == pytest.approx(reply.scores, abs=1e-4)
    return list(reply.scores)


def pair(model: Any, ids: Sequence[int], first: str, second: str) -> float:
    with torch.inference_mode():
        logits = model(torch.tensor([ids])).logits[0, -1]
    return float(logits[[ids_of(first)[-1], ids_of(second)[-1]]].softmax(-1)[0])


@pytest.fixture(scope="module")
def chat_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_solver(tmp_path_factory.mktemp("chat"), template=TEMPLATE, seed=3, **LONG)


def test_a_judge_is_asked_about_each_step(chat_model: Path) -> None:
    verifier = load_verifier(chat_model, format="judge", device="cpu")
    model = AutoModelForCausalLM.from_pretrained(chat_model)
    expected = []
    for end in range(1, 4):
        said = "".join(f"Step {n + 1}: {text}\n\n" for n, text in enumerate(STEPS[:end]))
        asked = f"Problem:\n\n{PROBLEM}\n\nSolution so far:\n\n{said}{JUDGE_QUESTION}"
        text = chat(("system", JUDGE_TASK), ("user", asked)) + "<|assistant|>"
        expected.append(pair(model, ids_of(text), "Yes", "No"))
    assert scored(verifier) == pytest.approx(expected, abs=1e-4)


def test_genprm_answers_each_paragraph(chat_model: Path) -> None:
    verifier = load_verifier(chat_model, format="genprm", device="cpu")
    model = AutoModelForCausalLM.from_pretrained(chat_model)
    opening = "<output>\n**Judgement**: $\\boxed{"
    messages = [("system", GENPRM_SYSTEM)]
    expected = []
    for number, step in enumerate(STEPS):
        said = f"{PROBLEM}\n{step}" if number == 0 else step
        # The turn that is read is not closed, and no other one is opened.
        text = chat(*messages, ("user", said + opening)).removesuffix("<|end|>\n")
        expected.append(pair(model, ids_of(text), "Yes", "No"))
        messages += [("user", said), ("assistant", opening + "Yes}$\n</output>")]
    assert scored(verifier) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("labels", [1, 2])
def test_an_outcome_model_is_read_at_the_end_of_the_chat(tmp_path: Path, labels: int) -> None:
    torch.manual_seed(5)
    config = tiny_config(num_labels=labels, **LONG)
    LlamaForSequenceClassification(config).save_pretrained(tmp_path)
    TOKENS.save_pretrained(tmp_path)
    verifier = load_verifier(tmp_path, device="cpu")
    assert verifier.info.scores == "solutions"
    model = AutoModelForSequenceClassification.from_pretrained(tmp_path)
    text = chat(("user", PROBLEM), ("assistant", "\n\n".join(STEPS)))
    with torch.inference_mode():
        logits = model(torch.tensor([ids_of(text)])).logits[0]
    expected = float(logits.sigmoid()[0] if labels == 1 else logits.softmax(-1)[1])
    one = ScoreRequest(PROBLEM, STEPS, 2, True, ())
    other = ScoreRequest(PROBLEM, (*STEPS, "more"), 3, True, ())
    for requests in ([one], [other, one]):
        assert verifier.score(requests, go_on)[-1].scores == pytest.approx([expected], abs=1e-4)


@pytest.mark.parametrize(("name", "separator"), [("trl", "\n"), ("trl:blank-line", "\n\n")])
def test_a_trl_model_is_read_at_its_separators(tmp_path: Path, name: str, separator: str) -> None:
    folder = tiny_verifier(tmp_path / "trl")
    model = AutoModelForTokenClassification.from_pretrained(folder)
    verifier = load_verifier(folder, format=name, device="cpu")
    expected = []
    for end in range(1, 4):
        # Each part is tokenised by itself, as the trainer does.
        parts = [part for text in (PROBLEM, *STEPS[:end]) for part in (text, separator)]
        ids = [one for part in parts for one in ids_of(part)]
        with torch.inference_mode():
            expected.append(float(model(torch.tensor([ids])).logits[0, -1].softmax(-1)[1]))
    assert scored(verifier) == pytest.approx(expected, abs=1e-4)


def test_an_implicit_verifier_compares_two_models(chat_model: Path, tmp_path: Path) -> None:
    reference = tiny_solver(tmp_path / "reference", template=TEMPLATE, seed=4, **LONG)
    verifier = load_verifier(chat_model, format=f"implicit:{reference}", device="cpu")
    prompt = ids_of(chat(("user", PROBLEM)) + "<|assistant|>")
    ids, ends = list(prompt), []
    for number, step in enumerate(STEPS):
        ids += ids_of(step + ("<|end|>" if number == 2 else "\n\n"))
        ends.append(len(ids))
    totals = []
    for folder in (chat_model, reference):
        model = AutoModelForCausalLM.from_pretrained(folder)
        with torch.inference_mode():
            known = model(torch.tensor([ids])).logits[0].log_softmax(-1)
        each = [float(known[at - 1, ids[at]]) for at in range(len(prompt), len(ids))]
        totals.append([sum(each[: end - len(prompt)]) for end in ends])
    ratios = [ours - theirs for ours, theirs in zip(*totals, strict=True)]
    expected = [1 / (1 + math.exp(-0.001 * ratio)) for ratio in ratios]
    assert max(abs(ratio) for ratio in ratios) > 1
    assert scored(verifier) == pytest.approx(expected, abs=1e-6)
    assert verifier.info.parameters == 2 * sum(
        weight.numel() for weight in AutoModelForCausalLM.from_pretrained(reference).parameters()
    )


def test_a_model_that_caps_its_logits_is_read_with_the_cap(tmp_path: Path) -> None:
    from transformers import Gemma2Config, Gemma2ForCausalLM

    values = tiny_config(**LONG).to_dict()
    for name in ("model_type", "architectures", "rope_parameters"):
        values.pop(name, None)
    torch.manual_seed(6)
    config = Gemma2Config(**{**values, "final_logit_softcapping": 1.0, "sliding_window": 2048})
    Gemma2ForCausalLM(config).save_pretrained(tmp_path)
    TOKENS.save_pretrained(tmp_path)
    verifier = load_verifier(tmp_path, format="judge", device="cpu")
    model = AutoModelForCausalLM.from_pretrained(tmp_path).eval()
    one = ScoreRequest(PROBLEM, STEPS, 2, False, ())
    ids = completed(verifier._format.texts(PROBLEM, STEPS, 2, False))[0].ids
    (scores,) = verifier.score([one], go_on)
    assert scores.scores == pytest.approx([pair(model, ids, "Yes", "No")], abs=1e-4)


def test_an_implicit_verifier_needs_its_reference(chat_model: Path) -> None:
    with pytest.raises(ModelLoadError, match="implicit:HUB_ID"):
        load_verifier(chat_model, format="implicit", device="cpu")


LABELS = {"architectures": ["LlamaForTokenClassification"]}
LANGUAGE = {"architectures": ["LlamaForCausalLM"]}


@pytest.mark.parametrize(
    ("name", "config", "weights", "card", "expected"),
    [
        ("x", LABELS, [], {}, "token_classification"),
        ("x", {"architectures": ["Qwen2ForSequenceClassification"]}, [], {}, "outcome"),
        ("x", {}, ["score.0.weight", "score.2.weight"], {}, "qwen_prm"),
        ("x", {}, ["v_head.summary.weight"], {}, "skywork"),
        ("RLHFlow/Llama3.1-8B-PRM-Deepseek-Data", LANGUAGE, [], {}, "rlhflow"),
        ("peiyi9979/math-shepherd-mistral-7b-prm", LANGUAGE, [], {}, "math_shepherd"),
        ("GenPRM/GenPRM-1.5B", LANGUAGE, [], {}, "genprm"),
        ("HuggingFaceH4/Qwen2.5-Math-7B-Instruct-PRM-0.2", LABELS, [], {}, "trl:blank-line"),
        (
            "PRIME-RL/EurusPRM-Stage2",
            LANGUAGE,
            [],
            {},
            "implicit:Qwen/Qwen2.5-Math-7B-Instruct",
        ),
        ("x", LANGUAGE, [], {"format": "judge"}, "judge"),
    ],
)
def test_formats_that_a_checkpoint_tells(
    name: str, config: dict[str, Any], weights: list[str], card: dict[str, Any], expected: str
) -> None:
    assert recognised(name, config, weights, card) == expected


def test_a_format_that_cannot_be_told_is_asked_for_with_the_list(chat_model: Path) -> None:
    with pytest.raises(ModelLoadError, match="--verifier-format") as caught:
        load_verifier(chat_model, device="cpu")
    for name in FORMATS:
        assert f"\n  {name}" in str(caught.value)
    with pytest.raises(ModelLoadError, match="'abacus' is unknown"):
        load_verifier(chat_model, format="abacus", device="cpu")
    with pytest.raises(ModelLoadError, match="takes nothing after a colon"):
        load_verifier(chat_model, format="rlhflow:harsh", device="cpu")


def test_a_named_format_that_does_not_fit_is_refused(chat_model: Path) -> None:
    for name, complaint in (
        ("skywork", r"lacks the weights v_head\.summary\.weight"),
        ("outcome", "ForSequenceClassification"),
    ):
        with pytest.raises(ModelLoadError, match=complaint):
            load_verifier(chat_model, format=name, device="cpu")
    bare = tiny_solver(chat_model / "bare", template="")
    with pytest.raises(ModelLoadError, match="no chat template"):
        load_verifier(bare, format="judge", device="cpu")


def test_native_heads_run_no_code_of_the_folder(tmp_path: Path) -> None:
    golden = Path(__file__).parent / "golden" / "prm" / "qwen_prm"
    for path in golden.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    config = json.loads((tmp_path / "config.json").read_text())
    config["auto_map"] = {"AutoConfig": "evil.Config", "AutoModel": "evil.Model"}
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "evil.py").write_text("raise SystemExit('remote code ran')")
    verifier = load_verifier(tmp_path, device="cpu")
    (scores,) = verifier.score([ScoreRequest("One step only?", ("x",), 0, True, ())], go_on)
    assert len(scores.scores) == 1
    shape = verifier.info.shape
    assert shape is not None
    assert shape.outputs == 64 + 2  # two matrices are read at each score, no vocabulary


def test_quantised_loading_says_what_it_needs(
    chat_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ModelLoadError, match="int8 needs a CUDA GPU, and the device is cpu"):
        load_verifier(chat_model, format="judge", device="cpu", dtype="int8")
    monkeypatch.setattr("search_core.engine.checkpoints.quantisation.find_spec", lambda name: None)
    with pytest.raises(ModelLoadError, match="pip install bitsandbytes accelerate"):
        quantisation("int4", torch.device("cuda"))


def test_quantised_loading_passes_the_right_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "search_core.engine.checkpoints.quantisation.find_spec", lambda name: object()
    )
    seen: list[dict[str, Any]] = []
    monkeypatch.setattr("transformers.BitsAndBytesConfig", lambda **values: seen.append(values))
    for name in ("int8", "int4"):
        dtype, arguments = quantisation(name, torch.device("cuda"))
        assert dtype is torch.bfloat16
        assert arguments["device_map"] == {"": "cuda"}
    assert seen[0]["load_in_8bit"] is True
    assert seen[1]["load_in_4bit"] is True
    assert seen[1]["bnb_4bit_quant_type"] == "nf4"
    assert all("score" in values["llm_int8_skip_modules"] for values in seen)
