"""Each agency's emblem: a roundel with its abbreviation, drawn by us from the agency's code alone.

Real agency emblems are protected marks; a deployment puts them in place of these. The letters are outlines taken from
the paper's own font, so an emblem needs no font when it is drawn, and the same code gives the same picture everywhere.
"""

import hashlib
import math
from functools import lru_cache

from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

SIZE = 200  # the side of the square that holds the roundel, in SVG units
ROUNDEL_GREEN = "#12493a"
GOLD = "#a8843c"


class NoEmblem(Exception):
    """An agency has no emblem: its code has nothing that can be drawn. (Something broke; the rules do not say no.)"""


@lru_cache(maxsize=256)
def emblem(code: str, font_path: str, *, fine: bool = False) -> bytes:
    """The SVG of an agency's emblem; `fine` for the large one at the head of a licence, whose ring is a guilloche.

    Raises `NoEmblem` when the code is empty or not one to eight plain letters and digits.
    """
    body = _roundel(code, font_path, ROUNDEL_GREEN, GOLD, fine=fine)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}">{body}</svg>'.encode()


@lru_cache(maxsize=256)
def ground(code: str, font_path: str) -> bytes:
    """The SVG behind a licence: an A4 page (in millimetres) with its frame, and the emblem very pale in the middle."""
    body = _roundel(code, font_path, "#f2f5f2", "#f3eee2", fine=True)
    frame = "".join(
        f'<rect x="{edge}" y="{edge}" width="{210 - 2 * edge}" height="{297 - 2 * edge}" fill="none"'
        f' stroke="{colour}" stroke-width="{width}"/>'
        for edge, colour, width in ((10, ROUNDEL_GREEN, 0.9), (11.6, GOLD, 0.25), (12.4, GOLD, 0.25))
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 210 297" width="210mm" height="297mm">'
        f'<g transform="translate(47 82) scale(0.58)">{body}</g>{frame}</svg>'
    ).encode()


def _roundel(code: str, font_path: str, ink: str, gilt: str, *, fine: bool) -> str:
    letters = code.upper()
    if not (letters.isascii() and letters.isalnum() and len(letters) <= 8):
        raise NoEmblem(f"agency code {code!r}: an emblem needs one to eight plain letters or digits")
    reeding = (
        f'<circle cx="100" cy="100" r="77" fill="none" stroke="{gilt}" stroke-width="21" stroke-dasharray="1 2.023"/>'
    )
    guilloche = f'<path d="{_rosette(code)}" fill="none" stroke="{gilt}" stroke-width="1"/>'
    return (
        f'<circle cx="100" cy="100" r="97" fill="#ffffff" stroke="{ink}" stroke-width="3"/>'
        f'<circle cx="100" cy="100" r="91.5" fill="none" stroke="{gilt}" stroke-width="1.4"/>'
        f"{guilloche if fine else reeding}"
        f'<circle cx="100" cy="100" r="62" fill="{ink}"/>'
        f'<circle cx="100" cy="100" r="57.5" fill="none" stroke="{gilt}" stroke-width="1.4"/>'
        f'<path d="{_outline(letters, font_path)}" fill="#ffffff"/>'
    )


def _rosette(code: str) -> str:
    """A guilloche ring between the two circles, its waves chosen by the code."""
    seed = hashlib.sha256(code.encode()).digest()
    lobes, turns = 13 + seed[0] % 6, 3
    points = []
    for step in range(turns * lobes * 5):
        angle = 2 * math.pi * step / (lobes * 5)
        radius = 77 + 11.5 * math.cos(angle * (lobes + 1 / turns))
        points.append(f"{100 + radius * math.cos(angle):.1f} {100 + radius * math.sin(angle):.1f}")
    return "M" + "L".join(points) + "Z"


def _outline(letters: str, font_path: str) -> str:
    """The abbreviation as one path, centred and as large as the inner disc allows."""
    font = TTFont(font_path)
    glyphs, names = font.getGlyphSet(), [font.getBestCmap()[ord(letter)] for letter in letters]
    width = sum(glyphs[name].width for name in names)
    bounds = BoundsPen(glyphs)
    glyphs[names[0]].draw(bounds)
    height = bounds.bounds[3]
    scale = min(98 / width, 46 / height)
    x, pen = 100 - width * scale / 2, SVGPathPen(glyphs, ntos=lambda value: f"{value:.1f}")
    for name in names:
        glyphs[name].draw(TransformPen(pen, (scale, 0, 0, -scale, x, 100 + height * scale / 2)))
        x += glyphs[name].width * scale
    return str(pen.getCommands())
