"""Wrong solutions of word problems."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence

from search_core.embedded.corruptions.common import Spoiled, slip
from search_core.embedded.families.arithmetic import SYMBOLS, Equation, compute
from search_core.embedded.families.word import step_text
from search_core.embedded.families.word_list import sample_names
from search_core.embedded.families.word_story import Move, Story, read_story
from search_core.embedded.generation import answer_text
from search_core.problem import Problem

_GIVING = re.compile(r" gives [0-9]")
_OPPOSITE = {"+": "-", "-": "+", "*": "/", "/": "*"}


class _WordPlay:
    """A solution as it is written, from the number that the last step reached."""

    def __init__(self, problem: Problem) -> None:
        self.story: Story = read_story(problem.text)
        self.value = self.story.start
        self.steps: list[str] = []

    def equation(self, move: Move) -> Equation:
        result = compute(self.value, move.symbol, move.number)
        if result is None:  # A solver that went wrong meets these, and writes something.
            result = self.value // move.number if move.symbol == "/" and move.number else 0
        return Equation(self.value, move.symbol, move.number, result)

    def write(self, move: Move, equation: Equation | None = None) -> None:
        equation = self.equation(move) if equation is None else equation
        self.steps.append(step_text(move, equation))
        self.value = equation.result

    def write_all(self, moves: Sequence[Move]) -> None:
        for move in moves:
            self.write(move)

    def finish(self, at: int) -> Spoiled:
        return Spoiled([*self.steps, answer_text(self.value)], at)


def _before(problem: Problem, rng: random.Random) -> tuple[_WordPlay, int, Move]:
    """A play just before a random move, the move's index, and the move."""
    play = _WordPlay(problem)
    at = rng.randrange(len(play.story.moves))
    play.write_all(play.story.moves[:at])
    return play, at, play.story.moves[at]


def _wrong_result(problem: Problem, rng: random.Random) -> Spoiled:
    play, at, move = _before(problem, rng)
    equation = play.equation(move)
    play.write(move, equation._replace(result=slip(equation.result, rng)))
    play.write_all(play.story.moves[at + 1 :])
    return play.finish(at)


def _wrong_operand(problem: Problem, rng: random.Random) -> Spoiled:
    play, at, move = _before(problem, rng)
    if rng.random() < 0.5:
        play.value = slip(play.value, rng)
        play.write(move)
    else:
        wrong = Move(move.sentence, move.symbol, slip(move.number, rng))
        play.write(move, play.equation(wrong))
    play.write_all(play.story.moves[at + 1 :])
    return play.finish(at)


def _wrong_operation(problem: Problem, rng: random.Random) -> Spoiled:
    play, at, move = _before(problem, rng)
    symbol = rng.choice([symbol for symbol in SYMBOLS if symbol != move.symbol])
    play.write(move, play.equation(Move(move.sentence, symbol, move.number)))
    play.write_all(play.story.moves[at + 1 :])
    return play.finish(at)


def _wrong_direction(problem: Problem, rng: random.Random) -> Spoiled | None:
    """Mixes up who gives and who gets: what solvers do most."""
    play = _WordPlay(problem)
    giving = [at for at, move in enumerate(play.story.moves) if is_giving(move.sentence)]
    if not giving:
        return None
    at = rng.choice(giving)
    play.write_all(play.story.moves[:at])
    move = play.story.moves[at]
    play.write(move, play.equation(Move(move.sentence, _OPPOSITE[move.symbol], move.number)))
    play.write_all(play.story.moves[at + 1 :])
    return play.finish(at)


def is_giving(sentence: str) -> bool:
    """Whether somebody gives a number of things to somebody."""
    return _GIVING.search(sentence) is not None


