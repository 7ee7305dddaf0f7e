"""Installs what the app and its tests need, into the Python that runs this.

uv does it in a quarter of pip's time. It does not read how pip is set up: where pip has settings,
uv is told the same. Where pip has one that uv has no word for, and where uv fails, pip installs.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

TESTS = Path(__file__).resolve().parent
FILES = (TESTS.parent / "requirements.txt", TESTS / "requirements.txt")
PIP = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")

# By pip's word: uv's own, and what it has between several values.
_WORDS: Mapping[str, tuple[str, str]] = {
    "index-url": ("UV_DEFAULT_INDEX", ""),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "constraint": ("UV_CONSTRAINT", " "),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "no-index": ("UV_NO_INDEX", ""),
    "timeout": ("UV_HTTP_TIMEOUT", ""),
    "default-timeout": ("UV_HTTP_TIMEOUT", ""),
    "proxy": ("ALL_PROXY", ""),
    "cert": ("SSL_CERT_FILE", ""),
}
# They change nothing of what is installed.
_NO_MATTER = {"disable-pip-version-check", "cache-dir", "no-cache-dir", "no-color", "no-input"}
_NO_MATTER |= {"progress-bar", "quiet", "retries", "root-user-action", "verbose"}


class NotTold(ValueError):
    """pip has a setting that uv has no word for."""


def settings_for_uv(listed: str) -> dict[str, str]:
    """Environment that has uv look where pip would.

    Args:
        listed: What `pip config list` says: of a setting that stands in several places, the later
            ones win, and the environment wins over all files.

    Raises:
        NotTold: There is one that uv cannot be told.
    """
    values: dict[str, str] = {}
    lines = [line.partition("=") for line in listed.splitlines() if "=" in line]
    for place, _, value in sorted(lines, key=lambda line: line[0].startswith(":env:")):
        name = place.rpartition(".")[2]
        if name in _NO_MATTER:
            continue
        if name not in _WORDS:
            raise NotTold(f"pip has a setting {name}, which uv is not told of.")
        variable, between = _WORDS[name]
        parts = str(ast.literal_eval(value)).split()
        values[variable] = between.join(parts) if between else " ".join(parts)
    return values


def install(files: Sequence[Path]) -> None:
    """By uv if it can, else by pip.

    Raises:
        subprocess.CalledProcessError: pip could not either; it has said why.
    """
    wanted = [part for file in files for part in ("-r", str(file))]
    try:
        _by_uv(wanted)
    except (NotTold, subprocess.CalledProcessError) as error:
        print(f"{error} pip installs, which takes longer.", file=sys.stderr)
        # Of the thousands of modules of torch few are imported: those compile themselves.
        subprocess.run([*PIP, "--no-compile", *wanted], check=True)


def _by_uv(wanted: Sequence[str]) -> None:
    told = _told()
    pinned = [line for line in FILES[1].read_text().splitlines() if line.startswith("uv==")]
    subprocess.run([*PIP, *pinned], check=True)
    # As pip does: the newest version of all places. What is unpacked stands where it is wanted,
    # so that it need not be copied there.
    with TemporaryDirectory(dir=sys.prefix) as unpacked:
        how = ["--index-strategy", "unsafe-best-match", "--cache-dir", unpacked]
        uv = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", sys.executable]
        subprocess.run([*uv, *how, *wanted], check=True, env={**os.environ, **told})


def _told() -> dict[str, str]:
    asked = [sys.executable, "-m", "pip", "config", "list"]
    said = subprocess.run(asked, check=True, capture_output=True, text=True)
    return settings_for_uv(said.stdout)


if __name__ == "__main__":
    install(FILES)
