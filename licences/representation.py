"""Who may act for a company: a person matched with a director by name, and how many must sign.

The company register gives names and a free text, no personal numbers (rules reference 4.5). So a match that is not
plain goes to an officer, and what we read out of the text is a proposal for an officer to confirm, never a rule.
"""

import re
import unicodedata
from collections.abc import Collection, Sequence
from enum import StrEnum
from itertools import combinations

from licences import thai
from licences.procedure import Shape

INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
TITLE_SPELLINGS = {
    "น.ส.": "นางสาว",
    "นส.": "นางสาว",
    "ด.ร.": "ดร.",
    "mr.": "mr",
    "mrs.": "mrs",
    "ms.": "ms",
    "miss": "ms",
}


class Name(Shape):
    """A person's name as a register writes it."""

    title: str = ""
    given: str
    family: str

    def __str__(self) -> str:
        return thai.full_name(self.title, self.given, self.family)


class Matched(StrEnum):
    """How plainly a person is one of the directors."""

    ONE = "one"
    NONE = "none"
    AMBIGUOUS = "ambiguous"  # an officer looks


class Match(Shape):
    """The answer, and the directors it could be (one, none or several)."""

    matched: Matched
    directors: tuple[Name, ...] = ()


def plain(text: str) -> str:
    """A name in the form in which names are compared (rules reference 9.5): one spelling, no invisible characters."""
    text = unicodedata.normalize("NFC", text).translate(INVISIBLE)
    text = text.replace("\u0e4d\u0e32", "\u0e33").replace("\u0e40\u0e40", "\u0e41")
    return " ".join(text.split()).casefold()


def names_match(person: Name, directors: Sequence[Name]) -> Match:
    """Which director that person is, by title, first and last name (REP-1).

    One: a single director of that name whose title agrees or is not stated. A title that differs (a marriage, a rank),
    or several directors of that name, is ambiguous.
    """
    same = [director for director in directors if _same_name(person, director)]
    exact = [director for director in same if _title(director) == _title(person)]
    if len(exact) == 1 and (len(same) == 1 or _title(person)):
        return Match(matched=Matched.ONE, directors=(exact[0],))
    if len(same) == 1 and not (_title(same[0]) and _title(person)):
        return Match(matched=Matched.ONE, directors=(same[0],))
    return Match(matched=Matched.AMBIGUOUS if same else Matched.NONE, directors=tuple(same))


def _same_name(one: Name, other: Name) -> bool:
    return (plain(one.given), plain(one.family)) == (plain(other.given), plain(other.family))


def _title(name: Name) -> str:
    title = plain(name.title)
    return TITLE_SPELLINGS.get(title, title)


class Alternative(Shape):
    """One way to bind the company: these directors by name, and so many others besides."""

    names: tuple[str, ...] = ()
    others: int = 0


class SigningRule(Shape):
    """How a company is bound: any one alternative, and its seal where the text says so."""

    kind: str  # any_of | n_of | named
    alternatives: tuple[Alternative, ...]
    seal_required: bool = False


class Missing(Shape):
    """What the nearest alternative still lacks."""

    names: tuple[str, ...] = ()
    others: int = 0


def missing(rule: SigningRule, signers: Collection[str]) -> Missing | None:
    """What is still missing, for the alternative that is nearest; None when the company is bound.

    `signers` are the names of directors, as the register writes them. The seal is another matter (REP-4).
    """
    signed = {_called(signer) for signer in signers}
    lacks = [_lack(alternative, signed) for alternative in rule.alternatives]
    nearest = min(lacks, key=lambda lack: (len(lack.names) + lack.others, len(lack.names)))
    return nearest if nearest.names or nearest.others else None


def satisfied(rule: SigningRule, signers: Collection[str]) -> bool:
    """Whether those signatures bind the company."""
    return missing(rule, signers) is None


def _lack(alternative: Alternative, signed: set[str]) -> Missing:
    names = tuple(name for name in alternative.names if _called(name) not in signed)
    others = signed - {_called(name) for name in alternative.names}
    return Missing(names=names, others=max(0, alternative.others - len(others)))


def _called(name: str) -> str:
    """A whole name, to be compared: some texts put a space between title and name, some do not."""
    return AFTER_TITLE.sub(r"\1", plain(name))


# --- reading the register's text ---

COUNTS = {word: count for count, word in enumerate((*thai.DIGIT_WORDS[1:], "สิบ"), start=1)}
COUNT = "(" + "|".join([*COUNTS, "[0-9]{1,2}"]) + ")"
PEOPLE = "(?:คน|ท่าน|นาย)"
SIGN = "(?:ลง(?:ลาย)?มือชื่อ|ลงชื่อ|ลงนาม)"
SEAL = "(?:พร้อม(?:ทั้ง|กับ)?|และ)?ประทับตรา(?:สำคัญ)?(?:ของ)?(?:บริษัท|ห้าง(?:หุ้นส่วน)?)?(?:ฯ)?(?:เป็นสำคัญ)?"
BINDING = re.compile(rf"{SIGN}(?:ผูกพัน(?:บริษัท|ห้าง)(?:ฯ|ได้)?)?(?P<jointly>ร่วมกัน)?(?P<seal>{SEAL})?[/.]?")
ANY_ONE = re.compile(rf"กรรมการ(?:ผู้มีอำนาจ)?(?:คนใดคนหนึ่ง|ท่านใดท่านหนึ่ง|(?:หนึ่ง|1){PEOPLE}|{PEOPLE}(?:หนึ่ง|เดียว))")
SEVERAL = re.compile(rf"กรรมการ(?:ผู้มีอำนาจ)?(?:จำนวน)?{COUNT}{PEOPLE}")
OTHERS = re.compile(rf"กรรมการ(?:อื่น|คนอื่น)(?:อีก)?{COUNT}{PEOPLE}")
SOME_OF = re.compile(rf"(?P<names>.+?){COUNT}ใน{COUNT}{PEOPLE}(?:นี้)?")
ONE_OF_THEM = re.compile("(?:คนใดคนหนึ่ง|ท่านใดท่านหนึ่ง)$")
TITLES = "นางสาว|นาย|นาง|น\\.ส\\.|ดร\\.|ว่าที่ร้อยตรี|พลเอก|พลโท|พลตรี|พันเอก|หม่อมหลวง|หม่อมราชวงศ์|Mr\\.|Mrs\\.|Ms\\.|Miss"
NAME = re.compile(rf"(?:{TITLES}) ?[^\s]+(?: [^\s]+){{1,3}}")
AFTER_TITLE = re.compile(rf"^({TITLES}) ", re.IGNORECASE)
NAME_START = re.compile(rf"(?:^|(?<= ))(?={TITLES})")
WITH = re.compile(rf"{SIGN}ร่วมกับ")


