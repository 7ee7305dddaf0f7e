"""The whole recipe at the size of a test, through the command that reproduces the models."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
)

from search_core.embedded import FAMILIES, generate, gold_solution
from search_core.embedded.training.command import main
from search_core.embedded.training.decoding import TokenSampling, sample
from search_core.embedded.training.encoding import Codec
from search_core.embedded.training.export import load_solver, load_verifier, revision_of
from search_core.embedded.training.scoring import score_solutions
from search_core.embedded.training.settings import QUICK
from search_core.embedded.training.tokenizer import load_tokenizer
from search_core.engine.path_tokens import PathTokens
from search_core.protocols import ScoreRequest
from search_core.verifiers import load_verifier as engine_verifier


def options(out: Path, workers: int) -> list[str]:
    return ["train", "--out", str(out), "--quick", "--device", "cpu", "--workers", str(workers)]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All models, trained in two goes so that resuming is tested too, and both kinds of work.

    The first go, as the command with processes of its own, is short: it loads torch anew, twice.
    """
    folder = tmp_path_factory.mktemp("models")
    command = [sys.executable, "-m", "search_core.embedded", *options(folder, 2)]
    first = subprocess.run(
        [*command, "--last", "base-small"], capture_output=True, text=True, check=False
    )
    assert first.returncode == 0, first.stderr
    assert "base-small (tokens)" in first.stdout
    with contextlib.redirect_stdout(io.StringIO()) as second:
        main(options(folder, 1))
    assert "base-small (tokens)" not in second.getvalue()
    assert "base-large (tokens)" in second.getvalue()
    return folder


@pytest.fixture(scope="module")
def codec(out: Path) -> Codec:
    return Codec.of(load_tokenizer(out / "solver-small"))


def test_the_chat_template_writes_what_the_models_were_trained_on(out: Path, codec: Codec) -> None:
    tokenizer = AutoTokenizer.from_pretrained(out / "solver-small")
    problem = generate("word", FAMILIES["word"].levels[0], 1, seed=0)[0]
    messages = [{"role": "user", "content": problem.text}]
    prompt = tokenizer.apply_chat_template(
        messages, add_generation_prompt=True, tokenize=True, return_dict=False
    )
    assert prompt == codec.prompts([problem.text])[0]
    assert tokenizer.decode(prompt) == f"<|user|>{problem.text}<|assistant|>"


def test_digits_and_blank_lines_are_single_tokens(codec: Codec) -> None:
    assert [len(codec.tokenizer.encode(text)) for text in ("\n\n", "7", " 7", "725", " 725")] == [
        1,
        1,
        1,
        3,
        3,
    ]
    assert len(codec.tokenizer) <= 768


def test_every_text_survives_the_tokenizer(codec: Codec) -> None:
    text = "Ümit \U0001f333 has\n\n12 books.\t<b>"
    assert codec.tokenizer.decode(codec.tokenizer.encode(text)) == text


def test_steps_encode_alike_alone_and_together(codec: Codec) -> None:
    import random

    for family in FAMILIES.values():
        problem = generate(family.name, family.levels[-1], 1, seed=0)[0]
        steps = gold_solution(problem, random.Random(0))
        alone = [codec.tokenizer.encode(step) for step in steps]
        joined: list[int] = []
        for ids in alone:
            joined += [*ids, codec.delimiter]
        joined[-1] = codec.end
        assert codec.solutions([steps]) == [joined]
        assert codec.steps(joined) == steps


def test_solver_loads_with_equal_logits_and_greedy_text(out: Path, codec: Codec) -> None:
    folder = out / "solver-small"
    theirs = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    ours = load_solver(folder, QUICK.small.shape)
    prompts = codec.prompts(
        [generate("expression", level, 1, 0)[0].text for level in FAMILIES["expression"].levels[:2]]
    )
    for prompt in prompts:
        tokens = torch.tensor([prompt])
        with torch.inference_mode():
            assert torch.allclose(theirs(tokens).logits, ours.logits(ours.model(tokens)), atol=1e-4)
    greedy = TokenSampling(temperature=0.0, longest=20)
    sampled = sample(ours, prompts, codec.end, greedy, torch.Generator())
    for prompt, got in zip(prompts, sampled, strict=True):
        expected = theirs.generate(
            torch.tensor([prompt]),
            attention_mask=torch.ones(1, len(prompt), dtype=torch.int64),
            do_sample=False,
            temperature=None,
            top_p=None,
            max_new_tokens=20,
        )
        assert got.tokens == expected[0, len(prompt) :].tolist()


