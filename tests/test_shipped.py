"""The models that the repository ships: their names, their sentences, and one copy of each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from search_core.model_card import judged_by, over_optimises, read_card
from search_core.models import (
    SOLVERS,
    VERIFIERS,
    ShippedModel,
    default_sampling,
    embedded_pair,
    open_pair,
    solver_folder,
    usual_solver,
    verifier_folder,
)
from search_core.protocols import SampleRequest, Sampling
from search_core.run.pairing import MADE_FOR, check_verifier, size_note
from search_core.search import search
from search_core.strategies import STRATEGIES
from search_core.strategies.options import OptionError


def measured(*best_by_score: tuple[int, float]) -> dict[str, Any]:
    """A card in which choosing by score among N is right so often, give or take 0.05."""
    rows = {
        f"n={n}": {"best by score": {"mean": mean, "low": mean - 0.05, "high": mean + 0.05}}
        for n, mean in best_by_score
    }
    return {"measured": {"countdown": {"problems": 300, "greedy": {"mean": 0.3}, **rows}}}


def test_names_become_folders_and_others_pass() -> None:
    assert set(SOLVERS) == {"small", "large", "revision", "stream"}
    assert set(VERIFIERS) == {"small", "large", "outcome", "early"}
    for name, one in SOLVERS.items():
        assert Path(solver_folder(name)) == one.folder
        assert (one.folder / "config.json").is_file()
    for name, one in VERIFIERS.items():
        assert Path(verifier_folder(name)) == one.folder
        assert (one.folder / "config.json").is_file()
    for other in ("early", "./small", "meta-llama/Llama-3.2-1B-Instruct", "/some/folder"):
        assert solver_folder(other) == other
    assert verifier_folder("./early") == "./early"


@pytest.mark.parametrize("name", VERIFIERS)
def test_verifiers_judge_what_their_names_say(name: str) -> None:
    assert embedded_pair("small", name).judged == ("solutions" if name == "outcome" else "steps")


def test_labels_and_sizes_come_from_the_files() -> None:
    for one in (*SOLVERS.values(), *VERIFIERS.values()):
        card = json.loads((one.folder / "espalier.json").read_text())
        assert one.label.startswith(f"{one.title} {card['parameters'] / 1e6:.1f}M")
        assert one.shape is not None
        assert one.about.startswith(one.what)


def test_over_optimisation_is_said_only_where_it_was_measured(tmp_path: Path) -> None:
    model = ShippedModel("early", "Early", "It is early.", tmp_path, "It is fooled.")
    assert (model.label, model.about) == ("Early", "It is early.")
    (tmp_path / "espalier.json").write_text(json.dumps(measured((4, 0.6), (32, 0.4))))
    assert (model.label, model.about) == ("Early: over-optimises", "It is early. It is fooled.")
    other = ShippedModel("small", "Small", "It is small.", tmp_path)
    assert (other.label, other.about) == ("Small", "It is small.")


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        ({}, False),
        ({"measured": None}, False),
        ({"measured": {"countdown": {"greedy": {"mean": 0.3}, "n=4": {}}}}, False),
        (measured((4, 0.6)), False),
        (measured((4, 0.6), (16, 0.7), (32, 0.72)), False),
        (measured((4, 0.6), (32, 0.58)), False),  # no more than luck
        (measured((4, 0.6), (16, 0.5), (32, 0.54)), True),
        (measured((32, 0.4), (4, 0.6)), True),
    ],
)
def test_over_optimisation_is_a_fall_beyond_luck(card: dict[str, Any], expected: bool) -> None:
    assert over_optimises(card) is expected


def test_what_a_folder_says_is_checked(tmp_path: Path) -> None:
    assert read_card(tmp_path / "nothing") == {}
    assert judged_by({}) == "steps"
    assert judged_by({"scores": "solutions"}) == "solutions"
    with pytest.raises(ValueError, match="'both'; expected \"steps\""):
        judged_by({"scores": "both"})
    for content in ("{", "[1]"):
        (tmp_path / "espalier.json").write_text(content)
        with pytest.raises(ValueError, match=r"espalier\.json"):
            read_card(tmp_path)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(OptionError, match="Unknown solver 'huge'; known: small, large"):
        embedded_pair("huge")
    with pytest.raises(OptionError, match="Unknown verifier 'best'; known: small, large, outcome"):
        embedded_pair("small", "best")


@pytest.mark.parametrize("name", SOLVERS)
def test_one_solver_revises_and_the_others_say_which(name: str) -> None:
    pair = embedded_pair(name)
    pair.check(STRATEGIES["single_stream" if name == "stream" else "best_of_n"], "verifier")
    if name == "revision":
        pair.check(STRATEGIES["self_revision"], "verifier")
        return
    with pytest.raises(OptionError) as refused:
        pair.check(STRATEGIES["self_revision"], "verifier")
    if name == "stream":
        assert "writes a whole search by itself" in str(refused.value)
        return
    assert str(refused.value) == (
        "Self-revision needs a solver that reads its earlier attempts, and "
        f'{SOLVERS[name].folder.name} does not. Choose the solver "revision", or a chat model.'
    )


@pytest.mark.parametrize("name", STRATEGIES)
def test_the_usual_solver_can_follow_the_strategy(name: str) -> None:
    strategy = STRATEGIES[name]
    assert usual_solver(strategy) == MADE_FOR.get(name, "small")
    embedded_pair(usual_solver(strategy)).check(strategy, "verifier")


@pytest.mark.models
def test_the_embedded_models_know_whether_they_revise() -> None:
    for name, one in SOLVERS.items():
        assert embedded_pair(name).solver.info.revises == (name == "revision"), one.folder


@pytest.mark.models
def test_the_revising_solver_reads_its_attempts_without_being_asked() -> None:
    """Attempts change what it writes, and no more than their own tokens are read for them."""
    solver = embedded_pair("revision").solver
    attempt = ("7 + 8 = 15, now 15 * 3 - 4", "15 * 3 = 45, now 45 - 4", "The answer is 49.")
    problem = "What is (7 + 8) * 3 - 4?"
    plain, revised = solver.sample(
        [SampleRequest(problem, (), 0), SampleRequest(problem, (), 0, attempts=(attempt,))],
        Sampling(temperature=0, max_step_tokens=48),
        lambda: False,
    )
    more = (revised.prefilled + revised.reused) - (plain.prefilled + plain.reused)
    tokens = solver._loaded.tokenizer  # type: ignore[attr-defined]
    assert more == len(tokens.encode("\n\n".join(attempt))) + 2  # its end, and the next turn


@pytest.mark.models
def test_self_revision_runs_without_a_choice_of_models() -> None:
    result = search("What is (7 + 8) * 3 - 4?", "self_revision", n=4, sequential=2)
    assert result.tree.started.solver.name == "solver-revision"  # type: ignore[union-attr]
    first_steps = [node for node in result.tree.steps() if node.depth == 1]
    assert len(first_steps) == 4
    assert any(node.after for node in first_steps)


@pytest.mark.parametrize("name", SOLVERS)
def test_every_embedded_solver_is_embedded(name: str) -> None:
    for pair in (embedded_pair(name), open_pair(name, "early", device="cpu")):
        assert pair.embedded
        assert pair.system_prompt == ""
        assert pair.sampling.max_step_tokens == 96
        with pytest.raises(ValueError, match="Countdown"):
            pair.read("Who wrote Hamlet?")
    assert default_sampling(solver_folder(name)).max_step_tokens == 96


@pytest.mark.parametrize(
    ("written", "temperature", "top_p"),
    [
        ('{"temperature": 0.6, "top_p": 0.95}', 0.6, 0.95),
        ('{"temperature": 1, "top_p": 1}', 1.0, 1.0),
        ('{"temperature": 0.6}', 0.6, 1.0),
        ('{"temperature": null, "top_p": null}', 0.8, 1.0),
        ('{"temperature": "0.6", "top_p": [0.9]}', 0.8, 1.0),
        ('{"temperature": true, "top_p": {}}', 0.8, 1.0),
        ('{"temperature": -1, "top_p": 0}', 0.8, 1.0),
        ('{"temperature": NaN, "top_p": Infinity}', 0.8, 1.0),
        ('{"temperature": 1' + "0" * 400 + ', "top_p": 1e999}', 0.8, 1.0),
        ("{}", 0.8, 1.0),
        ("[]", 0.8, 1.0),
        ("null", 0.8, 1.0),
        ("{", 0.8, 1.0),
        ("[" * 10_000, 0.8, 1.0),
    ],
)
def test_what_a_generation_config_does_not_say_is_the_usual(
    tmp_path: Path, written: str, temperature: float, top_p: float
) -> None:
    (tmp_path / "generation_config.json").write_text(written)
    assert default_sampling(str(tmp_path)) == Sampling(temperature, top_p, 512)


def test_your_own_models_are_not_embedded(tmp_path: Path) -> None:
    pair = open_pair(str(tmp_path), "early")
    assert not pair.embedded
    assert pair.system_prompt
    assert pair.read("Who wrote Hamlet?").text == "Who wrote Hamlet?"


@pytest.mark.models
def test_pairs_share_their_models() -> None:
    pairs = [embedded_pair("small", name) for name in VERIFIERS]
    assert len({id(pair.solver) for pair in pairs}) == 1
    assert len({id(pair.verifier) for pair in pairs}) == len(VERIFIERS)
    assert embedded_pair("large").verifier is embedded_pair("small").verifier
    assert embedded_pair("large").solver is not embedded_pair("small").solver
    assert embedded_pair("large").solver.info.name == "solver-large"


@pytest.mark.parametrize(
    ("sizes", "note"),
    [
        ((1_100_000, 5_170_000), "The verifier is 4.7 times as large as the solver"),
        ((1_089_504, 1_495_970), "The verifier is 1.4 times as large as the solver"),
        ((1_000_000, 1_000_000), ""),
        ((1_000_000, 1_010_000), ""),
        ((5_000_000, 1_500_000), ""),
        ((None, 1_500_000), ""),
        ((1_000_000, None), ""),
        ((0, 5), ""),
    ],
)
def test_an_unfair_pair_is_said(sizes: tuple[int | None, int | None], note: str) -> None:
    said = size_note(*sizes)
    assert said.startswith(note)
    assert bool(said) == bool(note)


def test_an_outcome_verifier_goes_with_what_asks_about_whole_solutions() -> None:
    for name, strategy in STRATEGIES.items():
        check_verifier(strategy, "steps")
        if not strategy.uses_verifier or name in {"best_of_n", "self_revision"}:
            check_verifier(strategy, "solutions")
            continue
        with pytest.raises(OptionError) as refused:
            check_verifier(strategy, "solutions")
        # In the middle of a sentence: small letters, but for names that are all capitals.
        title = strategy.title if strategy.title.isupper() else strategy.title.lower()
        title = title.replace("gibbs", "Gibbs")
        instead = "Evaluation = rollout, best-of-N" if name == "mcts" else "best-of-N"
        assert str(refused.value) == (
            f"The outcome verifier judges finished solutions only, and {title} asks about "
            f"unfinished ones. Choose {instead} or a process verifier."
        )
