"""The surest mistakes, each with its whole solution."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from search_core.labelled import RIGHT_FROM
from search_core.picture.text import one_line
from search_core.verify.page.markup import paragraph, tag, text

_LINE = 90


def mistakes_section(found: Mapping[str, Any]) -> str:
    """How many there are, and the list."""
    told = (
        f"{found['wrong_called_right']:,} wrong ones were called right and "
        f"{found['right_called_wrong']:,} right ones wrong, in {found['solutions']:,} solutions."
    )
    parts = [tag("h3", "Mistakes, the surest first"), paragraph(told)]
    parts += [_mistake(each) for each in found["listed"]]
    return "".join(parts)


def _mistake(each: Mapping[str, Any]) -> str:
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
        tag("p", text(each["problem"]), class_="problem"),
        steps,
        paragraph("; ".join(part for part in about if part), "quiet"),
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
        tag("td", text(words), class_="words"),
        tag("td", text("–" if score is None else f"{score:.3f}")),
        tag("td", text(known)),
        class_="here" if here else "",
    )
