"""The letters that our papers can print: what both weights of the paper's font have.

Read without the drawing library, so that a door can refuse a text while its writer can still change it.
"""

from functools import cache
from pathlib import Path

import fontpkg_sarabun
from fontTools.ttLib import TTFont

FONTS = Path(fontpkg_sarabun.ROOT) / "files"
WEIGHTS = ("Regular", "Bold")


@cache
def printable() -> frozenset[int]:
    """The code points that every weight has. Raises OSError when the font is missing."""
    return frozenset.intersection(*(frozenset(TTFont(FONTS / f"Sarabun-{one}.ttf").getBestCmap()) for one in WEIGHTS))
