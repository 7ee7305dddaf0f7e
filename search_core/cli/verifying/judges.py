"""Whose scores are judged: columns of the file, models, or a Python file of one's own."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from search_core.cli.services import ModelChoice, Services
from search_core.evaluation.first_errors import THRESHOLD
from search_core.labelled import LabelledSolution
from search_core.model_card import read_card
from search_core.models import VERIFIERS, checkpoints
from search_core.protocols import Verifier
from search_core.verify.asking.own_file import is_own_file, load_own_verifier
from search_core.verify.asking.scores_file import ScoresFile, row_key, verifier_key
from search_core.verify.card import JudgedVerifier


@dataclass(frozen=True)
class JudgedScores:
    """Scores that are judged, and what gave them.

    Attributes:
        judged: What the report says of it.
        verifier: What scores; None: the scores are a column of the file.
        key: Of its scores in a scores file.
        column: Name of the column; "" for none.
    """

    judged: JudgedVerifier
    verifier: Verifier | None = None
    key: str = ""
    column: str = ""

    def scores(
        self, solution: LabelledSolution, store: ScoresFile
    ) -> Sequence[float | None] | None:
        """Of this solution, as far as they are known."""
        if self.verifier is None:
            return solution.scores.get(self.column)
        return store.scores(row_key(solution), self.key)


def column_judge(column: str, threshold: float | None) -> JudgedScores:
    """Scores that stand in the file already."""
    limit = THRESHOLD if threshold is None else threshold
    about = {"name": column, "source": "column"}
    return JudgedScores(JudgedVerifier(column, limit, about), column=column)


def model_judge(
    name: str, choice: ModelChoice, services: Services, threshold: float | None
) -> JudgedScores:
    """A model, by any name that --verifier takes, or a class in a Python file.

    Raises:
        ModelLoadError: It cannot be loaded.
        ValueError: It cannot be found, or not be used.
    """
    if is_own_file(name):
        verifier = load_own_verifier(name)
        return _judge(name, verifier, threshold, {"source": "own file"}, {})
    pair = services.open_models(replace(choice, verifier=name))
    verifier = pair.verifier
    card = read_card(pair.verifier_path)
    told = {"format": choice.verifier_format, "dtype": choice.verifier_dtype}
    about = {
        "source": "embedded" if name in VERIFIERS or name in checkpoints() else "model",
        "asked_for": name,
        **told,
        "weights_sha256": weights_of(pair.verifier_path),
    }
    limit = card.get("first_error_threshold", THRESHOLD) if threshold is None else threshold
    return _judge(name, verifier, float(limit), about, {"path": pair.verifier_path, **told})


def distinct(judges: Sequence[JudgedScores]) -> list[JudgedScores]:
    """The judges, each under a name of its own.

    Raises:
        ValueError: The same one was named twice.
    """
    names = [judge.judged.name for judge in judges]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"{name!r:.60} is named twice; name each verifier or column once.")
    return list(judges)


def weights_of(folder: str) -> dict[str, str]:
    """SHA-256 of each weights file of a folder on this machine; {} of a server's or the Hub's."""
    path = Path(folder).expanduser()
    files = sorted(path.glob("*.safetensors")) if path.is_dir() else []
    return {file.name: file_hash(file) for file in files}


def file_hash(path: Path) -> str:
    """SHA-256 of a file, as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _judge(
    name: str,
    verifier: Verifier,
    threshold: float | None,
    about: Mapping[str, Any],
    told: Mapping[str, Any],
) -> JudgedScores:
    info = verifier.info
    judged = JudgedVerifier(
        name if name in VERIFIERS or name in checkpoints() else info.name,
        THRESHOLD if threshold is None else threshold,
        {**about, **asdict(info)},
    )
    return JudgedScores(judged, verifier, verifier_key(info, told))
