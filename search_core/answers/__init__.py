"""Answers: taking one out of a solution, and telling which answers are the same."""

from search_core.answers.classes import AnswerClasses, same_answer
from search_core.answers.extraction import MAX_ANSWER, extract_answer

__all__ = ["MAX_ANSWER", "AnswerClasses", "extract_answer", "same_answer"]
