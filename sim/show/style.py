"""Colours, line styles, sizes and number formats that all pictures share."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

INK, GREY, FAINT, PALE = "#1f2328", "#57606a", "#d8dee4", "#f3f4f6"
TITLE, SUBTITLE, TEXT, SMALL, FOOT = 14.5, 10.0, 9.5, 8.5, 8.0
"""Sizes of type in points. The page is 9 inches wide: on the text of an A4 page (7 inches) the smallest are 6.2."""

WIDTH, TALLEST, DPI = 9.0, 12.4, 160.0
"""Inches, inches, dots an inch. The tallest page is 9.4 inches when it is as wide as the text of an A4 page."""
SCALE = 100.0

LABS = ("#0072B2", "#D55E00", "#009E73", "#AA4499", "#B8860B", "#3F7FBF", "#332288", "#882255", "#44AA99", "#661100",
        "#999933", "#6699CC")  # fmt: skip
"""Okabe-Ito's, and Tol's where a lab's colour must carry thin lines on white."""

USES = {
    "training": ("#D55E00", ""),
    "research": ("#009E73", "////"),
    "alignment": ("#AA4499", "xxxx"),
    "serving": ("#56B4E9", ""),
    "experiments": ("#EFE3C2", ""),
    "in repair": ("#999999", "----"),
    "waiting for power": ("#777777", "||||"),
    "idle": ("#FFFFFF", "...."),
}
"""Use -> (colour, hatch). Their lightness differs too, for print without colour."""

OTHER_FLEETS = (("#E69F00", "\\\\\\\\"), ("#CC79A7", "++++"), ("#0072B2", "oo"), ("#F0E442", "\\\\"))

RC: dict[Any, Any] = {
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": TEXT,
    "text.parse_math": False,
    "text.color": INK,
    "axes.labelcolor": GREY,
    "axes.edgecolor": GREY,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "axes.linewidth": 0.8,
    "axes.titley": 1.0,  # nothing stands above the axes that Matplotlib would have to look for
    "axes.unicode_minus": True,
    "hatch.linewidth": 0.6,
    "svg.hashsalt": "manycopies",
    "svg.fonttype": "path",
    "path.simplify": True,
    "savefig.bbox": None,
    "savefig.facecolor": "white",
}

_OURS = (
    "axes.",
    "font.",
    "text.",
    "xtick.",
    "ytick.",
    "grid.",
    "hatch.",
    "lines.",
    "patch.",
    "path.",
    "svg.",
    "savefig.",
    "figure.",
    "legend.",
    "agg.",
    "markers.",
    "mathtext.",
    "image.",
)


_styled = ContextVar("_styled", default=False)


@contextmanager
def styled() -> Iterator[None]:
    """Draw with these settings whatever the user's own are, so that the same data give the same bytes."""
    if _styled.get():
        yield
        return
    import matplotlib  # here: commands that draw nothing need the words and numbers of this file alone

    with matplotlib.rc_context():
        defaults: dict[Any, Any] = {
            key: value for key, value in matplotlib.rcParamsDefault.items() if key.startswith(_OURS)
        }
        matplotlib.rcParams.update(defaults)
        matplotlib.rcParams.update(RC)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing", category=UserWarning)
            outside = _styled.set(True)
            try:
                yield
            finally:
                _styled.reset(outside)


OWN_COLOURS = {"Anthropic": LABS[0], "Google DeepMind": LABS[1], "Meta": LABS[2], "OpenAI": LABS[3], "xAI": LABS[4],
               "DeepSeek": LABS[6], "Alibaba": LABS[8]}  # fmt: skip
"""Labs that have the same colour in every scenario, whoever else is in it."""


def lab_colours(labs: Iterable[str]) -> dict[str, str]:
    """A colour for each lab, the same in all pictures of a scenario.

    Labs of `OWN_COLOURS` have theirs; the others take what is left in the order in which they are declared.
    """
    labs = list(labs)
    left = [colour for colour in LABS if colour not in {OWN_COLOURS.get(lab) for lab in labs}] or list(LABS)
    others = [lab for lab in labs if lab not in OWN_COLOURS]
    free = {lab: left[n % len(left)] for n, lab in enumerate(others)}
    return {lab: OWN_COLOURS.get(lab) or free[lab] for lab in labs}


