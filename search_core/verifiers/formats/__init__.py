"""What published verifiers read: one class for each kind of text, and what number is read of it.

A `Format` turns a problem and its steps into token ids and positions, by a `ChatTokenizer` that is
in this process or at a server; a `ReadoutKind` says what number is wanted there. Nothing here knows
a model, a server, or a format by name: that is the table, `search_core.verifiers.format_table`.
Begin with `base.py`. Importing this imports no torch.
"""

from __future__ import annotations

from search_core.engine.reading.path_reading import PathText
from search_core.verifiers.formats.base import Format, read_at_ends
from search_core.verifiers.formats.readout_kinds import (
    HeadLabels,
    LikelihoodRatio,
    ReadoutKind,
    SequenceLabels,
    TokenLabels,
    TokenPair,
)
from search_core.verifiers.formats.tokenizers import ChatTokenizer, LocalTokenizer

__all__ = [
    "ChatTokenizer",
    "Format",
    "HeadLabels",
    "LikelihoodRatio",
    "LocalTokenizer",
    "PathText",
    "ReadoutKind",
    "SequenceLabels",
    "TokenLabels",
    "TokenPair",
    "read_at_ends",
]
