"""Where a picture's colours come from: the page's style sheet, or the picture itself."""

from __future__ import annotations

from typing import Protocol

from search_core.picture.palette import Theme, variables

_AROUND = (".vscode-{0}", '[theme="{0}"]', '[data-theme="{0}"]')
_DARK = ('[data-jp-theme-light="false"]', *(around.format("dark") for around in _AROUND))
_LIGHT = ('[data-jp-theme-light="true"]', *(around.format("light") for around in _AROUND))
"""What JupyterLab, VS Code, Colab and documentation sites put around an output."""


class Paint(Protocol):
    """Gives the attributes that colour an element.

    The names of colours are those of `search_core.picture.palette.variables`.
    """

    def __call__(self, fill: str = "", stroke: str = "") -> dict[str, str]: ...


def page_paint(fill: str = "", stroke: str = "") -> dict[str, str]:
    """Colours are custom properties of the page around, which knows its theme."""
    return {"fill": _variable(fill), "stroke": _variable(stroke)}


def _variable(name: str) -> str:
    return f"var(--{name})" if name else "none"


class ThemePaint:
    """Colours of one theme, in plain attributes: whatever reads the picture understands them.

    Args:
        theme: Which one.
    """

    def __init__(self, theme: Theme) -> None:
        self._colours = variables(theme)

    def __call__(self, fill: str = "", stroke: str = "") -> dict[str, str]:
        return {"fill": self._colour(fill), "stroke": self._colour(stroke)}

    def _colour(self, name: str) -> str:
        if not name:
            return "none"
        return self._colours[name] or self._colours[_GROUND] or "none"


class OwnPaint:
    """Colours are written into the picture, for both themes.

    The attributes say the light ones, which every program understands. The style sheet says
    both, for browsers; it holds what was asked for so far. Where nothing around the picture
    says which theme is on, the system's setting decides.

    Args:
        scope: A class of the element that holds the picture.
    """

    def __init__(self, scope: str) -> None:
        self._scope = scope
        self._light, self._dark = variables("light"), variables("dark")
        self._rules: dict[str, str] = {}

    def __call__(self, fill: str = "", stroke: str = "") -> dict[str, str]:
        classes = [
            self._class(key, name) for key, name in (("fill", fill), ("stroke", stroke)) if name
        ]
        return {
            "fill": self._colour(fill),
            "stroke": self._colour(stroke),
            **({"class_": " ".join(classes)} if classes else {}),
        }

    def both(self, name: str) -> str:
        """A colour as a value in CSS, for both themes."""
        return f"light-dark({self._light[name]},{self._dark[name]})"

    def style(self) -> str:
        """The style sheet, without its tags."""
        scope = f".{self._scope}"
        dark, light = (
            ",".join(f"{around} {scope}" for around in places) for places in (_DARK, _LIGHT)
        )
        return "".join(
            [
                f"{scope}{{color-scheme:light dark}}{dark}{{color-scheme:dark}}",
                f"{light}{{color-scheme:light}}",
                *(f"{scope} .{name}{{{rule}}}" for name, rule in self._rules.items()),
            ]
        )

    def _class(self, key: str, name: str) -> str:
        class_name = f"{self._scope}-{key}-{name}"
        if self._light[name]:
            self._rules[class_name] = f"{key}:{self.both(name)}"
        else:
            self._rules[class_name] = f"{key}:{self.both(_GROUND)}"
        return class_name

    def _colour(self, name: str) -> str:
        if not name:
            return "none"
        # What is open hides the lines behind it: it is as if it were empty.
        return self._light[name] or self._light[_GROUND] or "none"


_GROUND = "palette-background"
