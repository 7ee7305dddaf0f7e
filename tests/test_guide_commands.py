"""The command lines of README, guide and help work, and the command line's page is complete."""

from __future__ import annotations

import argparse
import json
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest
import typer.main

import app
from search_core.cli.app import PROGRAM
from search_core.cli.app import app as typer_app
from search_core.embedded.training import command as training
from search_core.strategies import STRATEGIES
from search_core.tuning import command as tuning
from tests.pages import GUIDE, ROOT, TEXTS, code_spans, fences, section, table_rows
from tests.test_cli_solve import invoke, said

TRAIN = "python -m search_core.embedded"
APP = "python app.py"
COMMANDS: dict[str, Any] = dict(typer.main.get_command(typer_app).commands)
PAGE = GUIDE / "command_line.md"
# The others measure real models, which takes minutes: their lines are only read.
CHEAP = {
    *("solve", "strategies", "models", "problems", "figure", "check", "fidelity", "read"),
    "bench-table",
    "export",
    *("whatif", "regret"),
    "convert",
    "lessons",
}
STRATEGY_FLAGS = {
    flag
    for row in table_rows((GUIDE / "strategy_options.md").read_text(encoding="utf-8"))
    for flag in re.findall("`(--[^`]+)`", row[0])
}


def command_lines(program: str) -> list[str]:
    """Every command line of this program in the bash blocks of README and guide."""
    lines = [line for page in TEXTS for block in fences(page, "bash") for line in block.split("\n")]
    return [line for line in lines if re.search(rf"(^|\s){re.escape(program)}(\s|$)", line)]


def words_after(program: str, line: str) -> list[str]:
    """The arguments of a command line; comments and environment variables are left out."""
    return shlex.split(line.partition(program)[2], comments=True)


def example_in(text: str) -> str:
    """The command line behind the one "Example:" of a help text."""
    found = re.findall(r"Example: (python -m .*?)(?: Exit codes|$)", text)
    assert len(found) == 1, f"{len(found)} examples in: {text}"
    return str(found[0])


class WrongCommandLine(Exception):
    """What the real command line says to arguments that it refuses."""


def parse(arguments: list[str]) -> None:
    """Let the real command line understand these arguments, without running anything.

    Raises:
        WrongCommandLine: It refuses them.
    """
    name, *rest = arguments
    if name not in COMMANDS:
        raise WrongCommandLine(f"There is no command {name!r}.")
    try:
        COMMANDS[name].make_context(name, rest)
    except Exception as error:  # its class depends on the version of typer, its code does not
        if getattr(error, "exit_code", None) != 2:
            raise
        raise WrongCommandLine(str(error)) from error


# Command lines -------------------------------------------------------------------------------


def test_a_wrong_command_line_is_seen() -> None:
    for wrong in (["solve", "?", "--no-such"], ["solve", "?", "--judge", "luck"], ["sing"]):
        with pytest.raises(WrongCommandLine):
            parse(wrong)


def test_there_are_command_lines_to_check() -> None:
    assert {words_after(PROGRAM, line)[0] for line in command_lines(PROGRAM)} == set(COMMANDS)
    assert command_lines(TRAIN)
    assert command_lines(APP)


@pytest.mark.parametrize("line", command_lines(PROGRAM))
def test_a_command_line_is_understood(line: str) -> None:
    parse(words_after(PROGRAM, line))


def runs_cheaply(line: str) -> bool:
    # Only the run's own models may write what is missing of it.
    dear = "SOLVER" in line or "--grow" in line
    # What is recorded anew is the repository's own file.
    dear |= "lessons record" in line
    return words_after(PROGRAM, line)[0] in CHEAP and not dear


