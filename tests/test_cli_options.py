"""`solve` has the app's options: those of its form, and all that an operator says of models."""

from __future__ import annotations

import argparse
from dataclasses import fields
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

import app
from components.controls.form_values import FormValues
from components.controls.options_form import all_specs
from search_core.cli.app import app as command_line
from search_core.cli.services import ModelChoice, Services, open_models
from search_core.models import STEP_PROMPT, ModelPair
from search_core.strategies import STRATEGIES
from tests.test_cli_solve import said


def options_of(name: str) -> dict[str, Any]:
    """A command's parameters, by the names under which it takes them."""
    group: Any = typer.main.get_command(command_line)
    return {str(parameter.name): parameter for parameter in group.commands[name].params}


def models_group(monkeypatch: pytest.MonkeyPatch) -> list[argparse.Action]:
    """What the app lets an operator say of models."""
    seen: list[argparse.ArgumentParser] = []

    def parse(parser: argparse.ArgumentParser, *_: Any) -> argparse.Namespace:
        seen.append(parser)
        raise SystemExit

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", parse)
    with pytest.raises(SystemExit):
        app.arguments()
    monkeypatch.undo()
    [group] = [group for group in seen[0]._action_groups if group.title == "models"]
    return group._group_actions


def test_solve_has_every_field_of_the_form() -> None:
    form = {field.name for field in fields(FormValues)} - {"options"} | set(all_specs())
    assert form <= set(options_of("solve"))


def test_solve_has_everything_that_an_operator_can_say_of_models(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    theirs = {action.dest for action in models_group(monkeypatch)}
    # An operator offers several pairs, where one search has one.
    assert theirs - {"offer"} | {"pair"} <= set(options_of("solve"))
    of_evaluate = {"pair_name", "models_file"}
    assert theirs - {"offer", "models"} | of_evaluate <= set(options_of("evaluate"))


def test_that_is_all_the_app_makes_models_of(monkeypatch: pytest.MonkeyPatch) -> None:
    group = models_group(monkeypatch)
    assert app.models(argparse.Namespace(**{action.dest: action.default for action in group}))


def test_what_is_said_of_ones_own_models_reaches_them() -> None:
    asked: list[ModelChoice] = []

    def opened(choice: ModelChoice) -> ModelPair:
        asked.append(choice)
        raise ValueError("That is enough.")

    flags = ("--system-prompt", "Be brief.", "--dtype", "bfloat16", "--verifier-dtype", "int8")
    arguments = ["solve", "1 + 1", *flags, "--verifier-format", "rlhflow"]
    CliRunner().invoke(command_line, arguments, obj=Services(opened))
    [choice] = asked
    assert choice.told_of_solver == {"system_prompt": "Be brief.", "dtype": "bfloat16"}
    assert choice.told_of_verifier == {"verifier_format": "rlhflow", "verifier_dtype": "int8"}


def test_a_system_prompt_is_the_usual_one_unless_said() -> None:
    own = open_models(ModelChoice("me/llm", "me/prm"))
    assert own.system_prompt == STEP_PROMPT
    assert open_models(ModelChoice("me/llm", "me/prm", system_prompt="")).system_prompt == ""
    beside = ModelChoice("me/llm", "me/prm", system_prompt="Mine.", dtype="int4").beside("you/llm")
    assert open_models(beside).system_prompt == STEP_PROMPT
    assert beside.dtype == "auto"


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--pair", "llama-1b", "--dtype", "int8"], "how pair llama-1b is used; --dtype was given"),
        (["--pair", "llama-1b", "--verifier-format", "rlhflow"], "--verifier-format was given"),
        (
            ["--solver", "qwen2.5-1.5b", "--verifier", "me/prm", "--system-prompt", "Mine."],
            "how solver qwen2.5-1.5b is used; --system-prompt was given",
        ),
        (
            ["--solver", "me/llm", "--verifier", "skywork-1.5b", "--verifier-dtype", "int8"],
            "how verifier skywork-1.5b is used; --verifier-dtype was given",
        ),
        (["--system-prompt", "Mine."], "were trained without a system prompt"),
    ],
)
def test_nothing_that_is_said_is_dropped_without_a_word(flags: list[str], sentence: str) -> None:
    result = CliRunner().invoke(command_line, ["solve", "1 + 1", *flags])
    assert result.exit_code == 2
    assert sentence in said(result)


def test_each_option_says_the_default_of_every_strategy_that_has_it() -> None:
    options = options_of("solve")
    for strategy in STRATEGIES.values():
        for spec in strategy.options.specs():
            told = options[spec.name].help.partition("Default: ")[2].rstrip(".").split(", or ")
            own = [text for text in told if text.endswith(f" with {strategy.name}")]
            shown = own[0].removesuffix(f" with {strategy.name}") if own else told[0]
            # As it is typed: true and false of a switch alone.
            expected = str(spec.default)
            assert shown == (expected.lower() if spec.kind == "boolean" else expected), spec.name
