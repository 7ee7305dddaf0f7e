"""The table of formats: its rows, and what is told by them."""

from __future__ import annotations

import pytest

from search_core.verifiers import FORMATS, VerifierFormat, add_format
from search_core.verifiers.format_choice import list_of_formats, parsed
from search_core.verifiers.formats import TokenPair
from search_core.verifiers.generative.prompts import JUDGE


def test_names_and_aliases_lead_to_a_row() -> None:
    assert parsed("outcome") == parsed("orm") == (FORMATS["outcome"], "")
    assert parsed("implicit:a/b:c") == (FORMATS["implicit"], "a/b:c")
    assert "also called orm" in list_of_formats()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("abacus", "'abacus' is unknown"),
        ("rlhflow:harsh", "takes nothing after a colon"),
        ("trl:tab", "no variant 'tab'; expected trl:line or trl:blank-line"),
    ],
)
def test_what_is_no_format(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parsed(text)


@pytest.mark.parametrize(
    ("name", "usage", "servers"),
    [
        ("rlhflow", "rlhflow", "any server"),
        ("trl", "trl:line|blank-line", "vLLM"),
        ("qwen_prm", "qwen_prm", "vLLM"),
        ("skywork", "skywork", ""),
        ("judge", "judge[:reason,samples=N,tokens=N,temperature=T]", "any server"),
        ("genprm_reasoning", "genprm_reasoning[:samples=N,tokens=N,temperature=T]", "any server"),
        ("implicit", "implicit:REFERENCE_MODEL", ""),
    ],
)
def test_what_a_row_says_of_itself(name: str, usage: str, servers: str) -> None:
    assert FORMATS[name].usage == usage
    assert FORMATS[name].servers == servers


@pytest.mark.parametrize(
    ("name", "argument", "reasons"),
    [
        ("judge", "", False),
        ("judge", "reason", True),
        ("judge", "harsh", True),  # Its options say then what is known.
        ("thinkprm", "", True),
        ("genprm", "", False),
        ("implicit", "a/b", False),
    ],
)
def test_a_format_may_reason_by_the_word_after_its_colon(
    name: str, argument: str, reasons: bool
) -> None:
    assert FORMATS[name].reasons(argument) is reasons


def test_a_row_that_reads_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="needs texts with a readout, or reasoning"):
        VerifierFormat("half", "none", "nothing", readout=TokenPair("a", "b"))
    with pytest.raises(ValueError, match="needs texts with a readout, or reasoning"):
        VerifierFormat("empty", "none", "nothing")


def test_a_name_or_an_alias_is_given_once() -> None:
    for name, aliases in (("judge", ()), ("other", ("orm",)), ("orm", ())):
        row = VerifierFormat(name, "none", "nothing", reasoning={"": JUDGE}, aliases=aliases)
        with pytest.raises(ValueError, match="already"):
            add_format(row)
    assert "other" not in FORMATS
