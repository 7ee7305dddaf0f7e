"""What is equal: pairs from the tests of published graders, and what must hold for any text."""

from __future__ import annotations

import json
import re
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_core.answers.equality import equal, read
from search_core.answers.equality.algebra import equal as equal_with_algebra
from search_core.answers.equality.arithmetic import Number
from tests.pages import GUIDE, section, table_rows

DATA = Path(__file__).parent / "golden" / "answers" / "pairs.jsonl"
PAIRS = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]

NOT_RIGHT = {
    ("1000.99", "1000,99"): "a comma that groups no digits parts a list: it may be two roots",
    ("1,22", "1.22"): "the same",
    ("0,111", "0.111"): "the same: 0,1 is a list in MATH",
    (r"1 = \zzz = x = 0", "0"): "a chain of equations that begins with no name is no value",
    (
        r"1 - \frac{1}{\mathrm{e}}",
        r"1 + \frac{1}{\mathrm{e}}",
    ): "the published value is wrong: they differ by 2/e",
    ("50%", "0.5"): "that grader takes the sign away; 50% is 0.5, and Math-Verify says so too",
    ("2+3", "5"): "that grader does not calculate",
    (r"\pi", "3.14159"): "six digits stand for a value: as 0.333333 does for 1/3 everywhere",
    ("005", "5"): "that grader's benchmark writes three digits; as numbers they are equal",
}
"""Pairs of the data that are judged otherwise than their source does, and why."""


def other_values() -> set[tuple[str, str]]:
    """Pairs of which two sources say different things."""
    said: dict[tuple[str, str], set[bool]] = {}
    for pair in PAIRS:
        said.setdefault((pair["a"], pair["b"]), set()).add(pair["right"])
    return {pair for pair, values in said.items() if len(values) > 1}


@pytest.mark.parametrize("pair", PAIRS, ids=range(1, len(PAIRS) + 1))
def test_judges_the_pair(pair: dict[str, str]) -> None:
    first, second = pair["a"], pair["b"]
    right = equal_with_algebra(first, second) is pair["right"]
    otherwise = (first, second) in NOT_RIGHT and (
        (first, second) not in other_values() or "bonsaifold" in pair["source"]
    )
    assert right is not otherwise, f"{first!r} and {second!r}: {NOT_RIGHT.get((first, second))}"


def test_the_order_of_two_answers_does_not_matter() -> None:
    """Without algebra for all of them; with it for a few, since it takes its time."""
    for index, pair in enumerate(PAIRS):
        first, second = read(pair["a"]), read(pair["b"])
        assert equal(first, second) is equal(second, first), pair
        if index % 12 == 0:
            forth = equal_with_algebra(pair["a"], pair["b"])
            assert equal_with_algebra(pair["b"], pair["a"]) is forth, pair


def test_the_data_is_large_and_mixed() -> None:
    sources = Counter(pair["source"] for pair in PAIRS)
    published = {source for source in sources if not source.startswith("hand-made")}
    assert len(PAIRS) >= 400
    assert len(published) >= 6
    assert sum(not pair["right"] for pair in PAIRS) >= 150
    assert set(NOT_RIGHT) <= {(pair["a"], pair["b"]) for pair in PAIRS}


def test_most_pairs_need_no_algebra() -> None:
    left = sum(equal(read(pair["a"]), read(pair["b"])) is None for pair in PAIRS)
    assert left < len(PAIRS) / 3


def test_the_guide_says_what_is_equal() -> None:
    rows = table_rows(section(GUIDE / "answers.md", "When two answers are equal"))
    assert len(rows) > 15
    for answers, yes, _ in rows:
        first, second = re.findall(r"`([^`]+)`", answers)
        assert equal_with_algebra(first, second) is (yes == "yes"), answers


numbers = st.fractions(
    min_value=-(10**30), max_value=10**30, max_denominator=10**12
) | st.fractions(max_denominator=6, min_value=-50, max_value=50)


def written(value: Fraction, way: int) -> str:
    """A fraction in one of the ways in which people write it."""
    numerator, denominator = value.numerator, value.denominator
    sign, whole = ("-" if value < 0 else ""), abs(numerator) // denominator
    rest = abs(numerator) % denominator
    return [
        f"{numerator}/{denominator}",
        rf"\frac{{{numerator}}}{{{denominator}}}",
        rf"${sign}\dfrac{{{abs(numerator)}}}{{{denominator}}}$",
        f"{sign}{whole} {rest}/{denominator}" if whole and rest else str(value),
        rf"\boxed{{{sign}{whole}\frac{{{rest}}}{{{denominator}}}}}"
        if rest and whole
        else str(value),
        f"({numerator})/({denominator})",
        f"{numerator:,}/{denominator}",
        f"{numerator}".replace("-", "−") + f"/{denominator}",
    ][way]


