"""The page of Compare: a frame, what may race as data, and one script."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from components.compare.recorded import recorded_race
from components.controls import ModelOffer
from components.controls.model_offer import is_embedded
from components.controls.options_form import choice_label
from components.guide.glossary import terms_of_page
from components.place_frame import framed
from components.places import COMPARE
from search_core.export.html import ASSETS, STYLE_SHEETS, data_safe, palette_style
from search_core.export.modules import bundle
from search_core.models import FIRST, SCORE_SOURCES, SOLVERS, VERIFIERS
from search_core.picture.palette import PALETTE_FILE
from search_core.race import MOST_LANES
from search_core.strategies import STRATEGIES, OptionSpec, Strategy

ENTRANCE = "compare.js"
_SUMMARY = "Two to four strategies search for one problem, side by side, on one clock."
_SCRIPTS = '<script src="theme.js"></script><script type="module" src="compare.js"></script>'
EXAMPLES: tuple[dict[str, Any], ...] = (
    {
        "title": "The right path is cut",
        "problem": "Use 24, 7 and 1 to make 18.",
        "seed": 1,
        "lanes": ["beam_search n=8", "dvts n=8", "best_of_n n=8"],
    },
    {
        "title": "Two verifiers",
        "problem": "Ruby has 22 cookies. Lily gives 29 cookies to Ruby. Lily has 9 fewer cookies "
        "than Ruby. How many cookies does Lily have now?",
        "seed": 1,
        "lanes": ["best_of_n judge=best", "best_of_n judge=best verifier=early"],
    },
    {
        "title": "More budget",
        "problem": "Use 22, 25, 2 and 10 to make 67.",
        "seed": 0,
        "lanes": ["beam_search n=4", "beam_search n=16", "beam_search n=64"],
    },
    {
        "title": "Four strategies",
        "problem": "Use 18, 11, 17 and 19 to make 27.",
        "seed": 0,
        "lanes": ["best_of_n", "beam_search", "dvts", "mcts"],
    },
)
"""Races that a visitor starts with one click."""


def document(offer: ModelOffer, recorded: Sequence[str]) -> str:
    """The whole page.

    Args:
        offer: The models that may race.
        recorded: Ids of the recorded race's lanes.
    """
    given = {
        "palette": json.loads(PALETTE_FILE.read_text(encoding="utf-8")),
        "terms": terms_of_page(),
        "strategies": [_strategy(strategy) for strategy in STRATEGIES.values()],
        "sources": SCORE_SOURCES,
        "most": MOST_LANES,
        **_models(offer),
        "recorded": {**recorded_race(), "runs": list(recorded)},
        "examples": EXAMPLES,
    }
    data = data_safe(json.dumps(given, ensure_ascii=False, separators=(",", ":")))
    body = (
        '<main id="text" class="compare" tabindex="-1"><div class="esp">'
        f'<div class="esp-loading"><h1>Compare</h1><p>{_SUMMARY}</p></div></div></main>'
        f'<script type="application/json" id="compare-given">{data}</script>'
    )
    return framed(COMPARE, "Compare · Espalier", _SUMMARY, body, _SCRIPTS)


def script() -> str:
    """The modules of the page as one.

    Raises:
        BundleError: They cannot be put together.
    """
    return bundle(ASSETS / "js", ENTRANCE)


def style() -> str:
    """The palette, the places' frame, the explorer's sheets, and its own."""
    names = ("tokens.css", "guide.css", "header.css", "terms.css", *STYLE_SHEETS, "compare.css")
    sheets = ((ASSETS / "css" / name).read_text(encoding="utf-8") for name in names)
    return "\n".join([palette_style(), *sheets])


def _strategy(strategy: Strategy) -> dict[str, Any]:
    return {
        "name": strategy.name,
        "title": strategy.title,
        "does": strategy.does,
        "verified": strategy.uses_verifier,
        "options": [_option(spec) for spec in strategy.options.specs()],
    }


def _option(spec: OptionSpec) -> dict[str, Any]:
    return {
        "name": spec.name,
        "label": spec.label,
        "help": spec.help,
        "kind": spec.kind,
        "default": spec.default,
        "minimum": spec.minimum,
        "maximum": spec.maximum,
        "advanced": spec.advanced,
        "choices": {choice: choice_label(choice) for choice in spec.choices},
    }


def _models(offer: ModelOffer) -> dict[str, Any]:
    """What may be chosen: pairs where there are several, and embedded models one by one."""
    return {
        "pairs": [
            {"name": one.name, "title": one.title, "embedded": is_embedded(one.pair)}
            for one in offer.pairs
        ],
        "solvers": {name: model.label for name, model in SOLVERS.items()},
        "verifiers": {name: model.label for name, model in VERIFIERS.items()},
        "first": FIRST,
    }
