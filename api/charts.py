"""Pictures of figures, drawn on the server: a bar beside its words, and a column for each month. No script, no style.

The words stand in the page, not in the picture, so that they wrap, print, grow with the reader's letters and are read
aloud; a table with the same figures stands beside every picture.
"""

from collections.abc import Sequence
from html import escape

BAR_WIDE, BAR_HIGH = 200, 10
WIDE, HIGH, FOOT, TOP = 360, 190, 24, 22


def bar(share: float) -> str:
    """A bar filled to `share` (0 to 1). What it means is said beside it."""
    filled = round(BAR_WIDE * min(max(share, 0.0), 1.0), 1)
    return (
        f'<svg class="bar" viewBox="0 0 {BAR_WIDE} {BAR_HIGH}" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="c-track" width="{BAR_WIDE}" height="{BAR_HIGH}"/>'
        f'<rect class="c-bar" width="{filled}" height="{BAR_HIGH}"/></svg>'
    )


def columns(labels: Sequence[str], pairs: Sequence[tuple[int, int]], says: str) -> str:
    """Two columns for each label, side by side, with their numbers above; `says` is what it is read aloud as."""
    most = max((max(pair) for pair in pairs), default=0) or 1
    step = WIDE / max(len(labels), 1)
    drawn = "".join(_pair(place * step, step, pair, most) for place, pair in enumerate(pairs))
    named = "".join(_written("p-small", (place + 0.5) * step, HIGH - 6, label) for place, label in enumerate(labels))
    return (
        f'<svg class="chart" viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{escape(says)}" font-size="11">'
        f'<line class="p-line" x1="0" x2="{WIDE}" y1="{HIGH - FOOT}" y2="{HIGH - FOOT}"/>{drawn}{named}</svg>'
    )


def _pair(x: float, step: float, pair: tuple[int, int], most: int) -> str:
    wide = step * 0.38
    first, second = pair
    return _column(x + step * 0.1, wide, first, most, "c-bar") + _column(x + step * 0.52, wide, second, most, "c-other")


def _column(x: float, wide: float, value: int, most: int, look: str) -> str:
    if not value:
        return ""
    high = (HIGH - FOOT - TOP) * value / most
    y = HIGH - FOOT - high
    number = _written("p-text", x + wide / 2, y - 4, str(value))
    return f'<rect class="{look}" x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}"/>{number}'


def _written(look: str, x: float, y: float, words: str) -> str:
    return f'<text class="{look}" x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{escape(words)}</text>'
