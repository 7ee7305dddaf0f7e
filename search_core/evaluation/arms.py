"""What is compared: strategies at budgets, and the ways to judge their solutions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from search_core.scoring import VOTE_METHODS
from search_core.strategies import (
    STRATEGIES,
    OptionError,
    Strategy,
    StrategyOptions,
    get_strategy,
)
from search_core.strategies.best_of_n import BEST_OF_N
from search_core.strategies.greedy import GREEDY

JudgeName = Literal["majority", "weighted", "best", "any", "likeliest"]
"""How a run is judged right: by a vote's choice, or "any": some solution is (an oracle), or, of
best-of-N, "likeliest": by the solution to which the solver gave the highest log-probability."""
JUDGES: tuple[JudgeName, ...] = (*VOTE_METHODS, "any")
ALL = "all"
"""In place of a name: every strategy there is."""


@dataclass(frozen=True)
class Arm:
    """One strategy with all its options, run on every problem.

    Attributes:
        rival: Name of the other solver that answers beside the measured one; "" for none.
        own_solver: Name of the solver that was made for the strategy, which runs it in place
            of the measured one; "" for none.
        families: The only problem families that it is run on; empty: all.
    """

    strategy: Strategy
    options: StrategyOptions
    rival: str = ""
    own_solver: str = ""
    families: tuple[str, ...] = ()

    @property
    def n(self) -> int | None:
        """Budget N; None for a strategy without one."""
        return getattr(self.options, "n", None)

    @property
    def name(self) -> str:
        """For example "beam_search@16", or "greedy (solver-large)": who else runs it, on what."""
        name = self.strategy.name if self.n is None else f"{self.strategy.name}@{self.n}"
        notes = ", ".join(filter(None, (self.rival, self._own, *self.families)))
        return f"{name} ({notes})" if notes else name

    @property
    def _own(self) -> str:
        return self.own_solver and f"solver-{self.own_solver}"

    def reads(self, family: str | None) -> bool:
        """Whether it is run on problems of this family."""
        return not self.families or family in self.families

    @property
    def is_best_of_n(self) -> bool:
        """Whether its solutions are independent, the first ones those of a smaller budget."""
        return self.strategy.name == BEST_OF_N.name

    @property
    def seeds_matter(self) -> bool:
        """False for the greedy answer: it is the same for each seed."""
        return self.strategy.name != GREEDY.name

    @property
    def scores_only_judge(self) -> bool:
        """Whether the search itself reads no scores, so that a plain majority needs none.

        True of best-of-N: its solutions are finished before the verifier is asked.
        """
        if not self.strategy.uses_verifier:
            return True
        chosen_by_score = getattr(self.options, "electors", "attempts") != "attempts"
        return self.strategy.asks_about == "solutions" and not chosen_by_score

    @property
    def judges(self) -> tuple[JudgeName, ...]:
        """The ways in which its runs can be judged."""
        if self.is_best_of_n:
            return (*JUDGES, "likeliest")
        return JUDGES if hasattr(self.options, "judge") else ("majority",)

    def row_name(self, judge: JudgeName) -> str:
        """For example "best_of_n@16/majority"; without the judge where there is one only."""
        return self.name if len(self.judges) == 1 else f"{self.name}/{judge}"

    def values(self) -> dict[str, Any]:
        """JSON-ready identity."""
        return {"strategy": self.strategy.name, "options": asdict(self.options)}


def rival_arm(rival: str, options: Mapping[str, Any]) -> Arm:
    """The one answer, greedily written, of another solver; it takes the options it knows.

    Raises:
        OptionError: An option is out of its range.
    """
    names = {spec.name for spec in GREEDY.options.specs()}
    own = {name: value for name, value in options.items() if name in names}
    return Arm(GREEDY, GREEDY.options.from_values(own), rival)


def make_arms(
    strategies: Sequence[str], budgets: Iterable[int], options: Mapping[str, Any]
) -> tuple[list[Arm], list[str]]:
    """Every strategy at every budget, and what was left out with the reason.

    A strategy takes the options that it knows; one without a budget is run once. A
    combination that a strategy refuses (N below the beam width) is left out.

    Args:
        strategies: Names; one with a budget of its own ("best_of_n@64") is run at that alone,
            and "all" stands for all of them.
        budgets: Budgets N of the names without their own.

    Raises:
        OptionError: A strategy is unknown, no strategy knows an option, a budget is no
            number or the strategy has none, or nothing is left.
    """
    every = [known for name in strategies for known in (STRATEGIES if name == ALL else [name])]
    asked = [_asked(name) for name in dict.fromkeys(every)]
    chosen = [(get_strategy(name), n) for name, n in asked]
    known = {spec.name for strategy, _ in chosen for spec in strategy.options.specs()}
    strange = sorted(set(options) - known)
    if strange:
        raise OptionError(
            f"None of {', '.join(strategies)} knows the option {', '.join(strange)}; "
            f"known are {', '.join(sorted(known - {'n'}))}."
        )
    arms: dict[str, Arm] = {}
    left_out: list[str] = []
    for strategy, n in chosen:
        names = {spec.name for spec in strategy.options.specs()}
        own = {name: value for name, value in options.items() if name in names}
        if n is not None and "n" not in names:
            raise OptionError(f"{strategy.name} has no budget; write it without @{n}.")
        wanted = list(dict.fromkeys(budgets)) if n is None else [n]
        for values in [own | {"n": n} for n in wanted] if "n" in names else [own]:
            try:
                arm = Arm(strategy, strategy.options.from_values(values))
            except OptionError as error:
                left_out.append(f"{strategy.name}@{values.get('n')} is left out: {error}")
            else:
                arms[arm.name] = arm
    if not arms:
        raise OptionError(" ".join(left_out) or "No strategy was given.")
    return list(arms.values()), left_out


def fitting_arms(arms: Iterable[Arm], check: Callable[[Arm], None]) -> tuple[list[Arm], list[str]]:
    """The arms whose strategy the models can run, and what was left out with the reason.

    Args:
        check: Raises an `OptionError` for an arm that does not go with the models.
    """
    fitting: list[Arm] = []
    left_out: list[str] = []
    for arm in arms:
        try:
            check(arm)
        except OptionError as error:
            left_out.append(f"{arm.name} is left out: {error}")
        else:
            fitting.append(arm)
    return fitting, left_out


def _asked(text: str) -> tuple[str, int | None]:
    """Name and own budget of "best_of_n@64"."""
    name, at, budget = text.partition("@")
    if not at:
        return name, None
    if not budget.isascii() or not budget.isdigit():
        raise OptionError(f"Got {text!r:.60}; after the @ comes a budget, as in {name:.40}@16.")
    return name, int(budget)
