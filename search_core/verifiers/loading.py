"""Builds a verifier of the right format around a checkpoint of this process."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search_core.engine.checkpoints.checkpoint import Checkpoint, ModelLoadError, find_checkpoint
from search_core.engine.checkpoints.loading import LoadedModel, card_of, load_checkpoint
from search_core.engine.checkpoints.refusals import as_load_errors
from search_core.engine.checkpoints.turns import loading_turn
from search_core.engine.checkpoints.weights import read_weights, weight_names
from search_core.engine.coroutines import completed
from search_core.engine.path_tokens import TEMPLATE_DATE, end_ids
from search_core.flops import ModelShape
from search_core.model_card import judged_by
from search_core.protocols import UsageError
from search_core.verifiers.format_choice import AUTO, parsed, recognised
from search_core.verifiers.format_row import VerifierFormat
from search_core.verifiers.formats.base import Format
from search_core.verifiers.formats.readout_kinds import (
    HeadLabels,
    LikelihoodRatio,
    SequenceLabels,
    TokenLabels,
    TokenPair,
)
from search_core.verifiers.formats.step_ends import StepEnds
from search_core.verifiers.formats.tokenizers import LocalTokenizer
from search_core.verifiers.generative import GenerativeVerifier, read_options
from search_core.verifiers.transformers_verifier import TransformersVerifier

if TYPE_CHECKING:
    from search_core.engine.reading.path_reading import Readout
    from search_core.engine.reading.reader import Reader

LocalVerifier = TransformersVerifier | GenerativeVerifier


@dataclass(frozen=True, slots=True)
class _VerifierOrder:
    """What to build. Arguments as for `load_verifier`.

    Attributes:
        reference: The model that it is read against, where its format wants one.
    """

    checkpoint: Checkpoint
    reference: Checkpoint | None
    row: VerifierFormat
    argument: str
    device: str
    dtype: str
    system_prompt: str
    date: str

    def load(self, kind: str) -> LoadedModel:
        return load_checkpoint(self.checkpoint, kind, self.device, self.dtype)

    def tokenizer(self, loaded: LoadedModel) -> LocalTokenizer:
        ends = end_ids(loaded.model, loaded.tokenizer)
        return LocalTokenizer(loaded.tokenizer, date=self.date, end=next(iter(ends), None))

    def format(self, loaded: LoadedModel) -> Format:
        """The format of this model, tried once: what its tokenizer lacks is known now.

        Raises:
            ValueError: It lacks something.
        """
        row = self.row
        if self.system_prompt and row.texts is StepEnds and isinstance(row.readout, TokenLabels):
            row = replace(row, texts=partial(StepEnds, system_prompt=self.system_prompt))
        made = row.made(self.tokenizer(loaded), self.argument)
        completed(made.texts("1 + 1", ("1 + 1 = 2",), 0, False))
        return made


def load_verifier(
    path_or_id: str | Path,
    *,
    format: str = AUTO,  # noqa: A002  what a flag of this name says
    device: str = "auto",
    dtype: str = "auto",
    system_prompt: str = "",
    date: str = TEMPLATE_DATE,
) -> LocalVerifier:
    """Loads a verifier of any format that is known. Other arguments as for `load_solver`.

    Args:
        format: Its format's name in `search_core.verifiers.FORMATS`, with an argument after a colon
            where it takes one ("implicit:Qwen/Qwen2.5-Math-7B-Instruct", or "thinkprm:samples=4"),
            or "auto" for what the checkpoint tells.
        system_prompt: For the format token_classification; the others have their own.

    Raises:
        ModelLoadError: It cannot be loaded, its format cannot be told, or it does not fit the
            format that was named.
    """
    checkpoint = find_checkpoint(path_or_id)
    try:
        if format == AUTO:
            card = card_of(checkpoint)
            weights = weight_names(checkpoint)
            format = recognised(checkpoint.name, checkpoint.config, weights, card)  # noqa: A001
        row, argument = parsed(format)
        order = _VerifierOrder(
            checkpoint, _reference(row, argument), row, argument, device, dtype, system_prompt, date
        )
        # Whatever is fetched is there by now.
        with loading_turn(), as_load_errors(checkpoint.name):
            return _built(order)
    except ValueError as error:
        raise ModelLoadError(f"{checkpoint.name} cannot be loaded: {error}") from error


def _reference(row: VerifierFormat, argument: str) -> Checkpoint | None:
    """The model that an implicit verifier is read against; None for any other format.

    Raises:
        ValueError: None is named.
        ModelLoadError: There is no such model.
    """
    if not isinstance(row.readout, LikelihoodRatio):
        return None
    if not argument:
        raise UsageError(
            "An implicit verifier is read against the model that it was trained from. Name it: "
            "implicit:FOLDER or implicit:HUB_ID (EurusPRM: implicit:Qwen/Qwen2.5-Math-7B-Instruct)."
        )
    return find_checkpoint(argument)


def _built(order: _VerifierOrder) -> LocalVerifier:
    """Carries out what the row says is to be read."""
    if order.row.reasons(order.argument):
        return _reasoning(order)
    match order.row.readout:
        case TokenPair(good, bad):
            return _token_pair(order, good, bad)
        case TokenLabels():
            return _token_labels(order)
        case HeadLabels(layers):
            return _head_labels(order, layers)
        case SequenceLabels():
            return _sequence_labels(order)
        case LikelihoodRatio() if order.reference is not None:
            return _likelihood_ratio(order, order.reference)
    raise UsageError(f"Verifier format {order.row.name} cannot be read in this process.")


def _token_pair(order: _VerifierOrder, good: str, bad: str) -> TransformersVerifier:
    from search_core.engine.reading.readouts import PairReadout, language_head

    loaded = order.load("ForCausalLM")
    tokenizer = order.tokenizer(loaded)
    pair = completed(tokenizer.last_id(good)), completed(tokenizer.last_id(bad))
    readout = PairReadout(language_head(loaded.model), *pair)
    return TransformersVerifier(loaded, order.format(loaded), _reader(loaded, readout))


def _token_labels(order: _VerifierOrder) -> TransformersVerifier:
    from search_core.engine.reading.readouts import label_readout

    loaded = _with_labels(order.load("ForTokenClassification"))
    reader = _reader(loaded, label_readout(loaded.model))
    scores = judged_by(card_of(order.checkpoint))
    return TransformersVerifier(loaded, order.format(loaded), reader, scores=scores)


def _sequence_labels(order: _VerifierOrder) -> TransformersVerifier:
    from search_core.engine.reading.readouts import label_readout

    loaded = _with_labels(order.load("ForSequenceClassification"))
    reader = _reader(loaded, label_readout(loaded.model))
    return TransformersVerifier(loaded, order.format(loaded), reader, scores="solutions")


def _with_labels(loaded: LoadedModel) -> LoadedModel:
    labels = loaded.model.config.num_labels
    if labels not in (1, 2):
        raise ModelLoadError(
            f"Verifier {loaded.info.name} has {labels} labels; expected 1 (sigmoid) or 2 "
            "(softmax, the second is the score)."
        )
    return loaded


def _reader(loaded: LoadedModel, readout: Readout) -> Reader:
    from search_core.engine.reading.reader import Reader

    return Reader(loaded.model, readout)


def _head_labels(order: _VerifierOrder, layers: tuple[str, ...]) -> TransformersVerifier:
    import torch

    from search_core.engine.reading.readouts import LabelReadout

    names = [f"{layer}.{part}" for layer in layers for part in ("weight", "bias")]
    weights = read_weights(order.checkpoint, names)
    loaded = order.load("")
    like = loaded.model.get_input_embeddings().weight
    modules: list[torch.nn.Module] = []
    for weight, bias in zip(weights[::2], weights[1::2], strict=True):
        linear = torch.nn.Linear(weight.shape[1], weight.shape[0])
        linear.load_state_dict({"weight": weight, "bias": bias})
        modules += [linear, torch.nn.ReLU()]
    head = torch.nn.Sequential(*modules[:-1]).to(like.device, like.dtype)
    head.requires_grad_(False)
    size = sum(weight.numel() for weight in weights)
    loaded = replace(loaded, info=_with_head(loaded, size, weights[::2]))
    return TransformersVerifier(loaded, order.format(loaded), _reader(loaded, LabelReadout(head)))


def _with_head(loaded: LoadedModel, size: int, matrices: list[Any]) -> Any:
    """The model's identity with its head, which is read out at the positions of scores."""
    shape = loaded.info.shape
    if shape is not None:
        width = sum(matrix.numel() for matrix in matrices) // shape.hidden
        shape = replace(shape, outputs=width)
    parameters = (loaded.info.parameters or 0) + size
    return replace(loaded.info, shape=shape, parameters=parameters)


