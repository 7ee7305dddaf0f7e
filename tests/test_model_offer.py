"""What an instance offers: what may be chosen, what is said of it, and what it holds."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import app
from components.controls.model_offer import ModelOffer
from components.controls.models_form import models_updates
from components.controls.recipe_link import read_link, recipe_defaults
from components.page import build_page
from search_core.models import (
    NOT_LOADED,
    ModelPair,
    Offered,
    embedded_pair,
    memory_line,
    offer,
    read_catalogue,
    readable_bytes,
)
from search_core.serving import RunRegistry
from search_core.strategies import STRATEGIES
from search_core.strategies.options import OptionError
from tests.fakes import FakeSolver, FakeVerifier, World

BEAM_SEARCH = STRATEGIES["beam_search"]
WORLD = World()


def fake(name: str) -> ModelPair:
    solver, verifier = WORLD.solver(), WORLD.verifier()
    solver.info = replace(solver.info, name=f"{name} solver")
    verifier.info = replace(verifier.info, name=f"{name} verifier")
    return ModelPair.of(solver, verifier)


@pytest.fixture
def served() -> ModelOffer:
    big = Offered("big", "Big", "A big pair.", fake("big"))
    small = Offered("embedded", "Embedded", "Small ones.", embedded_pair())
    return ModelOffer.of([small, big])


def test_only_what_is_offered_may_be_chosen(served: ModelOffer) -> None:
    assert served.choose(BEAM_SEARCH, None, None, None) is embedded_pair()
    assert served.choose(BEAM_SEARCH, "embedded", "large", None) is embedded_pair("large")
    assert served.choose(BEAM_SEARCH, "big", None, None) is served.pairs[1].pair
    with pytest.raises(OptionError, match=r"'meta-llama/x' are not offered.*embedded, big"):
        served.choose(BEAM_SEARCH, "meta-llama/x", None, None)
    with pytest.raises(OptionError, match="'large' was asked for, but this page serves other"):
        served.choose(BEAM_SEARCH, "big", "large", None)
    with pytest.raises(OptionError, match="Unknown solver '/etc/passwd'"):
        served.choose(BEAM_SEARCH, None, "/etc/passwd", None)


def test_one_pair_leaves_nothing_to_choose() -> None:
    alone = ModelOffer.of(fake("own"))
    assert not alone.several
    assert not alone.has_embedded
    with pytest.raises(OptionError, match="known: no other"):
        alone.choose(BEAM_SEARCH, "big", None, None)
    with pytest.raises(ValueError, match="needs a pair of models"):
        ModelOffer.of([])


def visible(updates: list[dict[str, object]]) -> list[object]:
    return [update.get("visible") for update in updates]


NO_PROMPT = [True, False, False]
"""A sentence why, and neither of the fields."""


def test_the_form_shows_what_goes_with_the_pair(served: ModelOffer) -> None:
    embedded = models_updates(served, BEAM_SEARCH, "verifier", "embedded", "small", "small")
    assert visible(embedded) == [True, True, True, True, True, *NO_PROMPT]
    assert embedded[0]["value"] == "Small ones."
    unscored = models_updates(served, BEAM_SEARCH, "oracle", "embedded", "small", "small")
    assert visible(unscored) == [True, True, True, False, False, *NO_PROMPT]
    big = models_updates(served, BEAM_SEARCH, "verifier", "big", "small", "small")
    assert visible(big) == [True, False, False, False, False, *NO_PROMPT]
    assert big[0]["value"] == (
        "A big pair.\n\nSteps: Paragraphs. A step ends at a blank line. "
        "Precision: bfloat16 on CUDA, else float32."
    )


def test_why_a_pair_does_not_go_with_the_strategy_is_said_at_once() -> None:
    pair = fake("outcome")
    verifier = WORLD.verifier()
    verifier.info = replace(verifier.info, scores="solutions")
    pair = ModelPair.of(WORLD.solver(), verifier)
    both = ModelOffer.of([Offered("a", "A", "One.", fake("a")), Offered("b", "B", "Two.", pair)])
    update = models_updates(both, BEAM_SEARCH, "verifier", "b", None, None)[0]
    assert "judges finished solutions only" in update["value"]


def test_a_link_names_the_pair(served: ModelOffer) -> None:
    link = read_link({"problem": "1 + 1", "models": "big"})
    assert link is not None
    assert (link.pair, link.notes) == ("big", ())
    assert recipe_defaults(served)["pairs"] == [
        {"name": "big", "solver": "big solver", "verifier": "big verifier"}
    ]


def test_a_page_of_several_pairs_can_be_built(served: ModelOffer, tmp_path: Path) -> None:
    registry = RunRegistry(tmp_path)
    page = build_page(list(served.pairs), registry)
    registry.close()
    radios = {block.elem_id: block for block in page.blocks.values() if block.elem_id}
    assert radios["pair"].choices == [("Embedded", "embedded"), ("Big", "big")]
    assert radios["pair"].visible


# Memory --------------------------------------------------------------------------------------


@dataclass
class Keeping(FakeVerifier):
    """A verifier that keeps keys and values."""

    def memory(self) -> int:
        return 3_210_000


def test_a_pair_says_what_it_holds() -> None:
    solver = FakeSolver(WORLD.step)
    solver.info = replace(solver.info, device="cpu", weight_bytes=2_471_628_800)
    verifier = Keeping(WORLD.score)
    verifier.info = replace(verifier.info, device="cpu", weight_bytes=16_060_522_496)
    line = memory_line(ModelPair.of(solver, verifier))
    assert line == (
        "fake solver with fake verifier on CPU: 18.5 GB of weights, 3.21 MB of keys and values."
    )


def test_what_is_not_there_is_not_counted() -> None:
    assert memory_line(ModelPair("a/b", "c/d")) == f"a/b with c/d: {NOT_LOADED}"
    assert memory_line(fake("remote")) == "remote solver with remote verifier."


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.00 kB"),
        (10_341_896, "10.3 MB"),
        (999_600, "1.00 MB"),
        (18_532_151_296, "18.5 GB"),
    ],
)
def test_bytes_are_readable(count: int, text: str) -> None:
    assert readable_bytes(count) == text


# The command line and the environment --------------------------------------------------------


def chosen(monkeypatch: pytest.MonkeyPatch, *arguments: str, **env: str) -> argparse.Namespace:
    for name, value in env.items():
        monkeypatch.setenv(f"ESPALIER_{name.upper()}", value)
    monkeypatch.setattr(sys, "argv", ["app.py", *arguments])
    return app.arguments()


def test_without_a_word_the_embedded_models_are_served(monkeypatch: pytest.MonkeyPatch) -> None:
    [only] = app.models(chosen(monkeypatch))
    assert only.pair is embedded_pair()


def test_the_environment_offers_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    offered = app.models(chosen(monkeypatch, offer="embedded, llama-1b,llama-3b"))
    assert [one.name for one in offered] == ["embedded", "llama-1b", "llama-3b"]
    # One 8B verifier serves both.
    assert offered[1].pair.parts[1] is offered[2].pair.parts[1]
    assert offered[1].pair.parts[0] is not offered[2].pair.parts[0]


def test_an_operator_names_two_models(monkeypatch: pytest.MonkeyPatch) -> None:
    [own] = app.models(
        chosen(monkeypatch, "--solver", "qwen2.5-1.5b", "--verifier", "me/prm",
               verifier_format="rlhflow", system_prompt="Mine.")
    )  # fmt: skip
    assert own.pair.names == ("Qwen/Qwen2.5-1.5B-Instruct", "me/prm")
    assert "## Step 1:" in own.pair.system_prompt  # the entry's, not the one given
    [own] = app.models(
        chosen(monkeypatch, "--solver", "me/llm", "--verifier", "skywork-1.5b", system_prompt="P")
    )
    assert own.pair.system_prompt == "P"
    assert own.pair.names == ("me/llm", "Skywork/Skywork-o1-Open-PRM-Qwen-2.5-1.5B")


def test_a_file_of_ones_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "solvers: {s: {title: S, model: a/b, licence: L}}\n"
        "verifiers: {v: {title: V, model: c/d, licence: L}}\n"
        "pairs: {p: {title: P, about: A, solver: s, verifier: v}}\n"
    )
    [only] = app.models(chosen(monkeypatch, "--models", str(path), "--offer", "p"))
    assert (only.title, only.pair.names) == ("P", ("a/b", "c/d"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--solver", "a/b"], "come together"),
        (["--offer", "embedded", "--solver", "a/b", "--verifier", "c/d"], "give one or the other"),
    ],
)
def test_what_does_not_go_together(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    with pytest.raises(SystemExit):
        chosen(monkeypatch, *arguments)
    assert said in capsys.readouterr().err


def test_only_a_zero_gpu_space_wants_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    offered = offer(read_catalogue(), ["embedded", "llama-1b"])
    monkeypatch.delenv("SPACES_ZERO_GPU", raising=False)
    monkeypatch.setitem(sys.modules, "spaces", None)
    assert app.zero_gpu(offered) is None
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    with pytest.raises(SystemExit, match="pip install spaces=="):
        app.zero_gpu(offered)


def test_on_a_zero_gpu_space_the_pairs_that_need_it_are_placed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Spaces:
        GPU = staticmethod(lambda *, duration: lambda task: task)

    placed: list[str] = []
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    monkeypatch.setitem(sys.modules, "spaces", Spaces)
    monkeypatch.setattr(app.ZeroGpu, "place", lambda self: placed.extend(self._pairs))
    offered = offer(read_catalogue(), ["embedded", "llama-1b", "remote"])
    gpu = app.zero_gpu(offered)
    assert gpu is not None
    assert placed == ["llama-1b"]
    assert [gpu.takes(one.pair) for one in offered] == [False, True, False]


def test_embedded_models_stay_on_the_cpu_of_a_zero_gpu_space(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("search_core.models.pair.lazy_solver", lambda *v: asked.append(v[1]))
    monkeypatch.setattr("search_core.models.pair.lazy_verifier", lambda *v: asked.append(v[1]))
    monkeypatch.setenv("SPACES_ZERO_GPU", "1")
    ModelPair("x", "y", embedded=True)
    ModelPair("x", "y")
    assert asked == ["cpu", "cpu", "auto", "auto"]