@pytest.mark.parametrize("line", [*filter(runs_cheaply, command_lines(PROGRAM))])
def test_a_cheap_command_line_runs(line: str, folder: Path) -> None:
    done = invoke(*words_after(PROGRAM, line))
    assert done.exit_code == 0, said(done)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with the files that the examples read."""
    results, traces = ROOT / "assets" / "results", ROOT / "assets" / "traces"
    shutil.copy(results / "evaluation.json", tmp_path / "results.json")
    shutil.copy(results / "bench" / "search.json", tmp_path / "bench.json")
    shutil.copy(traces / "countdown-dvts.jsonl", tmp_path / "run.jsonl")
    for name in ("processbench.jsonl", "prm800k.jsonl"):
        shutil.copy(ROOT / "tests" / "golden" / "labelled" / name, tmp_path / name)
    (tmp_path / "thoughts.md").write_text("Try 7 first.\n\nWait, no.\n\nThe answer is 4.\n")
    (tmp_path / "cases.jsonl").write_text("")
    rows = [f'{{"problem": "1 + {i} * 2", "answer": {1 + 2 * i}}}' for i in range(3)]
    (tmp_path / "problems.jsonl").write_text("\n".join(rows))
    (tmp_path / "assets").symlink_to(ROOT / "assets")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("line", command_lines(TRAIN))
def test_a_training_command_line_is_understood(line: str) -> None:
    training._parser().parse_args(words_after(TRAIN, line))


@pytest.mark.parametrize("line", [line for line in command_lines(APP) if "pip install" not in line])
def test_a_command_line_of_the_app_is_understood(
    line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["app.py", *words_after(APP, line)])
    app.arguments()


def test_figures_stand_beside_the_command_that_made_them() -> None:
    """The commands of the pages on results and speed are those that the result files record."""
    files = (ROOT / "assets" / "results").rglob("*.json")
    recorded = {json.loads(path.read_text(encoding="utf-8")).get("command", path) for path in files}
    told = {
        line
        for page in ("results.md", "results_models.md", "speed.md")
        for block in fences(GUIDE / page, "bash")
        for line in block.splitlines()
    }
    of_verifiers = section(GUIDE / "verify.md", "The embedded verifiers")
    of_tuning = (GUIDE / "tuning_tried.md").read_text(encoding="utf-8")
    for part in (of_verifiers, of_tuning):
        told |= set(re.findall(r"^python -m .*$", part, flags=re.MULTILINE))
    # What came before the command that measured has left no figures of its own.
    before = {line for line in told if line.endswith("--last solver")}
    assert told - before == recorded


# Help ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_has_an_example_of_it(name: str, folder: Path) -> None:
    example = example_in(said(invoke(name, "--help")))
    arguments = words_after(PROGRAM, example)
    assert arguments[0] == name
    parse(arguments)
    if runs_cheaply(example):
        done = invoke(*arguments)
        assert done.exit_code == 0, said(done)


def test_the_help_of_the_whole_has_an_example() -> None:
    parse(words_after(PROGRAM, example_in(said(invoke("--help")))))


@pytest.mark.parametrize("arguments", [[], ["train"]])
def test_the_help_of_the_training_has_an_example(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        training.main([*arguments, "--help"])
    line = example_in(" ".join(capsys.readouterr().out.split()))
    training._parser().parse_args(words_after(TRAIN, line))


# The page of the command line ----------------------------------------------------------------


def flags_of(name: str) -> set[str]:
    """Every option of a command as it is typed, help left out."""
    options = [param for param in COMMANDS[name].params if param.param_type_name == "option"]
    flags = {flag for option in options for flag in (*option.opts, *option.secondary_opts)}
    return {flag for flag in flags if flag.startswith("--")} - {"--help"}


def flags_in(rows: list[list[str]]) -> set[str]:
    return {flag for row in rows for flag in re.findall("`(--[^`]+)`", row[0])}


def told_of(name: str) -> str:
    """What is told of a command: its section, or the options of the page that it leads to."""
    text = section(PAGE, name)
    elsewhere = re.search(r"\]\((\w+\.md)#options\)", text)
    return section(GUIDE / elsewhere[1], "Options") if elsewhere else text


def shared_flags(name: str) -> set[str]:
    """Options of a command that stand in the tables that several commands share."""
    rows = [
        *table_rows(section(PAGE, "Options of models")),
        *table_rows(section(PAGE, "Options of output")),
    ]
    assert all(set(row[3].split(", ")) <= set(COMMANDS) for row in rows)
    return flags_in([row for row in rows if name in row[3].split(", ")])


@pytest.mark.parametrize("name", COMMANDS)
def test_the_page_has_every_option_of_a_command_and_no_other(name: str) -> None:
    text = told_of(name)
    own = flags_in(table_rows(text))
    shared = shared_flags(name)
    of_strategies = STRATEGY_FLAGS - own if "(strategy_options.md)" in text else set()
    assert not own & shared, "it stands there twice"
    assert own | shared | of_strategies == flags_of(name)


def test_the_page_has_no_command_that_is_gone() -> None:
    sections = re.findall("^## (.+)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    others = {"Examples", "Options of models", "Options of output"}
    assert set(sections) == set(COMMANDS) | others


def test_the_page_has_the_defaults() -> None:
    for name, command in COMMANDS.items():
        rows = {flag: row[2] for row in table_rows(told_of(name)) for flag in flags_in([row])}
        for option in command.params:
            default = rows.get(option.opts[0])
            if default and isinstance(option.default, (int, str)) and option.default is not True:
                plain = "off" if option.default is False else str(option.default)
                assert default == plain, (name, option.opts)


def options_of(parser: argparse.ArgumentParser) -> set[str]:
    flags = {flag for action in parser._actions for flag in action.option_strings}
    return {flag for flag in flags if flag.startswith("--")} - {"--help"}


@pytest.mark.parametrize(("page", "command"), [("training", training), ("tuning", tuning)])
def test_the_page_has_every_option_of_the_training(page: str, command: Any) -> None:
    commands = next(
        action
        for action in command._parser()._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    rows = table_rows(section(GUIDE / f"{page}.md", "Options"))
    assert flags_in(rows) == options_of(commands.choices["train"])


def test_the_page_on_deploying_has_every_option_of_the_app(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["app.py", "--help"])
    with pytest.raises(SystemExit):
        app.arguments()
    flags = set(re.findall(r"^  (--[\w-]+)", capsys.readouterr().out, flags=re.MULTILINE))
    assert flags_in(table_rows(section(GUIDE / "deploying.md", "Options"))) == flags


def test_every_environment_variable_is_read_somewhere() -> None:
    folders = ("*.py", "components/**/*.py", "search_core/**/*.py", "tests/**/*.sh")
    sources = [path.read_text(encoding="utf-8") for folder in folders for path in ROOT.glob(folder)]
    read = "".join(sources)
    named = {
        name
        for page in TEXTS
        for span in code_spans(page)
        for name in re.findall(r"\bESPALIER_\w+", span)
    }
    assert named
    for name in named:
        assert name in read, name


def test_every_strategy_can_be_asked_for() -> None:
    for name in STRATEGIES:
        parse(["solve", "?", "--strategy", name])
