"""Labelled solutions and trees, written in the forms that others read.

`targets` lists the kinds of rows, each made in a module of its own; `converting` writes a file of
one kind as another. What a tree's steps are worth, and who says so, is in `values`.
"""

from search_core.labelled.writing.converting import Conversion, convert
from search_core.labelled.writing.targets import TARGETS, Target
from search_core.labelled.writing.values import NodeValues, ValueSource, node_values

__all__ = [
    "TARGETS",
    "Conversion",
    "NodeValues",
    "Target",
    "ValueSource",
    "convert",
    "node_values",
]
