"""The whole page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from search_core.models import VERIFIERS
from search_core.picture.numbers import counted
from search_core.verify.best_verifier import best_verifier
from search_core.verify.findings import FEWEST_PROBLEMS, CardFinding
from search_core.verify.page.cards import card_sections, finding_list
from search_core.verify.page.comparisons import comparison_section
from search_core.verify.page.frame import framed
from search_core.verify.page.headlines import headline_rows
from search_core.verify.page.labelling import labelling_data
from search_core.verify.page.markup import paragraph, table, tag, text
from search_core.verify.page.scripts import report_policy, report_scripts
from search_core.verify.verdict import verdict


def report_page(values: Mapping[str, Any]) -> str:
    """The HTML of a report's values. The same values give the same page.

    Raises:
        KeyError: They are no report's values.
    """
    cards = values["cards"]
    names = ", ".join(cards)
    title = f"Report card: {names}" if len(cards) == 1 else f"Report cards: {names}"
    anchors = {name: f"card-{number}" for number, name in enumerate(cards, start=1)}
    links = [*((f"#{anchor}", name) for name, anchor in anchors.items())]
    links += [("#comparisons", "Side by side")] if values["comparisons"] else []
    links.append(("#made", "How it was made"))
    navigation = tag("ul", *(tag("li", tag("a", text(name), href=at)) for at, name in links))
    listed = [anchors[name] for name, card in cards.items() if card["mistakes"]["listed"]]
    body = [
        _skip(listed),
        tag("header", tag("h1", text(title[:200])), *_introduced(cards),
            finding_list(_verdicts(values)), *_about(values),
            tag("nav", navigation, aria_label="Parts of this report")),
        tag(
            "main",
            table("At a glance", ["measure", *cards], headline_rows(cards)),
            *(card_sections(name, card, anchors[name]) for name, card in cards.items()),
            comparison_section(values["comparisons"]),
        ),
        tag("footer", tag("details", *_made(values), class_="card", open="open")),
        labelling_data(values, anchors),
        report_scripts(),
    ]  # fmt: skip
    return framed(title[:200], *body, policy=report_policy())


def _verdicts(values: Mapping[str, Any]) -> list[CardFinding]:
    """What one may do with each, and which to take."""
    cards = values["cards"]
    best = best_verifier(cards, values["comparisons"])
    each = [verdict(name, card) for name, card in cards.items()]
    return each if best is None else [best, *each]


def _introduced(cards: Mapping[str, Any]) -> Iterator[str]:
    """What those are that come with the package: a name alone says little."""
    known = [
        tag("dt", text(name)) + tag("dd", text(VERIFIERS[name].what))
        for name in cards
        if name in VERIFIERS
    ]
    if known:
        yield tag("dl", *known, class_="introduced")


def _skip(anchors: Sequence[str]) -> str:
    """The first stop of the Tab key leads past all figures to what one works on."""
    if not anchors:
        return ""
    words = "Skip to the surest mistakes"
    return tag("a", words, class_="skip", href=f"#{anchors[0]}-mistakes")


def _about(values: Mapping[str, Any]) -> Iterator[str]:
    rows, file = values["rows"], values.get("input", {})
    solutions, problems = (
        counted(rows["solutions"], "solution"),
        counted(rows["problems"], "problem"),
    )
    yield paragraph(
        f"{solutions} of {problems} from {file.get('name', 'memory')}, "
        f"{counted(rows['steps'], 'step')}, {rows['labelled_steps']:,} of them labelled and "
        f"{rows['wrong_steps']:,} wrong.",
        "quiet",
    )
    if rows["problems"] < FEWEST_PROBLEMS:
        yield paragraph(
            f"{problems} can show a mistake and prove nothing: the "
            "intervals come from drawing the same few again, and are too narrow. Bring at least "
            f"{FEWEST_PROBLEMS}.",
            "caution",
        )
    if rows["right_answer_on_wrong_step"]:
        yield paragraph(
            "A right answer over a wrong step: "
            f"{counted(rows['right_answer_on_wrong_step'], 'solution')}. A right answer is no "
            "label for steps.",
            "quiet",
        )
    left_out = file.get("rows_left_out", 0)
    if left_out:
        named = "; ".join(file.get("rows_left_out_named", [])[:5])
        yield paragraph(f"Left out of the file: {counted(left_out, 'row')}: {named}.", "quiet")
    for name, refused in values.get("refused", {}).items():
        yield paragraph(
            f"{name} refused {counted(refused['solutions'], 'solution')}; the first, "
            f"{refused['first']}: {refused['why']}",
            "quiet",
        )


def _made(values: Mapping[str, Any]) -> Iterator[str]:
    yield tag("summary", tag("h2", "How it was made", id="made"))
    file, settings = values.get("input", {}), values["settings"]
    versions = ", ".join(f"{name} {each}" for name, each in values.get("versions", {}).items())
    pairs = [
        ("date", values.get("date", "")),
        ("versions", versions),
        ("file", f"{file.get('name', '')}, read as {file.get('kind', '')}"),
        ("SHA-256 of the file", file.get("sha256", "")),
        (
            "intervals",
            f"95 %, {settings['bootstrap_draws']:,} bootstrap draws over problems, seed "
            f"{settings['bootstrap_seed']}",
        ),
    ]
    for name, card in values["cards"].items():
        hashes = card["verifier"].get("weights_sha256") or {}
        pairs += [(f"{name}, {weights}", f"SHA-256 {each}") for weights, each in hashes.items()]
    yield tag("pre", text(values.get("command", "")))
    yield tag("dl", *(tag("dt", text(key)) + tag("dd", text(value)) for key, value in pairs))
