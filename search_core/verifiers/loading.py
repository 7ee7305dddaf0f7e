"""Builds a verifier of the right format around a checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search_core.engine.checkpoints.checkpoint import Checkpoint, ModelLoadError, find_checkpoint
from search_core.engine.checkpoints.loading import LoadedModel, facts_of, load_checkpoint
from search_core.engine.checkpoints.weights import read_weights, weight_names
from search_core.engine.path_tokens import DELIMITER, TEMPLATE_DATE, end_ids
from search_core.flops import ModelShape
from search_core.log.events import Judged
from search_core.model_facts import judged_by
from search_core.verifiers.formats.base import Format, Words
from search_core.verifiers.formats.chat_turns import rlhflow
from search_core.verifiers.formats.genprm import GenPrm
from search_core.verifiers.formats.known import AUTO, parsed, recognised
from search_core.verifiers.formats.markers import Lines, MarkedSteps, TaggedSteps
from search_core.verifiers.formats.step_ends import PlainStepEnds, StepEnds
from search_core.verifiers.formats.whole import JudgePrompt, WholeSolution
from search_core.verifiers.generative import GenerativeVerifier, reasoning
from search_core.verifiers.transformers_verifier import TransformersVerifier

if TYPE_CHECKING:
    from search_core.engine.reading.path_reading import Readout
    from search_core.engine.reading.reader import Reader

LocalVerifier = TransformersVerifier | GenerativeVerifier
_SEPARATORS = {"": "\n", "line": "\n", "blank-line": DELIMITER}


@dataclass(frozen=True, slots=True)
class _Order:
    """What to build. Arguments as for `load_verifier`."""

    checkpoint: Checkpoint
    argument: str
    device: str
    dtype: str
    system_prompt: str
    date: str

    def load(self, kind: str) -> LoadedModel:
        return load_checkpoint(self.checkpoint, kind, self.device, self.dtype)

    def words(self, loaded: LoadedModel) -> Words:
        return Words(loaded.tokenizer, self.date)


def load_verifier(
    path_or_id: str | Path,
    *,
    format: str = "auto",  # noqa: A002  what a flag of this name says
    device: str = "auto",
    dtype: str = "auto",
    system_prompt: str = "",
    date: str = TEMPLATE_DATE,
) -> LocalVerifier:
    """Loads a verifier of any format that is known. Other arguments as for `load_solver`.

    Args:
        format: Its format's name in `verifiers.formats.FORMATS`, with an argument after a colon
            where it takes one ("implicit:Qwen/Qwen2.5-Math-7B-Instruct", or "thinkprm:samples=4"),
            or "auto" for what the checkpoint tells.
        system_prompt: For the format token_classification; the others have their own.

    Raises:
        ModelLoadError: It cannot be loaded, its format cannot be told, or it does not fit the
            format that was named.
    """
    return built_verifier(
        find_checkpoint(path_or_id), format, device, dtype, system_prompt=system_prompt, date=date
    )


def built_verifier(
    checkpoint: Checkpoint,
    format_: str,
    device: str,
    dtype: str,
    *,
    system_prompt: str = "",
    date: str = TEMPLATE_DATE,
) -> LocalVerifier:
    """A verifier. Arguments and errors as for `load_verifier`."""
    try:
        if format_ == AUTO:
            facts = facts_of(checkpoint)
            weights = weight_names(checkpoint)
            format_ = recognised(checkpoint.name, checkpoint.config, weights, facts)
        known, argument = parsed(format_)
        order = _Order(checkpoint, argument, device, dtype, system_prompt, date)
        return _BUILDERS[known.name](order)
    except ValueError as error:
        raise ModelLoadError(f"{checkpoint.name} cannot be loaded: {error}") from error


def _with_labels(loaded: LoadedModel) -> LoadedModel:
    labels = loaded.model.config.num_labels
    if labels not in (1, 2):
        raise ModelLoadError(
            f"Verifier {loaded.info.name} has {labels} labels; expected 1 (sigmoid) or 2 "
            "(softmax, the second is the score)."
        )
    return loaded


def _end(loaded: LoadedModel) -> int | None:
    return next(iter(end_ids(loaded.model, loaded.tokenizer)), None)


def _reader(loaded: LoadedModel, readout: Readout) -> Reader:
    from search_core.engine.reading.reader import Reader

    return Reader(loaded.model, readout)


def _token_classification(order: _Order) -> TransformersVerifier:
    loaded = _with_labels(order.load("ForTokenClassification"))
    prompt = {"system_prompt": order.system_prompt, "date": order.date}
    format_ = StepEnds(loaded.tokenizer, _end(loaded), **prompt)
    return _classifying(loaded, format_, judged_by(facts_of(order.checkpoint)))


def _trl(order: _Order) -> TransformersVerifier:
    separator = _SEPARATORS.get(order.argument)
    if separator is None:
        raise ValueError(
            f"The separator {order.argument!r:.40} is unknown; expected trl:line or trl:blank-line."
        )
    loaded = _with_labels(order.load("ForTokenClassification"))
    format_ = PlainStepEnds(order.words(loaded), separator)
    return _classifying(loaded, format_, judged_by(facts_of(order.checkpoint)))


def _outcome(order: _Order) -> TransformersVerifier:
    loaded = _with_labels(order.load("ForSequenceClassification"))
    return _classifying(loaded, WholeSolution(order.words(loaded), _end(loaded)), "solutions")


def _classifying(loaded: LoadedModel, format_: Format, scores: Judged) -> TransformersVerifier:
    from search_core.engine.reading.readouts import label_readout

    reader = _reader(loaded, label_readout(loaded.model))
    return TransformersVerifier(loaded, format_, reader, scores=scores)


def _pair(
    make: Callable[[Words], Format], first: str, second: str
) -> Callable[[_Order], TransformersVerifier]:
    """A language model that is read at two words."""

    def build(order: _Order) -> TransformersVerifier:
        from search_core.engine.reading.readouts import PairReadout, language_head

        loaded = order.load("ForCausalLM")
        words = order.words(loaded)
        ids = words.last_id(first), words.last_id(second)
        head = language_head(loaded.model)
        return TransformersVerifier(loaded, make(words), _reader(loaded, PairReadout(head, *ids)))

    return build


def _native(
    make: Callable[[Words], Format], layers: tuple[str, ...]
) -> Callable[[_Order], TransformersVerifier]:
    """A decoder and a head of our own: linear layers with rectifiers between them.

    Args:
        layers: The names of their weights, without ".weight" and ".bias".
    """

    def build(order: _Order) -> TransformersVerifier:
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
        return TransformersVerifier(
            loaded, make(order.words(loaded)), _reader(loaded, LabelReadout(head))
        )

    return build


def _with_head(loaded: LoadedModel, size: int, matrices: list[Any]) -> Any:
    """The model's identity with its head, which is read out at the positions of scores."""
    shape = loaded.info.shape
    if shape is not None:
        width = sum(matrix.numel() for matrix in matrices) // shape.hidden
        shape = replace(shape, outputs=width)
    parameters = (loaded.info.parameters or 0) + size
    return replace(loaded.info, shape=shape, parameters=parameters)