def test_the_engine_scores_as_the_recipe_does(out: Path, codec: Codec) -> None:
    folder = out / "verifier-small"
    ours = load_verifier(folder, QUICK.small.verifier_shape)
    problem = "What is (7 + 8) * 3 - 4?"
    steps = (
        "7 + 8 = 15, now 15 * 3 - 4",
        "15 * 3 = 45, now 45 - 4",
        "45 - 4 = 41",
        "The answer is 41.",
    )
    (scores,) = score_solutions(ours, codec, codec.prompts([problem]), codec.solutions([steps]))
    assert len(scores) == 4
    request = ScoreRequest(problem, steps, 0, True, (0.0,) * 4)
    (theirs,) = engine_verifier(folder, device="cpu").score([request], lambda: False)
    assert theirs.scores == pytest.approx(scores, abs=1e-4)


@pytest.mark.parametrize(
    "name",
    [
        "solver-small",
        "solver-large",
        "solver-revision",
        "verifier-small",
        "verifier-large",
        "verifier-outcome",
        "verifier-early",
    ],
)
def test_cards_hold_the_metadata(out: Path, name: str) -> None:
    folder = out / name
    metadata = json.loads((folder / "espalier.json").read_text())
    assert metadata["name"] == name
    assert metadata["kind"] == name.split("-")[0]
    assert metadata["revision"] == revision_of(folder)
    assert metadata["parameters"] > 1_000
    assert set(metadata["measured"]) == set(FAMILIES)
    for family in FAMILIES.values():
        assert set(metadata["steps_per_solution"][family.name]) == {*map(str, family.levels)}
        assert metadata["tokens_per_step"][family.name] > 0
    card = (folder / "README.md").read_text()
    assert "license: apache-2.0" in card
    assert "python -m search_core.embedded train" in card


def test_the_stream_solver_says_what_it_reads_and_writes(out: Path) -> None:
    folder = out / "solver-stream"
    metadata = json.loads((folder / "espalier.json").read_text())
    assert (metadata["families"], metadata["writes"]) == (["countdown"], "streams")
    assert metadata["revision"] == revision_of(folder)
    ways = metadata["measured"]["countdown"]["by way"]
    assert {"base", "greedy at 1", "greedy at 40", "sampled at 1"} <= set(ways)
    assert all(0 <= figures["solved"]["mean"] <= 1 for figures in ways.values())
    card = (folder / "README.md").read_text()
    assert all(f"{figures['tokens']:.0f} |" in card for figures in ways.values())
    chosen = json.loads((folder / "generation_config.json").read_text())["temperature"]
    assert chosen == metadata["measured"]["countdown"]["temperature"]
    config = json.loads((folder / "config.json").read_text())
    assert config["max_position_embeddings"] == QUICK.stream_positions


def test_the_outcome_verifier_says_that_it_judges_solutions(out: Path) -> None:
    judged = {
        name: json.loads((out / f"verifier-{name}" / "espalier.json").read_text())["scores"]
        for name in ("small", "large", "outcome", "early")
    }
    assert judged == {"small": "steps", "large": "steps", "outcome": "solutions", "early": "steps"}


def test_one_solver_says_that_it_revises(out: Path) -> None:
    revises = {
        name: json.loads((out / f"solver-{name}" / "espalier.json").read_text()).get("revises")
        for name in ("small", "large", "revision")
    }
    assert revises == {"small": None, "large": None, "revision": True}
    config = json.loads((out / "solver-revision" / "config.json").read_text())
    assert config["max_position_embeddings"] == QUICK.revision_positions


def test_the_prompt_of_a_revision_is_what_the_solver_was_trained_on(out: Path) -> None:
    codec = Codec.of(load_tokenizer(out / "solver-revision"))
    attempts = [["7 + 8 = 15", "The answer is 15."], ["The answer is 16."]]
    trained = codec.after_attempts(codec.prompts(["What is 7 + 8?"])[0], codec.solutions(attempts))
    paths = PathTokens(codec.tokenizer, revision_request="")
    assert paths.prompt("What is 7 + 8?", tuple(map(tuple, attempts))) == tuple(trained)


def test_the_chosen_sampling_is_in_the_generation_config(out: Path) -> None:
    chosen = json.loads((out / "work" / "sampling.json").read_text())
    for name in ("solver-small", "solver-large", "solver-revision"):
        config = json.loads((out / name / "generation_config.json").read_text())
        assert config["temperature"] == chosen["temperature"]
        assert config["top_p"] == chosen["top_p"]


def test_a_missing_device_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if torch.cuda.is_available():
        pytest.skip("this machine has a CUDA device")
    with pytest.raises(SystemExit) as ended:
        main(["train", "--out", str(tmp_path), "--device", "cuda"])
    assert ended.value.code == 2
    assert "cuda" in capsys.readouterr().err
