"""Particle Gibbs: particle filtering again and again, each time beside a path of the last time."""

from __future__ import annotations

from dataclasses import dataclass

from search_core.seeds import unit_numbers
from search_core.strategies.base import Choose, NodeView, Plan, Resolve, Strategy
from search_core.strategies.endings import answerless_option
from search_core.strategies.options import ScoredOptions, option
from search_core.strategies.particle_filtering import sweep
from search_core.strategies.particles import Particle


@dataclass(frozen=True)
class ParticleGibbsOptions(ScoredOptions):
    """Options of particle Gibbs."""

    iterations: int = option(
        2,
        "Iterations",
        "How often the search starts again, with an equal part of N each time; at most N.",
        minimum=1,
        maximum=64,
    )
    answerless_vote: bool = answerless_option()

    @property
    def parts(self) -> tuple[int, ...]:
        """How many new paths each iteration writes; they add up to N."""
        iterations = min(self.iterations, self.n)
        return tuple(self.n // iterations + (i < self.n % iterations) for i in range(iterations))


def plan(root: NodeView, options: ParticleGibbsOptions) -> Plan:
    """Each iteration: particle filtering beside a reference, drawn from the iteration before.

    Source: arXiv 2502.01618, appendix, algorithm 2 (particle Gibbs by conditional sequential
    Monte Carlo); its_hub `ParticleGibbs`. The reference takes part in each round with the
    score of its step of that round, its steps may be copied, and it is never lost; the last
    iteration's population gives the answer, as published: there the particle of the best last
    score, whether or not it says an answer (`judge` "best" with `answerless_vote`).
    Deliberate differences: N counts the new paths of all iterations, and the reference, which
    is written already, comes on top (published: N particles in each iteration, or in its_hub
    N / iterations, the reference among them); an iteration goes on until the reference has
    ended too; the next reference is drawn once by the last weights. Published code draws it by
    the last score from a population already resampled by that score (its_hub), and weighs the
    reference in each round by its final score (its_hub) or by the score of its next step (the
    authors' code). Resampling is multinomial and in every round, as published: beside a
    reference, systematic resampling would need a correction (Chopin and Singh 2015).
    """
    parts = options.parts
    particles: list[Particle] = []
    for number, count in enumerate(parts, start=1):
        reference = None
        if particles:
            draw = unit_numbers(root.seed, f"reference {number}", 1)[0]
            reference = particles[int(draw * len(particles))]
            yield Resolve("next_iteration", _why_next(number, len(parts), particles, reference))
        elif number > 1:
            why = f"No path was finished, so iteration {number} of {len(parts)} has no reference."
            yield Resolve("next_iteration", why)
        particles = yield from sweep(
            root,
            options,
            count,
            scheme="multinomial",
            label=f"iteration {number}, resample",
            reference=reference,
        )
    population = tuple(particle.node for particle in particles)
    yield Choose(population, options.judge, options.answerless_vote)


def _why_next(number: int, of: int, particles: list[Particle], reference: Particle) -> str:
    copies = sum(particle.node.id == reference.node.id for particle in particles)
    return (
        f"Iteration {number} of {of} starts from the problem again, beside a reference: a path "
        f"of score {reference.node.value:.3g} that holds {copies} of the {len(particles)} "
        f"particles of iteration {number - 1} and was drawn among them."
    )


PARTICLE_GIBBS = Strategy(
    name="particle_gibbs",
    title="Particle Gibbs",
    does="Runs particle filtering several times; one finished path stays and competes each time.",
    does_not="Only the last run's particles vote: what the earlier ones found counts through the "
    "one path that was passed on.",
    source="arXiv 2502.01618, algorithm 2; Red-Hat-AI-Innovation-Team/its_hub",
    kind="prune",
    pseudocode="""\
reference ← nothing
repeat, N / iterations new particles each time
    while a particle or the reference is unfinished
        write one step for each unfinished particle
        weight ← softmax(logit(score)), reference included
        particles ← draws from them all, by weight
        the reference lives on, whatever was drawn
    reference ← one of the last particles, by chance
let the last particles vote, each copy once""",
    options=ParticleGibbsOptions,
    plan=plan,
    as_published={"max_steps": 40, "judge": "best", "answerless_vote": True},
)