@given(numbers, numbers, st.integers(0, 7), st.integers(0, 7))
def test_numbers_are_equal_if_and_only_if_their_values_are(
    first: Fraction, second: Fraction, way: int, other: int
) -> None:
    assert read(written(first, way)) == Number(first)
    same = equal(read(written(first, way)), read(written(second, other)))
    assert same is (first == second)
    assert equal(read(written(first, way)), read(written(first, other))) is True


@given(st.integers(-(10**40), 10**40), st.integers(0, 30))
def test_decimals_are_exact(digits: int, places: int) -> None:
    text = f"{'-' if digits < 0 else ''}{abs(digits) // 10**places}"
    text += f".{abs(digits) % 10**places:0{places}d}" if places else ""
    reading = read(text)
    assert isinstance(reading, Number)
    assert reading.value == Fraction(digits, 10**places)
    assert equal(reading, read(f"{text}e5")) is (digits == 0)


@given(st.integers(-3000, 3000), st.integers(-3000, 3000), st.sampled_from([2, 3, 10]))
def test_powers_are_told_apart_however_small(first: int, second: int, base: int) -> None:
    one, other = read(f"{base}^{{{first}}}"), read(f"\\frac{{1}}{{{base}^{{{-second}}}}}")
    assert equal(one, other) is (first == second)


LENGTHS = {"mm": Fraction(1, 1000), "cm": Fraction(1, 100), "m": Fraction(1), "km": Fraction(1000)}


@given(numbers, st.sampled_from(sorted(LENGTHS)), st.sampled_from(sorted(LENGTHS)), st.booleans())
def test_units_scale(value: Fraction, unit: str, other: str, in_text: bool) -> None:
    shape = r"{}\text{{ {}}}" if in_text else "{} {}"
    one = read(shape.format(value, unit))
    scaled = value * LENGTHS[unit] / LENGTHS[other]
    assert equal(one, read(shape.format(scaled, other))) is True
    assert equal(one, read(shape.format(scaled + 1, other))) is False
    assert equal(one, read(shape.format(value, other))) is (unit == other or value == 0)
    assert equal(one, read(str(value))) is True  # the unit may be left off
    assert equal(one, read(f"{value} apples")) is False


PIECES = st.sampled_from(
    [*r"\{}()[]$^_,;:=<>+-*/!%. 0129aeixAZé½²√π–…", r"\frac", r"\sqrt", r"\text{", r"\left(",
     r"\cup", r"\pm", r"\ldots", "10^", "e9999", "cm", " and ", r"\boxed{", r"\begin{pmatrix}"]
)  # fmt: skip


@given(st.text(max_size=60) | st.lists(PIECES, max_size=40).map("".join))
def test_any_text_can_be_read_and_equals_itself(text: str) -> None:
    assert equal(read(text), read(text)) is True
    assert equal(read(text), read(f" {text}\n")) is True


@given(st.lists(PIECES, max_size=25).map("".join), st.lists(PIECES, max_size=25).map("".join))
def test_any_two_texts_can_be_compared_in_either_order(first: str, second: str) -> None:
    assert equal(read(first), read(second)) is equal(read(second), read(first))


@pytest.mark.parametrize(
    "text",
    [
        "10^{10^{9}}", "10^(10^9)", "9^9^9^9^9", "1e999999", "1e-999999", "999999!", "2^2^2^2^2^2",
        "9" * 1000, "9" * 999 + "^" + "9", "(" * 1000, "1+" * 499 + "1", "2^" * 499 + "2",
        r"\frac{" * 160 + "1", "{" * 500 + "}" * 500, "$" * 999, "-" * 999 + "1", "1," * 499 + "1",
        r"\text{" * 160, "1 " * 499, "((1,2)," * 140, "a and " * 160, ":" * 999, r"\cup" * 240,
        "½" * 999, "1_" * 499, r"\pm" * 330, "5 feet " * 140, "=" * 999, "x=" * 499,
    ],
)  # fmt: skip
def test_no_text_is_worked_out_without_bound(text: str) -> None:
    """Numbers have bounded digits, and nesting a bounded depth."""
    reading = read(text)
    if isinstance(reading, Number):
        assert reading.value.numerator.bit_length() <= 12_000
        assert reading.value.denominator.bit_length() <= 12_000
    assert equal(reading, read("5")) in (False, None)
