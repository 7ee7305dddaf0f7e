"""SVG written as text: nothing to install, and the same file every time."""

from __future__ import annotations

from xml.sax.saxutils import escape

_QUOTE = {'"': "&quot;"}
FONT = "system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif"


def element(tag: str, *inside: str, **attributes: str | float) -> str:
    """An element; in the names of attributes `_` stands for `-`, and one at the end is dropped.

    Args:
        inside: Finished markup; escape text first.
        attributes: Any values: they are escaped. Numbers get one digit at most after the point.
    """
    named = "".join(f" {_name(key)}={_quoted(value)}" for key, value in attributes.items())
    content = "".join(inside)
    return f"<{tag}{named}>{content}</{tag}>" if content else f"<{tag}{named}/>"


def text(content: str) -> str:
    """Text between tags."""
    return escape(content)


def document(
    width: float, height: float, *inside: str, title: str, about: str, **attributes: str
) -> str:
    """A whole picture with its text alternative.

    Args:
        title, about: A name and a description for people who cannot see it, not escaped.
    """
    return element(
        "svg",
        element("title", text(title)),
        element("desc", text(about)),
        *inside,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_value(width)} {_value(height)}",
        width=width,
        height=height,
        role="img",
        aria_label=title,
        font_family=FONT,
        **attributes,
    )


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _quoted(value: str | float) -> str:
    return f'"{escape(_value(value), _QUOTE)}"'


def _value(value: str | float) -> str:
    return value if isinstance(value, str) else f"{round(value, 1):g}"
