"""What one may do with a verifier, in one sentence: the first that a report says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from search_core.verify.findings import FEWEST_PROBLEMS, CardFinding, State, harmless_edits

RANKS_WELL = 0.75
"""AUROC within a problem from which on a ranking is called good."""
CUTS_WELL = 0.75
"""Share of wrong steps among those that the threshold cuts, likewise."""
MOVED = 0.5
"""Share of edits that change nothing that counts, from which on moving by them is told."""


def verdict(name: str, card: Mapping[str, Any]) -> CardFinding:
    """The verdict on the verifier of a card: what to do in a sentence, and apart by which figures.

    What counts is ranking within a problem, for that is what a search asks; then whether more
    samples hurt, whether what it cuts is wrong, whether it notices a spoiled step, and whether
    it takes other words for a mistake.
    """
    found = _by_figures(name, card)
    moved = harmless_edits(card.get("stress"))
    if moved is None or moved.lowered < MOVED:
        return found
    told = f"{100 * moved.lowered:.0f} % of edits that change nothing lower its score."
    # Who trusts it is told how far; who does not has one reason more.
    how_far = "" if found.state == "bad" else ", as long as steps are worded as in these rows"
    sentence = f"{found.sentence.removesuffix('.')}{how_far}."
    return found._replace(sentence=sentence, figures=f"{found.figures} {told}".lstrip())


def _by_figures(name: str, card: Mapping[str, Any]) -> CardFinding:
    area = card["ranking"]["solutions"]["within_problem"]["auroc"]
    if area is None:
        return CardFinding(
            "open",
            f"Whether “{name}” can be trusted cannot be told from these rows: no problem has both "
            "a right and a wrong scored attempt.",
        )
    told = card["ranking"]["solutions"]["within_problem"]["problems"]
    if told < FEWEST_PROBLEMS:
        return CardFinding(
            "open",
            f"Whether “{name}” can be trusted cannot be told from these rows: too few problems "
            "have both a right and a wrong scored attempt.",
            f"They are {told}; an interval needs {FEWEST_PROBLEMS}.",
        )
    said = f"AUROC within a problem {area['value']:.2f} ({area['low']:.2f} to {area['high']:.2f})."
    curve = card["best_of_n"]
    if curve and curve["more_samples_hurt"]:
        return CardFinding(
            "bad",
            f"“{name}” should not steer a search: with more samples than {curve['peak']['n']} it "
            "picks worse ones.",
            said,
        )
    if area["low"] <= 0.5:
        worse = area["high"] < 0.5
        why = (
            "it ranks attempts worse than chance" if worse else "it ranks attempts as chance would"
        )
        return CardFinding("bad", f"“{name}” should not steer a search: {why}.", said)
    missed = _missed(card.get("stress"))
    said = " ".join(filter(None, [said, missed]))
    if area["high"] < RANKS_WELL:
        why = "it ranks attempts better than chance, but not well"
        return CardFinding("bad", f"“{name}” should not steer a search alone: {why}.", said)
    if area["low"] < RANKS_WELL:
        return CardFinding(
            "open",
            f"“{name}” ranks attempts better than chance; whether well, these rows do not tell.",
            said,
        )
    cuts = _cuts(card["cuts"])
    if cuts is None:
        return CardFinding(_state(missed), f"“{name}” can be trusted to rank.", said)
    low, value = cuts
    said = f"{said} {100 * value:.0f} % of the steps that it cuts are wrong."
    if low >= CUTS_WELL:
        return CardFinding(_state(missed), f"“{name}” can be trusted to rank and to cut.", said)
    return CardFinding("open", f"“{name}” can be trusted to rank, and less to cut.", said)


def _cuts(found: Mapping[str, Any] | None) -> tuple[float, float] | None:
    """Lower end of the interval and value of the share of cut steps that were wrong."""
    precision = found and found["by_threshold"]["precision"]
    return (precision["low"], precision["value"]) if precision else None


def _missed(stress: Mapping[str, Any] | None) -> str:
    """The spoiling edit that passes most often, where more than half surely do."""
    edits = [
        edit
        for edit in (stress or {}).get("edits", [])
        if edit["must_change"] and edit["unnoticed"] and edit["unnoticed"]["low"] > 0.5
    ]
    if not edits:
        return ""
    worst = max(edits, key=lambda edit: float(edit["unnoticed"]["value"]))
    return f'It lets {100 * worst["unnoticed"]["value"]:.0f} % of edits "{worst["name"]}" pass.'


def _state(missed: str) -> State:
    return "open" if missed else "good"
