"""Weights kept in four bits on a CPU: the least memory, for numbers that are a little apart.

Each 32 weights of a row share a scale and an offset, as in a GGUF file's Q4_1, and torch's kernel
multiplies by them as they are packed (`_weight_int4pack_mm_for_cpu`), in bfloat16; each row of what
is given is computed by itself. Embedding and read-out, on which every probability hangs, are
kept in 8 bits (as in Q8_0) and multiplied in float32, some rows at a time; where they are one
matrix, they are there once.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from search_core.engine.half_weights import Packed, layers_of

NAME = "4-bit weights"
"""What a model's identity calls this precision."""
GROUP = 32
"""Weights that share a scale."""
_MIDDLE = 8
"""The kernel's weight is (code - 8) × scale + offset."""
_OUT = 16
"""The kernel takes whole blocks of so many rows."""
_SMALLEST = 2**16
"""Weights of a matrix from which on it is worth it."""
_AT_ONCE = 4096
"""Rows of the read-out that are unpacked together: they stay in the processor's cache."""


class FourBitLinear(Packed):
    """A linear layer whose weights are packed in four bits.

    Attributes:
        packed: Two codes a byte, uint8 [out, in / 2].
        scales: Scale and offset of each group, bfloat16 [in / GROUP, out, 2].
        bias: float32 [out], if it has one.
    """

    packed: Tensor
    scales: Tensor
    bias: Tensor | None

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        weight = linear.weight.detach()
        groups = weight.view(len(weight), -1, GROUP)
        least, most = groups.amin(-1, keepdim=True), groups.amax(-1, keepdim=True)
        scale = ((most - least) / 15).bfloat16()
        offset = (least + _MIDDLE * scale.float()).bfloat16()
        # By the rounded scales, so that what they lost is made up for by the codes. All weights of
        # a group may be alike: then any code will do.
        step = torch.where(scale == 0, torch.ones_like(scale), scale).float()
        codes = ((groups - offset.float()) / step + _MIDDLE).round_().clamp_(0, 15)
        flat = codes.to(torch.int32).view_as(weight)
        both = torch.cat((scale, offset), -1).permute(1, 0, 2).contiguous()
        self.register_buffer("packed", torch.ops.aten._convert_weight_to_int4pack_for_cpu(flat, 2))
        self.register_buffer("scales", both)
        self.register_buffer("bias", None if linear.bias is None else linear.bias.detach())
        self.own = weight.numel() + (0 if self.bias is None else self.bias.numel())

    def forward(self, values: Tensor) -> Tensor:
        """[…, in features] to […, out features], in float32."""
        rows = values.reshape(-1, values.shape[-1]).bfloat16()
        found: Tensor = torch.ops.aten._weight_int4pack_mm_for_cpu(
            rows, self.packed, GROUP, self.scales
        )
        found = found.float().view(*values.shape[:-1], -1)
        return found if self.bias is None else found + self.bias


class EightBitTable(Packed):
    """An embedding whose rows are kept in 8 bits, and given out in float32.

    Attributes:
        codes: int8 [entries, width].
        scales: Of each group, float16 [entries, width / GROUP].
    """

    codes: Tensor
    scales: Tensor

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        groups = weight.detach().view(len(weight), -1, GROUP)
        scales = (groups.abs().amax(-1) / 127).half()
        step = torch.where(scales == 0, torch.ones_like(scales), scales).float()[..., None]
        codes = (groups / step).round_().clamp_(-127, 127).to(torch.int8)
        self.register_buffer("codes", codes.view_as(weight))
        self.register_buffer("scales", scales)
        self.own = weight.numel()

    def forward(self, ids: Tensor) -> Tensor:
        """[…] to […, width], in float32."""
        return _unpacked(self.codes[ids], self.scales[ids])

    @property
    def weight(self) -> Tensor:
        """All rows in float32, made anew."""
        return _unpacked(self.codes, self.scales)


class EightBitReadOut(Packed):
    """A read-out without a bias over a table's rows."""

    own = 0  # They are the table's.

    def __init__(self, table: EightBitTable) -> None:
        super().__init__()
        self.table = table

    def forward(self, values: Tensor) -> Tensor:
        """[…, width] to […, entries], in float32."""
        table = self.table
        found = values.new_empty(*values.shape[:-1], len(table.codes))
        for first in range(0, len(table.codes), _AT_ONCE):
            some = slice(first, first + _AT_ONCE)
            found[..., some] = values @ _unpacked(table.codes[some], table.scales[some]).T
        return found


def in_four_bits(model: Any) -> None:
    """Packs a float32 model's matrices, one by one.

    Matrices that the kernel does not take, and small ones, stay as they are.
    """
    embedding = model.get_input_embeddings().weight
    head = model.get_output_embeddings() if model.can_generate() else None
    inside = [found for found in layers_of(model, nn.Linear) if found[2] is not head]
    while inside:
        parent, name, layer = inside.pop()
        if _fits(layer):
            setattr(parent, name, FourBitLinear(layer))
    if embedding.shape[1] % GROUP:
        return
    table = EightBitTable(embedding)
    for parent, name, _ in list(layers_of(model, nn.Embedding)):
        setattr(parent, name, table)
    if head is not None and head.bias is None:
        own = table if head.weight is embedding else EightBitTable(head.weight)
        model.set_output_embeddings(EightBitReadOut(own))


def is_in_four_bits(model: Any) -> bool:
    return any(isinstance(module, FourBitLinear) for module in model.modules())


def _unpacked(codes: Tensor, scales: Tensor) -> Tensor:
    wide = codes.float()
    wide.view(*scales.shape, GROUP).mul_(scales.float()[..., None])
    return wide


def _fits(layer: nn.Linear) -> bool:
    out, given = layer.weight.shape
    large = layer.weight.dtype == torch.float32 and layer.weight.numel() >= _SMALLEST
    return large and given % GROUP == 0 and out % _OUT == 0
