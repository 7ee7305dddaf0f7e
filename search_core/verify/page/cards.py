"""The sections of one verifier's card."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from search_core.picture.numbers import counted
from search_core.picture.svg import document, element
from search_core.picture.symbols import symbol_path
from search_core.verify.findings import CardFinding, findings
from search_core.verify.page.charts import best_of_n_chart, reliability_chart
from search_core.verify.page.figures import ci, percent, plain_number, share
from search_core.verify.page.markup import paragraph, part, table, tag, text
from search_core.verify.page.mistakes import mistakes_section
from search_core.verify.page.stress import stress_section
from search_core.verify.page.thresholds import thresholds_section

_MARKS = {
    "good": ("circle", "var(--grade-right-line)", "Well"),
    "bad": ("x", "var(--grade-wrong-line)", "Not well"),
    "open": ("diamond", "var(--palette-muted)", "Open"),
}


def card_sections(name: str, card: Mapping[str, Any], anchor: str) -> str:
    """Everything about one verifier."""
    inside = [
        tag("summary", tag("h2", text(name), id=anchor)),
        paragraph(_about(card), "quiet"),
        finding_list(findings(card)),
        part("The benchmarks’ own numbers", *_benchmarks(card), folded=True),
        thresholds_section(card["thresholds"], card["threshold"]),
        part("Ranking within a problem", *_ranking(card)),
        part("Best-of-N", *_best_of_n(card)),
        part("Cuts", *_cuts(card)),
        part("Reliability", *_reliability(card)),
        part("Length and repetition", *_correlations(card), folded=True),
        stress_section(card.get("stress")),
        part("Where it is right, and where not", *_breakdowns(card), folded=True),
        mistakes_section(card["mistakes"], anchor),
    ]
    whole = tag("details", *inside, class_="card", open="open")
    return tag("section", whole, aria_labelledby=anchor)


def finding_list(found: list[CardFinding]) -> str:
    """Each sentence behind a mark whose shape says how it stands; its figures below it."""
    return tag("ul", *(tag("li", _mark(f.state), *_said(f)) for f in found), class_="findings")


def _said(finding: CardFinding) -> Iterator[str]:
    yield text(finding.sentence)
    if finding.figures:
        yield tag("span", text(finding.figures), class_="figures")


def _mark(state: str) -> str:
    symbol, colour, said = _MARKS[state]
    shape = element("path", d=symbol_path(symbol), transform="translate(12 12) scale(7)",
                    fill=colour)  # fmt: skip
    picture = document(24, 24, shape, title=said, about=said)
    return tag("span", picture, class_="mark")


def _about(card: Mapping[str, Any]) -> str:
    scored, who = card["scored"], card["verifier"]
    size = who.get("parameters")
    parts = [
        f"{size / 1e6:,.1f} M parameters" if size else "",
        f"revision {who['revision']}" if who.get("revision") else "",
        f"judges {card['judges']}",
        f"{scored['solutions']:,} solutions and {scored['steps']:,} steps scored",
        f"threshold {card['threshold']:g}",
        f"a solution's scores in one number: {card['aggregate']}",
    ]
    return "; ".join(part for part in parts if part) + "."


def _benchmarks(card: Mapping[str, Any]) -> Iterator[str]:
    found = card["benchmarks"]
    if not any(found.values()):
        return
    if bench := found["processbench"]:
        names = [*bench["splits"], "pooled"]
        rows = [
            [
                name if name != "pooled" else "all rows pooled",
                f"{each['errors']:,}",
                f"{each['correct']:,}",
                percent(each["on_errors"]),
                percent(each["on_correct"]),
                _f1(each),
            ]
            for name in names
            for each in [bench["pooled"] if name == "pooled" else bench["splits"][name]]
        ]
        yield table(
            "ProcessBench: the first error’s exact place, in %",
            ["split", "with error", "without", "on errors", "on correct", "F1"],
            rows,
        )
        yield paragraph(
            f"Mean of the splits’ F1 (the paper’s macro average): {percent(bench['macro_f1'])}. "
            "Weighted by each split’s rows (Hugging Face’s fork): "
            f"{percent(bench['weighted_f1'])}."
        )
    if bench := found["hard2verify"]:
        levels = [("step_level", "steps"), ("response_level", "whole solutions"),
                  ("first_error", "first errors")]  # fmt: skip
        columns = ("tpr", "tnr", "balanced_accuracy", "balanced_f1")
        yield table(
            "Hard2Verify: rates in %, over rows whose every step has a label",
            ["level", "right found (TPR)", "wrong found (TNR)", "balanced accuracy", "balanced F1"],
            [[said, *(percent(bench[key][each]) for each in columns)] for key, said in levels],
        )
    if bench := found["prmbench"]:
        keys = ("prmscore", "f1", "negative_f1", "first_error_acc", "similarity")
        classes = [*bench["classes"].items(), ("total", bench["total"])]
        rows = [
            [name, f"{each['steps']:,}", *(share(each[key]) for key in keys)]
            for name, each in classes
        ]
        yield table(
            "PRMBench: by class of error",
            ["class", "steps", "PRMScore", "F1", "negative F1", "first error flagged",
             "similarity"],
            rows,
        )  # fmt: skip


def _f1(each: Mapping[str, Any]) -> str:
    if each["f1"] is None:
        return "undefined"
    return ci(each["interval"], 1) if each["interval"] else percent(each["f1"])


def _ranking(card: Mapping[str, Any]) -> Iterator[str]:
    found = card["ranking"]
    rows = []
    for what in ("solutions", "steps"):
        within = found[what]["within_problem"]
        rows.append([what, ci(within["auroc"]), f"{within['problems']:,}",
                     ci(found[what]["pooled"])])  # fmt: skip
    yield table("AUROC", ["of", "within a problem", "problems with both", "pooled"], rows)
    yield paragraph(found["pooled_misleads"])
    if card["judges"] == "steps":
        each = found["solutions"]["by_aggregate"].items()
        yield table(
            "Solutions within a problem, by what makes one number of their scores",
            ["aggregate", "AUROC"],
            [[how, ci(area["auroc"])] for how, area in each],
        )


def _best_of_n(card: Mapping[str, Any]) -> Iterator[str]:
    found = card["best_of_n"]
    if not found:
        return
    yield tag("div", best_of_n_chart(found), class_="chart")
    peak, fall = found["peak"], found["fall_after_peak"]
    yield paragraph(
        f"Highest at N = {peak['n']} (95 % interval {peak['low']} to {peak['high']}), over "
        f"{counted(found['problems'], 'problem')}; {found['left_out']:,} with too few attempts "
        "left out. "
        "From there to the largest N the curve falls by "
        f"{ci(fall)}, judged on other problems than the peak was found on: "
        + ("more samples hurt." if found["more_samples_hurt"] else "no more than chance explains.")
    )


def _cuts(card: Mapping[str, Any]) -> Iterator[str]:
    found = card["cuts"]
    if not found:
        return
    labels = [
        ("precision", "cut steps that were wrong"),
        ("wrong_steps_cut", "wrong steps that were cut"),
        ("right_steps_cut", "right steps that were cut"),
        ("wrong_among_all", "wrong steps among all, for comparison"),
        ("every_right_step_cut", "rounds in which every right step was cut"),
    ]
    threshold, rank = found["by_threshold"], found["by_rank"] or {}
    rows = [[said, ci(threshold.get(key)), ci(rank.get(key))] for key, said in labels]
    yield table(
        "What a search would cut, as shares",
        ["share of", f"below {card['threshold']:g}", "the worse half of a round"],
        rows,
    )


def _reliability(card: Mapping[str, Any]) -> Iterator[str]:
    found = {what: each for what, each in card["reliability"].items() if each}
    if not found:
        return
    yield tag("div", *(reliability_chart(what, each) for what, each in found.items()),
              class_="charts")  # fmt: skip
    rows = [[what, f"{each['items']:,}", ci(each["ece"], 3), ci(each["brier"], 3),
             share(each["brier_of_base_rate"])] for what, each in found.items()]  # fmt: skip
    yield table(
        "Lower is better",
        ["of", "scores", "ECE", "Brier score", "Brier score of always saying the mean"],
        rows,
    )


def _correlations(card: Mapping[str, Any]) -> Iterator[str]:
    rows = [
        [name, *(ci(found[which]) for which in ("all", "right", "wrong"))]
        for name, found in card["correlations"].items()
        if any(found.values())
    ]
    if rows:
        yield table(
            "Spearman’s correlation with the score of a solution",
            ["with", "all solutions", "right ones", "wrong ones"],
            rows,
        )
        yield paragraph(
            "A correlation over all may come from long solutions being wrong more often; one that "
            "stands among right and among wrong ones does not."
        )


_COLUMNS = {
    "steps": "steps",
    "solutions": "solutions",
    "right": "right",
    "auroc_within_problem": "AUROC within a problem",
    "auroc_pooled": "AUROC pooled",
    "on_errors": "first error found",
    "on_correct": "left alone",
    "wrong": "wrong steps",
    "mean_score": "mean score",
    "step_auroc": "AUROC of steps",
    "right_steps_kept": "right steps kept",
    "wrong_steps_found": "wrong steps found",
    "ece": "ECE",
}
_TITLES = {
    "depth": "By depth of the step",
    "length": "By length of the solution",
    "category": "By class of error",
    "generator": "By who wrote it",
}


def _breakdowns(card: Mapping[str, Any]) -> Iterator[str]:
    for kind, rows in card["breakdowns"].items():
        keys = [key for key in _COLUMNS if any(row.get(key) is not None for row in rows)]
        yield table(
            _TITLES.get(kind, f"By {kind}"),
            [kind, *(_COLUMNS[key] for key in keys)],
            [[row["value"], *(plain_number(row.get(key)) for key in keys)] for row in rows],
        )
