"""Solutions with labels and scores for their steps, and the files in which people keep them.

What is in it: the row that every file of labels becomes (`solution`), and what reads and writes
the published forms. It knows no model and draws no report. Begin with `solution`.
"""

from search_core.labelled.solution import NO_ERROR, RIGHT_FROM, LabelledSolution

__all__ = ["NO_ERROR", "RIGHT_FROM", "LabelledSolution"]