def _wrong_sentence(problem: Problem, rng: random.Random) -> Spoiled | None:
    """Uses a sentence that does not matter, or one before its turn."""
    play, at, _ = _before(problem, rng)
    used = {move.sentence for move in play.story.moves[: at + 1]}
    sentences = [f"{s}." for s in play.story.text.split(". ")[1:-1] if f"{s}." not in used]
    if not sentences:
        return None
    sentence = rng.choice(sentences)
    digits = [word for word in sentence.replace(".", "").split() if word.isdigit()]
    number = int(digits[0]) if digits else 2
    symbol = next((m.symbol for m in play.story.moves if m.sentence == sentence), None)
    play.write(Move(sentence, symbol or rng.choice("+-"), number))
    rest = play.story.moves[at:] if rng.random() < 0.6 else play.story.moves[at + 1 :]
    play.write_all(rest)
    return play.finish(at)


def _borrowed_sentence(problem: Problem, rng: random.Random) -> Spoiled | None:
    """Tells of the story's person what the problem tells of somebody else."""
    play, at, _ = _before(problem, rng)
    moves = {move.sentence for move in play.story.moves}
    others = [f"{s}." for s in play.story.text.split(". ")[1:-1] if f"{s}." not in moves]
    told = [words for sentence in others if len(words := sentence.rstrip(".").split()) == 4]
    if not told:
        return None
    _, verb, written, things = rng.choice(told)
    if not written.isdigit() or verb == "has":
        return None
    asked_things, asked_who = problem.text.split()[-5], problem.text.split()[-3]
    things = rng.choice((things, asked_things))
    sentence = f"{asked_who} {verb} {written} {things}."
    symbol = "-" if verb in ("loses", "sells", "uses") else "+"
    play.write(Move(sentence, symbol, int(written)))
    play.write_all(play.story.moves[at:])
    return play.finish(at)


def _wrong_name(problem: Problem, rng: random.Random) -> Spoiled:
    """A name in the quoted sentence is copied wrongly."""
    play, at, move = _before(problem, rng)
    names = re.findall("[A-Z][a-z]+", move.sentence)
    sentence = move.sentence.replace(
        rng.choice(names), rng.choice(sample_names(2, rng, made_up=True)), 1
    )
    play.write(Move(sentence, move.symbol, move.number))
    play.write_all(play.story.moves[at + 1 :])
    return play.finish(at)


def _misquoted_sentence(problem: Problem, rng: random.Random) -> Spoiled | None:
    """The sentence is copied with another number, and that number is used."""
    play, at, move = _before(problem, rng)
    if f" {move.number} " not in move.sentence:
        return None
    number = slip(move.number, rng)
    sentence = move.sentence.replace(f" {move.number} ", f" {number} ")
    play.write(Move(sentence, move.symbol, number))
    play.write_all(play.story.moves[at + 1 :])
    return play.finish(at)


def _skipped_step(problem: Problem, rng: random.Random) -> Spoiled | None:
    play, at, _ = _before(problem, rng)
    play.write_all(play.story.moves[at + 1 :])
    return play.finish(at)


def _repeated_step(problem: Problem, rng: random.Random) -> Spoiled:
    play, at, move = _before(problem, rng)
    play.write(move)
    if rng.random() < 0.5:
        play.steps.append(play.steps[-1])
    else:
        play.write(move)
    play.write_all(play.story.moves[at + 1 :])
    return play.finish(at + 1)


def _early_answer(problem: Problem, rng: random.Random) -> Spoiled | None:
    play, at, _ = _before(problem, rng)
    return play.finish(at) if at else None


def _wrong_answer(problem: Problem, rng: random.Random) -> Spoiled:
    play = _WordPlay(problem)
    play.write_all(play.story.moves)
    play.value = slip(play.value, rng)
    return play.finish(len(play.story.moves))


SPOILERS: Mapping[str, Callable[[Problem, random.Random], Spoiled | None]] = {
    "wrong result": _wrong_result,
    "wrong operand": _wrong_operand,
    "wrong operation": _wrong_operation,
    "wrong direction": _wrong_direction,
    "wrong sentence": _wrong_sentence,
    "borrowed sentence": _borrowed_sentence,
    "wrong name": _wrong_name,
    "misquoted sentence": _misquoted_sentence,
    "skipped step": _skipped_step,
    "repeated step": _repeated_step,
    "early answer": _early_answer,
    "wrong answer": _wrong_answer,
}
