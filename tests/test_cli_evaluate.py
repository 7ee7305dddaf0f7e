"""`evaluate` and `problems`, with fake models."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from search_core.cli.app import app
from search_core.cli.services import ModelChoice, Services
from search_core.embedded import FAMILIES
from search_core.models import ModelPair
from search_core.protocols import RunCancelled, SolverInfo
from search_core.strategies import STRATEGIES
from tests.fakes import SHAPE, FakeSolver, World
from tests.test_cli_solve import invoke, said

WORLD = World(seed=5, words=4, ends=0.4)


@pytest.fixture
def problems(tmp_path: Path) -> Path:
    path = tmp_path / "problems.jsonl"
    lines = [json.dumps({"text": f"What is {i}?", "answer": str(i % 4)}) for i in range(5)]
    path.write_text("\n".join(lines) + "\n")
    return path


def evaluate(problems: Path, out: Path, *arguments: str, pair: ModelPair | None = None):  # type: ignore[no-untyped-def]
    return invoke(
        "evaluate",
        *("--problems", str(problems), "--out", str(out), "--draws", "50", *arguments),
        pair=pair or ModelPair.of(WORLD.solver(), WORLD.verifier()),
    )


def test_evaluate_writes_what_it_measured_and_how(problems: Path, tmp_path: Path) -> None:
    out = tmp_path / "results.json"
    result = evaluate(
        problems, out, "--strategies", "best_of_n,beam_search", "--n", "2,16", "--beam-width", "2"
    )
    assert result.exit_code == 0, result.output
    values = json.loads(out.read_text())
    names = [row["name"] for row in values["rows"]]
    assert names[:2] == ["greedy", "best_of_n@2/majority"]
    assert "beam_search@16/weighted" in names
    assert values["solver"]["name"] == "fake solver"
    assert values["problems"] == {"other": 5}
    assert values["command"].startswith("python -m search_core")
    assert {"date", "versions", "sampling", "seeds", "score_source"} <= set(values)
    assert values["rows"][1]["average"]["difference"]["greedy"]["value"] is not None
    assert values["verifier_quality"]["from"] == "best_of_n@16"
    text = said(result)
    assert "best_of_n@16/any" in text
    assert "AUROC within a problem" in text


def test_evaluate_goes_on_where_it_stopped(problems: Path, tmp_path: Path) -> None:
    out = tmp_path / "results.json"
    arguments = ["--strategies", "best_of_n", "--n", "4", "--seeds", "0,1"]
    assert evaluate(problems, out, *arguments).exit_code == 0
    first = json.loads(out.read_text())
    pair = ModelPair.of(WORLD.solver(), WORLD.verifier())
    assert evaluate(problems, out, *arguments, pair=pair).exit_code == 0
    assert pair.solver.calls == 0  # type: ignore[attr-defined]
    assert json.loads(out.read_text())["rows"] == first["rows"]
    assert len(out.with_suffix(".jsonl").read_text().splitlines()) == 5 + 5 * 2


def test_a_stopped_evaluation_says_how_to_go_on(problems: Path, tmp_path: Path) -> None:
    class Stops:
        info = WORLD.solver().info

        def sample(self, *arguments: object) -> None:
            raise RunCancelled

    pair = ModelPair.of(Stops(), WORLD.verifier())  # type: ignore[arg-type]
    result = evaluate(problems, tmp_path / "results.json", pair=pair)
    assert result.exit_code == 130
    assert "Run it again to go on" in said(result)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--n", "four"], "--n is 'four'; expected whole numbers like 4,16"),
        (["--seeds", ""], "--seeds is empty"),
        (["--strategies", "magic"], "Unknown strategy 'magic'"),
        (["--strategies", "greedy", "--beam-width", "2"], "knows the option beam_width"),
        (["--n", "1", "--strategies", "beam_search", "--baseline", "none"], "is left out"),
        (["--baseline", "best"], "No row is called 'best'; rows are greedy, best_of_n@4/majority"),
        (["--draws", "0"], "should be greater than or equal to 1"),
        (["--batch", "0"], "should be greater than or equal to 1"),
        (["--seeds", "0", "--problems", "/no/such/file"], "No such file"),
    ],
)
def test_bad_arguments_end_with_2(
    problems: Path, tmp_path: Path, arguments: list[str], message: str
) -> None:
    result = evaluate(problems, tmp_path / "results.json", *arguments)
    assert result.exit_code == 2
    assert message in said(result)
    assert "Traceback" not in result.output


def test_results_and_single_runs_are_two_files(problems: Path, tmp_path: Path) -> None:
    result = evaluate(problems, tmp_path / "results.jsonl")
    assert result.exit_code == 2
    assert "must not end in .jsonl" in said(result)


# problems -----------------------------------------------------------------------------------


def test_problems_are_drawn_from_seeds_and_can_be_evaluated(tmp_path: Path) -> None:
    drawn = invoke("problems", "--family", "countdown", "--count", "7", "--seed", "3")
    assert drawn.exit_code == 0
    lines = [json.loads(line) for line in drawn.stdout.splitlines()]
    assert len(lines) == 7
    assert {line["family"] for line in lines} == {"countdown"}
    assert sorted({line["level"] for line in lines}) == list(FAMILIES["countdown"].levels)
    path = tmp_path / "problems.jsonl"
    arguments = ["problems", "--family", "countdown", "--count", "7", "--seed", "3"]
    assert invoke(*arguments, "--out", str(path)).exit_code == 0
    assert path.read_text() == drawn.stdout
    result = evaluate(path, tmp_path / "results.json", "--strategies", "greedy")
    assert result.exit_code == 0
    assert json.loads((tmp_path / "results.json").read_text())["problems"] == {"countdown": 7}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--family", "chess"], "expected expression, word, countdown"),
        (["--family", "word", "--level", "99"], "Got level 99; word has"),
        (["--family", "word", "--count", "0"], "must be at least 1"),
        (["--family", "word", "--split", "mine"], "expected one of train, verifier, test"),
        (["--family", "word", "--out", "/no/such/folder/file"], "No such file"),
        ([], "Missing option '--family'"),
    ],
)
def test_bad_questions_for_problems_end_with_2(arguments: list[str], message: str) -> None:
    result = invoke("problems", *arguments)
    assert result.exit_code == 2
    assert message in said(result)


# The whole ---------------------------------------------------------------------------------


def test_one_command_shows_everything(problems: Path, tmp_path: Path) -> None:
    out, tables, drawing = (tmp_path / name for name in ("r.json", "tables.md", "figure.svg"))
    pair = ModelPair.of(WORLD.solver(), WORLD.verifier())
    bigger = ModelPair.of(
        FakeSolver(WORLD.step, SolverInfo("solver-large", "1", shape=SHAPE)), WORLD.verifier()
    )

    def open_models(choice: ModelChoice) -> ModelPair:
        return bigger if choice.solver == "large" else pair

    arguments = [
        *("evaluate", "--problems", str(problems), "--out", str(out), "--draws", "50"),
        *("--strategies", "best_of_n@2,best_of_n@16,beam_search@4", "--beam-width", "2"),
        *("--seeds", "0,1", "--rival", "large", "--rollout-problems", "2"),
        *("--baseline", "greedy,best_of_n@16/majority", "--markdown", str(tables)),
    ]
    result = CliRunner().invoke(app, arguments, obj=Services(open_models))
    assert result.exit_code == 0, result.output
    values = json.loads(out.read_text())
    assert values["rival"]["name"] == "solver-large"
    assert values["baselines"] == ["greedy", "best_of_n@16/majority", "greedy (solver-large)"]
    assert values["equal_tokens"][0]["row"] == "beam_search@4"
    assert values["crossing"]["rival"] == "greedy (solver-large)"
    assert values["verifier_quality"]["rollouts"]["average"]["problems"] == 2
    assert values["verifier_quality"]["threshold"] == 0.5
    text, written = said(result), tables.read_text()
    for title in ("Right, in %", "Cost of one", "Search beside best-of-k", "FLOPs at which"):
        assert title in text
        assert title in written
    assert "| greedy (solver-large) |" in written
    rows = [line for line in written.splitlines() if line.startswith("|")]
    assert all(line.endswith("|") for line in rows)
    again = CliRunner().invoke(app, ["figure", str(out), "--out", str(drawing)])
    assert again.exit_code == 0, again.output
    assert "solver-large, greedy" in drawing.read_text()


def test_a_rival_must_be_another_solver(problems: Path, tmp_path: Path) -> None:
    result = evaluate(problems, tmp_path / "results.json", "--rival", "itself")
    assert result.exit_code == 2
    assert "--rival is itself, the solver that is measured" in said(result)


def test_rollouts_can_be_left_out(problems: Path, tmp_path: Path) -> None:
    out = tmp_path / "results.json"
    result = evaluate(problems, out, "--strategies", "best_of_n@16", "--rollout-problems", "0")
    assert result.exit_code == 0
    assert json.loads(out.read_text())["verifier_quality"]["rollouts"] is None


@pytest.mark.parametrize(("card", "threshold"), [({}, 0.5), ({"first_error_threshold": 0.3}, 0.3)])
def test_the_threshold_is_the_verifiers_own(
    problems: Path, tmp_path: Path, card: dict[str, float], threshold: float
) -> None:
    (tmp_path / "espalier.json").write_text(json.dumps(card))
    pair = ModelPair.of(WORLD.solver(), WORLD.verifier())
    pair.verifier_path = str(tmp_path)
    out = tmp_path / "results.json"
    assert evaluate(problems, out, "--strategies", "best_of_n@16", pair=pair).exit_code == 0
    assert json.loads(out.read_text())["verifier_quality"]["threshold"] == threshold


def test_all_strategies_are_run_and_those_that_do_not_fit_are_named(
    problems: Path, tmp_path: Path
) -> None:
    verifier = WORLD.verifier()
    verifier.info = replace(verifier.info, scores="solutions")
    pair = ModelPair.of(WORLD.solver(), verifier)
    out = tmp_path / "results.json"
    result = evaluate(problems, out, "--strategies", "all", "--n", "4", pair=pair)
    assert result.exit_code == 0, result.output
    values = json.loads(out.read_text())
    ran = {row["strategy"] for row in values["rows"]}
    told = " ".join(values["left_out"])
    assert {"greedy", "best_of_n"} <= ran
    for name in STRATEGIES:
        assert (name in ran) != (f"{name} is left out" in told or f"{name}@4 is left out" in told)
    assert "beam_search@4 is left out: The outcome verifier judges finished solutions" in told
    assert "beam_search@4 is left out" in said(result)


def test_a_strategy_asked_for_by_name_that_does_not_fit_is_an_error(
    problems: Path, tmp_path: Path
) -> None:
    verifier = WORLD.verifier()
    verifier.info = replace(verifier.info, scores="solutions")
    pair = ModelPair.of(WORLD.solver(), verifier)
    result = evaluate(problems, tmp_path / "r.json", "--strategies", "beam_search", pair=pair)
    assert result.exit_code == 2
    assert "finished solutions only" in said(result)
