"""What a card says, in sentences: what is well, what is not, and what nobody can tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

State = Literal["good", "bad", "open"]
FEWEST_PROBLEMS = 20
"""With fewer, the bootstrap's intervals say little: it draws the same few again and again."""
_WELL_RANKED = 0.75
_WELL_CUT = 0.5
_SMALL_GAP = 0.05
_CLEAR_CORRELATION = 0.3
_OFTEN = 0.2


class CardFinding(NamedTuple):
    """One sentence, and how it stands: well, badly, or not to be told; and its figures, where they
    stand apart."""

    state: State
    sentence: str
    figures: str = ""

    @property
    def whole(self) -> str:
        """All of it in one line."""
        return f"{self.sentence} {self.figures}".rstrip()


def findings(card: Mapping[str, Any]) -> list[CardFinding]:
    """The sentences of one card, in the order of its sections."""
    return [
        *_ranking(card["ranking"], "solutions", "attempts at the same problem"),
        *_ranking(card["ranking"], "steps", "steps at the same depth of the same problem"),
        *_first_errors(card["benchmarks"]["processbench"]),
        *_best_of_n(card["best_of_n"]),
        *_cuts(card["cuts"]),
        *_reliability(card["reliability"], card["judges"]),
        *_correlations(card["correlations"]),
        *_stress(card.get("stress")),
    ]


def interval(estimate: Mapping[str, float], digits: int = 2) -> str:
    """A value with its interval: "0.94 [0.91, 0.96]"."""
    value, low, high = (f"{estimate[key]:.{digits}f}" for key in ("value", "low", "high"))
    return f"{value} [{low}, {high}]"


def _ranking(ranking: Mapping[str, Any], what: str, said: str) -> Iterator[CardFinding]:
    within = ranking[what]["within_problem"]["auroc"]
    if within is None:
        if what == "solutions":
            yield CardFinding(
                "open",
                "Whether it ranks attempts at one problem cannot be told: no problem has both a "
                "right and a wrong scored attempt.",
            )
        return
    area = interval(within)
    told = ranking[what]["within_problem"]["problems"]
    if told < FEWEST_PROBLEMS:
        yield CardFinding(
            "open",
            f"It ranks {said} with an AUROC of {within['value']:.2f} in {told} of the problems: "
            f"too few to tell, for an interval needs {FEWEST_PROBLEMS}.",
        )
    elif within["high"] < 0.5:
        yield CardFinding("bad", f"It ranks {said} worse than chance: AUROC {area}.")
    elif within["low"] <= 0.5:
        yield CardFinding("bad", f"It ranks {said} no better than chance would: AUROC {area}.")
    elif within["low"] >= _WELL_RANKED:
        yield CardFinding("good", f"It ranks {said} well: AUROC {area}.")
    else:
        yield CardFinding("open", f"It ranks {said} better than chance, not well: AUROC {area}.")
    pooled = ranking[what]["pooled"]
    if pooled and pooled["value"] - within["value"] > _SMALL_GAP:
        yield CardFinding(
            "bad",
            f"Its pooled AUROC of {pooled['value']:.2f} flatters it: part of it is knowing which "
            "problems are hard.",
        )


def _first_errors(bench: Mapping[str, Any] | None) -> Iterator[CardFinding]:
    if bench is None:
        return
    pooled = bench["pooled"]
    if pooled["f1"] is None:
        yield CardFinding("open", f"First-error F1 is undefined. {pooled['undefined']}")
        return
    state: State = "good" if pooled["f1"] >= 75 else "bad" if pooled["f1"] < 50 else "open"
    yield CardFinding(
        state,
        f"It finds the exact place of {pooled['on_errors']:.0f} % of first errors, and leaves "
        f"{pooled['on_correct']:.0f} % of solutions without one alone (F1 {pooled['f1']:.1f}).",
    )


def _best_of_n(curve: Mapping[str, Any] | None) -> Iterator[CardFinding]:
    if curve is None:
        return
    peak, first, last = curve["peak"], curve["curve"][0], curve["curve"][-1]
    if curve["more_samples_hurt"]:
        yield CardFinding(
            "bad",
            f"More samples hurt: the best of {peak['n']} by its score is right in "
            f"{100 * peak['value']:.1f} %, the best of {last['n']} in {100 * last['value']:.1f} %.",
        )
    elif last["low"] > first["high"]:
        yield CardFinding(
            "good",
            f"More samples help up to N = {last['n']}: from {100 * first['value']:.1f} % to "
            f"{100 * last['value']:.1f} %.",
        )
    else:
        yield CardFinding(
            "open",
            f"Whether more samples help cannot be told: {100 * first['value']:.1f} % at N = 1, "
            f"{100 * last['value']:.1f} % at N = {last['n']}.",
        )


