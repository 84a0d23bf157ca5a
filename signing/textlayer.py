"""The Thai text under the glyphs: what a reader copies, searches and hears.

WeasyPrint 70 notes for each glyph the first text that it drew. Thai glyphs have several forms and สระอำ is drawn as two
glyphs around a tone mark, so น้ำ comes out as นา. Two mends, both exact: each glyph's text is read from the font itself
(its cmap, and what its substitutions can reach), and a cluster with สระอำ carries its own `/ActualText` (ISO 32000-1,
14.9.4). The function that is mended is known by the digest of its source: with any other WeasyPrint we refuse to start.
"""

import hashlib
import inspect
import io
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

import weasyprint.draw.text
import weasyprint.pdf
from fontTools.ttLib import TTFont

SARA_AM = "\N{THAI CHARACTER SARA AM}"
LATIN_LIGATURES = range(0xFB00, 0xFB07)  # ﬁ is two letters to whoever searches for "certifies"
KNOWN_SOURCE = "1bb8eae6d88e71b17096a034656f3be17da8f1f513c78536c1c38d971927638b"

# What is put into `draw_first_line`, and before which of its lines.
_MENDS = (
    (
        "            glyph_id = glyph_info.glyph\n",
        "            string, spoken = _speak(stream, string, spoken, textbox, glyph_item, clusters, i, num_glyphs)\n",
    ),
    (
        "        # Close the last glyphs list, remove if empty.\n",
        "        string, spoken = _fall_silent(stream, string, spoken)\n",
    ),
    ("    previous_pango_font = None\n", "    spoken = None\n"),
)


class UnknownWeasyPrint(RuntimeError):
    """The installed WeasyPrint is not the one whose Thai text layer we know how to mend."""


def mend() -> None:
    """Mend WeasyPrint's text layer in this process; safe to call again. Raises `UnknownWeasyPrint`."""
    if getattr(weasyprint.pdf.build_fonts_dictionary, "mended", False):
        return
    mended = _mended_draw_first_line()
    weasyprint.draw.text.draw_first_line = mended
    weasyprint.pdf.build_fonts_dictionary = _mended_fonts(weasyprint.pdf.build_fonts_dictionary)


def _mended_draw_first_line() -> Any:
    source = inspect.getsource(weasyprint.draw.text.draw_first_line)
    if hashlib.sha256(source.encode()).hexdigest() != KNOWN_SOURCE:
        raise UnknownWeasyPrint("weasyprint.draw.text.draw_first_line has changed: mend the text layer anew")
    for line, before in _MENDS:
        if source.count(line) != 1:
            raise UnknownWeasyPrint(f"weasyprint.draw.text.draw_first_line has no single line {line!r}")
        source = source.replace(line, before + line)
    room = vars(weasyprint.draw.text)
    room.update(_speak=_speak, _fall_silent=_fall_silent)
    exec(compile(source, "draw_first_line, mended by signing.textlayer", "exec"), room)
    return room["draw_first_line"]


def _speak(
    stream: Any, string: str, spoken: int | None, textbox: Any, item: Any, clusters: Any, i: int, count: int
) -> tuple[str, int | None]:
    """Open or close the `/ActualText` of the cluster that glyph `i` belongs to; gives the glyphs to go on with."""
    if spoken is not None and clusters[i] != spoken:
        string, spoken = _fall_silent(stream, string, spoken)
    if spoken is None and i + 1 < count and clusters[i + 1] == clusters[i]:
        text = _cluster_text(textbox.pango_layout.text, item, clusters, i, count)
        if SARA_AM in text:
            string = _flush(stream, string)
            stream.begin_marked_content("Span", f"<</ActualText <{_utf16(text)}>>>")
            spoken = clusters[i]
    return string, spoken


def _fall_silent(stream: Any, string: str, spoken: int | None) -> tuple[str, int | None]:
    """Close the open `/ActualText`, when there is one."""
    if spoken is not None:
        string = _flush(stream, string)
        stream.end_marked_content()
    return string, None


def _flush(stream: Any, string: str) -> str:
    """Show the glyphs gathered so far and begin a new glyph string."""
    shown = string[:-1] if string.endswith("<") else string + ">"
    if shown:
        stream.show_text(shown)
    return "<"


def _cluster_text(text: str, item: Any, clusters: Any, i: int, count: int) -> str:
    start = clusters[i]
    later = [clusters[j] for j in range(i + 1, count) if clusters[j] > start]
    stop = later[0] if later else item.item.length
    offset = item.item.offset
    return text.encode()[offset + start : offset + stop].decode()


def _utf16(text: str) -> str:
    return "feff" + text.encode("utf-16-be").hex()


def _mended_fonts(build: Any) -> Any:
    def build_fonts_dictionary(pdf: Any, fonts: Mapping[str, Any], *rest: Any) -> Any:
        for font in fonts.values():
            texts = glyph_texts(font.file_content)
            font.to_unicode = {glyph: texts.get(glyph, text) for glyph, text in font.to_unicode.items()}
        return build(pdf, fonts, *rest)

    build_fonts_dictionary.mended = True  # type: ignore[attr-defined]
    return build_fonts_dictionary


_texts: dict[bytes, Mapping[int, str]] = {}


def glyph_texts(font_file: bytes) -> Mapping[int, str]:
    """The text of each glyph of a font (glyph number → text), from its cmap and its substitutions; kept per file."""
    key = hashlib.blake2b(font_file, digest_size=16).digest()
    if key not in _texts:
        _texts[key] = _read_glyph_texts(TTFont(io.BytesIO(font_file)))
    return _texts[key]


def _read_glyph_texts(font: TTFont) -> Mapping[int, str]:
    texts: dict[str, str] = {}
    for code, name in sorted(font.getBestCmap().items()):
        if not 0xE000 <= code <= 0xF8FF:  # private use: says nothing to a reader
            texts.setdefault(name, unicodedata.normalize("NFKC", chr(code)) if code in LATIN_LIGATURES else chr(code))
    substitutions = tuple(_substitutions(font))
    known = 0
    while known != len(texts):  # a substitution may start from what another one made
        known = len(texts)
        for parts, made in substitutions:
            if all(part in texts for part in parts):
                texts.setdefault(made, "".join(texts[part] for part in parts))
    return {font.getGlyphID(name): text for name, text in texts.items()}


def _substitutions(font: TTFont) -> Iterable[tuple[tuple[str, ...], str]]:
    """Each (glyphs, what they become) of GSUB lookups 1 single, 3 alternate, 4 ligature (OpenType 1.9, GSUB)."""
    if "GSUB" not in font:
        return
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            yield from _table_substitutions(getattr(table, "ExtSubTable", table))


def _table_substitutions(table: Any) -> Iterable[tuple[tuple[str, ...], str]]:
    if table.LookupType == 1:
        for one, made in table.mapping.items():
            yield (one,), made
    elif table.LookupType == 3:
        for one, choices in table.alternates.items():
            for made in choices:
                yield (one,), made
    elif table.LookupType == 4:
        for first, ligatures in table.ligatures.items():
            for ligature in ligatures:
                yield (first, *ligature.Component), ligature.LigGlyph
