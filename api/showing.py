"""How pages are shown: templates, the reader's language, and dates, numbers and money in it.

Templates say every sentence twice, side by side: `t('ไทย', 'English')`. A page needs no script and fetches nothing from
elsewhere; the policy in `headers.py` makes the browser hold us to that.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal, Protocol
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from api import unbroken
from forms.words import MONTHS_EN
from licences import thai

Lang = Literal["th", "en"]

HERE = Path(__file__).parent
BANGKOK = ZoneInfo("Asia/Bangkok")
LANGUAGE_COOKIE = "language"
A_YEAR_S = 365 * 24 * 3600
LONGEST_NEXT = 1_000


class InBoth(Protocol):
    """Anything that has its words in both languages (`Text`, `Words`, `Sentence`, a `NotAllowed`)."""

    @property
    def th(self) -> str:
        """In Thai."""

    @property
    def en(self) -> str:
        """In English."""


@dataclass(frozen=True)
class Says:
    """One problem of a page: the id of the field it stands beside ("" for the whole page), and its sentence."""

    at: str
    says: str


@dataclass(frozen=True)
class Visit:
    """What the frame of every page shows. `person` is empty while nobody is signed in."""

    path: str
    switch: str  # the same page in the other language
    person: str = ""
    acting: str = ""
    officer: bool = False
    operator: bool = False
    auditor: bool = False
    csrf: str = ""
    local: bool = False
    idle_seconds: int = 0


def language(request: Request) -> Lang:
    """The reader's language: what the address asks for, then what was chosen before, then Thai."""
    asked = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    return "en" if asked == "en" else "th"


def in_words(words: InBoth, lang: Lang) -> str:
    """Words in the reader's language."""
    return words.th if lang == "th" else words.en


def day(value: date | datetime | None, lang: Lang) -> str:
    """`20 พฤศจิกายน 2569` or `20 November 2026`: a legal day is a Bangkok day; nothing for no day."""
    if value is None:
        return ""
    on = value.astimezone(BANGKOK).date() if isinstance(value, datetime) else value
    return thai.long_date(on, era=False) if lang == "th" else f"{on.day} {MONTHS_EN[on.month - 1]} {on.year}"


def short_day(value: date | None, lang: Lang) -> str:
    """A day as people type it into a field: `28/11/2569` or `28/11/2026`."""
    if value is None:
        return ""
    return f"{value.day}/{value.month}/{thai.buddhist_year(value) if lang == 'th' else value.year}"


def moment(value: datetime | None, lang: Lang) -> str:
    """The day and the time in Bangkok: `20 พฤศจิกายน 2569 เวลา 14.30 น.` or `20 November 2026, 14:30`."""
    if value is None:
        return ""
    at = value.astimezone(BANGKOK)
    return f"{day(at, lang)} เวลา {at:%H.%M} น." if lang == "th" else f"{day(at, lang)}, {at:%H:%M}"


def money(satang: int, lang: Lang) -> str:
    """`1,000 บาท` or `1,000 baht`; satang are written only when there are any."""
    return f"{thai.baht(satang).removesuffix('.00')} {'บาท' if lang == 'th' else 'baht'}"


def size(count: int) -> str:
    """The size of a file as people say it, in kB or MB."""
    kilo = max(1, round(count / 1024))
    return f"{kilo:,} kB" if kilo < 1000 else f"{kilo / 1024:,.1f} MB"


def days_left(until: date, today: date, lang: Lang) -> str:
    """How far off a day is, in words: people misread a bare number with a minus sign."""
    left = (until - today).days
    if left == 0:
        return "วันนี้" if lang == "th" else "today"
    if lang == "th":
        return f"อีก {left} วัน" if left > 0 else f"เกินมาแล้ว {-left} วัน"
    days = "day" if abs(left) == 1 else "days"
    return f"{left} {days} left" if left > 0 else f"{-left} {days} overdue"


def id_number(digits: str) -> str:
    """A thirteen-digit number in the groups people read it in: 0-1055-36000-12-3."""
    if len(digits) != 13 or not digits.isdecimal():
        return digits
    return "-".join((digits[0], digits[1:5], digits[5:10], digits[10:12], digits[12]))


def spelt_values(lang: Lang) -> dict[str, Any]:
    """What every template may call, with the language already in it."""
    return {
        "lang": lang,
        "t": lambda th, en: th if lang == "th" else en,
        "say": lambda words: in_words(words, lang),
        "day": lambda value: day(value, lang),
        "short_day": lambda value: short_day(value, lang),
        "moment": lambda value: moment(value, lang),
        "money": lambda satang: money(satang, lang),
        "days_left": lambda until, today: days_left(until, today, lang),
        "size": size,
        "id_number": id_number,
    }


@cache
def environment() -> Environment:
    """The templates. An unknown name is an error, never an empty place."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["asset"] = asset
    made.globals["mark"] = Markup((HERE / "static" / "mark.svg").read_text(encoding="utf-8"))
    return made


@cache
def asset(name: str) -> str:
    """The address of one of our static files, with its digest: browsers may keep it for ever."""
    digest = hashlib.sha256((HERE / "static" / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?{digest}"


def filled(template: str, visit: Visit, lang: Lang, values: Mapping[str, Any]) -> str:
    """A template's HTML. Raises UndefinedError when it asks for something nobody gave."""
    hidden = Markup('<input type="hidden" name="csrf" value="{}">').format(visit.csrf)
    known = spelt_values(lang) | {"visit": visit, "csrf": hidden, "here": lambda path: _here(path, visit.path)}
    return unbroken.headings(environment().get_template(template).render(known | {"problems": ()} | dict(values)))


def _here(path: str, at: str) -> Markup:
    """Marks the menu's entry for the page one is on, for eyes and for screen readers."""
    return Markup(' aria-current="page"') if at == path or at.startswith(f"{path}/") else Markup("")


def page(request: Request, visit: Visit, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page in the reader's language; asking for a language by `?lang=` is remembered."""
    return dressed(request, HTMLResponse(filled(template, visit, language(request), values), status))


def dressed(request: Request, answer: HTMLResponse) -> HTMLResponse:
    """The answer with its language said, and remembered when it was asked for."""
    lang = language(request)
    answer.headers["Content-Language"] = lang
    answer.headers["Vary"] = "Cookie"
    if "lang" in request.query_params:
        secure = request.url.scheme == "https"
        answer.set_cookie(LANGUAGE_COOKIE, lang, max_age=A_YEAR_S, samesite="lax", httponly=True, secure=secure)
    return answer


def switched(request: Request) -> str:
    """The address of this page in the other language, the rest of the question kept."""
    kept = [(key, value) for key, value in request.query_params.multi_items() if key != "lang"]
    return f"{request.url.path}?{urlencode([*kept, ('lang', 'th' if language(request) == 'en' else 'en')])}"


def safe_next(path: str, otherwise: str = "/") -> str:
    """A place of ours to go on to: never another site, whatever an address claims."""
    ours = path.startswith("/") and not path.startswith(("//", "/\\")) and len(path) <= LONGEST_NEXT
    return path if ours and path.isprintable() and "\\" not in path else otherwise


def beside(problems: Sequence[Any], lang: Lang) -> tuple[Says, ...]:
    """Problems of a form (field, th, en) as the summary at the top of a page shows them."""
    return tuple(Says(one.field, in_words(one, lang)) for one in problems)
