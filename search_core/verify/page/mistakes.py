"""The surest mistakes, each with its whole solution."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from search_core.labelled import RIGHT_FROM
from search_core.picture.numbers import counted
from search_core.picture.text import one_line
from search_core.verify.page.labelling import can_be_labelled
from search_core.verify.page.markup import paragraph, part, tag, text

_LINE = 90
FIRST_SHOWN = 10
_COUNTDOWN = (
    "By the checker's rule a Countdown step is right while it is true and the target can still be "
    "made the last result: going on from a target that was made is wrong where it cannot be made "
    "again. In a file's own labels it is whatever the file says."
)


def mistakes_section(found: Mapping[str, Any], anchor: str) -> str:
    """How many there are, and the list: the first `FIRST_SHOWN`, and the others behind a line.

    Args:
        anchor: Of the card; names its mistakes for whoever labels them.
    """
    told = (
        f"{found['wrong_called_right']:,} wrong ones were called right and "
        f"{found['right_called_wrong']:,} right ones wrong, in {found['solutions']:,} solutions."
    )
    parts = [paragraph(told)]
    shown = [_mistake(each, f"{anchor}/{at}") for at, each in enumerate(found["listed"])]
    if any(map(can_be_labelled, found["listed"])):
        parts.append(tag("p", class_="labelling", hidden="hidden"))
    parts += shown[:FIRST_SHOWN]
    if more := shown[FIRST_SHOWN:]:
        line = tag("summary", text(f"The next {counted(len(more), 'mistake')}"))
        parts.append(tag("details", line, *more, class_="more"))
    return part("Mistakes, the surest first", *parts, id_=f"{anchor}-mistakes")


def _mistake(each: Mapping[str, Any], key: str) -> str:
    step = each["step"]
    what = "the solution" if step is None else f"step {step + 1}"
    said = "called right, is wrong" if each["label"] < RIGHT_FROM else "called wrong, is right"
    line = one_line(each["problem"], _LINE)
    head = tag("summary", text(f"{each['score']:.3f} for {what}, {said}: {line}"))
    about = [each["id"], each["family"] or "", each["category"] or ""]
    rows = "".join(
        _step(index, words, each, index == step) for index, words in enumerate(each["steps"])
    )
    columns = ("step", "text", "score", "label")
    steps = tag(
        "table",
        tag("thead", tag("tr", *(tag("th", text(name), scope="col") for name in columns))),
        tag("tbody", rows),
        class_="steps",
    )
    return tag(
        "details",
        head,
        tag("p", text(each["problem"]), class_="problem", dir="auto"),
        steps,
        paragraph(_COUNTDOWN, "quiet") if each["family"] == "countdown" else "",
        paragraph("; ".join(part for part in about if part), "quiet"),
        class_="mistake",
        **({"data_key": key} if can_be_labelled(each) else {}),
    )


def _step(index: int, words: str, each: Mapping[str, Any], here: bool) -> str:
    score = each["scores"][index]
    label = each["labels"][index] if each["labels"] else None
    known = "not known"
    if label is not None:
        known = f"{'right' if label >= RIGHT_FROM else 'wrong'} ({label:g})"
    return tag(
        "tr",
        tag("th", text(f"{'▸ ' if here else ''}{index + 1}"), scope="row"),
        tag("td", text(words), class_="words", dir="auto"),
        tag("td", text("–" if score is None else f"{score:.3f}")),
        tag("td", text(known)),
        class_="here" if here else "",
    )
