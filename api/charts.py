"""Pictures of figures, drawn on the server: a bar beside its words, and a column for each month. No script, no style.

The words stand in the page, not in the picture, so that they wrap, print, grow with the reader's letters and are read
aloud; a table with the same figures stands beside every picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

BAR_WIDE, BAR_HIGH = 200, 10
WIDE, HIGH, FOOT, TOP = 360, 190, 24, 22
LETTER, DIGIT_WIDE = 11, 6.2


def bar(share: float) -> str:
    """A bar filled to `share` (0 to 1). What it means is said beside it."""
    filled = round(BAR_WIDE * min(max(share, 0.0), 1.0), 1)
    return (
        f'<svg class="bar" viewBox="0 0 {BAR_WIDE} {BAR_HIGH}" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="c-track" width="{BAR_WIDE}" height="{BAR_HIGH}"/>'
        f'<rect class="c-bar" width="{filled}" height="{BAR_HIGH}"/></svg>'
    )


def columns(labels: Sequence[str], pairs: Sequence[tuple[int, int]], says: str) -> str:
    """Two columns for each label, side by side, with their numbers above; `says` is what it is read aloud as.

    Numbers too wide for their column stand upright on it: side by side they would run into each other.
    """
    most = max((max(pair) for pair in pairs), default=0) or 1
    step = WIDE / max(len(labels), 1)
    long = DIGIT_WIDE * len(f"{most:,}")
    scale = _Scale(most, TOP, upright=False) if long <= step * 0.42 else _Scale(most, long + 10, upright=True)
    drawn = "".join(_pair(place * step, step, pair, scale) for place, pair in enumerate(pairs))
    named = "".join(_written("p-small", (place + 0.5) * step, HIGH - 6, label) for place, label in enumerate(labels))
    return (
        f'<svg class="chart" viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{escape(says)}" font-size="{LETTER}">'
        f'<line class="p-line" x1="0" x2="{WIDE}" y1="{HIGH - FOOT}" y2="{HIGH - FOOT}"/>{drawn}{named}</svg>'
    )


@dataclass(frozen=True)
class _Scale:
    """What the highest column stands for, the room above it for its number, and whether numbers stand upright."""

    most: int
    top: float
    upright: bool


def _pair(x: float, step: float, pair: tuple[int, int], scale: _Scale) -> str:
    wide = step * 0.38
    first, second = (
        _column(x + step * left, wide, value, scale, look)
        for left, value, look in zip((0.1, 0.52), pair, ("c-bar", "c-other"), strict=True)
    )
    return first + second


def _column(x: float, wide: float, value: int, scale: _Scale, look: str) -> str:
    if not value:
        return ""
    high = (HIGH - FOOT - scale.top) * value / scale.most
    y = HIGH - FOOT - high
    number = (_upright if scale.upright else _above)(x + wide / 2, y - 4, f"{value:,}")
    return f'<rect class="{look}" x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}"/>{number}'


def _above(x: float, y: float, words: str) -> str:
    return _written("p-text", x, y, words)


def _upright(x: float, y: float, words: str) -> str:
    x += LETTER / 3  # the foot of the letters is their right edge now
    return (
        f'<text class="p-text" x="{x:.1f}" y="{y:.1f}" transform="rotate(-90 {x:.1f} {y:.1f})">{escape(words)}</text>'
    )


def _written(look: str, x: float, y: float, words: str) -> str:
    return f'<text class="{look}" x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{escape(words)}</text>'
