"""`solve` and `check`: what people see, what is written, and how it ends."""

from __future__ import annotations

import json
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import networkx as nx
import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from search_core.cli.app import app
from search_core.cli.live import progress_text
from search_core.cli.services import ModelChoice, Services
from search_core.log.traces import read_trace
from search_core.log.tree import Tree
from search_core.models import ModelPair
from search_core.protocols import Cancelled, SampleRequest, Sampling, StepSample, watch_of
from search_core.search import search
from tests.fakes import FakeSolver, FakeVerifier, World

WORLD = World(seed=3, words=3, ends=0.4, cut_off=0.0)


def invoke(*arguments: str, pair: ModelPair | None = None, stdin: str = "") -> Result:
    """Run a command with these models; by default those of a small world."""
    models = pair or ModelPair.of(WORLD.solver(), WORLD.verifier())

    def open_models(choice: ModelChoice) -> ModelPair:
        return models

    return CliRunner().invoke(app, list(arguments), input=stdin, obj=Services(open_models))


def said(result: Result) -> str:
    """Everything on both streams, without the line breaks and frames of the layout."""
    return " ".join(result.output.replace("│", " ").split())


def test_solve_shows_answer_votes_and_cost_of_both_models_apart() -> None:
    result = invoke("solve", "What is it?", "--n", "8", "--beam-width", "2", "--answer", "1")
    assert result.exit_code == 0
    text = said(result)
    assert "beam_search (max_steps=12, n=8" in text
    assert "Answer" in text
    assert "✓ right" in text or "✗ wrong" in text
    for method in ("majority", "weighted ← chose", "best"):
        assert method in text
    assert "Solver" in text
    assert "Verifier" in text


def test_solve_prints_the_same_run_as_json() -> None:
    arguments = ["solve", "What is it?", "--strategy", "dvts", "--n", "4", "--beam-width", "2"]
    values = json.loads(invoke(*arguments, "--json").stdout)
    assert values["status"] == "completed"
    assert values["options"]["beam_width"] == 2
    assert values["votes"]["weighted"]["answer"] == values["answer"]
    assert values["cost"]["solver_flops"] > 0
    assert values["cost"]["verifier_flops"] > 0
    assert values["solution"][-1]["text"] == f"The answer is {values['answer']}."
    again = json.loads(invoke(*arguments, "--json").stdout)
    for run in (values, again):
        del run["run"], run["created"], run["cost"]["seconds"]
    assert again == values


def test_solve_writes_a_trace_and_a_graph_of_the_same_tree(tmp_path: Path) -> None:
    trace, graph = tmp_path / "run.jsonl", tmp_path / "tree.graphml"
    result = invoke("solve", "?", "--n", "4", "--trace", str(trace), "--graphml", str(graph))
    assert result.exit_code == 0
    assert str(trace).replace("/", "") in said(result).replace(" ", "").replace("/", "")
    tree = read_trace(trace).tree
    read = nx.read_graphml(graph)
    assert set(read.nodes) == set(tree.nodes)
    assert {(n.parent, n.id) for n in tree.steps()} == set(read.edges)


def test_a_flag_names_the_format_of_a_verifier() -> None:
    chosen: list[ModelChoice] = []

    def open_models(choice: ModelChoice) -> ModelPair:
        chosen.append(choice)
        return ModelPair.of(WORLD.solver(), WORLD.verifier())

    arguments = ["solve", "What is it?", "--verifier", "some/chat", "--verifier-format", "judge"]
    assert CliRunner().invoke(app, arguments, obj=Services(open_models)).exit_code == 0
    assert chosen[0].verifier_format == "judge"


def test_a_problem_can_come_from_standard_input() -> None:
    values = json.loads(invoke("solve", "-", "--json", stdin="How many?\n").stdout)
    assert values["problem"]["text"] == "How many?"


def test_published_options_are_a_start_that_flags_change() -> None:
    result = invoke("solve", "?", "--as-published", "--max-steps", "5", "--json")
    options = json.loads(result.stdout)["options"]
    assert options["judge"] == "best"
    assert options["repeat_completed"] is True
    assert options["max_steps"] == 5


