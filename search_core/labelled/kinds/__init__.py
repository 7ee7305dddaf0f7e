"""The kinds of files that hold labelled solutions or trees, each in a module of its own.

`KINDS` lists them in the order in which a row is tried: what is more particular comes first.
What a kind is says `kind`; a new one is written like its likes and named below.
"""

from __future__ import annotations

from collections.abc import Mapping

from search_core.labelled.kinds.kind import FileKind, NeutralRating, Reading
from search_core.labelled.kinds.own_traces import TRACES
from search_core.labelled.kinds.plain import PLAIN
from search_core.labelled.kinds.processbench import PROCESSBENCH

KINDS: Mapping[str, FileKind] = {kind.name: kind for kind in (TRACES, PROCESSBENCH, PLAIN)}
"""Every kind by its name."""

__all__ = ["KINDS", "FileKind", "NeutralRating", "Reading"]
