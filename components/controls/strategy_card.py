"""What a strategy is: two sentences, a picture of a recorded run, its pseudo-code, its source."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any

import gradio as gr

from components.diagram import diagram
from components.guide.controls import strategy_section
from components.places import GUIDE
from search_core.log.tree import Tree
from search_core.strategies import STRATEGIES, Strategy

# The pseudo-code stays open, or closed, when another strategy is chosen.
_ON_LOAD = """
let open = false;
const show = () => {
  const details = element.querySelector("details");
  if (details) details.open = open;
};
element.addEventListener("toggle", (event) => { open = event.target.open; }, true);
watch("value", show);
"""
_PAPER = re.compile(r"arXiv (\d{4}\.\d{4,5})")


class StrategyCard(gr.HTML):
    """Describes one strategy; `cards` makes its values."""

    def __init__(self, value: str, **kwargs: Any) -> None:
        super().__init__(
            value=value,
            html_template="${value}",
            js_on_load=_ON_LOAD,
            apply_default_css=False,
            elem_classes="strategy-card",
            **kwargs,
        )


def cards(trees: Mapping[str, Tree]) -> dict[str, str]:
    """Each strategy's card by its name.

    Args:
        trees: A recorded run of each strategy that has one; the others have no picture.
    """
    return {name: card(strategy, trees.get(name)) for name, strategy in STRATEGIES.items()}


def card(strategy: Strategy, recorded: Tree | None) -> str:
    """The card's markup. All of it is the project's own text, none a stranger's."""
    picture = f"<figure>{diagram(recorded, strategy.title)}</figure>" if recorded else ""
    return (
        f'<div class="card-body"><p>{escape(strategy.does)}</p>{picture}'
        f"<p><em>What it does not do:</em> {escape(strategy.does_not)}</p>"
        f"{_pseudocode(strategy)}"
        f'<p class="card-source">Source: {_linked(strategy.source)}</p>{_guide(strategy)}</div>'
    )


def _guide(strategy: Strategy) -> str:
    address = f"{GUIDE.address}strategies#{strategy_section(strategy)}"
    return (
        f'<p class="card-source"><a href="{address}" target="_blank" title="Opens in a new tab" '
        f"data-place>{escape(strategy.title)} in the guide</a></p>"
    )


def _pseudocode(strategy: Strategy) -> str:
    if not strategy.pseudocode:
        return ""
    lines = "".join(_code_line(line) for line in strategy.pseudocode.splitlines())
    return f"<details><summary>Pseudo-code</summary><pre>{lines}</pre></details>"


def _code_line(line: str) -> str:
    """A line whose indentation holds where it has to wrap."""
    text = line.lstrip(" ")
    indent = len(line) - len(text)
    return f'<span style="--indent: {indent}ch">{escape(text)}\n</span>'


def _linked(source: str) -> str:
    """The source, its papers as links."""
    return _PAPER.sub(
        r'<a href="https://arxiv.org/abs/\1" target="_blank" rel="noreferrer">arXiv \1</a>',
        escape(source),
    )
