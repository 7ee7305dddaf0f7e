"""A solver with its score sources, loaded once and only when needed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from search_core.engine.checkpoints.checkpoint import ModelLoadError
from search_core.engine.checkpoints.gguf_finding import gguf_in
from search_core.engine.checkpoints.json_files import read_object
from search_core.log.events import Judged
from search_core.model_card import judged_by, parameters_of, read_card, revises
from search_core.models.lazy import LazyModel, lazy_solver, lazy_verifier
from search_core.models.shipped import is_shipped_solver
from search_core.problem import Problem
from search_core.protocols import (
    KeepsPaths,
    SampleRequest,
    Sampling,
    ScoreRequest,
    Solver,
    TakesPrompt,
    Verifier,
)
from search_core.remote import RemoteAddress, is_remote, model_name
from search_core.run.pairing import (
    check_logprobs,
    check_solver,
    check_steps,
    check_verifier,
)
from search_core.spaces import on_zero_gpu
from search_core.steps import BLANK_LINES, step_style
from search_core.strategies.base import Strategy
from search_core.strategies.options import OptionError, StrategyOptions
from search_core.strategies.single_stream import SINGLE_STREAM
from search_core.verifiers import LogProbabilityVerifier, OracleVerifier, RandomVerifier

_log = logging.getLogger(__name__)

SCORE_SOURCES: dict[str, str] = {
    "verifier": "Verifier",
    "log-probability": "Log-probability (free)",
    "oracle": "Oracle (knows what is right)",
    "random": "Random (knows nothing)",
}
ABOUT_SOURCES: dict[str, str] = {
    "verifier": "A trained verifier reads every step. Its cost counts.",
    "log-probability": "How likely the solver itself found its words. Costs nothing.",
    "oracle": "A perfect verifier, which no real problem has: what search could reach at best.",
    "random": "Dice: what a search does with a verifier that knows nothing.",
}
"""What each score source is, in plain words."""

# Asks a chat model for what the search works on: one step per paragraph, and one answer.
STEP_PROMPT = (
    "Solve the problem step by step. Write each step as one short paragraph, with a blank line "
    "between steps and none inside a step. Do one thing per step. When you are done, end with "
    "the line: The answer is \\boxed{...}."
)


def asked_for(steps: str | None) -> str:
    """What a solver of one's own is told that is to write steps in this style.

    Args:
        steps: The style's name; None: nobody chose one.

    Raises:
        ValueError: There is no such style.
    """
    return STEP_PROMPT if steps in (None, BLANK_LINES.name) else step_style(str(steps)).prompt


class ModelPair:
    """A solver and what can score its steps. Nothing is loaded before it is asked for.

    Args:
        solver_path, verifier_path: Model folders, names on the Hugging Face Hub, or addresses
            of servers (`search_core.remote.address`).
        device: "auto", "cpu", "cuda" or "mps"; says nothing of models behind a server.
        embedded: Whether the solver is an embedded one, which reads only its families and
            was trained without a system prompt.
        system_prompt: What the solver is told before each problem; "" for nothing.
        dtype, verifier_dtype: As for `solvers.load_solver` and `load_verifier`.
        verifier_format: How the verifier's score is read; "auto": told by the checkpoint.
        steps: How the solver writes steps, by the name of a `search_core.steps.StepStyle`.
    """

    def __init__(
        self,
        solver_path: str,
        verifier_path: str,
        *,
        device: str = "auto",
        embedded: bool = False,
        system_prompt: str = STEP_PROMPT,
        dtype: str = "auto",
        verifier_dtype: str = "auto",
        verifier_format: str = "auto",
        steps: str = BLANK_LINES.name,
    ) -> None:
        if embedded and device == "auto" and on_zero_gpu():
            device = "cpu"  # the GPU is there only inside bounded calls, which these do not need
        self.solver_path = solver_path
        self.verifier_path = verifier_path
        self.device = device
        self.embedded = embedded
        self.system_prompt = "" if embedded else system_prompt
        self.steps, self._dtypes = step_style(steps), (dtype, verifier_dtype)
        self._solver = lazy_solver(solver_path, device, self.system_prompt, dtype, self.steps)
        self._verifier = lazy_verifier(verifier_path, device, verifier_dtype, verifier_format)

    @classmethod
    def of(cls, solver: Solver, verifier: Verifier) -> ModelPair:
        """A pair of models that are there already: your own, or fakes."""
        pair = cls(solver.info.name, verifier.info.name)
        pair.share(LazyModel.of(solver), LazyModel.of(verifier))
        return pair

    def share(self, solver: LazyModel[Solver], verifier: LazyModel[Verifier]) -> None:
        """Use these models, which other pairs may use too."""
        self._solver, self._verifier = solver, verifier

    @property
    def parts(self) -> tuple[LazyModel[Solver], LazyModel[Verifier]]:
        """Both models, loaded or not, as `share` takes them."""
        return self._solver, self._verifier

    @property
    def needs_gpu(self) -> bool:
        """Whether a GPU would be of use: not for the embedded models, nor for a server's."""
        paths = self.solver_path, self.verifier_path
        return not self.embedded and not all(is_remote(path) for path in paths)

    @property
    def dtypes(self) -> tuple[str, str]:
        """Precision of solver and verifier: as loaded, else as asked for; "": a server's."""
        loaded: list[Solver | Verifier | None] = [part.loaded for part in self.parts]
        paths = self.solver_path, self.verifier_path
        solver, verifier = (
            "" if is_remote(path) else model.info.dtype if model and model.info.dtype else dtype
            for model, path, dtype in zip(loaded, paths, self._dtypes, strict=True)
        )
        return solver, verifier

    @property
    def names(self) -> tuple[str, str]:
        """What a trace calls the solver and the verifier, as far as it is known unloaded."""
        lazy = (self._solver, self.solver_path), (self._verifier, self.verifier_path)
        solver, verifier = (
            model.loaded.info.name if model.loaded is not None else _name(path)
            for model, path in lazy
        )
        return solver, verifier

    @property
    def solver(self) -> Solver:
        """The solver, loaded at the first use.

        Raises:
            ModelLoadError: It cannot be loaded; the message says what to do.
        """
        return self._solver.get()

    @property
    def verifier(self) -> Verifier:
        """The verifier, loaded at the first use. Raises as `solver`."""
        return self._verifier.get()

    def warm_up(self) -> threading.Thread:
        """Load both models in the background, so that the first run does not wait for them."""
        thread = threading.Thread(target=self._warm_up, name="warm-up", daemon=True)
        thread.start()
        return thread

    def _warm_up(self) -> None:
        try:
            steps = [SampleRequest("1 + 1", (), seed=0)]
            self.solver.sample(steps, Sampling(max_step_tokens=2), lambda: False)
            scored = [ScoreRequest("1 + 1", ("1 + 1 = 2",), 0, False, (0.0,))]
            self.verifier.score(scored, lambda: False)
            for model in (self.solver, self.verifier):
                if isinstance(model, KeepsPaths):
                    model.release("", "1 + 1")
        except Exception:
            # The first run meets the same error and shows it; here only the operator looks.
            _log.exception("The models could not be warmed up")

    def score_source(self, name: str) -> Verifier:
        """The verifier called `name` in `SCORE_SOURCES`.

        Raises:
            OptionError: There is none of this name.
        """
        if name == "verifier":
            return self.verifier
        if name == "log-probability":
            return LogProbabilityVerifier()
        if name == "oracle":
            self._check_oracle()
            return OracleVerifier()
        if name == "random":
            return RandomVerifier()
        raise OptionError(f"Unknown score source {name!r:.60}; known: {', '.join(SCORE_SOURCES)}.")

    @property
    def sampling(self) -> Sampling:
        """How this solver is sampled unless asked otherwise (its generation config)."""
        return default_sampling(self.solver_path)

    @property
    def card(self) -> Mapping[str, Any]:
        """What was measured of the solver (its folder's espalier.json); {} if there is none."""
        return read_card(self.solver_path)

    @property
    def families(self) -> tuple[str, ...]:
        """The families of problems that the solver reads, by name; () where it reads anything."""
        if not self.embedded:
            return ()
        from search_core.embedded import FAMILIES

        return tuple(self.card.get("families", FAMILIES))

    @property
    def takes_prompt(self) -> bool:
        """Whether a run may tell the solver something of its own before the problem."""
        solver = self._solver.loaded
        return not self.embedded and (solver is None or isinstance(solver, TakesPrompt))

    @property
    def prompt(self) -> str:
        """What the solver is told unless a run says otherwise, worked examples included."""
        solver = self._solver.loaded
        return self.system_prompt if solver is None else solver.info.prompt

    @property
    def judged(self) -> Judged:
        """What the verifier judges, as far as its folder says, without loading it."""
        if self._verifier.loaded is not None:
            return self._verifier.loaded.info.scores
        return judged_by(read_card(self.verifier_path))

    @property
    def revises(self) -> bool:
        """Whether the solver reads its earlier attempts, as far as its folder says."""
        if self._solver.loaded is not None:
            return self._solver.loaded.info.revises
        return revises(self.card)

    def sizes(self, score_source: str) -> tuple[int | None, int | None]:
        """Parameters of the solver and of what scores, as their folders say; None: unknown."""
        solver = parameters_of(self.card)
        if self._solver.loaded is not None:
            solver = self._solver.loaded.info.parameters
        if score_source != "verifier":
            return solver, None
        if self._verifier.loaded is not None:
            return solver, self._verifier.loaded.info.parameters
        return solver, parameters_of(read_card(self.verifier_path))

    def check(
        self, strategy: Strategy, score_source: str, options: StrategyOptions | None = None
    ) -> None:
        """Refuse, before anything is loaded, a strategy that the models cannot follow.

        Without options, the strategy's usual ones count.

        Raises:
            OptionError: The verifier judges finished solutions only, and that is too late;
                an oracle was asked for where nothing can know what is right; the solver
                does not read its earlier attempts, and is asked to revise them; or it writes
                whole searches, and the strategy wants to search itself.
        """
        if self.card.get("writes") == "streams" and strategy.name != SINGLE_STREAM.name:
            raise OptionError(
                f"Solver {model_name(self.solver_path)} writes a whole search by itself, which "
                f"{strategy.title} would take for a solution. Choose the strategy "
                f"{SINGLE_STREAM.title}, or another solver."
            )
        check_solver(strategy, self.revises, model_name(self.solver_path))
        if self._writes_whole:
            check_steps(strategy, "whole", model_name(self.solver_path))
        solver = self._solver.loaded
        if solver is not None:
            check_steps(strategy, solver.info.steps, solver.info.name)
            check_logprobs(
                strategy,
                options,
                given=solver.info.logprobs,
                scored_by_them=score_source == "log-probability",
                name=solver.info.name,
            )
        if score_source == "verifier":
            check_verifier(strategy, self.judged, options)
        elif score_source == "oracle":
            self._check_oracle()

    @property
    def _writes_whole(self) -> bool:
        """Whether the solver's address says that it writes whole solutions alone."""
        if not is_remote(self.solver_path):
            return False
        with suppress(ValueError):  # Whoever loads it says what is wrong with its address.
            return RemoteAddress.parse(self.solver_path).steps == "whole"
        return False

    def _check_oracle(self) -> None:
        if not self.embedded:
            raise OptionError(
                "The oracle was asked to score another solver's steps; it is the exact checker of "
                "the embedded families and knows only their problems. Choose another score source."
            )

    @property
    def read(self) -> Callable[[str | Problem], Problem]:
        """Turns typed text into a problem that the solver can read."""
        if not self.embedded:
            return _read_any
        families = self.card.get("families")
        return _read_embedded if families is None else partial(_read_some, tuple(families))


