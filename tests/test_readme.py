"""What the README shows works as shown."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from search_core.problem import Problem
from search_core.protocols import SampleRequest, Sampling, ScoreRequest
from search_core.run.driving import drive
from search_core.run.recipe import Recipe
from search_core.run.runner import Run
from search_core.strategies import STRATEGIES
from tests.fakes import World

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(holding: str) -> str:
    """The one Python block of the README that holds this text."""
    blocks = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    found = [text for text in blocks if holding in text]
    assert len(found) == 1, f"{len(found)} blocks of the README hold {holding!r}"
    return str(found[0])


def run_block(holding: str, **names: Any) -> dict[str, Any]:
    """Execute a block; the names that it defined."""
    exec(block(holding), names)
    return names


@pytest.mark.models
def test_search_from_python(capsys: pytest.CaptureFixture[str]) -> None:
    names = run_block("from search_core import search")
    assert names["result"].events[-1].kind == "finished"
    assert len(names["graph"]) == len(names["result"].tree.nodes)
    assert capsys.readouterr().out


def test_a_new_strategy() -> None:
    strategy = run_block("WEAKEST_STEP")["WEAKEST_STEP"]
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


def test_a_new_verifier() -> None:
    verifier = run_block("class ShortIsBeautiful")["ShortIsBeautiful"]()
    request = ScoreRequest("?", ("x" * 40, "x"), 0, True, (0.0, 0.0))
    long, short = verifier.score([request], lambda: False)[0].scores
    assert 0 <= long < short <= 1


def test_a_world_of_texts_and_its_record() -> None:
    names = run_block("from search_core.fidelity import")
    assert len(names["record"].completions) == 8
    assert names["record"].options["lookahead"] == 1
    assert names["record"].pred in names["record"].completions


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


def test_a_solver_over_a_server(completions: str) -> None:
    solver = run_block("class ServerSolver")["ServerSolver"](completions, "some-model")
    step = SampleRequest("2 + 2?", (), seed=1)
    first, last = solver.sample(
        [step, SampleRequest("2 + 2?", ("step 2",), seed=2)], Sampling(), lambda: False
    )
    assert (first.text, first.ended, first.logprob) == ("step 2", "step", -0.75)
    assert (last.text, last.ended) == ("The answer is 4.", "end")


def test_a_page_with_your_own_models(tmp_path: Path) -> None:
    world = World()
    names = run_block(
        "build_page(",
        my_solver=world.solver(),
        my_verifier=world.verifier(),
        runs_folder=tmp_path,
    )
    assert names["page"].title == "Espalier"


def test_the_two_commands_are_named() -> None:
    assert "pip install -r requirements.txt && python app.py" in README
    assert "bash tests/run.sh" in README


def test_every_dependency_is_explained() -> None:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    for line in lines:
        name = re.split(r"[=<>\[]", line)[0].strip()
        if name and not name.startswith("#"):
            assert f"`{name}`" in README, f"the README does not say why {name} is there"


def test_every_picture_is_there() -> None:
    for path in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README):
        assert (ROOT / path).is_file(), f"the README shows {path}, which is missing"


def test_every_strategy_is_listed() -> None:
    for strategy in STRATEGIES.values():
        assert strategy.title.lower() in " ".join(README.lower().split())