def _likelihood_ratio(order: _VerifierOrder, against: Checkpoint) -> TransformersVerifier:
    from search_core.engine.reading.log_ratio import LogRatio
    from search_core.engine.reading.readouts import LikelihoodReadout, language_head

    loaded = order.load("ForCausalLM")
    reference = replace(order, checkpoint=against).load("ForCausalLM")
    if reference.tokenizer.get_vocab() != loaded.tokenizer.get_vocab():
        raise UsageError(
            f"Its tokens are not those of its reference model {reference.info.name}. Name the "
            "model that it was trained from."
        )
    ours, theirs = (
        _reader(model, LikelihoodReadout(language_head(model.model)))
        for model in (loaded, reference)
    )
    info = replace(
        loaded.info,
        parameters=(loaded.info.parameters or 0) + (reference.info.parameters or 0),
        shape=_both(loaded.info.shape, reference.info.shape),
    )
    both = replace(loaded, info=info)
    return TransformersVerifier(both, order.format(loaded), LogRatio(ours, theirs))


def _both(ours: ModelShape | None, theirs: ModelShape | None) -> ModelShape | None:
    """What it takes to read a token with both, each taking it through its vocabulary."""
    if ours is None or theirs is None:
        return None
    shapes = (ours, theirs)
    return ModelShape(
        body_parameters=sum(it.body_parameters + it.hidden * it.outputs for it in shapes),
        layers=1,
        attention_width=sum(it.layers * it.attention_width for it in shapes),
        hidden=ours.hidden,
        outputs=0,
    )


def _reasoning(order: _VerifierOrder) -> GenerativeVerifier:
    options = read_options(order.row.name, order.row.reasoning, order.argument)
    from search_core.verifiers.generative.local_model import LocalReasoningModel

    model = LocalReasoningModel(order.load("ForCausalLM"), options.prompt, date=order.date)
    return GenerativeVerifier(model, options)
