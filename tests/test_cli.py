"""The command line as a whole: what it lists, what it costs to start, and its numbers."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from search_core.cli.output import flops, plain, short_number
from search_core.cli.strategy_flags import flag_name
from search_core.strategies import STRATEGIES
from tests.test_cli_solve import invoke, said

COMMANDS = (
    "solve",
    "strategies",
    "models",
    "problems",
    "evaluate",
    "figure",
    "check",
    "export",
    "fidelity",
    "read",
    "bench",
    "bench-table",
)


def test_help_names_every_command_and_the_exit_codes() -> None:
    text = said(invoke("--help"))
    for command in COMMANDS:
        assert command in text
        assert invoke(command, "--help").exit_code == 0
    assert "Exit codes: 0 done, 1 a run failed, 2 bad arguments" in text


def test_it_starts_without_torch() -> None:
    program = (
        "import sys; from search_core.cli.app import app\n"
        "heavy = {'torch', 'transformers', 'gradio', 'sympy', 'networkx', 'playwright'}\n"
        "for arguments in (['--help'], ['strategies'], ['solve', '--help']):\n"
        "    app(arguments, standalone_mode=False)\n"
        "    assert not heavy & set(sys.modules), (arguments, heavy & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_it_runs_as_a_module() -> None:
    command = [sys.executable, "-m", "search_core", "check", "no/such/file"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "python -m search_core check" in done.stderr


def test_every_option_of_every_strategy_is_a_flag() -> None:
    """The flags come from the strategies, so that a new option cannot be forgotten."""
    text = said(invoke("solve", "--help"))
    for strategy in STRATEGIES.values():
        for spec in strategy.options.specs():
            # A narrow terminal cuts the longest names.
            assert flag_name(spec.name)[:16] in text


def test_strategies_are_listed_with_everything_about_them() -> None:
    text = said(invoke("strategies"))
    values = json.loads(invoke("strategies", "--json").stdout)
    assert [value["name"] for value in values] == list(STRATEGIES)
    for value, strategy in zip(values, STRATEGIES.values(), strict=True):
        assert value["does"] == strategy.does
        assert value["does_not"] == strategy.does_not
        assert value["as_published"] == dict(strategy.as_published)
        names = [option["name"] for option in value["options"]]
        assert names == [spec.name for spec in strategy.options.specs()]
        assert strategy.does in text
        assert strategy.does_not in text


def test_numbers_are_short() -> None:
    assert [short_number(value) for value in (0, 7, 950, 0.25, 999.6, 12_345, 1.5e9, 1e24)] == [
        *("0", "7", "950", "0.25", "1.00k", "12.3k", "1.50G", "1000000E"),
    ]
    assert flops(2.5e9, tokens=10) == "2.50 GFLOPs"
    assert flops(0, tokens=0) == "0 FLOPs"
    assert flops(0, tokens=10) == "unknown FLOPs"


@given(st.text())
def test_plain_text_holds_nothing_that_steers_a_terminal(text: str) -> None:
    shown = plain(text)
    assert len(shown) == len(text)
    kinds = {unicodedata.category(c) for c in shown if c not in "\n\u200c\u200d"}
    assert not kinds & {"Cc", "Cf"}


def test_ordinary_text_stays_as_it_is() -> None:
    text = "7 × 8 − 3 = 53, naïve 中文 👩‍🔬\nand more"
    assert plain(text) == text