_HONOURED: Mapping[str, type[float]] = MappingProxyType(
    {"temperature": float, "top_p": float, "top_k": int, "min_p": float}
    | {"repetition_penalty": float}
)


def _name(path: str) -> str:
    """A folder's name, or its GGUF file's; a Hub id as it stands; of an address the model, if that
    is in it."""
    if is_remote(path):
        return model_name(path)
    with suppress(ModelLoadError):  # Whoever loads it says it.
        if (file := gguf_in(path)) is not None:
            return file.stem
    return Path(path).resolve().name if Path(path).is_dir() else path


def default_sampling(model_path: str) -> Sampling:
    """What a model folder's generation_config.json says of sampling, without loading it.

    Temperature, top-p, top-k, min-p and repetition penalty are honoured, and nothing else. A
    folder without such a file, a server, and a name on the Hub give temperature 0.8, top-p 1.0
    and none of the others; so does whatever is null there, absent, out of range, or no number:
    it is not said.
    """
    values = _generation_config(Path(model_path) / "generation_config.json")
    sampling = Sampling(max_step_tokens=96 if is_shipped_solver(model_path) else 512)
    for name, kind in _HONOURED.items():
        value = values.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            with suppress(ValueError, OverflowError):
                changed: dict[str, Any] = {name: kind(value)}
                sampling = replace(sampling, **changed)
    return sampling


def _generation_config(path: Path) -> Mapping[str, Any]:
    if not path.is_file():
        return {}
    try:
        return read_object(path)
    except ModelLoadError as error:
        _log.warning("What the solver's usual sampling is cannot be read: %s", error)
        return {}


def _read_embedded(typed: str | Problem) -> Problem:
    from search_core.embedded import read_problem

    if isinstance(typed, Problem):
        return typed
    return read_problem(typed)


def _read_some(families: Sequence[str], typed: str | Problem) -> Problem:
    from search_core.embedded import UnknownProblemError

    try:
        problem = _read_embedded(typed)
    except UnknownProblemError as error:
        error.families = tuple(families)
        raise
    if problem.family not in families:
        raise UnknownProblemError("This solver does not read this problem.", families)
    return problem


def _read_any(typed: str | Problem) -> Problem:
    return typed if isinstance(typed, Problem) else Problem(typed.strip())
