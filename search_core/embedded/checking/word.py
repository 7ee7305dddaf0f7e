"""Checks the steps of a word problem."""

from __future__ import annotations

from search_core.embedded.checking.verdict import StepError
from search_core.embedded.families.arithmetic import Equation, read_equation
from search_core.embedded.families.word_story import read_story


class WordState:
    """How far the story has been followed."""

    def __init__(self, problem_text: str) -> None:
        self.story = read_story(problem_text)
        self.expected = self.story.equations()
        self.done = 0

    def tell(self, step: str) -> None:
        """Applies one step.

        Raises:
            StepError: The step is false, or is not about the next sentence that matters.
        """
        sentence, _, written = step.rpartition(". ")
        sentence += "."
        equation = read_equation(written)
        if equation is None:
            raise StepError(f"This is no step of a word problem: {step[:80]!r}.")
        if not equation.is_true:
            raise StepError(f"{equation} is false.")
        if self.done == len(self.expected):
            raise StepError("Every sentence that matters has been used already.")
        self._check_sentence(sentence)
        self._check_equation(equation)
        self.done += 1

    def _check_sentence(self, sentence: str) -> None:
        wanted = self.story.moves[self.done].sentence
        if sentence == wanted:
            return
        if sentence not in self.story.text:
            raise StepError(f"The problem does not say {sentence[:120]!r}.")
        if any(move.sentence == sentence for move in self.story.moves[: self.done]):
            raise StepError(f"{sentence!r} was used already.")
        raise StepError(f"{sentence!r} is not what comes next; that is {wanted!r}.")

    def _check_equation(self, equation: Equation) -> None:
        expected = self.expected[self.done]
        if equation != expected:
            wanted = f"{expected.left} {expected.symbol} {expected.right}"
            raise StepError(f"The sentence asks for {wanted}.")

    def check_answer(self, answer: int) -> None:
        """Checks the closing step.

        Raises:
            StepError: Sentences that matter are left, or the answer is another number.
        """
        if self.done < len(self.expected):
            missing = self.story.moves[self.done].sentence
            raise StepError(f"The answer comes too early: {missing!r} was not used.")
        if answer != self.story.answer:
            raise StepError(f"The answer should be {self.story.answer}, the last result.")

    def is_right(self, answer: int) -> bool:
        return answer == self.story.answer

    def can_be_right(self) -> bool:
        """True while every step holds: what is left says the same as the problem."""
        return True
