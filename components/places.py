"""The places of the app: each has a name and an address of its own under the app's root."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Place:
    """One place.

    Attributes:
        title: What it is called in the header.
        address: Relative to the app's root; "" is the root itself.
    """

    title: str
    address: str


EXPLORE = Place("Explore", "")
COMPARE = Place("Compare", "compare/")
LEARN = Place("Learn", "learn/")
VERIFY = Place("Verify", "verify/")
GUIDE = Place("Guide", "guide/")
# A next place is one line here: the header of every place is made from this list.
PLACES = (EXPLORE, COMPARE, LEARN, VERIFY, GUIDE)


_THEME = (
    '<button type="button" id="theme" class="theme" aria-label="Light / dark" title="Light / dark">'
    '<span class="theme-sign" aria-hidden="true">◐</span>'
    '<span class="theme-words">Light / dark</span></button>'
)

_PURPOSE = '<p class="purpose">Watch a language model search for an answer</p>'
"""What all of it is for: nobody should have to guess."""


def places_bar(current: Place, root: str, *, own_tabs: bool = False) -> str:
    """The part of every header beside the brand: the places, and what changes the theme.

    Scripts make one tab stop of it (`assets/js/dom/header.js`); without them each is one.

    Args:
        current: Where one is; that is no link.
        root: The app's root as seen from there: "" or "../".
        own_tabs: Whether the other places open in tabs of their own, because this page holds
            what would be lost: a form that is half filled in.
    """
    return (
        '<div class="places-bar" role="toolbar" aria-label="Places and theme">'
        f"{_navigation(current, root, own_tabs=own_tabs)}{_PURPOSE}{_THEME}</div>"
    )


def _navigation(current: Place, root: str, *, own_tabs: bool = False) -> str:
    entries = "".join(
        f"<li>{_entry(place, place is current, root, own_tabs)}</li>" for place in PLACES
    )
    return f'<nav class="places" aria-label="Places"><ul>{entries}</ul></nav>'


def _entry(place: Place, current: bool, root: str, own_tab: bool) -> str:
    if current:
        return f'<a aria-current="page">{escape(place.title)}</a>'
    where = f' href="{escape(root + place.address) or "./"}"'
    tab = ' target="_blank" title="Opens in a new tab"' if own_tab else ""
    return f"<a{where}{tab} data-place>{escape(place.title)}</a>"
