"""A tree that was searched with one verifier, scored anew by another.

`tree_scores` asks for every step's score, `agreement` says how alike two orders are, `decision`
finds the first decision that would differ and which of the two was right there, and `rescoring`
puts them together. They know no file and draw nothing.
"""

from search_core.verify.rescoring.agreement import Agreement
from search_core.verify.rescoring.decision import FirstDecision
from search_core.verify.rescoring.rescoring import RescoredNode, Rescoring, rescored

__all__ = ["Agreement", "FirstDecision", "RescoredNode", "Rescoring", "rescored"]
