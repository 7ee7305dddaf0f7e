"""The Python of README and guide works as shown: the blocks of a page run as one program."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from search_core.problem import Problem
from search_core.protocols import SampleRequest, Sampling, ScoreRequest
from search_core.run.driving import drive
from search_core.run.recipe import Recipe
from search_core.run.runner import Run
from search_core.verifiers import format_table
from search_core.verify.asking.own_file import OwnVerifier
from tests.fakes import World
from tests.pages import GUIDE, ROOT, TEXTS, fences

PAGES_WITH_CODE = {page.stem for page in TEXTS if fences(page, "python")}
RUN_HERE = {
    "audit",
    "compare",
    "extending",
    "fidelity",
    "labelled_files",
    "python",
    "rescoring",
    "steer",
    "verify",
    "what_if",
}


def run_page(name: str, given: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Execute a page's blocks in this folder; the names that they defined."""
    names = dict(given)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for number, code in enumerate(fences(GUIDE / f"{name}.md", "python"), start=1):
            exec(compile(code, f"{name}.md, block {number}", "exec"), names)
    return names


def test_no_page_with_code_is_left_out() -> None:
    assert PAGES_WITH_CODE == RUN_HERE


@pytest.mark.models
def test_a_race_from_python(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = run_page("compare", {}, tmp_path)
    assert len(names["result"].logs) == 2
    assert capsys.readouterr().out.strip().endswith(".")


@pytest.mark.models
def test_a_run_steered_from_python(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = run_page("steer", {}, tmp_path)["run"]
    own = [node for node in run.tree.steps() if node.by == "Ada"]
    assert [node.text for node in own] == ["24 - 7 = 17, left 1 17"]
    assert own[0].score is not None
    assert capsys.readouterr().out.strip()


# Python --------------------------------------------------------------------------------------


@pytest.mark.models
def test_search_from_python(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = run_page("python", {}, tmp_path)
    result = names["result"]
    assert result.events[-1].kind == "finished"
    assert len(names["graph"]) == len(result.tree.nodes)
    assert list(names["trace"].events) == result.events
    assert names["again"].answer == result.answer
    assert (tmp_path / "tree.graphml").is_file()
    assert (tmp_path / "tree.svg").read_text(encoding="utf-8").startswith("<svg")
    assert all(node.margin <= 0 for node in names["pruned"] if node.margin is not None)
    assert len(names["written"]) >= 4
    assert names["small"].answer == "1"
    assert capsys.readouterr().out.rstrip().endswith("1")


def test_a_verifier_of_one_s_own_to_judge(tmp_path: Path) -> None:
    names = run_page("verify", {}, tmp_path)
    own = OwnVerifier(names["Verifier"](), "own", "")
    request = ScoreRequest("?", ("1 = 1", "so"), 0, True, (None, None))
    assert own.score([request], lambda: False)[0].scores == (0.9, 0.2)
    mistakes = names["report"]["cards"]["mine"]["mistakes"]
    assert [each["id"] for each in mistakes["listed"]] == ["a", "b"]
    assert "cannot be told from these rows" in names["page"]


@pytest.mark.models
def test_what_if_from_python(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = run_page("what_if", {}, tmp_path)
    assert names["other"].tree.started.options["aggregate"] == "min"
    said = capsys.readouterr().out
    assert "answer would be" in said.lower()
    assert str(names["result"].regret()) in said


@pytest.mark.models
def test_a_tree_is_scored_anew_from_python(tmp_path: Path) -> None:
    names = run_page("rescoring", {}, tmp_path)
    assert len(names["found"].nodes) == len(names["result"].tree.nodes) - 1
    assert all(node.now is not None for node in names["found"].nodes)
    assert names["told"]


@pytest.mark.models
def test_the_price_of_a_cut_from_python(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = run_page("audit", {}, tmp_path)
    assert names["found"].missing == 0
    assert str(names["found"]) in capsys.readouterr().out


# Extending -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def extending(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    world, folder = World(), tmp_path_factory.mktemp("extending")
    given = {
        "my_solver": world.solver(),
        "my_verifier": world.verifier(),
        "runs_folder": folder / "runs",
    }
    known = dict(format_table._by_name)
    yield run_page("extending", given, folder)
    format_table._by_name.clear()
    format_table._by_name.update(known)


def test_a_new_strategy(extending: dict[str, Any]) -> None:
    strategy = extending["WEAKEST_STEP"]
    world = World(ends=0.5)
    solver, verifier = world.solver(), world.verifier()
    recipe = Recipe(Problem("?"), strategy, strategy.options(n=8))
    run = Run(recipe, solver.info, verifier.info)
    drive(run, solver, verifier)
    chosen = run.tree.finished.chosen if run.tree.finished else None
    assert chosen is not None
    candidates = [node for node in run.tree.steps() if node.state == "completed"]
    best = max(node.aggregate or 0 for node in candidates)
    assert run.tree.nodes[chosen].aggregate == best


def test_a_new_verifier(extending: dict[str, Any]) -> None:
    verifier = extending["ShortIsBeautiful"]()
    request = ScoreRequest("?", ("x" * 40, "x"), 0, True, (0.0, 0.0))
    long, short = verifier.score([request], lambda: False)[0].scores
    assert 0 <= long < short <= 1


def test_a_page_with_your_own_models(extending: dict[str, Any]) -> None:
    assert extending["page"].title == "Espalier"


class _Completions(BaseHTTPRequestHandler):
    """Answers as vLLM does: the text without its stop string, and why it stopped."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.path == "/v1/completions"
        ends = "step 2" in asked["prompt"]
        choice = {
            "text": "The answer is 4." if ends else "step 2",
            "finish_reason": "stop",
            "stop_reason": None if ends else "\n\n",
            "logprobs": {"token_logprobs": [-0.25, -0.5]},
        }
        reply = json.dumps({"choices": [choice], "usage": {"completion_tokens": 2}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Stay quiet."""


@pytest.fixture
def completions() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Completions)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def test_a_solver_over_a_server(extending: dict[str, Any], completions: str) -> None:
    solver = extending["ServerSolver"](completions, "some-model")
    step = SampleRequest("2 + 2?", (), seed=1)
    first, last = solver.sample(
        [step, SampleRequest("2 + 2?", ("step 2",), seed=2)], Sampling(), lambda: False
    )
    assert (first.text, first.ended, first.logprob) == ("step 2", "step", -0.75)
    assert (last.text, last.ended) == ("The answer is 4.", "end")


# Against the published code ------------------------------------------------------------------


def test_two_functions_of_a_text_and_their_record(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = run_page("fidelity", {}, tmp_path)
    assert len(names["record"].completions) == 8
    assert names["record"].options["lookahead"] == 1
    assert names["record"].pred in names["record"].completions
    assert capsys.readouterr().out.splitlines()[-1] == "[]"


# Labelled files ------------------------------------------------------------------------------


def test_labelled_files_are_read_and_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("processbench.jsonl", "prm800k.jsonl"):
        shutil.copy(ROOT / "tests" / "golden" / "labelled" / name, tmp_path / name)
    shutil.copy(ROOT / "assets" / "traces" / "countdown-dvts.jsonl", tmp_path / "run.jsonl")
    names = run_page("labelled_files", {}, tmp_path)
    assert names["errors"] == [-1, 1, 0]
    assert (tmp_path / "tree-1.jsonl").is_file()
    assert names["done"].written.written
    assert "read as processbench" in capsys.readouterr().out
