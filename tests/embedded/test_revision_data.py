"""Rows of attempts: what the revising solver reads, and what it is to write after them."""

from __future__ import annotations

import random

from search_core.embedded.training.encoding import Codec
from search_core.embedded.training.revision_data import draw_row, revise, revisions
from search_core.embedded.training.rollouts import Prefixed
from search_core.embedded.training.tokenizer import load_tokenizer
from search_core.models import SOLVERS
from search_core.problem import Problem

CODEC = Codec.of(load_tokenizer(SOLVERS["small"].folder))
PROBLEM = Problem("What is (7 + 8) * 3 - 4?", "41", "expression", 3)
GOLD = [
    "7 + 8 = 15, now 15 * 3 - 4",
    "15 * 3 = 45, now 45 - 4",
    "45 - 4 = 41",
    "The answer is 41.",
]


def attempt(*steps: str, wrong_at: int | None = None, correct: bool = False) -> Prefixed:
    (tokens,) = CODEC.solutions([steps])
    return Prefixed(PROBLEM, tokens, [0.0] * len(steps), wrong_at, correct)


RIGHT = attempt(*GOLD, correct=True)
EARLY = attempt("7 + 8 = 14, now 14 * 3 - 4", "14 * 3 = 42, now 42 - 4", "38", wrong_at=0)
LATE = attempt(*GOLD[:2], "45 - 4 = 40", "The answer is 40.", wrong_at=2)
LUCKY = attempt("41", "The answer is 41.", wrong_at=0, correct=True)
UNFINISHED = Prefixed(PROBLEM, RIGHT.tokens[:-1], [0.0] * 4, None, False)


def text(tokens: list[int]) -> str:
    return str(CODEC.tokenizer.decode(tokens, skip_special_tokens=False))


def test_a_right_attempt_of_the_row_is_kept() -> None:
    (gold,) = CODEC.solutions([["another way", "The answer is 41."]])
    assert revise([RIGHT, LATE], [RIGHT, LATE], gold) == RIGHT.tokens


def test_a_wrong_row_is_followed_by_the_right_attempt_most_like_the_last() -> None:
    (gold,) = CODEC.solutions([GOLD])
    other = attempt("3 * 15 = 45, now 45 - 4", *GOLD[2:], correct=True)
    assert revise([LATE], [LATE, other], gold) == gold
    begins_alike = attempt(*GOLD[:2], "45 - 4 = 41 at last", "The answer is 41.", correct=True)
    assert revise([LATE], [LATE, begins_alike], other.tokens) == begins_alike.tokens
    assert revise([EARLY], [EARLY], gold) == gold


def test_right_by_luck_is_not_imitated() -> None:
    (gold,) = CODEC.solutions([GOLD])
    assert revise([LUCKY], [LUCKY], gold) == gold


def test_rows_hold_one_to_four_attempts_none_twice_and_more_wrong_ones() -> None:
    rng = random.Random(0)
    pool = [RIGHT] * 5 + [LATE] * 5
    pool = [item._replace(values=[float(place)]) for place, item in enumerate(pool)]
    rows = [draw_row(pool, rng) for _ in range(400)]
    assert {len(row) for row in rows} == {1, 2, 3, 4}
    assert all(len({item.values[0] for item in row}) == len(row) for row in rows)
    wrong = sum(not item.correct for row in rows for item in row)
    share = wrong / sum(map(len, rows))
    assert 0.7 < share < 0.9  # 0.7 + 0.3 * 0.5 where there is enough of both
    assert [len(draw_row([RIGHT], rng)) for _ in range(9)] == [1] * 9


def test_only_the_last_attempt_is_learned() -> None:
    made = list(revisions([EARLY, LATE, UNFINISHED], CODEC, 20, 1_000, "seed"))
    assert len(made) == 20
    for example in made:
        learned = [
            token for token, learn in zip(example.tokens, example.learn, strict=True) if learn
        ]
        assert text(learned) == "\n\n".join(GOLD) + "<|end|>"
        read = text(list(example.tokens[: len(example.tokens) - len(learned)]))
        assert read.startswith(f"<|user|>{PROBLEM.text}<|assistant|>")
        assert read.endswith("<|end|><|assistant|>")
        assert 1 <= read.count("<|end|>") <= 2  # the unfinished one is never read
    assert made == list(revisions([EARLY, LATE, UNFINISHED], CODEC, 20, 1_000, "seed"))
    assert list(revisions([EARLY, LATE], CODEC, 20, 40, "seed")) == []
    assert list(revisions([UNFINISHED], CODEC, 20, 1_000, "seed")) == []