def test_greedy_asks_no_verifier() -> None:
    solver, verifier = WORLD.solver(), WORLD.verifier()
    result = invoke("solve", "?", "--strategy", "greedy", pair=ModelPair.of(solver, verifier))
    assert result.exit_code == 0
    assert verifier.calls == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["solve", ""], "The problem is empty"),
        (["solve", "x" * 10_000], "10,000 characters"),
        (["solve", "?", "--strategy", "magic"], "Unknown strategy 'magic'; known are greedy"),
        (["solve", "?", "--n", "0"], "Budget N (n) is 0; it must be 1 to 256"),
        (["solve", "?", "--n", "1000000000"], "it must be 1 to 256"),
        (["solve", "?", "--n", "many"], "should be a valid integer"),
        (["solve", "?", "--strategy", "greedy", "--n", "4"], "Unknown option 'n'"),
        (["solve", "?", "--aggregate", "median"], "is not one of"),
        (["solve", "?", "--temperature", "9"], "temperature is 9.0; it must be 0 to 2"),
        (["solve", "?", "--score-source", "gold"], "Unknown score source 'gold'"),
        (["solve", "?", "--score-source", "oracle"], "knows only their problems"),
        (["solve", "?", "--solver", "other"], "Give a --verifier for this --solver too"),
        (["solve", "?", "--solver", "./small"], "Give a --verifier for this --solver too"),
        (["solve", "?", "--trace", "/no/such/folder/run.jsonl"], "No such file"),
        (["check", "/no/such/trace.jsonl"], "No such file"),
    ],
)
def test_bad_arguments_end_with_2_and_a_message(arguments: list[str], message: str) -> None:
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert message in said(result)
    assert "Traceback" not in result.output


