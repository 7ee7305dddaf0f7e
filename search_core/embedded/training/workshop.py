"""Where the recipe works, and with what."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from search_core.embedded.training.decoding import TokenSampling
from search_core.embedded.training.encoding import Codec
from search_core.embedded.training.settings import Settings
from search_core.embedded.training.tokenizer import load_tokenizer


@dataclass(frozen=True, slots=True)
class Workshop:
    """Folders, sizes and means of one run of the recipe.

    Attributes:
        out: Finished model folders go here; intermediate files into its folder "work".
        settings: Sizes and rates.
        workers: Processes.
        device: Where models train: "cpu", "cuda" or "mps".
        remark: A sentence for the model cards on how this run went, or "".
    """

    out: Path
    settings: Settings
    workers: int
    device: str
    remark: str = ""

    @property
    def work(self) -> Path:
        return self.out / "work"

    @property
    def tokenizer_folder(self) -> Path:
        return self.work / "tokenizer"

    def solver_folder(self, name: str) -> Path:
        """Folder of the finished solver "small" or "large"."""
        return self.out / f"solver-{name}"

    def verifier_folder(self, name: str) -> Path:
        """Folder of the finished verifier "small", "large", "outcome" or "early"."""
        return self.out / f"verifier-{name}"

    @property
    def sampling(self) -> TokenSampling:
        """The sampling that was chosen, or before that the one that is tried first."""
        if not self.has_noted("sampling"):
            return self.settings.sampling
        chosen = self.noted("sampling")
        return replace(
            self.settings.sampling, temperature=chosen["temperature"], top_p=chosen["top_p"]
        )

    @property
    def step_ends(self) -> tuple[int, int]:
        """Ids of the tokens that end a step."""
        codec = Codec.of(load_tokenizer(self.tokenizer_folder))
        return codec.delimiter, codec.end

    @property
    def training_workers(self) -> int:
        return self.workers if self.device == "cpu" else 1

    def note(self, name: str, metadata: dict[str, Any]) -> None:
        """Keeps what is known of a stage for the model cards."""
        (self.work / f"{name}.json").write_text(json.dumps(metadata, indent=1))

    def has_noted(self, name: str) -> bool:
        return (self.work / f"{name}.json").exists()

    def noted(self, name: str) -> dict[str, Any]:
        metadata: dict[str, Any] = json.loads((self.work / f"{name}.json").read_text())
        return metadata


@contextmanager
def timed() -> Iterator[dict[str, float]]:
    """Measures the wall time of a block, in seconds, into the yielded dictionary."""
    started = time.monotonic()
    taken = {"seconds": 0.0}
    yield taken
    taken["seconds"] = round(time.monotonic() - started, 1)
