"""Answers: taking one out of a solution, and telling which answers are the same.

It knows no model and no run. Begin with `extraction.py` and `classes.py`; what needs algebra is
judged in a process of its own (`judge.py`, `worker.py`), because the text is a stranger's.
"""

from search_core.answers.classes import AnswerClasses, same_answer
from search_core.answers.extraction import MAX_ANSWER, extract_answer

__all__ = ["MAX_ANSWER", "AnswerClasses", "extract_answer", "same_answer"]