def _cuts(found: Mapping[str, Any] | None) -> Iterator[CardFinding]:
    if found is None or found["by_threshold"]["precision"] is None:
        return
    by = found["by_threshold"]
    lost = by["right_steps_cut"]
    state: State = "good" if by["precision"]["low"] > 1 - (1 - _WELL_CUT) / 2 else "open"
    state = "bad" if by["precision"]["value"] < _WELL_CUT else state
    yield CardFinding(
        state,
        f"Of the steps that its threshold of {by['threshold']:g} cuts, "
        f"{100 * by['precision']['value']:.0f} % are wrong; "
        + (f"{100 * lost['value']:.0f} % of all right steps are lost." if lost else ""),
    )


def _reliability(found: Mapping[str, Any], judges: str) -> Iterator[CardFinding]:
    what = "steps" if judges == "steps" and found["steps"] else "solutions"
    if found[what] is None:
        return
    ece = found[what]["ece"]
    state: State = "good" if ece["high"] < 0.1 else "bad" if ece["low"] > 0.1 else "open"
    yield CardFinding(
        state,
        f"Its scores of {what} lie {100 * ece['value']:.0f} points from what happened on average "
        f"(ECE {interval(ece)}).",
    )


def _correlations(found: Mapping[str, Any]) -> Iterator[CardFinding]:
    for name, said in (("length", "long"), ("repetition", "repetitive")):
        both = [found[name][which] for which in ("right", "wrong")]
        signs = {estimate["value"] > 0 for estimate in both if estimate}
        strong = [e for e in both if e and abs(e["value"]) >= _CLEAR_CORRELATION]
        if len(strong) == 2 and len(signs) == 1:
            direction = "higher" if signs == {True} else "lower"
            yield CardFinding(
                "bad",
                f"It scores {said} solutions {direction}, among right and among wrong ones alike.",
            )


class HarmlessEdits(NamedTuple):
    """All edits that must not change a score, of every kind together.

    Attributes:
        made: How many.
        lowered: Share of them, 0 to 1, after which a score was clearly lower.
        lifted: Likewise, clearly higher.
    """

    made: int
    lowered: float
    lifted: float

    def sentence(self) -> str:
        """In words, with what follows from it."""
        told = (
            f"Of {self.made:,} edits that change nothing that counts (wording, order), "
            f"{100 * self.lowered:.0f} % lowered its score and {100 * self.lifted:.0f} % lifted it"
        )
        if self.lowered > _OFTEN:
            return f"{told}: a low score may be for the way a step is written, not for a mistake."
        if self.lifted > _OFTEN:
            return f"{told}: a high score may be for the way a step is written."
        return f"{told}."


def harmless_edits(stress: Mapping[str, Any] | None) -> HarmlessEdits | None:
    """The edits of a stress test that must not change a score; None: none were made."""
    edits = [edit for edit in (stress or {}).get("edits", []) if not edit["must_change"]]
    made = sum(edit["made"] for edit in edits)
    if not made:
        return None
    lowered, lifted = (
        sum(edit["made"] * edit[key]["value"] for edit in edits) / made
        for key in ("lowered", "inflated")
    )
    return HarmlessEdits(made, lowered, lifted)


def _stress(stress: Mapping[str, Any] | None) -> Iterator[CardFinding]:
    if not stress:
        return
    often = False
    if harmless := harmless_edits(stress):
        often = max(harmless.lowered, harmless.lifted) > _OFTEN
        yield CardFinding("bad" if often else "good", harmless.sentence())
    for edit in stress["edits"]:
        if edit["must_change"] and edit["unnoticed"] and edit["unnoticed"]["low"] > 0.5:
            share = 100 * edit["unnoticed"]["value"]
            yield CardFinding("bad", f'It does not notice {share:.0f} % of edits "{edit["name"]}".')
        for key, does in (("inflated", "lifts"), ("lowered", "lowers")):
            moved = edit[key]
            # Where most kinds do, one sentence for all says more than one for each.
            if not often and not edit["must_change"] and moved and moved["low"] > _OFTEN:
                share = 100 * moved["value"]
                yield CardFinding(
                    "bad",
                    f'The edit "{edit["name"]}" changes nothing that counts, and {does} '
                    f"{share:.0f} % of its scores.",
                )
