"""Pixels of a drawing: an SVG of ours as PNG."""

from __future__ import annotations

ZOOM = 2.0
"""Pixels for each unit of the drawing: sharp on a screen of today and on a slide."""
_FONTS = ("DejaVu Sans", "Liberation Sans", "Noto Sans", "Arial", "Helvetica")
_SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16">{}</svg>'
_LETTER = '<text x="2" y="13" font-size="14">M</text>'


class FontError(ValueError):
    """There is no font on this machine to write the words of a picture with."""


def png_of(svg: str, zoom: float = ZOOM) -> bytes:
    """The drawing as a PNG file, with this machine's fonts.

    Args:
        svg: A whole SVG file, without outside parts.
        zoom: Pixels for each of its units, above 0.

    Raises:
        FontError: This machine has no font.
        ValueError: It is no SVG.
    """
    import resvg_py

    family = next((name for name in _FONTS if _writes(name)), None)
    if family is None and not _writes(None):
        raise FontError(
            "A picture needs a font for its words, and this machine has none. Install one, such "
            "as fonts-dejavu, or write an .svg, whose words are set where it is looked at."
        )
    # The families that the drawing asks for are those of people's desks; here one must be named.
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg, zoom=zoom, font_family=family, sans_serif_family=family
        )
    )


def _writes(family: str | None) -> bool:
    """Whether this family, or any, leaves marks where a letter should be."""
    import resvg_py

    def drawn(inside: str) -> bytes:
        return bytes(
            resvg_py.svg_to_bytes(svg_string=_SQUARE.format(inside), sans_serif_family=family)
        )

    letter = _LETTER.replace("<text", '<text font-family="sans-serif"')
    return drawn(letter) != drawn("")
