"""Finding a name however it is spelt: pieces of two and three letters of its plain form (PostgreSQL's trigram module
is not everywhere).

Plain: no case, no accents, no tone marks, no spaces or punctuation, Arabic digits. So น้ำ is found by นํ้า and by นา, and
ABC-1 by abc 1.
"""

import unicodedata
from collections.abc import Iterator, Mapping

from licences import thai

SHORT, LONG = 2, 3
FEW = 4
# Tone marks, the silencer, nikhahit (half of sara am, once decomposed) and maitaikhu: what people leave out or swap.
_NOT_SPELT = dict.fromkeys(map(ord, "่้๊๋์ํ็"))
LATIN_ACCENTS = range(0x0300, 0x0370)


def plain(text: str) -> str:
    """The form in which two spellings of one word are the same."""
    decomposed = unicodedata.normalize("NFKD", thai.ascii_digits(text)).casefold()
    kept = (c for c in decomposed if unicodedata.category(c)[0] in "LNM" and ord(c) not in LATIN_ACCENTS)
    return "".join(kept).translate(_NOT_SPELT).replace("เเ", "แ")


def plain_words(text: str) -> list[str]:
    """A query's words in plain form; those with no letter left are gone."""
    return [word for word in map(plain, text.split()) if word]


def grams(*words: str) -> set[str]:
    """Every piece of two and of three letters of plain words: what is stored."""
    return {gram for word in words for size in (SHORT, LONG) for gram in _pieces(word, size)}


def sought(*words: str, common: Mapping[str, int] | None = None) -> set[str]:
    """A few pieces that a text must have to hold every one of these plain words; one letter alone says nothing.

    Few, because an index pays for each that it is asked for, and the text has the last word in any case: the rarest, as
    far as `common` tells (piece → how many texts of a sample have it).
    """
    pieces = dict.fromkeys(gram for word in words if len(word) >= SHORT for gram in _pieces(word, min(len(word), LONG)))
    return set(sorted(pieces, key=lambda gram: (common or {}).get(gram, 0))[:FEW])


def _pieces(word: str, size: int) -> Iterator[str]:
    return (word[n : n + size] for n in range(len(word) - size + 1))
