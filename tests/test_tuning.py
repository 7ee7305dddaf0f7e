"""Tuning by low-rank changes: it learns, goes on where it stopped, and its folders load."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from search_core.engine.checkpoints.checkpoint import find_checkpoint
from search_core.engine.checkpoints.loading import load_checkpoint
from search_core.solvers import load_solver
from search_core.tuning.attempts import TriedSolution, read_attempts
from search_core.tuning.base_model import prepare
from search_core.tuning.command import _parser, _settings, main
from search_core.tuning.encoding import solver_example, verifier_example
from search_core.tuning.head import PENALTIES, fit_head
from search_core.tuning.judging import labels_of, new_head
from search_core.tuning.layers import LowRankShape, attach, changed, learned, state
from search_core.tuning.loop import LoopSettings, learn, rate_at
from search_core.tuning.measuring import measured
from search_core.tuning.packs import Example, groups, hidden_states, pack
from search_core.tuning.problems import draw
from search_core.tuning.settings import TuningSettings
from search_core.tuning.stages import STAGES, Bench
from search_core.tuning.stories import read_story
from search_core.tuning.worked_texts import worked_texts
from search_core.verifiers import load_verifier
from tests.tiny_models import tiny_solver

TINY = LowRankShape(rank=4, alpha=8, first_layer=1)


def tiny(folder: Path, **changes: Any) -> TuningSettings:
    base = str(tiny_solver(folder / "base", max_position_embeddings=1024))
    small: dict[str, Any] = {"shape": TINY, "kinds": ("word", "countdown"), **changes}
    return TuningSettings(base=base, **small)


def test_a_pack_computes_what_each_sequence_does(tmp_path: Path) -> None:
    model = prepare(tiny(tmp_path)).model
    texts = [(5, 6, 7, 20, 21), (5, 6, 7, 30, 31, 32), (5, 6, 7, 20, 22)]
    examples = [Example(ids, (2, len(ids) - 1), (0.0, 1.0)) for ids in texts]
    packed = pack(examples)
    assert packed.ids.tolist() == [5, 6, 7, 20, 21, 30, 31, 32, 22]  # what some share is there once
    assert packed.positions.tolist() == [0, 1, 2, 3, 4, 3, 4, 5, 4]
    together = hidden_states(model.get_decoder(), packed)
    for number, ids in enumerate(texts):
        alone = model.get_decoder()(torch.tensor([ids])).last_hidden_state[0]
        assert torch.allclose(together[2 * number + 1], alone[-1], atol=1e-5)
        assert torch.allclose(together[2 * number], alone[2], atol=1e-5)


def test_packs_hold_no_more_than_they_may_and_what_is_shared_counts_once() -> None:
    texts = [(1, 2, 3, 4), (1, 2, 5, 6), (7, 8, 9), tuple(range(9)), (2, 3), (2, 3, 4)]
    examples = [Example(ids, (0,), (0.0,)) for ids in texts]
    assert [len(one) for one in groups(examples, 8)] == [2, 1, 1, 2]
    assert all(len(pack(one).ids) <= 8 or len(one) == 1 for one in groups(examples, 8))


def test_a_solution_is_read_as_a_search_reads_it(tmp_path: Path) -> None:
    tuned = prepare(tiny(tmp_path))
    steps = ("3 + 4 = 7", "The answer is 7.")
    example = solver_example(tuned.tokens, "What is 3 + 4?", steps, tuned.end)
    prompt = tuned.tokens.prompt("What is 3 + 4?")
    path = tuned.tokens.path("What is 3 + 4?", steps[:1])
    assert example.ids[: len(path)] == path
    assert example.ids[-1] == tuned.end
    assert example.at[0] == len(prompt) - 1
    assert example.wanted == tuple(map(float, example.ids[len(prompt) :]))
    judged = verifier_example(tuned.tokens, "What is 3 + 4?", steps, (1.0, 0.0), tuned.end)
    assert judged.ids == example.ids
    assert judged.at == (len(path) - 1, len(example.ids) - 1)


def test_only_the_changes_are_learned_and_they_begin_at_nothing(tmp_path: Path) -> None:
    base = tiny_solver(tmp_path / "base")
    ids = torch.arange(4, 12)[None]
    model = load_checkpoint(find_checkpoint(base), "ForCausalLM", "cpu", "float32").model
    before = model(ids).logits
    attach(model, TINY, 0)
    assert torch.allclose(model(ids).logits, before, atol=1e-6)
    names = [name for name, _ in changed(model)]
    assert len(names) == 7
    assert all(name.startswith("model.layers.1.") for name in names)
    trainable = [part for part in model.parameters() if part.requires_grad]
    assert {id(part) for part in trainable} == {id(part) for part in learned(model)}
    with pytest.raises(ValueError, match="layers 0 to 1"):
        attach(model, replace(TINY, first_layer=2), 0)


def test_it_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """Half, and then the rest, is the same as all at once."""
    settings = tiny(tmp_path)
    problems = draw("word", (2,), 6, 0, "train")
    whole, halves = (tmp_path / name for name in ("whole.pt", "halves.pt"))

    def run(kept: Path, until: int | None) -> dict[str, torch.Tensor]:
        tuned = prepare(settings)
        examples = [
            solver_example(tuned.tokens, one.asked, one.steps, tuned.end) for one in problems
        ]
        loop = LoopSettings(4000, pack_tokens=600, rate=1e-2, keep_every=0)
        said: list[str] = []

        def loss(hidden: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
            if until is not None and len(said) >= until:
                raise KeyboardInterrupt
            said.append("")
            logits = tuned.model.get_output_embeddings()(hidden)
            return torch.nn.functional.cross_entropy(logits, wanted.long())

        try:
            learn(tuned.model, None, examples, loss, loop, kept, lambda line: None)
        except KeyboardInterrupt:
            assert until is not None
        return state(tuned.model)

    wanted = run(whole, None)
    run(halves, 3)
    got = run(halves, None)
    assert any(value.abs().max() > 0 for name, value in wanted.items() if name.endswith("lora_B"))
    for name, value in wanted.items():
        assert torch.allclose(got[name], value, atol=1e-6), name


def test_the_rate_rises_and_falls() -> None:
    rates = [rate_at(place / 20, 0.1) for place in range(21)]
    assert max(rates) == rates[2] == 1
    assert rates[0] == pytest.approx(0.02)
    assert rates[-1] == pytest.approx(0.02)


def test_the_whole_recipe(tmp_path: Path) -> None:
    """Both folders load as any model does, and a second call does nothing again."""
    small = {"examples": 8, "tokens": 1500, "verifier_tokens": 1000, "samples": 2}
    settings = tiny(
        tmp_path,
        **small,
        rollouts=1,
        tests=2,
        max_step_tokens=4,
        judge=True,
        before=True,
        reason=1,
        reason_tokens=4,
    )
    said: list[str] = []
    bench = Bench(tmp_path / "out", settings, said.append)
    bench.work.mkdir(parents=True)
    # A random model never ends; what the verifier learns from is written by hand.
    STAGES["solver"](bench)
    ended = [
        TriedSolution(0, "word", ("1 + 1 = 2", "The answer is 2."), -3.0, True, bool(i), 9)
        for i in (0, 1)
    ]
    other = replace(ended[0], problem=1, kind="countdown")
    lines = [{**{f: getattr(one, f) for f in TriedSolution.__slots__}} for one in (*ended, other)]
    (bench.work / "rollouts.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    for stage in STAGES.values():
        stage(bench)
    assert load_solver(bench.solver, device="cpu").info.name == "solver"
    assert load_verifier(bench.verifier, device="cpu").info.scores == "steps"
    found = json.loads((bench.out / "measured.json").read_text())
    assert found["problems"] == {"countdown": 2, "word": 2}
    assert {"greedy", "majority", "best by judge"} <= set(found["right"])
    few = found["with a judge that reasons"]
    assert few["problems"] == {"countdown": 1, "word": 1}
    assert few["attempts"] == 4
    assert {"greedy", "best by judge", "best by judge:reason"} <= set(few["right"])
    said.clear()
    for stage in STAGES.values():
        stage(bench)
    assert said == []


def test_a_head_finds_what_tells_right_from_wrong_and_says_it_in_two_labels() -> None:
    made = torch.Generator().manual_seed(0)
    states = torch.randn(400, 6, generator=made) * torch.tensor([1, 5, 1, 1, 1, 1]) + 3
    wanted = (states[:, 1] > 3).float()
    head = new_head(6)
    assert fit_head(head, states, wanted, range(400)) == min(PENALTIES)
    scores = head(states).softmax(-1)[:, 1]
    assert ((scores > 0.5) == (wanted > 0.5)).float().mean() > 0.97
    # Where nothing can be told it says little, by the largest penalty.
    none = torch.rand(400, generator=made).round()
    assert fit_head(head, states, none, range(400)) == max(PENALTIES)
    assert (head(states).softmax(-1)[:, 1] - 0.5).abs().max() < 0.25


def test_who_chooses_is_told_apart() -> None:
    steps = {True: ("2 + 2 = 4", "The answer is 4."), False: ("2 + 2 = 5", "The answer is 5.")}

    def one(problem: int, right: bool, logprob: float) -> TriedSolution:
        return TriedSolution(problem, "word", steps[right], logprob, True, right, 10)

    attempts = [one(0, True, -2.0), one(0, False, -1.0), one(0, False, -3.0)]
    attempts += [one(1, True, -1.0), one(1, True, -4.0), one(1, False, -5.0)]
    greedy = [one(0, False, -1.0), one(1, True, -1.0)]
    scores = {"verifier": [0.9, 0.1, 0.2, 0.8, 0.7, 0.6]}
    found = measured(greedy, attempts, scores)
    right = {name: row["average"]["value"] for name, row in found["right"].items()}
    assert right["greedy"] == 0.5
    assert right["majority"] == 0.5
    assert right["one sample"] == 0.5
    assert right["best by log-probability"] == 0.5
    assert right["best by verifier"] == right["weighted by verifier"] == 1
    assert found["more_than_greedy"]["best by verifier"]["average"]["value"] == 0.5
    assert found["auroc_within_problem"]["verifier"]["average"]["value"] == 1
    assert found["auroc_within_problem"]["log-probability"]["average"]["value"] == 0.75


def test_labels_are_the_checkers_where_it_knows() -> None:
    problem = draw("countdown", (3,), 1, 0, "train")[0]
    wrong = (problem.steps[0], "1 + 1 = 3, left 3", "The answer is 3.")
    attempt = TriedSolution(0, "countdown", wrong, -1.0, True, False, 9)
    assert labels_of(problem, attempt) == (1.0, 0.0, 0.0)
    assert labels_of(problem, replace(attempt, right=True)) == (1.0, 1.0, 1.0)
    assert labels_of(replace(problem, kind="shop"), attempt) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("kind", ["expression", "word", "countdown"])
def test_problems_are_worded_in_several_ways_and_their_solutions_are_right(kind: str) -> None:
    levels = {"expression": (2, 3), "word": (2,), "countdown": (3,)}[kind]
    drawn = draw(kind, levels, 12, 0, "train")
    assert drawn == draw(kind, levels, 12, 0, "train")
    assert all(one.is_right(one.steps) for one in drawn)
    assert not any(one.is_right((*one.steps[:-1], "The answer is 9999.")) for one in drawn)
    assert any(one.asked != one.checked.text for one in drawn)
    assert not {one.asked for one in drawn} & {
        one.asked for one in draw(kind, levels, 12, 0, "test")
    }


def test_attempts_that_honestly_fail_are_learned_but_for_what_spoils_them(tmp_path: Path) -> None:
    problems = draw("countdown", (3,), 20, 0, "train", largest=9)
    assert all(int(number) <= 9 for one in problems for number in _given(one.checked.text))
    texts = worked_texts(problems, 0.5, 4, 0)
    assert texts == worked_texts(problems, 0.5, 4, 0)
    assert len(problems) < len(texts) == len(set(texts)) <= 4 * len(problems)
    by_text = {one.asked: one for one in problems}
    right = [by_text[one.asked].is_right(one.steps) for one in texts]
    assert 0.2 < sum(right) / len(right) < 0.8
    for is_right, text in zip(right, texts, strict=True):
        assert is_right == all(text.imitate)
        for step in text.steps[:-1]:
            sum_, result = step.partition(",")[0].split(" = ")
            assert eval(sum_) == int(result)
    assert [one.steps for one in worked_texts(problems, 0, 1, 0)] == [one.steps for one in problems]
    tuned = prepare(tiny(tmp_path))
    spoiled = next(one for one in texts if not one.imitate[0])
    example, whole = (
        solver_example(tuned.tokens, spoiled.asked, spoiled.steps, tuned.end, imitate)
        for imitate in (spoiled.imitate, None)
    )
    assert example.ids == whole.ids
    first = len(tuned.tokens.path(spoiled.asked, spoiled.steps[:1]))
    assert example.at == tuple(place for place in whole.at if place >= first - 1)


def _given(countdown: str) -> list[str]:
    return re.findall(r"\d+", countdown.partition(" to ")[0])


def test_who_was_not_taught_the_form_is_asked_for_the_answer_alone() -> None:
    problem = draw("expression", (2,), 1, 0, "train")[0]
    said = ("Let us see.", f"So the final answer is \\boxed{{{problem.checked.answer}}}")
    assert problem.says_the_answer(said)
    assert not problem.is_right(said)
    assert not problem.says_the_answer(("So the final answer is \\boxed{9999}",))
    given_away = draw("countdown", (3,), 1, 0, "train")[0]
    assert not given_away.says_the_answer(given_away.steps)


def test_a_story_has_one_step_a_line() -> None:
    form = "Give the result as your final answer. Do not include units."
    worked = "She sells <<3*4=12>>12 pens.\n\nThat makes 12 * 2 = 24.\n#### 24"
    story = read_story(f"Ann sells\n pens. {form}", "24", worked)
    assert story is not None
    assert story.text == "Ann sells pens."
    assert story.steps == ("She sells 12 pens.", "That makes 12 * 2 = 24.", "The answer is 24.")
    assert read_story("Ann", "2.5", worked) is None
    assert read_story("Ann has 2.5 pens.", "24", worked) is None
    assert read_story("Ann", "24", "\n".join("abcdefgh")) is None


def test_a_half_written_line_is_no_attempt(tmp_path: Path) -> None:
    assert read_attempts(tmp_path / "none.jsonl") == []


def test_levels_are_said_by_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = _parser().parse_args(["train", "--out", "x", "--levels", "word=2,3", "--rank", "4"])
    chosen = _settings(options, TuningSettings())
    assert chosen.levels["word"] == (2, 3)
    assert chosen.levels["countdown"] == TuningSettings().levels["countdown"]
    assert (chosen.shape.rank, chosen.shape.alpha) == (4, 8)
    with pytest.raises(SystemExit):
        main(["train", "--out", str(tmp_path), "--levels", "word:2"])
    assert "expected kinds with levels" in capsys.readouterr().err
