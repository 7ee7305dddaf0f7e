"""Names and things of the word problems, and made-up ones so that copying generalises."""

from __future__ import annotations

import random

_NAMES_TEXT = (
    "Ella Rosa Tom Ben Maya Leo Nina Omar Ivy Sam Lena Max Anna Paul Zoe Finn Mia Noah Lily Hugo "
    "Sara Emil Ruby Adam Clara Jonas Alice Oscar Nora Felix Amir Tara Eva David Julia Peter Maria "
    "Luca Grace Ali Yuki Chen Priya Kofi Elif Ines Jack Emma"
)
_THINGS_TEXT = (
    "books apples pens cards coins stickers marbles shells stamps beads stones balls oranges "
    "pears plums eggs cookies cakes candies nuts flowers roses leaves seeds toys dolls cars "
    "trains blocks buttons ribbons badges tickets photos pencils crayons markers erasers cups "
    "plates spoons bottles boxes bags hats socks keys"
)

NAMES = _NAMES_TEXT.split()

THINGS = _THINGS_TEXT.split()

_IRREGULAR = {"leaves": "leaf", "boxes": "box", "candies": "candy", "cookies": "cookie"}
_SYLLABLES = "ba be bi bo da de di do ka ke ko la le li lo ma mi mo na ne no ra ri ro sa so ta to"


def singular(things: str) -> str:
    """One of the things: "books" gives "book"."""
    if things in _IRREGULAR:
        return _IRREGULAR[things]
    if things.endswith("ies") and len(things) > 4:
        return things[:-3] + "y"
    if things.endswith(("shes", "ches", "xes", "sses")):
        return things[:-2]
    return things.removesuffix("s")


def sample_names(count: int, rng: random.Random, *, made_up: bool = False) -> list[str]:
    """Different names; about one in eight is made up, where that is asked for."""
    names = rng.sample(NAMES, count)
    if not made_up:
        return names
    return [_made_up(rng).capitalize() if rng.random() < 0.12 else name for name in names]


def sample_things(count: int, rng: random.Random, *, made_up: bool = False) -> list[str]:
    """Different things; about one in twelve is made up, where that is asked for."""
    things = rng.sample(THINGS, count)
    if not made_up:
        return things
    return [_made_up(rng) + "ns" if rng.random() < 0.08 else thing for thing in things]


def _made_up(rng: random.Random) -> str:
    return "".join(rng.choice(_SYLLABLES.split()) for _ in range(rng.randint(2, 3))) + rng.choice(
        ["", "n", "r", "l"]
    )
