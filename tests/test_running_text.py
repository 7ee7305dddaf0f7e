"""A step that is text alone is tokenised as in running text; a token may hold more than its end."""

from __future__ import annotations

import re
from typing import Any

import pytest

from search_core.bench.random_models import letter_tokenizer
from search_core.engine.path_tokens import PathTokens
from search_core.engine.step_texts import StepTexts
from search_core.engine.writing.stopping import stop_table
from tests.benching import TINY
from tests.tiny_models import tiny_tokenizer
from tests.tokenizer_kinds import KINDS, SENTENCES, tokenizer_of

STEPS = ("First, we add.", "So 3 + 4 = 7", "9 is left", "naïve – 東京", "The answer is \\boxed{7}.")


@pytest.fixture(scope="module", params=KINDS)
def tokenizer(request: pytest.FixtureRequest) -> Any:
    return tokenizer_of(request.param, chats=False)


def plain(tokenizer: Any, text: str) -> list[int]:
    ids: list[int] = tokenizer(text, add_special_tokens=False, split_special_tokens=True)[
        "input_ids"
    ]
    return ids


def test_steps_of_text_are_the_tokens_of_the_whole_text(tokenizer: Any) -> None:
    """Where the next step begins with a letter, as most do; and a path's ids only ever grow."""
    paths = PathTokens(tokenizer)
    steps = tuple(step for step in STEPS if step[0].isalpha())
    whole = plain(tokenizer, "\n\n".join(["Let", *steps, "The"]))
    found = list(paths.path("Let", steps))
    assert found == whole[: len(found)]
    assert tokenizer.decode(found) == "\n\n".join(["Let", *steps, ""])
    for end in range(len(STEPS)):
        shorter, longer = paths.path("P", STEPS[:end]), paths.path("P", STEPS[: end + 1])
        assert longer[: len(shorter)] == shorter


def test_a_blank_line_before_a_word_is_not_that_at_the_end_of_a_text() -> None:
    """GPT-2's splitter leaves the last line break to what comes next; SmolLM2's is one of these."""
    for kind in ("gpt-2", "digit-wise"):
        paths = PathTokens(tokenizer_of(kind, chats=True))
        tokenizer = tokenizer_of(kind, chats=True)
        assert tokenizer.convert_ids_to_tokens(paths.step("go."))[-3:] == [".", "Ċ", "Ċ"]
        assert tokenizer.convert_ids_to_tokens(plain(tokenizer, "go.\n\n"))[-1] == "ĊĊ"
        assert tokenizer.convert_ids_to_tokens(paths.step("9 more."))[-3:] == [".", "Ċ", "Ċ"]
    llama = tokenizer_of("sentencepiece bpe", chats=True)
    pieces = llama.convert_ids_to_tokens(PathTokens(llama).step("go."))
    assert not pieces[0].startswith("▁")
    assert llama.convert_ids_to_tokens(plain(llama, "go."))[0].startswith("▁")


def test_of_letters_that_a_tokenizer_does_not_know_nothing_is_added() -> None:
    """It has one id for all of them, those of the words that a text may go on with included."""
    tokenizer = letter_tokenizer(TINY)
    paths = PathTokens(tokenizer)
    letters = tokenizer.decode([5, 6, 7])
    assert paths.step(letters) == (5, 6, 7, 4)
    assert list(paths.path(letters, (letters, letters)))[-8:] == [5, 6, 7, 4] * 2


def test_texts_of_steps_add_up_to_the_text(tokenizer: Any) -> None:
    """Cut where the stop table says so, the steps of a text are the text again."""
    table, texts = stop_table(tokenizer, []), StepTexts(tokenizer)
    text = "\n\n".join(SENTENCES)
    steps, before, now = [], (), []  # type: ignore[var-annotated]
    previous = None
    for id_ in plain(tokenizer, text):
        now.append(id_)
        if table.ended(id_, previous) == "step":
            steps.append(texts.step(now, before))
            before, now = tuple(now), []
            previous = id_ if texts.rest(before) else None
        else:
            previous = id_
    steps.append(texts.text(now, before))
    again = tokenizer.decode(plain(tokenizer, text))
    assert len(steps) > len(SENTENCES)
    assert re.sub(r"\n\n+", "\n\n", "\n\n".join(steps)) == re.sub(r"\n\n+", "\n\n", again)


def test_a_token_with_a_delimiter_may_hold_how_the_next_step_begins() -> None:
    tokenizer = tokenizer_of("whole text", chats=False)
    texts = StepTexts(tokenizer)
    [holds_more] = [
        id_ for piece, id_ in tokenizer.get_vocab().items() if piece == ":ĊĊĠĠ19"
    ]  # fmt: skip
    first = (*plain(tokenizer, "Then"), holds_more)
    assert texts.step(first) == "Then:"
    assert texts.rest(first) == "  19"
    second = plain(tokenizer, " * 2")
    assert texts.text(second, first) == "  19 * 2"
    assert texts.rest((*first, *second)) is None
    paths = PathTokens(tokenizer)
    own = paths.path("P", ("Then:",), step_ids=(first,))
    assert own == paths.prompt("P") + first
    # A person's step stands for what the model had begun.
    mixed = paths.path("P", ("Then:", "We stop."), step_ids=(first, None))
    assert mixed == paths.path("P", ("Then:", "We stop."))
    both = paths.path("P", ("Then:", "  19 * 2"), step_ids=(first, (*second, *paths.step(""))))
    assert both[: len(own)] == own


def test_a_step_that_ended_without_a_delimiter_gets_one_where_it_is_gone_on_from() -> None:
    tokens = tiny_tokenizer()
    paths = PathTokens(tokens)
    own = tuple(plain(tokens, "9 9"))
    path = paths.path("P", ("9 9",), opening="Wait", step_ids=(own,))
    assert tokens.decode(path[len(paths.prompt("P")) :]) == "9 9\n\nWait"
    assert paths.texts.rest(own) is None
    assert paths.texts.text(plain(tokens, ", no"), (*plain(tokens, "Wait"),)) == ", no"


def test_further_line_breaks_belong_to_the_delimiter() -> None:
    tokenizer = tokenizer_of("line breaks join", chats=False)
    texts = StepTexts(tokenizer)
    [three] = [id_ for piece, id_ in tokenizer.get_vocab().items() if piece == "ĊĊĊ"]
    ids = (*plain(tokenizer, "so"), three)
    assert (texts.step(ids), texts.rest(ids)) == ("so", "")
    assert texts.text(plain(tokenizer, "We"), ids) == "We"
