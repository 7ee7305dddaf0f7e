"""The race that a visitor, or a link, asks for: checked, and made into runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from components.controls import ModelOffer
from components.controls.form_values import FormValues
from components.controls.mistakes import FormError
from components.controls.recipe_link import LinkedRecipe
from components.controls.run_request import RunRequest, request_of, values_of_link
from search_core.numerals import checked_seed
from search_core.problem import MAX_PROBLEM_CHARACTERS, Problem
from search_core.race import MOST_LANES, Lane, LaneText, read_lane, written_lane
from search_core.race.lanes import check_lanes
from search_core.run.limits import Limits

MOST_TEXT = 20_000
"""Characters of everything that is asked for together."""


class RaceRefusedError(ValueError):
    """Something is asked for that is no race here; the message is for the visitor.

    Attributes:
        field: The field that is meant: "problem", "seed", the option of a lane, or "".
        lane: Number of the lane that is meant, from 0; None: none in particular.
    """

    def __init__(self, message: str, field: str = "", lane: int | None = None) -> None:
        super().__init__(message)
        self.field, self.lane = field, lane


@dataclass(frozen=True)
class AskedRace:
    """A race that can be started.

    Attributes:
        lanes: What is to run.
        texts: The same as a link writes it, in the shortest form.
    """

    lanes: tuple[RunRequest, ...]
    texts: tuple[str, ...]


def read_race(
    problem: str,
    answer: str,
    seed: str,
    lanes: Sequence[str],
    offer: ModelOffer,
    limits: Limits,
) -> AskedRace:
    """The race that these fields ask for.

    Args:
        answer: Reference answer of a problem that brings none; "": nobody knows it.
        lanes: Each as `search_core.race.read_lane` reads it.

    Raises:
        RaceRefusedError: Something is wrong with them.
    """
    if not problem.strip() or len(problem) > MAX_PROBLEM_CHARACTERS:
        raise RaceRefusedError(
            f"The problem has {len(problem.strip()):,} characters; expected 1 to "
            f"{MAX_PROBLEM_CHARACTERS:,}.",
            "problem",
        )
    if len(lanes) > MOST_LANES:
        raise RaceRefusedError(f"A race has at most {MOST_LANES} lanes; got {len(lanes)}.")
    try:
        number = checked_seed(int(seed))
    except ValueError as error:
        raise RaceRefusedError(
            f"The seed is {seed[:30]!r}; expected a whole number from 0.", "seed"
        ) from error
    texts, requests = [], []
    for place, text in enumerate(lanes):
        try:
            lane = read_lane(text)
            values = _values(lane, problem, answer, number, offer)
            requests.append(request_of(values, offer, limits))
        except ValueError as error:
            raise _refusal(error, place) from error
        texts.append(written_lane(lane))
    same = _same_problem(requests)
    try:
        check_lanes([Lane(one.recipe, one.pair, one.score_source) for one in same])
    except ValueError as error:
        raise RaceRefusedError(str(error)) from error
    return AskedRace(tuple(same), tuple(texts))


def _values(lane: LaneText, problem: str, answer: str, seed: int, offer: ModelOffer) -> FormValues:
    link = LinkedRecipe(
        problem=problem.strip(),
        strategy=lane.strategy,
        options=dict(lane.options),
        score_source=lane.score_source,
        pair=lane.models,
        solver=lane.solver,
        verifier=lane.verifier,
        seed=seed,
        answer=answer.strip() or None,
    )
    return values_of_link(link, offer)


def _same_problem(requests: Sequence[RunRequest]) -> list[RunRequest]:
    """All lanes on the problem as the first one reads it that knows its answer."""
    problems = [request.recipe.problem for request in requests]
    known: Problem | None = next((one for one in problems if one.family), None)
    if known is None:
        return list(requests)
    return [replace(request, recipe=replace(request.recipe, problem=known)) for request in requests]


def _refusal(error: ValueError, place: int) -> RaceRefusedError:
    control = error.control if isinstance(error, FormError) else ""
    if control in ("problem", "reference", "seed"):
        near = [offer.label for offer in error.offers] if isinstance(error, FormError) else []
        more = f" For example: {near[0]}" if near and control == "problem" else ""
        return RaceRefusedError(str(error) + more, control)
    option = getattr(error.__cause__ or error, "option", "")
    return RaceRefusedError(f"Lane {place + 1}: {error}", option, place)
