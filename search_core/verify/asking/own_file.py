"""A verifier of an operator's own: a Python file with a class of ten lines.

    class Verifier:
        def score(self, problem: str, steps: list[str]) -> list[float]:
            return [0.9 if "=" in step else 0.2 for step in steps]

The file is executed, with all that this means: it is for the command line of whoever runs the
machine, and nothing that a page or a file of solutions says can name one. A class with `info` is
taken as a `search_core.protocols.Verifier` as it stands.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from search_core.protocols import Cancelled, RunCancelled, ScoreRequest, StepScores, Verifier
from search_core.protocols.identity import VerifierInfo


def is_own_file(name: str) -> bool:
    """Whether a verifier's name is that of a class in a Python file: "file.py:Class"."""
    path, _, wanted = name.rpartition(":")
    return path.endswith(".py") and wanted.isidentifier()


class OwnVerifier:
    """A class with `score(problem, steps)` as a verifier.

    Args:
        scorer: An instance of it.
        name: What reports call it.
        revision: Hash of its file.
    """

    def __init__(self, scorer: Any, name: str, revision: str) -> None:
        self._scorer = scorer
        self._info = VerifierInfo(name=name, revision=revision)

    @property
    def info(self) -> VerifierInfo:
        return self._info

    def score(self, requests: Sequence[ScoreRequest], cancelled: Cancelled) -> list[StepScores]:
        """Scores for each request, in their order.

        Raises:
            RunCancelled: `cancelled()` became True.
            ValueError: The class gave something else than a number for each step.
        """
        found = []
        for request in requests:
            if cancelled():
                raise RunCancelled
            scores = self._scorer.score(request.problem, list(request.steps))
            try:
                numbers = tuple(float(score) for score in scores)
            except TypeError as error:
                raise ValueError(
                    f"{self._info.name} gave {type(scores).__name__}; expected a list with a "
                    "number from 0 to 1 for each step."
                ) from error
            if len(numbers) != len(request.steps):
                raise ValueError(
                    f"{self._info.name} gave {len(numbers)} scores for {len(request.steps)} "
                    "steps; expected one for each."
                )
            found.append(StepScores(numbers[request.first :]))
        return found


def load_own_verifier(name: str) -> Verifier:
    """The verifier called "file.py:Class".

    Raises:
        ValueError: There is no such file or class, or it cannot score; the message says what is
            expected.
    """
    text, _, wanted = name.rpartition(":")
    path = Path(text).expanduser()
    if not path.is_file():
        raise ValueError(f"There is no file {text}; a verifier of your own is file.py:Class.")
    module_name = f"own_verifier_{path.stem}"
    spec = importlib.util.spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None:
        raise ValueError(f"{text} cannot be read as Python.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise ValueError(f"{text} cannot be run: {type(error).__name__}: {error}") from error
    found = getattr(module, wanted, None)
    if not callable(getattr(found, "score", None)):
        raise ValueError(
            f"{text} has no class {wanted} with score(self, problem, steps), which gives a number "
            "from 0 to 1 for each step."
        )
    scorer = found() if isinstance(found, type) else found
    if hasattr(scorer, "info"):
        return cast(Verifier, scorer)
    revision = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return OwnVerifier(scorer, f"{path.name}:{wanted}", revision)
