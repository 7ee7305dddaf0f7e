"""Scoring a file, as `verify` does it, against the reader alone on the same texts.

The reader is given the texts as tokens, sorted by length, in calls of as many rows: what `verify`
adds is looking for what is known, tokenising, keeping the scores, and letting go of the paths.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from search_core.bench.measurement import Measurement
from search_core.embedded import FAMILIES, gold_solution
from search_core.embedded.corruption import random_corruption
from search_core.evaluation.problems import draw_problems
from search_core.labelled import LabelledSolution
from search_core.run.driving import never

AIM = 0.9
"""Of the reader's own rows a second."""
BATCH = 64
"""As `verify` has it."""
_GROUP = "scoring a file"
_RUN = "bench"


def scoring_rows(problems: int, seed: int = 0) -> list[LabelledSolution]:
    """A right and a wrong solution of so many problems of each family."""
    rng = random.Random(seed)
    rows = []
    for number, problem in enumerate(draw_problems(list(FAMILIES), None, problems, seed, "test")):
        for name, steps in (
            ("right", gold_solution(problem, rng)),
            ("wrong", random_corruption(problem, rng).steps),
        ):
            rows.append(LabelledSolution(f"{number}-{name}", problem.text, tuple(steps)))
    return rows


def scoring_measurements(folder: Path, rows: int = 200, repeats: int = 5) -> list[Measurement]:
    """Rows a second of both, in turns, and their ratio.

    Seconds are of this program's processors: what else the machine does changes nothing.

    Args:
        folder: A verifier of token classification.
        rows: Problems of each family.
        repeats: How often, at least 1.
    """
    from search_core.verifiers import load_verifier
    from search_core.verify.asking.scores_file import ScoresFile
    from search_core.verify.asking.scoring import score_missing

    solutions = scoring_rows(rows)
    verifier = load_verifier(folder)
    read = _reading(folder, solutions)

    def verify() -> None:
        score_missing(solutions, verifier, "bench", ScoresFile(None), never, batch=BATCH)

    verify()
    read()
    ours, theirs, ratios = [], [], []
    for _ in range(repeats):
        own, reader = _seconds(verify), _seconds(read)
        ours.append(len(solutions) / own)
        theirs.append(len(solutions) / reader)
        ratios.append(reader / own)
    return [
        Measurement("verify", "rows/s of processor time", ours, group=_GROUP),
        Measurement("the reader alone", "rows/s of processor time", theirs, group=_GROUP),
        Measurement("verify, of the reader's speed", "", ratios, AIM, more=True, group=_GROUP),
    ]


def _reading(folder: Path, solutions: Sequence[LabelledSolution]) -> Callable[[], None]:
    """Has the reader read all of them, whose tokens are known."""
    from search_core.engine.checkpoints.checkpoint import find_checkpoint
    from search_core.engine.checkpoints.loading import load_checkpoint
    from search_core.engine.coroutines import completed
    from search_core.engine.path_tokens import end_ids
    from search_core.engine.reading import ReadRequest
    from search_core.engine.reading.reader import Reader
    from search_core.engine.reading.readouts import label_readout
    from search_core.protocols import Watch
    from search_core.verifiers.formats.step_ends import StepEnds
    from search_core.verifiers.formats.tokenizers import LocalTokenizer

    loaded = load_checkpoint(find_checkpoint(folder), "ForTokenClassification", "auto", "auto")
    ends = end_ids(loaded.model, loaded.tokenizer)
    texts = StepEnds(LocalTokenizer(loaded.tokenizer, end=next(iter(ends), None)), "")
    reader = Reader(loaded.model, label_readout(loaded.model))
    requests = [
        ReadRequest(text, _RUN, Watch(never))
        for row in solutions
        for text in completed(texts.texts(row.problem, row.steps, 0, True))
    ]
    requests.sort(key=lambda request: len(request.text.ids))

    def read() -> None:
        for start in range(0, len(requests), BATCH):
            reader.read(requests[start : start + BATCH])
            reader.release(_RUN)

    return read


def _seconds(work: Callable[[], None]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started
