"""Every number of the recipe, in one place, at full size and at the size of a test."""

from __future__ import annotations

from dataclasses import dataclass, replace

from search_core.embedded.training.decoding import TokenSampling
from search_core.embedded.training.model import DecoderShape
from search_core.embedded.training.verifier_model import verifier_shape


@dataclass(frozen=True, slots=True)
class ModelSize:
    """One solver and the process verifier made of it.

    Token counts are what the workers see together, without padding.

    Attributes:
        name: "small" or "large".
        shape: The solver's; deep and thin.
        extra_layers: Layers that the verifier has on top of the solver's.
        base_tokens: Length of the training of the base that the verifier is made of.
        solver_tokens: Length of the solver's own training; None: the solver is the base.
        corrupted_tokens: The verifier's first stage, on solutions spoiled on purpose.
        tuning_tokens: Its second stage, on the small solver's own attempts.
        adam_rate: Peak learning rate of the solver's embeddings and norms.
    """

    name: str
    shape: DecoderShape
    extra_layers: int
    base_tokens: int
    solver_tokens: int | None
    corrupted_tokens: int
    tuning_tokens: int
    adam_rate: float

    @property
    def verifier_shape(self) -> DecoderShape:
        return verifier_shape(self.shape, self.extra_layers)


SMALL = ModelSize(
    name="small",
    shape=DecoderShape(),
    extra_layers=4,
    base_tokens=26_000_000,
    solver_tokens=10_500_000,
    corrupted_tokens=17_000_000,
    tuning_tokens=5_000_000,
    adam_rate=0.004,
)
LARGE = ModelSize(
    name="large",
    shape=DecoderShape(
        hidden=192, layers=12, heads=6, key_value_heads=3, head_size=32, feed_forward=512
    ),
    extra_layers=2,
    base_tokens=10_000_000,
    solver_tokens=None,
    corrupted_tokens=11_000_000,
    tuning_tokens=3_000_000,
    adam_rate=0.003,
)


@dataclass(frozen=True, slots=True)
class Settings:
    """Sizes and rates of all stages.

    Attributes:
        sampling: What is tried first; the temperature and top-p that ship are chosen among
            `temperatures` and `top_ps` on problems of the verifier split.
        tokens_per_update: Of all workers together, padding included.
        demonstrations, solver_demonstrations: For the bases, and for the small solver.
        muon_rate: Peak learning rate of the solvers' matrices.
        stream*: Searches written as streams, how long the stream solver trains on them and in
            what portions, its context, its rates, the temperature that ships, and the problems
            per level that it is measured on.
        corrupted_*, tuning_*: Rates of the verifiers' two stages.
        rollout_*: Problems, attempts at each, and the fewest continuations of each sound
            prefix; of the shards the last `validation_shards` are kept from training.
        outcome_tokens, early_tokens: Length of these verifiers' tuning.
        choice_*: Problems per family and attempts for choosing the sampling.
        revision_*: The revising solver: rows made of each problem's attempts, plain worked
            solutions beside them, length of its tuning, its short updates (so that a short
            tuning has many), its context in tokens, and its rates.
        measured_problems: Per level.
        measured_chains: Problems per family on which the revising solver is measured.
    """

    small: ModelSize = SMALL
    large: ModelSize = LARGE
    seed: int = 20
    sampling: TokenSampling = TokenSampling()
    temperatures: tuple[float, ...] = (0.6, 0.8, 1.0)
    top_ps: tuple[float, ...] = (0.95, 1.0)
    compiled: bool = True
    tokens_per_update: int = 8_192
    examples_per_shard: int = 10_000

    tokenizer_problems: int = 6_000
    demonstrations: int = 300_000
    solver_demonstrations: int = 150_000
    muon_rate: float = 0.02

    streams: int = 100_000
    stream_tokens: int = 5_000_000
    stream_tokens_per_update: int = 4_096
    stream_positions: int = 1_024
    stream_muon_rate: float = 0.01
    stream_adam_rate: float = 0.002
    stream_temperature: float = 0.6
    stream_problems: int = 160

    corrupted_solutions: int = 150_000
    corrupted_muon_rate: float = 0.01
    corrupted_adam_rate: float = 0.002

    choice_problems: int = 24
    choice_attempts: int = 16

    rollout_problems: int = 1_600
    rollout_attempts: int = 24
    rollout_count: int = 8
    rollout_shards: int = 16
    validation_shards: int = 3
    tuning_muon_rate: float = 0.004
    tuning_adam_rate: float = 0.001
    outcome_tokens: int = 1_000_000
    early_tokens: int = 800_000

    revision_rows: int = 6
    revision_plain: int = 5_000
    revision_tokens: int = 2_000_000
    revision_tokens_per_update: int = 4_096
    revision_positions: int = 1_024
    revision_muon_rate: float = 0.002
    revision_adam_rate: float = 0.0005
    measured_chains: int = 150

    measured_problems: int = 20
    measured_attempts: int = 32
    measured_seed: int = 1

    @property
    def sizes(self) -> tuple[ModelSize, ModelSize]:
        return self.small, self.large

    @property
    def revision_shape(self) -> DecoderShape:
        """The small solver's, with a context that holds several attempts."""
        return replace(self.small.shape, positions=self.revision_positions)


FULL = Settings()

_TINY = ModelSize(
    name="small",
    shape=DecoderShape(
        hidden=32, layers=2, heads=2, key_value_heads=1, head_size=16, feed_forward=64
    ),
    extra_layers=1,
    base_tokens=8_000,
    solver_tokens=6_000,
    corrupted_tokens=6_000,
    tuning_tokens=4_000,
    adam_rate=0.004,
)

QUICK = replace(
    FULL,
    small=_TINY,
    large=replace(_TINY, name="large", solver_tokens=None, shape=replace(_TINY.shape, layers=3)),
    sampling=TokenSampling(longest=8),
    temperatures=(0.8,),
    compiled=False,
    tokens_per_update=1_024,
    examples_per_shard=100,
    tokenizer_problems=200,
    demonstrations=200,
    solver_demonstrations=200,
    streams=100,
    stream_tokens=4_000,
    stream_tokens_per_update=1_024,
    stream_positions=160,
    stream_problems=1,
    corrupted_solutions=100,
    choice_problems=2,
    choice_attempts=2,
    rollout_problems=12,
    rollout_attempts=4,
    rollout_count=2,
    rollout_shards=3,
    validation_shards=1,
    outcome_tokens=2_000,
    early_tokens=2_000,
    revision_rows=2,
    revision_plain=50,
    revision_tokens=3_000,
    revision_positions=512,
    measured_chains=1,
    measured_problems=2,
    measured_attempts=2,
)
