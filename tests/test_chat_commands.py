"""The page about chat servers, and the catalogue's entry, against a stand-in for their servers."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from search_core.cli.app import app
from search_core.models import read_catalogue
from search_core.protocols import ScoreRequest
from search_core.remote import RemoteAddress
from search_core.remote.chat import CHAT_FORMATS
from search_core.strategies import STRATEGIES
from search_core.verifiers import FORMATS
from tests.fake_chat_server import FakeChatServer, Said
from tests.pages import GUIDE, ROOT, fences, section, table_rows

PAGE = GUIDE / "chat_servers.md"
ADDRESS = re.compile(r"https?://[^\s\"`]+#api=chat[^\s\"`]*")
KEY = "sk-not-for-anybody"


def says(body: dict[str, Any], continues: bool) -> Said | None:
    last = body["messages"][-1]["content"]
    if "Repeat this" in last or "strawber" in last:
        return None
    if "Reason about it first" in last:
        return Said.plain("It is right.\n\nVerdict: Yes")
    seed = body.get("seed", 0)
    return Said.plain(f"12 * 13 = 156.\n\nSo {seed} it is.\n\nThe answer is 156.")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeChatServer]:
    running = FakeChatServer(manner="", maker="library", script=says, key=KEY)
    for name in ("HF_TOKEN", "ESPALIER_SOLVER_KEY", "ESPALIER_VERIFIER_KEY"):
        monkeypatch.setenv(name, KEY)
    yield running
    running.close()


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def here(address: str, server: FakeChatServer) -> str:
    """The same address with the stand-in's place."""
    return f"{server.url}#{address.partition('#')[2]}"


def commands() -> list[str]:
    return [line for block in fences(PAGE, "bash") for line in block.splitlines() if "#api" in line]


def test_every_address_of_page_and_catalogue_is_one() -> None:
    texts = PAGE.read_text(encoding="utf-8") + (ROOT / "assets/models.yaml").read_text("utf-8")
    found = ADDRESS.findall(texts)
    assert len(found) >= 5
    for address in found:
        assert RemoteAddress.parse(address).api == "chat"


def test_the_pages_search_runs(server: FakeChatServer) -> None:
    """The command as it stands there, but for the server's place."""
    [line] = [line for line in commands() if " solve " in line]
    words = [
        here(word, server) if ADDRESS.fullmatch(word) else word
        for word in shlex.split(line.partition("python -m search_core")[2])
    ]
    reply = invoke(*words, "--json")
    assert reply.exit_code == 0, reply.output
    found = json.loads(reply.stdout)
    assert (found["status"], found["answer"]) == ("completed", "156")
    assert found["solver"]["name"] == "Qwen/Qwen2.5-7B-Instruct"
    assert found["solver"]["steps"] == "whole"
    assert KEY not in reply.output
    assert "127.0.0.1" not in reply.output


def catalogue_here(server: FakeChatServer, folder: Path) -> Path:
    text = (ROOT / "assets/models.yaml").read_text(encoding="utf-8")
    entry = read_catalogue().solvers["chat"].model
    path = folder / "models.yaml"
    path.write_text(text.replace(entry, here(entry, server)), encoding="utf-8")
    return path


def test_the_catalogues_pair_runs(server: FakeChatServer, tmp_path: Path) -> None:
    catalogue = read_catalogue(catalogue_here(server, tmp_path))
    pair = catalogue.pair("chat")
    assert pair.solver.info.name == "qwen2.5:1.5b"
    assert pair.solver.info.prompt == catalogue.solvers["chat"].prompt
    [scores] = pair.verifier.score(
        [ScoreRequest("12 * 13", ("12 * 13 = 156.",), 0, False, (0.0,))], lambda: False
    )
    assert scores.reasons[0].startswith("It is right.")


def test_the_pair_on_the_command_line(server: FakeChatServer, tmp_path: Path) -> None:
    models = ("--models", str(catalogue_here(server, tmp_path)), "--pair", "chat")
    reply = invoke(
        "solve", "What is 12 * 13?", "--strategy", "best_of_n", "--n", "2", "--json", *models
    )
    assert reply.exit_code == 0, reply.output
    assert json.loads(reply.stdout)["answer"] == "156"


def test_every_option_of_an_address_has_its_row() -> None:
    rows = [
        row[0]
        for page, heading in ((PAGE, "Address of a chat"), (GUIDE / "servers.md", "Address"))
        for row in table_rows(section(page, heading))
    ]
    told = {name for row in rows for name in re.findall(r"`([a-z_]+)=", row)}
    assert told == {field.name for field in fields(RemoteAddress)} - {"urls"}


def test_the_formats_that_a_chat_can_be_asked_in_are_listed() -> None:
    [row] = [r for r in table_rows(section(PAGE, "Address of a chat")) if "format=" in r[0]]
    told = {re.split("[:`]", span)[0] for span in re.findall("`([^`]+)`", row[1])}
    assert told == set(CHAT_FORMATS) | {f.name for f in FORMATS.values() if f.reasoning}


def test_the_strategies_of_whole_solutions_are_named() -> None:
    said = section(PAGE, "Whole solutions").casefold()
    for strategy in STRATEGIES.values():
        assert (strategy.title.casefold() in said) == (strategy.writes == "solutions")