def test_a_model_that_is_not_there_is_a_bad_argument(tmp_path: Path) -> None:
    missing = str(tmp_path / "nothing")
    arguments = ["solve", "2 + 3", "--solver", missing, "--score-source", "log-probability"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert "No model folder" in said(result)


def test_a_failed_run_ends_with_1_and_leaves_its_trace(tmp_path: Path) -> None:
    def judge(steps: tuple[str, ...]) -> float:
        return 7.0 if len(steps) == 2 else 0.5

    trace = tmp_path / "run.jsonl"
    pair = ModelPair.of(World(ends=0.0).solver(), FakeVerifier(judge))
    result = invoke("solve", "?", "--trace", str(trace), pair=pair)
    assert result.exit_code == 1
    assert "expected a number from 0 to 1" in said(result)
    assert "Traceback" not in result.output
    tree = read_trace(trace).tree
    assert tree.finished is not None
    assert tree.finished.status == "failed"
    assert len(tree.nodes) > 16
    assert "Traceback" in invoke("solve", "?", "--debug", pair=pair).output


@dataclass
class PressesCtrlC:
    """A solver in whose second call somebody presses Ctrl-C."""

    solver: FakeSolver
    calls: int = 0
    info: object = field(init=False)

    def __post_init__(self) -> None:
        self.info = self.solver.info

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        self.calls += 1
        if self.calls == 2:
            signal.raise_signal(signal.SIGINT)
        return self.solver.sample(requests, sampling, cancelled)


def test_ctrl_c_ends_the_run_well(tmp_path: Path) -> None:
    trace = tmp_path / "run.jsonl"
    solver = PressesCtrlC(World(ends=0.0).solver())
    before = signal.getsignal(signal.SIGINT)
    pair = ModelPair.of(solver, WORLD.verifier())  # type: ignore[arg-type]
    result = invoke("solve", "?", "--trace", str(trace), pair=pair)
    assert result.exit_code == 130
    assert "cancelled. Stopped by request." in said(result)
    tree = read_trace(trace).tree
    assert tree.finished is not None
    assert tree.finished.status == "cancelled"
    assert signal.getsignal(signal.SIGINT) is before


@dataclass
class ReadsItsTrace:
    """A solver that looks at the trace on disk before each call."""

    solver: FakeSolver
    path: Path
    lengths: list[int] = field(default_factory=list)

    @property
    def info(self):  # type: ignore[no-untyped-def]
        return self.solver.info

    def sample(
        self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
    ) -> list[StepSample]:
        self.lengths.append(len(read_trace(self.path).events))
        return self.solver.sample(requests, sampling, cancelled)


def test_the_trace_is_on_disk_while_the_run_goes_on(tmp_path: Path) -> None:
    trace = tmp_path / "run.jsonl"
    solver = ReadsItsTrace(World(ends=0.1).solver(), trace)
    result = invoke(
        "solve", "?", "--trace", str(trace), pair=ModelPair.of(solver, WORLD.verifier())
    )
    assert result.exit_code == 0
    assert solver.lengths[0] == 1
    assert solver.lengths == sorted(set(solver.lengths))


def test_hostile_text_cannot_steer_the_terminal() -> None:
    def world(steps: tuple[str, ...], index: int) -> tuple[str, str]:
        return "\x1b[31m[bold]\x07\u202e The answer is \x1b]0;owned\x07 5.", "end"

    pair = ModelPair.of(FakeSolver(world), WORLD.verifier())
    result = invoke("solve", "[red]?\x1b[2J", "--n", "4", pair=pair)
    assert result.exit_code == 0
    assert not {"\x1b", "\x07", "\u202e"} & set(result.output)
    assert "[bold]" in result.output
    assert "[red]" in result.output


def test_the_progress_line_follows_a_run(tmp_path: Path) -> None:
    trace = tmp_path / "run.jsonl"
    invoke("solve", "?", "--n", "8", "--trace", str(trace))
    tree = Tree()
    assert progress_text(tree) == "loading the models"
    lines = []
    for event in read_trace(trace).events:
        tree.apply(event)
        lines.append(progress_text(tree))
    assert lines[0] == "round 0 · 0 steps · 0 kept · 0 pruned · 0 finished · 0 tokens"
    assert f"{tree.cost.generated:,} tokens" in lines[-1]
    assert Console().render_str(lines[-1]).plain == lines[-1]


def test_without_a_terminal_each_round_is_a_line_on_standard_error() -> None:
    result = invoke("solve", "?", "--n", "8", "--beam-width", "2", "--json")
    lines = result.stderr.splitlines()
    assert lines[0] == "loading the models"
    rounds = [line.split(" · ")[0] for line in lines[1:]]
    assert rounds == sorted(rounds, key=lambda said: int(said.split()[1]))
    assert rounds[0] == "round 1"
    assert len(lines) == len(set(lines))
    assert "finished" in lines[-1]
    values = json.loads(result.stdout)
    assert f"{values['cost']['generated']:,} tokens" in lines[-1]
    assert f"round {values['rounds']}" == rounds[-1]


def test_check_prints_the_summary_of_a_whole_trace(tmp_path: Path) -> None:
    trace = tmp_path / "run.jsonl"
    invoke("solve", "What is it?", "--n", "4", "--trace", str(trace))
    result = invoke("check", str(trace))
    assert result.exit_code == 0
    text = said(result)
    assert "Valid: " in text
    assert "What is it?" in text
    values = json.loads(invoke("check", str(trace), "--json").stdout)
    assert values["events"] == len(read_trace(trace).events)
    assert values["notice"] == ""


def test_check_accepts_a_torn_trace_and_says_so(tmp_path: Path) -> None:
    trace = tmp_path / "run.jsonl"
    invoke("solve", "?", "--n", "4", "--trace", str(trace))
    trace.write_bytes(trace.read_bytes()[:-30])
    result = invoke("check", str(trace))
    assert result.exit_code == 0
    assert "breaks off in the middle of an event" in said(result)


@pytest.mark.parametrize("content", ["", "nonsense\n", "{}\n", '{"kind": "started"}\n'])
def test_check_refuses_what_is_no_trace(tmp_path: Path, content: str) -> None:
    trace = tmp_path / "run.jsonl"
    trace.write_text(content)
    result = invoke("check", str(trace))
    assert result.exit_code == 2
    assert "expected" in said(result)
    assert "Traceback" not in result.output


def test_warnings_are_counted_while_it_runs_and_told_in_the_summary() -> None:
    class Short(FakeSolver):
        def sample(
            self, requests: Sequence[SampleRequest], sampling: Sampling, cancelled: Cancelled
        ) -> list[StepSample]:
            watch_of(cancelled).warn("Short of [memory]: the batch was split.")
            return super().sample(requests, sampling, cancelled)

    pair = ModelPair.of(Short(WORLD.step), WORLD.verifier())
    text = said(invoke("solve", "?", "--n", "4", "--max-steps", "2", pair=pair))
    assert "Warning Short of [memory]: the batch was split. (2 times)" in text
    values = json.loads(invoke("solve", "?", "--n", "4", "--json", pair=pair).stdout)
    assert set(values["warnings"]) == {"Short of [memory]: the batch was split."}
    tree = search("?", n=4, solver=pair.solver, verifier=pair.verifier).tree
    assert progress_text(tree).endswith(f"tokens · {len(tree.warnings)} warnings")
