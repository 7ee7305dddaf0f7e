"""Particle filtering: paths survive by chance, in proportion to the verifier's odds."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from search_core.strategies.base import (
    Choose,
    Complete,
    Decide,
    Nodes,
    NodeView,
    Plan,
    Request,
    Sample,
    Score,
    Strategy,
    cut_off,
    out_of_steps,
)
from search_core.strategies.endings import answerless_option
from search_core.strategies.options import ScoredOptions, option
from search_core.strategies.particles import (
    Particle,
    allocation,
    fates,
    repeated,
    resample,
    with_saved,
)
from search_core.strategies.resampling import (
    Resampling,
    effective_sample_size,
    logit,
    softmax,
)


@dataclass(frozen=True)
class ParticleFilteringOptions(ScoredOptions):
    """Options of particle filtering."""

    resampling: Resampling = option(
        "systematic",
        "Resampling",
        "Systematic: each path gets its share rounded down or up. Multinomial: N free draws.",
        choices=("systematic", "multinomial"),
    )
    resample_below: float = option(
        1.0,
        "Resample below",
        "Resample when the effective sample size is at most this share of N; 1: in every round.",
        minimum=0.001,
        maximum=1.0,
        advanced=True,
    )
    answerless_vote: bool = answerless_option()


Sweep = Generator[Request, Nodes, list[Particle]]


def plan(root: NodeView, options: ParticleFilteringOptions) -> Plan:
    """Each round: one step for each unfinished particle, then resample all N by weight.

    Source: arXiv 2502.01618, algorithm 1; its_hub `ParticleFiltering` and the authors'
    probabilistic-inference-scaling. As there, a weight is the softmax, at temperature 1, of
    the logits (inverse sigmoids) of the scores of all particles; a finished one takes part in
    every round with its last score, and may be copied or resampled away; the last round is
    resampled too (its_hub; the authors' code returns the last weights instead).
    Deliberate differences: systematic resampling by default, which adds the least chance
    (published: multinomial); resampling only where the effective sample size is low is an
    option, and weights multiply up in between; steps that hit the length limit and paths that
    run out of steps weigh nothing, where published code goes on from the first and lets the
    second vote; the whole population votes (published: the particle with the best last score,
    which is `judge` "best", whether or not it says an answer: `answerless_vote`). "majority"
    counts the particles, which is the method's own estimate; "weighted" lets the last score
    count once more.
    """
    particles = yield from sweep(
        root,
        options,
        options.n,
        scheme=options.resampling,
        below=options.resample_below,
    )
    population = tuple(particle.node for particle in particles)
    yield Choose(population, options.judge, options.answerless_vote)


def sweep(
    root: NodeView,
    options: ScoredOptions,
    count: int,
    *,
    scheme: Resampling,
    below: float = 1.0,
    label: str = "resample",
    reference: Particle | None = None,
) -> Sweep:
    """One pass of sequential Monte Carlo; returns the last population, equally weighted.

    Args:
        count: Particles; from this many a round's steps are written.
        below: Resample when the effective sample size is at most this share of all particles.
        label: Names the pass among the random draws of the run.
        reference: A finished particle that lives through the whole pass beside the others, as
            long as its pass has gone; others may go on from its steps (conditional SMC).
    """
    size = count + (reference is not None)
    particles = [Particle((root,))] * count
    for step in range(1, options.max_steps + 1):
        particles = yield from _next_steps(particles, step, options)
        # The steps that are new in this round; each is the place of one particle alone.
        new = tuple(o.node for o in particles if len(o.path) == step + 1 and not o.finished)
        if reference:
            particles = [*particles, Particle(reference.path[: step + 1])]
        if not particles:
            break
        logs = [particle.log_weight + logit(particle.node.value) for particle in particles]
        weights = softmax(logs)
        effective = effective_sample_size(weights)
        over = all(particle.finished for particle in particles)
        if not over and effective > below * size:
            copies = [1] * len(particles)
            yield allocation("keep_weights", particles, weights, copies, effective)
            why = (
                f"The effective sample size is {effective:.1f} of {size}, above "
                f"{below * size:.3g}: nothing is resampled, and all keep their weights."
            )
            yield Decide("not_resampled", why, kept=new)
            particles = [Particle(o.path, log) for o, log in zip(particles, logs, strict=True)]
            continue
        # While the pass goes on, the reference lives on without a draw.
        drawn = size if over else count
        copies = resample(weights, drawn, scheme, root.seed, f"{label} {step}")
        beside = particles[-1:] if reference and not over else []
        particles, before = repeated(particles, copies), particles
        if beside:
            copies[-1] += 1
        allotted = allocation(scheme, before, weights, copies, effective)
        yield allotted
        saved = yield from fates(new, allotted, drawn)
        particles = with_saved(particles, before, saved)
        if all(particle.finished for particle in (*particles, *beside)):
            return particles + beside
    return particles


def _next_steps(particles: list[Particle], step: int, options: ScoredOptions) -> Sweep:
    """One more step for each unfinished particle; those that cannot go on are left out."""
    done = [particle for particle in particles if particle.finished]
    going = [particle for particle in particles if not particle.finished]
    if not going:
        return done
    children = yield Sample(tuple(particle.node for particle in going))
    yield from cut_off(children)
    moved = [(going[child.place], child) for child in children if not child.cut_off]
    children = yield Score(tuple(child for _, child in moved), options.aggregate)
    yield Complete(tuple(child for child in children if child.ended == "end"))
    arrived = [
        Particle((*particle.path, child), particle.log_weight)
        for (particle, _), child in zip(moved, children, strict=True)
    ]
    if step == options.max_steps:
        late = [particle.node for particle in arrived if not particle.finished]
        yield out_of_steps(late, options.max_steps)
        arrived = [particle for particle in arrived if particle.finished]
    return done + arrived


PARTICLE_FILTERING = Strategy(
    name="particle_filtering",
    title="Particle filtering",
    does="Resamples all paths after each step: likely good ones are copied, others die out.",
    does_not="Nothing is cut by rank: chance may drop the best path, and copies of one path end "
    "up sharing its mistakes.",
    source="arXiv 2502.01618, algorithm 1; Red-Hat-AI-Innovation-Team/its_hub",
    kind="prune",
    pseudocode="""\
particles ← N copies of the problem
repeat
    write one step for each unfinished particle
    score the new steps
    weight ← softmax(logit(score)) over all N, finished too
    particles ← N draws from them, by weight
until all particles are finished, or the steps run out
let the particles vote, each copy once""",
    options=ParticleFilteringOptions,
    plan=plan,
    as_published={
        "max_steps": 40,
        "judge": "best",
        "resampling": "multinomial",
        "answerless_vote": True,
    },
)
