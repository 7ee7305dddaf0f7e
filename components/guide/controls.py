"""Which section of the guide explains which control of the page: one table.

`assets/js/guide/links.js` puts a small "?" beside each control that stands here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from components.guide.markdown import anchor
from components.places import GUIDE
from search_core.strategies import STRATEGIES, Strategy

SHARED_SECTION = "options-they-share"
_SHARED_OPTIONS = frozenset(
    {
        *("n", "max_steps", "aggregate", "judge", "lookahead"),
        *("length_ends", "empty_ends", "answerless_vote"),
    }
)


@dataclass(frozen=True)
class ControlLink:
    """From a control, or a group of them, to what the guide says about it.

    Attributes:
        control: Its `elem_id` on the page; a panel's class in the explorer.
        label: What it is called.
        page, section: The page's slug and the anchor of a heading there.
        covers: Controls beside it that the same section explains, by their `elem_id`.
        term: What the control is about, by its name in the glossary; "" where that has none.
    """

    control: str
    label: str
    page: str
    section: str
    covers: tuple[str, ...] = ()
    term: str = ""

    @property
    def address(self) -> str:
        """Relative to the app's root."""
        return f"{GUIDE.address}{self.page}#{self.section}"

    def as_dict(self) -> dict[str, str]:
        """As the page's script takes it."""
        told = {"control": self.control, "label": self.label, "address": self.address}
        return told | ({"term": self.term} if self.term else {})


_CONTROLS = (
    ControlLink("problem", "Problem", "use", "problem", covers=("reference",), term="problem"),
    ControlLink("run", "Run", "use", "run", covers=("stop",)),
    ControlLink("family", "Family and level", "use", "problem", covers=("level", "draw")),
    ControlLink(
        "recording",
        "Recorded example",
        "use",
        "recorded-examples",
        covers=("open-example",),
    ),
    ControlLink("open-trace", "Link and file", "use", "link-and-file"),
    ControlLink(
        "open-problems",
        "Problem file",
        "problem_files",
        "on-the-page",
        covers=("problem-number", "previous-problem", "next-problem"),
    ),
    ControlLink(
        "read-text",
        "Chain of thought",
        "use",
        "chain-of-thought",
        covers=("pasted-text", "pasted-problem", "draw-text", "open-text"),
    ),
    ControlLink("strategy", "Strategy", "use", "strategy", term="strategy"),
    ControlLink("pair", "Models", "models", "choose-the-models", term="pair"),
    ControlLink("solver", "Solver", "use", "models", term="solver"),
    ControlLink("verifier", "Verifier", "use", "models", term="verifier"),
    ControlLink("system-prompt", "System prompt", "models", "sampling-and-prompt"),
    ControlLink("examples", "Worked examples", "models", "sampling-and-prompt"),
    ControlLink("score-source", "Scored by", "use", "score-source", term="score_source"),
    ControlLink("temperature", "Temperature", "use", "sampling", term="temperature"),
    ControlLink("top-p", "Top-p", "use", "sampling", term="top_p"),
    ControlLink("max-step-tokens", "Longest step", "use", "sampling", term="max_step_tokens"),
    ControlLink("seed", "Seed", "use", "seed", term="seed"),
    ControlLink(
        "published-habits",
        "As in the published code",
        "strategies",
        SHARED_SECTION,
        covers=("as-published", "as-intended"),
    ),
)
_OPTION_TERMS = {
    "n": "budget",
    "beam_width": "beam_width",
    "aggregate": "aggregate",
    "judge": "vote",
    "lookahead": "rollout",
}
_PANELS = (
    ControlLink("esp-tools", "Tree", "use", "tree"),
    ControlLink("esp-timeline", "Timeline", "use", "timeline"),
    ControlLink("esp-inspector", "Inspector", "use", "inspector"),
    ControlLink("esp-answers", "Answers", "use", "answers"),
    ControlLink("esp-costs", "Cost", "use", "cost"),
)


def control_links() -> tuple[ControlLink, ...]:
    """Every control's link, the strategies' options included."""
    return (*_CONTROLS, *_options())


def panel_links() -> tuple[ControlLink, ...]:
    """The links of the explorer's panels."""
    return _PANELS


def option_control(name: str) -> str:
    """The `elem_id` of an option's field."""
    return f"option-{name.replace('_', '-')}"


def strategy_section(strategy: Strategy) -> str:
    """Anchor of a strategy's section on the guide's page of strategies."""
    return anchor(strategy.title)


def _options() -> Iterator[ControlLink]:
    """An option is explained with the first strategy that has it, or with what many share."""
    seen: set[str] = set()
    for strategy in STRATEGIES.values():
        for spec in strategy.options.specs():
            if spec.name not in seen:
                seen.add(spec.name)
                shared = spec.name in _SHARED_OPTIONS
                section = SHARED_SECTION if shared else strategy_section(strategy)
                yield ControlLink(
                    option_control(spec.name),
                    spec.label,
                    "strategies",
                    section,
                    term=_OPTION_TERMS.get(spec.name, ""),
                )
