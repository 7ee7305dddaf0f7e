"""What keeps a model of the Hub from being loaded, and the command that each message gives."""

from __future__ import annotations

import errno
from pathlib import Path

import httpx2
import huggingface_hub
import pytest
from huggingface_hub import errors

from search_core.engine.checkpoints.checkpoint import find_checkpoint
from search_core.engine.checkpoints.hub import WANTED_FILES, ModelLoadError
from search_core.models import ModelPair
from search_core.problem import Problem
from search_core.run.recipe import Recipe
from search_core.serving import RunRegistry
from search_core.strategies import STRATEGIES
from tests.tiny_models import tiny_solver
from tests.waiting import PATIENCE

HUB_ID = "meta-llama/Llama-3.2-1B-Instruct"
PAGE = f"https://huggingface.co/{HUB_ID}"
FETCH = f"hf download {HUB_ID}"


def answered(status: int) -> httpx2.Response:
    return httpx2.Response(status, request=httpx2.Request("GET", "https://hub.example/model"))


def hub_fails(monkeypatch: pytest.MonkeyPatch, error: Exception, token: str | None = None) -> None:
    def fail(*args: object, **kwargs: object) -> str:
        raise error

    monkeypatch.setattr(huggingface_hub, "snapshot_download", fail)
    monkeypatch.setattr(huggingface_hub, "get_token", lambda: token)


@pytest.mark.parametrize(
    ("error", "token", "wanted"),
    [
        (errors.GatedRepoError("401", response=answered(401)), None,
         ["is gated", PAGE, "`hf auth login`", "HF_TOKEN", f"`{FETCH}`"]),
        (errors.GatedRepoError("403", response=answered(403)), "hf_x",
         ["is gated", PAGE, "`hf auth whoami`", "`hf auth login`", f"`{FETCH}`"]),
        (errors.RepositoryNotFoundError("404", response=answered(404)), None,
         ["no model of that name", PAGE, "Check the spelling", "`hf auth login`"]),
        (errors.DisabledRepoError("403", response=answered(403)), None,
         ["switched", PAGE, "Choose another model"]),
        (errors.HfHubHTTPError("429", response=answered(429)), None,
         ["answered 429", "Try again later", f"`{FETCH}`"]),
        (errors.LocalEntryNotFoundError("offline"), None,
         ["LocalEntryNotFoundError", "Check the name and the connection", f"`{FETCH}`"]),
        (errors.OfflineModeIsEnabled("offline"), None, ["OfflineModeIsEnabled", f"`{FETCH}`"]),
        (OSError(errno.ENOSPC, "No space left on device"), None,
         ["The disk is full", "`hf cache rm`", "HF_HOME", f"`{FETCH}`"]),
        (errors.HFValidationError("too long"), None, ["is no id of a model", "too long"]),
    ],
)  # fmt: skip
def test_every_failure_gives_its_remedy(
    monkeypatch: pytest.MonkeyPatch, error: Exception, token: str | None, wanted: list[str]
) -> None:
    hub_fails(monkeypatch, error, token)
    with pytest.raises(ModelLoadError) as caught:
        find_checkpoint(HUB_ID)
    for part in (HUB_ID, *wanted):
        assert part in str(caught.value)


def test_what_is_fetched_holds_no_code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: dict[str, object] = {}
    folder = tiny_solver(tmp_path / "models--a--b" / "snapshots" / "c0ffee")

    def fetch(hub_id: str, **more: object) -> str:
        asked.update(more, hub_id=hub_id)
        return str(folder)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", fetch)
    found = find_checkpoint("a/b")
    assert (found.name, found.revision) == ("a/b", "c0ffee")
    assert asked == {"hub_id": "a/b", "allow_patterns": WANTED_FILES}
    assert not any(pattern.endswith((".py", ".bin", ".pt")) for pattern in WANTED_FILES)


def test_a_run_shows_the_remedy_and_the_server_lives_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hub_fails(monkeypatch, errors.GatedRepoError("401", response=answered(401)))
    registry = RunRegistry(tmp_path)
    strategy = STRATEGIES["beam_search"]
    recipe = Recipe(Problem("1 + 1?"), strategy, strategy.options(n=4))
    for _ in range(2):
        run = registry.start(recipe, ModelPair(HUB_ID, "a/prm"))
        assert run.wait(PATIENCE)
        assert run.error.startswith(f"{HUB_ID} is gated")
        assert "`hf auth login`" in run.error
    registry.close()
