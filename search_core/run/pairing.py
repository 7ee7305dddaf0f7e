"""Which models go with what, and what must be said of a pair of models."""

from __future__ import annotations

from search_core.log.events import Judged, StepsBy
from search_core.protocols import Solver, TakesPrompt
from search_core.strategies import STRATEGIES
from search_core.strategies.base import Strategy
from search_core.strategies.options import OptionError, StrategyOptions

MADE_FOR = {"self_revision": "revision", "single_stream": "stream"}
"""Strategies for which there is a solver of their own, by the solver's name."""

# Below this the difference disappears in the rounding of the sentence.
_MUCH_LARGER = 1.05


def told(solver: Solver, system_prompt: str | None) -> Solver:
    """The solver, told this before each problem.

    Args:
        system_prompt: "" for nothing; None: what it is told anyway.

    Raises:
        OptionError: It reads no system prompt.
    """
    if system_prompt is None or system_prompt == solver.info.prompt:
        return solver
    if not isinstance(solver, TakesPrompt):
        raise OptionError(no_prompt(solver.info.name))
    return solver.told(system_prompt)


def no_prompt(name: str) -> str:
    """Why a solver is told nothing before its problems."""
    return (
        f"Solver {name} reads no system prompt and no worked examples. Leave them out, or choose "
        "another solver."
    )


def check_prompt(system_prompt: str | None, said: str, name: str) -> None:
    """A run's header says what its solver is told, so that must be what the recipe asks for.

    Args:
        said: What the solver says that it is told.

    Raises:
        OptionError: It is something else.
    """
    if system_prompt not in (None, said):
        raise OptionError(
            f"The recipe asks for a system prompt of {len(str(system_prompt)):,} characters, and "
            f"solver {name} is told another one, of {len(said):,}. Give the run the solver that "
            "`told` makes of it."
        )


def check_verifier(
    strategy: Strategy, judged: Judged, options: StrategyOptions | None = None
) -> None:
    """An outcome verifier cannot guide a strategy that prunes on the way.

    Args:
        options: Of the run, where they are known; else the strategy's usual ones.

    Raises:
        OptionError: The strategy asks about unfinished solutions, and the verifier judges
            finished ones only.
    """
    if not strategy.uses_verifier or strategy.asks(options) == "solutions":
        return
    if judged == "solutions":
        raise OptionError(
            f"The outcome verifier judges finished solutions only, and {_in_a_sentence(strategy)} "
            f"asks about unfinished ones. Choose {_way_out(strategy)}best-of-N or a process "
            "verifier."
        )


def check_solver(strategy: Strategy, revises: bool, name: str) -> None:
    """A solver that does not read its earlier attempts cannot revise them.

    Args:
        revises: Whether the solver reads them.
        name: The solver's.

    Raises:
        OptionError: It does not, and the strategy is about nothing else.
    """
    if strategy.revises and not revises:
        reviser = MADE_FOR["self_revision"]
        raise OptionError(
            f"{strategy.title} needs a solver that reads its earlier attempts, and {name} does "
            f'not. Choose the solver "{reviser}", or a chat model.'
        )


def check_steps(strategy: Strategy, steps: StepsBy, name: str) -> None:
    """A solver that writes whole solutions alone cannot go on from a step.

    Args:
        steps: How the solver writes a step after others.
        name: The solver's.

    Raises:
        OptionError: It does not, and the strategy goes on from single steps.
    """
    if steps != "whole" or strategy.writes == "solutions":
        return
    others = " or ".join(
        known.title for known in STRATEGIES.values() if known.writes == "solutions"
    )
    raise OptionError(
        f"{strategy.title} goes on from single steps, and solver {name} writes whole solutions "
        f"alone, as its address says (steps=whole). Choose {others}; or leave steps=whole out, so "
        "that its server is asked whether it continues an answer; or put steps=asked there, with "
        "which each step is asked for in a turn of its own, an approximation."
    )


def steps_of(strategy: Strategy, steps: StepsBy) -> StepsBy:
    """How the solver writes the steps of this strategy: only what goes on from a step has to ask
    for the next one; a solution that is written whole is no approximation."""
    return "whole" if steps != "continued" and strategy.writes == "solutions" else steps


def check_logprobs(
    strategy: Strategy,
    options: StrategyOptions | None,
    *,
    given: bool,
    scored_by_them: bool,
    name: str,
) -> None:
    """A solver that gives no log-probabilities cannot be searched by them.

    Args:
        options: Of the run, where they are known; else the strategy's usual ones.
        given: Whether the solver gives them.
        scored_by_them: Whether steps are scored by them.
        name: The solver's.

    Raises:
        OptionError: It does not, and the strategy or the scores go by them.
    """
    if given:
        return
    if strategy.uses_verifier and scored_by_them:
        raise OptionError(
            f"Solver {name} gives no log-probabilities, and the score source log-probability goes "
            "by nothing else. Choose another score source."
        )
    if strategy.reads_logprobs(options):
        labels = {spec.name: spec.label for spec in strategy.options.specs()}
        those = ", ".join(f"{labels[key]} = {value}" for key, value in strategy.logprobs_if.items())
        raise OptionError(
            f"Solver {name} gives no log-probabilities, and {_in_a_sentence(strategy)} goes by "
            f"them with {those}. Choose another value, or another solver."
        )


def size_note(solver: int | None, verifier: int | None) -> str:
    """What to say where the cost of an unfair pair is shown; "" for any other.

    Args:
        solver, verifier: Parameter counts; None if unknown.
    """
    if not solver or not verifier or verifier < _MUCH_LARGER * solver:
        return ""
    return f"The verifier is {verifier / solver:.1f} times as large as the solver: its cost counts."


def _way_out(strategy: Strategy) -> str:
    """Options of the strategy itself that go with an outcome verifier, in a list of choices."""
    labels = {spec.name: spec.label for spec in strategy.options.specs()}
    wanted = strategy.whole_solutions_if.items()
    return "".join(f"{labels[name]} = {value}, " for name, value in wanted)


def _in_a_sentence(strategy: Strategy) -> str:
    """Its title in the middle of a sentence; "DVTS" stays as it is."""
    title = strategy.title
    return title if title.isupper() else title[:1].lower() + title[1:]
