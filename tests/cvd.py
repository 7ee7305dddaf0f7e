"""Colour science for the palette tests: colour-vision simulation, differences, contrast.

Only numpy. Colours are "#RRGGBB" strings, linear sRGB rows in [0, 1], or CIELAB rows (D65).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Machado, Oliveira and Fernandes 2009, "A Physiologically-based Model for Simulation of Color
# Vision Deficiency", severity 1.0, for linear RGB. Tables on the authors' page:
# https://www.inf.ufrgs.br/~oliveira/pubs_files/CVD_Simulation/CVD_Simulation.html
MACHADO_PROTAN = np.array(
    [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ]
)
MACHADO_DEUTAN = np.array(
    [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]
)

# Viénot, Brettel and Mollon 1999, "Digital video colourmaps for checking the legibility of
# displays by dichromats", with the sRGB primaries and Smith-Pokorny 1975 cones; values as in
# libDaltonLens (public domain), https://github.com/DaltonLens/libDaltonLens
VIENOT_PROTAN = np.array([[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1]])
VIENOT_DEUTAN = np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1]])

# Brettel, Viénot and Mollon 1997, "Computerized simulation of color appearance for dichromats":
# two half planes and the normal that tells on which side a colour lies. Source as for Viénot.
BRETTEL_PROTAN = (
    np.array(
        [[0.14980, 1.19548, -0.34528], [0.10764, 0.84864, 0.04372], [0.00384, -0.00540, 1.00156]]
    ),
    np.array(
        [[0.14570, 1.16172, -0.30742], [0.10816, 0.85291, 0.03892], [0.00386, -0.00524, 1.00139]]
    ),
    np.array([0.00048, 0.00393, -0.00441]),
)
BRETTEL_DEUTAN = (
    np.array(
        [[0.36477, 0.86381, -0.22858], [0.26294, 0.64245, 0.09462], [-0.02006, 0.02728, 0.99278]]
    ),
    np.array(
        [[0.37298, 0.88166, -0.25464], [0.25954, 0.63506, 0.10540], [-0.01980, 0.02784, 0.99196]]
    ),
    np.array([-0.00281, -0.00611, 0.00892]),
)
BRETTEL_TRITAN = (
    np.array(
        [[1.01277, 0.13548, -0.14826], [-0.01243, 0.86812, 0.14431], [0.07589, 0.80500, 0.11911]]
    ),
    np.array(
        [[0.93678, 0.18979, -0.12657], [0.06154, 0.81526, 0.12320], [-0.37562, 1.12767, 0.24796]]
    ),
    np.array([0.03901, -0.02788, -0.01113]),
)

# IEC 61966-2-1: linear sRGB to CIE XYZ; the white is what (1, 1, 1) gives (D65).
XYZ_FROM_LINEAR = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
     [0.0193339, 0.1191920, 0.9503041]]
)  # fmt: skip


def linear_rgb(colour: str) -> Floats:
    """ "#RRGGBB" as linear sRGB, each channel in [0, 1]."""
    if len(colour) != 7 or colour[0] != "#":
        raise ValueError(f"Expected #RRGGBB, got {colour!r}.")
    srgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def _plane(matrix: Floats, rgb: Floats) -> Floats:
    return np.clip(matrix @ rgb, 0.0, 1.0)


def _brettel(model: tuple[Floats, Floats, Floats], rgb: Floats) -> Floats:
    first, second, normal = model
    return _plane(first if normal @ rgb >= 0 else second, rgb)


def grey(rgb: Floats) -> Floats:
    """What is left without any colour: the luminance."""
    return np.full(3, XYZ_FROM_LINEAR[1] @ rgb)


VISIONS = {
    "normal": lambda rgb: rgb,
    "protan (Viénot 1999)": lambda rgb: _plane(VIENOT_PROTAN, rgb),
    "protan (Brettel 1997)": lambda rgb: _brettel(BRETTEL_PROTAN, rgb),
    "protan (Machado 2009)": lambda rgb: _plane(MACHADO_PROTAN, rgb),
    "deutan (Viénot 1999)": lambda rgb: _plane(VIENOT_DEUTAN, rgb),
    "deutan (Brettel 1997)": lambda rgb: _brettel(BRETTEL_DEUTAN, rgb),
    "deutan (Machado 2009)": lambda rgb: _plane(MACHADO_DEUTAN, rgb),
    "tritan (Brettel 1997)": lambda rgb: _brettel(BRETTEL_TRITAN, rgb),
}
"""Kinds of vision in which colours must differ. Machado does not model tritanopia well."""


def lab(rgb: Floats) -> Floats:
    """Linear sRGB as CIELAB: L* in [0, 100], a*, b*."""
    ratio = (XYZ_FROM_LINEAR @ rgb) / XYZ_FROM_LINEAR.sum(axis=1)
    bent = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = bent
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def ciede2000(first: Floats, second: Floats) -> float:
    """Difference of two CIELAB colours; about 1 is just noticeable.

    Source: Sharma, Wu and Dalal 2005, "The CIEDE2000 Color-Difference Formula", whose
    equation numbers are given.
    """
    (l1, a1, b1), (l2, a2, b2) = first, second
    c_mean = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = 0.5 * (1 - np.sqrt(c_mean**7 / (c_mean**7 + 25**7)))  # (4)
    a1, a2 = (1 + g) * a1, (1 + g) * a2
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = (np.degrees(np.arctan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))  # (7)
    coloured = c1 * c2 != 0
    turn = (h2 - h1 + 180) % 360 - 180 if coloured else 0.0  # (10)
    d_hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))  # (11)
    h = _mean_hue(h1, h2) if coloured else h1 + h2  # (14)
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    t = (
        1
        - 0.17 * np.cos(np.radians(h - 30))
        + 0.24 * np.cos(np.radians(2 * h))
        + 0.32 * np.cos(np.radians(3 * h + 6))
        - 0.20 * np.cos(np.radians(4 * h - 63))
    )  # (15)
    s_light = 1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2)  # (18)
    s_chroma, s_hue = 1 + 0.045 * chroma, 1 + 0.015 * chroma * t  # (19), (20)
    swing = 30 * np.exp(-(((h - 275) / 25) ** 2))  # (16)
    r_chroma = 2 * np.sqrt(chroma**7 / (chroma**7 + 25**7))  # (17)
    rotation = -np.sin(np.radians(2 * swing)) * r_chroma  # (21)
    x, y, z = (l2 - l1) / s_light, (c2 - c1) / s_chroma, d_hue / s_hue
    return float(np.sqrt(x**2 + y**2 + z**2 + rotation * y * z))  # (22)


def _mean_hue(h1: float, h2: float) -> float:
    if abs(h1 - h2) <= 180:
        return (h1 + h2) / 2
    return (h1 + h2 + 360) / 2 if h1 + h2 < 360 else (h1 + h2 - 360) / 2


def difference(first: str, second: str, vision: str) -> float:
    """CIEDE2000 between two colours as seen with this kind of vision."""
    see = VISIONS[vision]
    return ciede2000(lab(see(linear_rgb(first))), lab(see(linear_rgb(second))))


def lightness(colour: str) -> float:
    """L* of a colour, in [0, 100]: all that is left of it without colour vision."""
    return float(lab(grey(linear_rgb(colour)))[0])


def contrast(first: str, second: str) -> float:
    """WCAG 2.2 contrast ratio, 1 to 21, not rounded."""
    # WCAG's luminance uses 0.2126, 0.7152, 0.0722; the difference to the row above is below 1e-4.
    high, low = sorted((float(grey(linear_rgb(c))[0]) for c in (first, second)), reverse=True)
    return (high + 0.05) / (low + 0.05)