def use_styles(uses: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Colour and hatch of each use; fleets with names of their own get what is left, in name order."""
    others = sorted(use for use in uses if use not in USES)
    return {**USES, **{use: OTHER_FLEETS[n % len(OTHER_FLEETS)] for n, use in enumerate(others)}}


def tint(colour: str, share: float) -> str:
    """A colour mixed with white; 1 is the colour itself."""
    parts = [int(colour[n : n + 2], 16) for n in (1, 3, 5)]
    return "#" + "".join(f"{round(255 - (255 - part) * share):02x}" for part in parts)


def number(value: float, digits: int = 2) -> str:
    """A number to read in a sentence: 4,300; 310,000; 1.2 million; 2.1e25."""
    if value == 0.0 or not math.isfinite(value):
        return "0" if value == 0.0 else "unlimited"
    rounded = float(f"{value:.{digits}g}")
    size = abs(rounded)
    if size >= 1e15 or size < 1e-3:
        mantissa, _, exponent = f"{rounded:.{digits - 1}e}".partition("e")
        return f"{float(mantissa):g}e{int(exponent)}"
    for unit, name in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if size >= unit:
            return f"{_plain(rounded / unit)}\u00a0{name}"
    return f"{rounded:,.0f}" if size >= 10.0 ** (digits - 1) else _plain(rounded)


def short(value: float, digits: int = 2) -> str:
    """A number for ticks and labels: 12k, 310k, 1.2 million."""
    size = abs(float(f"{value:.{digits}g}"))
    if 1e3 <= size < 1e6:
        return f"{_plain(float(f'{value:.{digits}g}') / 1e3)}k"
    return number(value, digits)


def _plain(value: float) -> str:
    text = f"{value:.6g}"
    return text if "e" not in text else f"{value:,.0f}"


def times(value: float) -> str:
    """A ratio: 8.3x, 120x."""
    return f"{number(value)}×"


def listed(items: Sequence[str]) -> str:
    """a, b and c."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


class _Advances(dict[str, float]):
    """Letter -> its width as a share of the size of type, measured when first asked for."""

    def __init__(self, bold: bool) -> None:
        from matplotlib import font_manager

        properties = font_manager.FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal")
        self.font: Any = font_manager.get_font(font_manager.findfont(properties))

    def __missing__(self, letter: str) -> float:
        self.font.set_size(SCALE, 72.0)
        known = self.font.get_char_index(ord(letter))
        self[letter] = self.font.load_char(ord(letter)).linearHoriAdvance / 65536.0 / SCALE if known else 1.1
        return self[letter]


_advances = lru_cache(maxsize=2)(_Advances)


def text_width(text: str, size: float, bold: bool = False) -> float:
    """Width of one line of text in inches; hinting makes letters up to 3% wider than they are."""
    return 1.03 * sum(map(_advances(bold).__getitem__, text)) * size / 72.0


def wrap(text: str, size: float, width: float, bold: bool = False) -> list[str]:
    """Text in lines of at most `width` inches; a word that is longer is cut."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        paragraph = " ".join(part for part in paragraph.split(" ") if part)
        for word in paragraph.split(" "):
            word = cut(word, size, width, bold)
            longer = f"{line} {word}" if line else word
            if line and text_width(longer, size, bold) > width:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return lines


def balanced(text: str, size: float, width: float, bold: bool = False) -> list[str]:
    """Text in as few lines as `wrap` makes, of about the same length."""
    best = wrap(text, size, width, bold)
    for narrower in (0.9, 0.8, 0.7, 0.6):
        lines = wrap(text, size, width * narrower, bold)
        if len(lines) > len(best):
            break
        best = lines
    return best


def brief(name: str, most: int = 26) -> str:
    """A name of at most `most` letters: what it begins and ends with, and … between."""
    return name if len(name) <= most else f"{name[: most - 9].rstrip()}…{name[-8:].lstrip()}"


def cut(text: str, size: float, width: float, bold: bool = False) -> str:
    """Text cut to `width` inches, with … where it was cut."""
    if text_width(text, size, bold) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if text_width(text[:middle] + "…", size, bold) <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + "…"


def cut_inside(text: str, size: float, width: float, end: int = 24) -> str:
    """The same, but for its last letters: inputs of one series differ at their ends."""
    if text_width(text, size) <= width:
        return text
    return cut(text[:-end], size, width - text_width(text[-end:], size)) + text[-end:]
