"""Looks for problems that show what the claims say: many held-out problems, many seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product

from search_core.chosen_problems.claims import Claim, Finding
from search_core.evaluation import draw_problems
from search_core.problem import Problem
from search_core.search import SearchResult, search

LONGEST_PROBLEM = 150
"""Characters of a problem that can be taken in at a glance."""
LONGEST_SOLUTION = 6
"""Steps of the longest path: a stranger has to read one."""


def run_claim(claim: Claim, problem: Problem | str, seed: int) -> SearchResult:
    """One run as the claim searches, by the small embedded solver."""
    return search(problem, claim.strategy, verifier=claim.verifier, seed=seed, **claim.options)


def find(
    claim: Claim,
    problems: Sequence[Problem],
    seeds: Sequence[int],
    heard: Callable[[str], None],
) -> Iterator[tuple[Finding, SearchResult]]:
    """Every run that shows what is claimed.

    Args:
        heard: Told, in a line, of each that was found.
    """
    for seed, problem in product(seeds, problems):
        if len(problem.text) > LONGEST_PROBLEM:
            continue
        result = run_claim(claim, problem, seed)
        deepest = max(node.depth for node in result.tree.nodes.values())
        finding = claim.check(result.tree)
        if finding is not None and deepest <= LONGEST_SOLUTION:
            heard(f"{claim.name} {finding.strength:.3f} seed {seed}: {problem.text}")
            yield finding, result


def held_out(claim: Claim, count: int, seed: int) -> list[Problem]:
    """Problems of the claim's families, in equal parts, which no model was trained on."""
    return draw_problems(claim.families, None, count, seed, "test")
