"""Which models search: the embedded ones by name, or others by folder or Hub name."""

from __future__ import annotations

from search_core.models.checkpoints import checkpoint_folder, checkpoints
from search_core.models.lazy import lazy_solver, lazy_verifier
from search_core.models.pair import ModelPair
from search_core.models.shipped import (
    FIRST,
    SOLVERS,
    VERIFIERS,
    is_shipped_solver,
    solver_folder,
    verifier_folder,
)
from search_core.run.pairing import MADE_FOR
from search_core.spaces import on_zero_gpu
from search_core.strategies.base import Strategy
from search_core.strategies.options import OptionError

EMBEDDED_SOLVER = SOLVERS[FIRST].folder
EMBEDDED_VERIFIER = VERIFIERS[FIRST].folder


def _all_pairs() -> dict[tuple[str, str], ModelPair]:
    """Every combination. Each model is there once, in however many pairs, and none is loaded."""
    # ZeroGPU's GPU is there only inside its bounded calls, which these models do not need.
    device = "cpu" if on_zero_gpu() else "auto"
    solvers = {name: lazy_solver(str(shipped.folder), device) for name, shipped in SOLVERS.items()}
    verifiers = {
        name: lazy_verifier(str(shipped.folder), device) for name, shipped in VERIFIERS.items()
    }
    pairs = {}
    for solver, lazy in solvers.items():
        for verifier, scorer in verifiers.items():
            folders = str(SOLVERS[solver].folder), str(VERIFIERS[verifier].folder)
            pairs[solver, verifier] = ModelPair(*folders, embedded=True)
            pairs[solver, verifier].share(lazy, scorer)
    return pairs


_PAIRS = _all_pairs()


def embedded_pair(solver: str = FIRST, verifier: str = FIRST) -> ModelPair:
    """Models that the repository ships, by their names in `SOLVERS` and `VERIFIERS`.

    Raises:
        OptionError: A name is unknown.
    """
    for kind, name, known in (("solver", solver, SOLVERS), ("verifier", verifier, VERIFIERS)):
        if name not in known:
            raise OptionError(f"Unknown {kind} {name!r:.60}; known: {', '.join(known)}.")
    return _PAIRS[solver, verifier]


def usual_solver(strategy: Strategy) -> str:
    """The embedded solver that searches by this strategy unless another one is chosen."""
    return MADE_FOR.get(strategy.name, FIRST)


def open_pair(solver: str, verifier: str, *, device: str = "auto") -> ModelPair:
    """Models by embedded name, folder, or name on the Hugging Face Hub; nothing is loaded yet."""
    if solver in SOLVERS and verifier in VERIFIERS and device == "auto":
        return embedded_pair(solver, verifier)
    path = solver_folder(solver)
    if verifier in checkpoints():
        scorer = str(checkpoint_folder(verifier))
    else:
        scorer = verifier_folder(verifier)
    return ModelPair(path, scorer, device=device, embedded=is_shipped_solver(path))