def read_signing_text(text: str) -> SigningRule | None:
    """A proposal for the rule that a register's text states; None when any part of it is not understood."""
    said = thai.ascii_digits(" ".join(unicodedata.normalize("NFC", text).translate(INVISIBLE).split()))
    found = re.search(rf"\s*{BINDING.pattern}\s*$", _without_spaces_around_words(said))
    if not found:
        return None
    head = _without_spaces_around_words(said)[: found.start()].strip()
    alternatives = _general(head) or _named(head, jointly=bool(found["jointly"]))
    if not alternatives:
        return None
    return SigningRule(kind=_kind(alternatives), alternatives=alternatives, seal_required=bool(found["seal"]))


def _without_spaces_around_words(said: str) -> str:
    """The set phrases without the spaces that some texts put inside them; spaces inside names stay."""
    said = re.sub(rf" ?({SIGN}) ?(ร่วมกัน|ร่วมกับ|ผูกพัน)?", r" \1\2", said)
    said = re.sub(r"(ร่วมกัน|ชื่อ|ลงนาม) (?=และประทับ|พร้อม|ประทับ)", r"\1", said)
    said = re.sub(r"ประทับตรา (?=สำคัญ)", "ประทับตรา", said)
    said = re.sub(r"([0-9]) (?=คน|ท่าน|นาย)", r"\1", said)
    return re.sub(r"กรรมการ (?=คนใด|ท่านใด|[0-9]|อื่น|" + "|".join(COUNTS) + ")", "กรรมการ", said).strip()


def _general(head: str) -> tuple[Alternative, ...]:
    """Any one director, or so many of them."""
    if ANY_ONE.fullmatch(head):
        return (Alternative(others=1),)
    several = SEVERAL.fullmatch(head)
    return (Alternative(others=_count(several[1])),) if several else ()


def _named(head: str, *, jointly: bool) -> tuple[Alternative, ...]:
    """Directors by name: one of them, all of them, some of them, or one together with others."""
    some = SOME_OF.fullmatch(head)
    if some:
        return _some_of(_run_of_names(some["names"]), _count(some[2]), _count(some[3]))
    first, *rest = WITH.split(head)
    if rest:
        return _together(first.strip(), rest[0].strip()) if len(rest) == 1 else ()
    one_of = bool(ONE_OF_THEM.search(head))
    return _listed(ONE_OF_THEM.sub("", head).strip(), one_of=one_of, jointly=jointly)


def _listed(head: str, *, one_of: bool, jointly: bool) -> tuple[Alternative, ...]:
    either = [part.strip() for part in head.split("หรือ")]
    groups = [tuple(name.strip() for name in re.split(r" ?และ ?(?=" + TITLES + ")", part)) for part in either]
    if not all(NAME.fullmatch(name) for group in groups for name in group):
        return ()
    sizes = {len(group) for group in groups}
    if len(sizes) > 1 or (one_of and sizes != {1}) or (jointly and sizes == {1}):
        return ()  # "A and B or C" can be read in two ways: an officer reads it
    return tuple(Alternative(names=group) for group in groups)


def _together(first: str, rest: str) -> tuple[Alternative, ...]:
    """One named director with any of others named, or with so many others."""
    if not NAME.fullmatch(first):
        return ()
    others = OTHERS.fullmatch(rest)
    if others:
        return (Alternative(names=(first,), others=_count(others[1])),)
    partners = [name.strip() for name in ONE_OF_THEM.sub("", rest).split("หรือ")]
    if not all(NAME.fullmatch(name) for name in partners):
        return ()
    return tuple(Alternative(names=(first, partner)) for partner in partners)


def _some_of(names: tuple[str, ...], count: int, of: int) -> tuple[Alternative, ...]:
    if len(names) != of or not 0 < count <= of:
        return ()
    return tuple(Alternative(names=group) for group in combinations(names, count))


def _run_of_names(text: str) -> tuple[str, ...]:
    """Names written one after the other, each beginning with its title."""
    names = tuple(name.strip().removesuffix("และ").strip() for name in NAME_START.split(text) if name.strip())
    return names if all(NAME.fullmatch(name) for name in names) else ()


def _count(word: str) -> int:
    return COUNTS.get(word) or int(word)


def _kind(alternatives: tuple[Alternative, ...]) -> str:
    if any(alternative.names for alternative in alternatives):
        return "named"
    return "any_of" if alternatives[0].others == 1 else "n_of"
