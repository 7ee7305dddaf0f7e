"""The kinds of files that hold labelled solutions or trees, each in a module of its own.

`KINDS` lists them in the order in which a row is tried: what is more particular comes first.
What a kind is says `kind`; a new one is written like its likes and named below.
"""

from __future__ import annotations

from collections.abc import Mapping

from search_core.labelled.kinds.hard2verify import HARD2VERIFY
from search_core.labelled.kinds.kind import FileKind, NeutralRating, Reading
from search_core.labelled.kinds.math_shepherd import MATH_SHEPHERD
from search_core.labelled.kinds.own_traces import TRACES
from search_core.labelled.kinds.plain import PLAIN
from search_core.labelled.kinds.prm800k import PRM800K
from search_core.labelled.kinds.prmbench import PRMBENCH
from search_core.labelled.kinds.processbench import PROCESSBENCH
from search_core.labelled.kinds.search_and_learn import SEARCH_AND_LEARN
from search_core.labelled.kinds.tree_log import TREE_LOG
from search_core.labelled.kinds.trl import TRL

_ALL = (
    *(TRACES, PRM800K, HARD2VERIFY, PRMBENCH, TREE_LOG, SEARCH_AND_LEARN, TRL, MATH_SHEPHERD),
    *(PROCESSBENCH, PLAIN),
)
KINDS: Mapping[str, FileKind] = {kind.name: kind for kind in _ALL}
"""Every kind by its name."""

__all__ = ["KINDS", "FileKind", "NeutralRating", "Reading"]
