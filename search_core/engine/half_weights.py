"""Weights kept in two bytes on a CPU, while all arithmetic stays float32.

A pass over a few tokens waits for memory: half the bytes is up to half the time. How much less
memory is taken depends on the rows: they are packed in whole blocks (`_BLOCK`). What is rounded
is the weight alone (to 11 bits), as a float16 file rounds it; a checkpoint that was published in
16 bits loses nothing but the last bits of its smallest weights. Each row is computed by itself, so
that nobody's result depends on who else is in the batch, which 8-bit kernels that scale a batch
as a whole (`torch.ops.quantized.linear_dynamic`) do not hold.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

NAME = "float16 weights"
"""What a model's identity calls this precision: weights in float16, arithmetic in float32."""
_log = logging.getLogger(__name__)

_BLOCK = (512, 16)
"""Rows of what is given and of what comes out: FBGEMM packs whole blocks of them, so that a matrix
for 576 values takes as much as one for 1,024."""
_SMALLEST = 2**16
"""Weights of a matrix from which on it is worth it; heads that scores are read from are smaller."""
_LARGEST = 65_504.0
"""What float16 holds."""
_ROWS = 8
"""Rows of the passes that are timed: a small search's."""
_TIMED = 2**25
"""Weights of those passes at least, where the model has as many: more than processors keep."""
_ROUNDS = 3
_CLEARLY = 1.15
"""How many times as fast it must be: what a model computes with does not hang on a trifle."""


class Packed(nn.Module):
    """What keeps weights otherwise than as parameters.

    Attributes:
        own: Number of parameters that it stands for; 0 where another one counts them.
    """

    own: int


class HalfLinear(Packed):
    """A linear layer whose weights are packed in float16.

    Attributes:
        packed: As torch's kernels want them (FBGEMM, x86 alone). Nobody writes to it.
        nbytes: What it takes, with what FBGEMM fills its last blocks up with.
    """

    def __init__(self, linear: nn.Linear, *, tied: bool = False) -> None:
        super().__init__()
        weight, bias = linear.weight.detach(), linear.bias
        self.in_features = linear.in_features
        given, out = (
            -(-size // block) * block
            for size, block in zip((linear.in_features, linear.out_features), _BLOCK, strict=True)
        )
        self.nbytes = 2 * given * out + (0 if bias is None else bias.nbytes)
        self.own = 0 if tied else weight.numel() + (0 if bias is None else bias.numel())
        self.packed: Any = torch.ops.quantized.linear_prepack_fp16(
            weight, None if bias is None else bias.detach()
        )

    def forward(self, values: Tensor) -> Tensor:
        """[…, in features] to […, out features], in float32."""
        found: Tensor = torch.ops.quantized.linear_dynamic_fp16(values, self.packed)
        return found


class HalfEmbedding(Packed):
    """An embedding whose rows are kept in float16, and given out in float32.

    Attributes:
        rows: [entries, width] in float16. A buffer: what a model computes in is read off its
            parameters.
    """

    rows: Tensor

    def __init__(self, embedding: nn.Embedding) -> None:
        super().__init__()
        self.register_buffer("rows", embedding.weight.detach().half())
        self.own = self.rows.numel()

    def forward(self, ids: Tensor) -> Tensor:
        """[…] to […, width], in float32."""
        return nn.functional.embedding(ids, self.rows).float()

    @property
    def weight(self) -> Tensor:
        """The rows in float32, made anew: for who reads out with them, too."""
        return self.rows.float()


def parameters_of(model: Any) -> int:
    """Parameters of a model, those that are packed among them."""
    packed = sum(module.own for module in model.modules() if isinstance(module, Packed))
    return packed + int(model.num_parameters())


def bytes_of(model: Any) -> int:
    """What a model's weights and tables take in memory."""
    packed: int = sum(layer.nbytes for _, _, layer in layers_of(model, HalfLinear))
    return packed + sum(int(held.nbytes) for held in (*model.parameters(), *model.buffers()))


def packed_of(model: Any) -> list[Any]:
    """The packed weights, which models of one checkpoint share."""
    return [layer.packed for _, _, layer in layers_of(model, HalfLinear)]


def in_halves_if_faster(model: Any) -> bool:
    """Packs a float32 model's matrices if they are then clearly faster here; says so in the log.

    It takes about a second. Matrices whose weights float16 does not hold stay as they are.

    Returns:
        Whether they were packed.
    """
    layers = [found for found in layers_of(model, nn.Linear) if _fits(found[2])]
    faster = _times_as_fast([layer for _, _, layer in layers])
    if faster < _CLEARLY:
        _log.info("Weights stay in float32: in float16 they are %.2f times as fast here.", faster)
        return False
    embedding = model.get_input_embeddings().weight
    # One by one, so that beside the model there is never more than one matrix.
    while layers:
        parent, name, layer = layers.pop()
        setattr(parent, name, HalfLinear(layer, tied=layer.weight is embedding))
    if _is_held(embedding.detach()):
        for parent, name, table in list(layers_of(model, nn.Embedding)):
            setattr(parent, name, HalfEmbedding(table))
    _log.info("Weights are kept in float16: %.1f times as fast here as float32.", faster)
    return True


def _times_as_fast(layers: list[nn.Linear]) -> float:
    """Of a pass of a few rows through these layers; 0 where there is no such kernel."""
    timed: list[nn.Linear] = []
    while len(timed) < len(layers) and sum(one.weight.numel() for one in timed) < _TIMED:
        timed.append(layers[len(timed)])
    try:
        packed = [HalfLinear(layer) for layer in timed]
    except (RuntimeError, AttributeError):  # Not built for this processor, or no more in torch.
        return 0.0
    if not timed:
        return 0.0
    rows = {layer.in_features: torch.ones(_ROWS, layer.in_features) for layer in timed}
    kinds: tuple[Sequence[Any], ...] = (timed, packed)
    best = [float("inf")] * 2
    with torch.inference_mode():
        for _ in range(_ROUNDS):  # In turns: a busy machine is as unkind to one as to the other.
            for number, passed in enumerate(kinds):
                began = time.perf_counter()
                _pass(passed, rows)
                best[number] = min(best[number], time.perf_counter() - began)
    return best[0] / best[1]


def _pass(layers: Sequence[Any], rows: Mapping[int, Tensor]) -> None:
    for layer in layers:
        layer(rows[layer.in_features])


def _fits(layer: nn.Linear) -> bool:
    weight = layer.weight
    large = weight.dtype == torch.float32 and weight.numel() >= _SMALLEST
    return large and _is_held(weight)


def _is_held(weight: Tensor) -> bool:
    """Whether float16 holds these numbers. It takes no memory for it."""
    least, most = weight.aminmax()
    return bool(least >= -_LARGEST) and bool(most <= _LARGEST)


def layers_of(model: Any, kind: type[Any]) -> Iterator[tuple[nn.Module, str, Any]]:
    """Each layer of a kind with the module that holds it, and its name there."""
    for parent in list(model.modules()):
        for name, layer in list(parent.named_children()):
            if type(layer) is kind:
                yield parent, name, layer
