"""A tree that another verifier scored anew, as one HTML file: no script, no network, it prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from search_core.picture.numbers import counted
from search_core.picture.step_names import step_name
from search_core.picture.text import one_line
from search_core.verify.page.figures import NOTHING
from search_core.verify.page.frame import framed
from search_core.verify.page.markup import paragraph, tag, text
from search_core.verify.page.tree_map import MOST, direction, tree_map

_LARGEST = 20
_MOST_ROWS = 2_000
"""Of the table of every step; the JSON has them all."""
_LINE = 160
_COLUMNS = (
    "step",
    "then",
    "now",
    "change",
    "place among siblings",
    "in the run",
    "checker",
    "text",
)
_HOLDS = {True: "✓ holds", False: "✗ does not hold", None: NOTHING}
_KEY = (
    "▲ scored higher now, ▼ lower, ● alike, × not scored by both; the larger the mark, the larger "
    "the change. Dashed: cut in the run. Square: preferred in the run, circle: preferred now, at "
    "the first decision that differs."
)
Values = Mapping[str, Any]


def rescoring_page(values: Values) -> str:
    """The HTML of a rescoring's values. The same values give the same page.

    Args:
        values: Of `Rescoring.to_dict`, and `sentences`, `problem`, `command`, `date`, `versions`,
            `input` (`name`, `sha256`) and `verifier` (`weights_sha256`) beside them.
    """
    title = f"One tree, scored anew by {values['by']}"
    compared = [node for node in values["nodes"] if direction(node) != "none"]
    largest = sorted(compared, key=lambda node: -abs(node["now"] - node["was"]))[:_LARGEST]
    body = [
        tag("header", tag("h1", text(title[:200])), tag("p", text(values["problem"]),
            class_="problem", dir="auto"), paragraph(_about(values), "quiet")),
        tag(
            "main",
            *(paragraph(each) for each in values["sentences"]),
            *_decision(values),
            tag("h2", "Where the two disagree"),
            *_map(values),
            tag("h2", "The largest disagreements"),
            _table("The largest disagreements", largest),
            *_every_step(values["nodes"]),
        ),
        tag("footer", *_made(values)),
    ]  # fmt: skip
    return framed(title[:200], *body)


def _about(values: Values) -> str:
    steps = counted(len(values["nodes"]), "step")
    return f"{steps}; then: {values['was']}, now: {values['by']}."


def _decision(values: Values) -> Iterator[str]:
    decision = values["decision"]
    if decision is None:
        return
    yield tag("h2", "The first decision that would differ")
    nodes = {node["id"]: node for node in values["nodes"]}
    for head, ids in (("Preferred in the run", decision["kept_then"]),
                      (f"Preferred by {values['by']}", decision["kept_now"])):  # fmt: skip
        found = [nodes[id_] for id_ in ids if id_ in nodes]
        if found:
            yield tag("h3", text(head))
            yield _table(head, found)


def _map(values: Values) -> Iterator[str]:
    nodes, decision = values["nodes"], values["decision"] or {}
    ways = [direction(node) for node in nodes]
    told = ", ".join(
        f"{ways.count(way)} {said}"
        for way, said in (("up", "scored higher now"), ("down", "lower"), ("alike", "alike"))
    )
    if len(nodes) > MOST:
        yield paragraph(f"{told}. A tree of more than {MOST:,} steps is not drawn.")
        return
    picture = tree_map(nodes, decision.get("kept_then", ()), decision.get("kept_now", ()), told)
    yield paragraph(_KEY, "quiet")
    yield tag("div", picture, class_="wide", tabindex="0", role="group",
              aria_label="Map of the tree")  # fmt: skip
    yield paragraph(f"{told}.")


def _every_step(nodes: Sequence[Values]) -> Iterator[str]:
    shown = nodes[:_MOST_ROWS]
    more = "" if len(shown) == len(nodes) else f", the first {len(shown):,} of {len(nodes):,}"
    head = tag("summary", text(f"Every step{more}"))
    yield tag("details", head, _table("Every step", shown), class_="more")


def _table(caption: str, nodes: Sequence[Values]) -> str:
    head = tag("tr", *(tag("th", text(name), scope="col") for name in _COLUMNS))
    inner = tag(
        "table",
        tag("caption", text(caption), class_="unseen"),
        tag("thead", head),
        tag("tbody", *(_row(node) for node in nodes)),
        class_="prices",
    )
    return tag("div", inner, class_="wide", tabindex="0", role="group", aria_label=caption)


def _row(node: Values) -> str:
    was, now = node["was"], node["now"]
    change = NOTHING if was is None or now is None else f"{now - was:+.2f}".replace("-", "−")
    fate, other = node["state"], node["would_be"]
    cells = [
        _score(was),
        _score(now),
        change,
        f"{node['place_was'] or NOTHING} → {node['place_now'] or NOTHING}",
        fate if other in (None, fate) else f"{fate}, would be {other}",
        _HOLDS[node["sound"]],
    ]
    name = tag("th", text(step_name(node["id"])), scope="row")
    words = tag("td", text(one_line(node["text"], _LINE)), dir="auto")
    return tag("tr", name, *(tag("td", text(cell)) for cell in cells), words)


def _score(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.3f}"


def _made(values: Values) -> Iterator[str]:
    yield tag("h2", "How it was made")
    versions = ", ".join(f"{name} {each}" for name, each in values.get("versions", {}).items())
    file, hashes = values.get("input", {}), values.get("verifier", {}).get("weights_sha256") or {}
    pairs = [
        ("date", values.get("date", "")),
        ("versions", versions),
        ("file", file.get("name", "")),
        ("SHA-256 of the file", file.get("sha256", "")),
        *((f"{values['by']}, {weights}", f"SHA-256 {each}") for weights, each in hashes.items()),
    ]
    yield tag("pre", text(values.get("command", "")))
    yield tag("dl", *(tag("dt", text(key)) + tag("dd", text(value)) for key, value in pairs))