def _implicit(order: _Order) -> TransformersVerifier:
    from search_core.engine.reading.log_ratio import LogRatio
    from search_core.engine.reading.readouts import LikelihoodReadout, language_head

    if not order.argument:
        raise ValueError(
            "An implicit verifier is read against the model that it was trained from. Name it: "
            "implicit:FOLDER or implicit:HUB_ID (EurusPRM: implicit:Qwen/Qwen2.5-Math-7B-Instruct)."
        )
    loaded = order.load("ForCausalLM")
    reference = replace(order, checkpoint=find_checkpoint(order.argument)).load("ForCausalLM")
    if reference.tokenizer.get_vocab() != loaded.tokenizer.get_vocab():
        raise ValueError(
            f"Its tokens are not those of its reference model {reference.info.name}. Name the "
            "model that it was trained from."
        )
    ours, theirs = (
        _reader(one, LikelihoodReadout(language_head(one.model))) for one in (loaded, reference)
    )
    info = replace(
        loaded.info,
        parameters=(loaded.info.parameters or 0) + (reference.info.parameters or 0),
        shape=_both(loaded.info.shape, reference.info.shape),
    )
    return TransformersVerifier(
        replace(loaded, info=info), StepEnds(loaded.tokenizer, _end(loaded)), LogRatio(ours, theirs)
    )


def _judge(order: _Order) -> LocalVerifier:
    return _reasoning(order, "judge") if order.argument else _pair(JudgePrompt, "Yes", "No")(order)


def _reasons(name: str) -> Callable[[_Order], GenerativeVerifier]:
    return lambda order: _reasoning(order, name)


def _reasoning(order: _Order, name: str) -> GenerativeVerifier:
    options = reasoning(name, order.argument)
    from search_core.verifiers.generative.engine_author import EngineAuthor

    author = EngineAuthor(order.load("ForCausalLM"), options.manner, date=order.date)
    return GenerativeVerifier(author, options)


def _both(one: ModelShape | None, other: ModelShape | None) -> ModelShape | None:
    """What it takes to read a token with both, each taking it through its vocabulary."""
    if one is None or other is None:
        return None
    shapes = (one, other)
    return ModelShape(
        body_parameters=sum(it.body_parameters + it.hidden * it.outputs for it in shapes),
        layers=1,
        attention_width=sum(it.layers * it.attention_width for it in shapes),
        hidden=one.hidden,
        outputs=0,
    )


_BUILDERS: Mapping[str, Callable[[_Order], LocalVerifier]] = {
    "token_classification": _token_classification,
    "trl": _trl,
    "rlhflow": _pair(rlhflow, "+", "-"),
    "math_shepherd": _pair(TaggedSteps, "+", "-"),
    "genprm": _pair(GenPrm, "Yes", "No"),
    "genprm_reasoning": _reasons("genprm_reasoning"),
    "thinkprm": _reasons("thinkprm"),
    "judge": _judge,
    "qwen_prm": _native(MarkedSteps, ("score.0", "score.2")),
    "skywork": _native(Lines, ("v_head.summary",)),
    "implicit": _implicit,
    "outcome": _outcome,
}
