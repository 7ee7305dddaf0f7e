"""The versions of Python and torch that are said to do: one range, wherever it is written."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib

import torch
import yaml

from tests.pages import README, ROOT, read

SCRIPT = ROOT / "tests" / "versions.sh"


def defaults(variable: str) -> list[str]:
    """What the script tries where the environment names nothing."""
    found = re.search(rf"\${{{variable}:-([\d. ]+)}}", read(SCRIPT))
    assert found, f"{SCRIPT.name} has no default of {variable}"
    return found[1].split()


def number(version: str) -> tuple[int, int]:
    major, minor = version.split(".")[:2]
    return int(major), int(minor)


def test_the_readme_names_what_the_script_tries() -> None:
    pythons, torches = defaults("PYTHONS"), defaults("TORCHES")
    said = f"Python {pythons[0]} to {pythons[-1]}, and torch {torches[0]} to {torches[-1]}"
    assert said in read(README)


def test_pip_may_take_every_torch_that_the_script_tries_and_no_other() -> None:
    found = re.search(r"^torch>=([\d.]+),<([\d.]+)$", read(ROOT / "requirements.txt"), re.MULTILINE)
    assert found
    (major, least), (_, beyond) = number(found[1]), number(found[2])
    assert defaults("TORCHES") == [f"{major}.{minor}" for minor in range(least, beyond)]


def test_this_torch_is_one_of_them() -> None:
    assert ".".join(torch.__version__.split(".")[:2]) in defaults("TORCHES")


def test_a_space_gets_a_python_that_the_script_tries_and_zero_gpu_has() -> None:
    asked = yaml.safe_load(read(README).split("---")[1])["python_version"]
    assert asked in defaults("PYTHONS")
    assert asked in ("3.10", "3.12"), "what ZeroGPU documents"


def test_style_and_types_are_those_of_the_oldest_python() -> None:
    tools = tomllib.loads(read(ROOT / "pyproject.toml"))["tool"]
    oldest = defaults("PYTHONS")[0]
    assert tools["mypy"]["python_version"] == oldest
    assert tools["ruff"]["target-version"] == "py" + oldest.replace(".", "")


def test_the_script_says_what_is_missing_and_fails_where_nothing_could_be_tried() -> None:
    done = subprocess.run(
        ["bash", str(SCRIPT)],
        env={**os.environ, "PYTHONS": "3.0"},
        capture_output=True,
        text=True,
    )
    assert "no python3.0 on the PATH" in done.stdout
    assert done.returncode == 1
