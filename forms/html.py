"""What a template needs to draw a question: plain values, no HTML. The template for each widget is the api room's.

Widgets: text, textarea, number, money, date, radios, select, checkboxes, checkbox, file, address, place, subdistrict,
person, fact, info.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forms import places
from forms.definition import Page
from forms.errors import Problem
from forms.plain import RADIOS_UP_TO, SATANG_A_BAHT
from forms.question import Fields, Question, one
from forms.words import BUDDHIST_ERA, Lang

OPTIONAL = {"th": "ไม่บังคับ", "en": "optional"}


@dataclass(frozen=True)
class Drawn:
    """One answer to choose from, ready to draw."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Field:
    """One question, ready to draw.

    `id` is fit for an HTML id (errors link to it), `name` is the flat name that `check_page` reads. `value` is a text,
    or a list of texts for checkboxes and files. `parts` are the fields of an address, a person or a date.
    """

    id: str
    name: str
    widget: str
    label: str
    hint: str = ""
    value: Any = ""
    required: bool = True
    unit: str = ""
    error: str = ""
    attributes: Mapping[str, str] | None = None
    options: tuple[Drawn, ...] = ()
    parts: tuple["Field", ...] = ()
    source: str = ""


def fields(
    page: Page, lang: Lang, *, answers: Mapping[str, Any], sent: Fields | None = None, problems: Sequence[Problem] = ()
) -> list[Field]:
    """The fields of a page: filled with the answers kept, or, after a refusal, with exactly what was `sent`."""
    wrong = {problem.field: problem.th if lang == "th" else problem.en for problem in problems}
    flat = sent if sent is not None else flattened(page, answers)
    return [_field(question, question.id, lang, flat, wrong, answers) for question in page.questions]


def flattened(page: Page, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Checked answers as the browser's flat fields, money in baht and dates in the Buddhist era."""
    flat: dict[str, Any] = {}
    for question in page.questions:
        if question.id in answers:
            flat |= _flat(question, question.id, answers[question.id])
    return flat


def _flat(question: Question, name: str, value: Any) -> dict[str, Any]:
    """One checked answer under its flat names."""
    parts = question.kind.parts(question)
    if parts and isinstance(value, Mapping):
        inside = [_flat(part, f"{name}.{part.id}", value[part.id]) for part in parts if part.id in value]
        return {key: text for flat in inside for key, text in flat.items()}
    if question.kind.name == "date":
        year, month, day = (int(part) for part in value.split("-"))
        return {f"{name}.day": str(day), f"{name}.month": str(month), f"{name}.year": str(year + BUDDHIST_ERA)}
    if question.kind.name == "money":
        return {name: f"{value // SATANG_A_BAHT}.{value % SATANG_A_BAHT:02}".removesuffix(".00")}
    if isinstance(value, bool):
        return {name: "yes" if value else "no"}
    return {name: [str(item) for item in value] if isinstance(value, list) else str(value)}


def _field(
    question: Question, name: str, lang: Lang, flat: Fields, wrong: Mapping[str, str], answers: Mapping[str, Any]
) -> Field:
    kind = question.kind
    value = question.kind.show(question, answers[name], lang) if kind.name == "fact" and name in answers else None
    return Field(
        id=html_id(name),
        name=name,
        widget=widget(question),
        label=question.title.say(lang),
        hint=question.hint.say(lang) if question.hint else "",
        value=value or _value(question, flat.get(name)),
        required=question.required,
        unit=question.unit.say(lang) if question.unit else {"th": "บาท", "en": "baht"}[lang] * (kind.name == "money"),
        error=wrong.get(name, ""),
        attributes=kind.attributes(question),
        options=_options(question, name, lang, flat),
        parts=_parts(question, name, lang, flat, wrong, answers),
        source=question.source.say(lang) if question.source else "",
    )


def widget(question: Question) -> str:
    """The template's name; few options are radio buttons, many are a list (a phone cuts long ones)."""
    if question.kind.name == "choice":
        return "radios" if len(question.options) <= RADIOS_UP_TO else "select"
    return question.kind.widget


def html_id(name: str) -> str:
    """`people[0].person.first_name` -> `people-0-person-first_name`."""
    return name.replace("[", "-").replace("]", "").replace(".", "-")


def _value(question: Question, sent: Any) -> Any:
    several = question.kind.name == "choices" or (question.kind.name == "file" and question.max_files > 1)
    if several:
        return list(sent) if isinstance(sent, list | tuple) else [sent] if sent else []
    return "" if one(sent) is None else str(one(sent))


def _options(question: Question, name: str, lang: Lang, flat: Fields) -> tuple[Drawn, ...]:
    """What there is to choose from; for a subdistrict, those that the postcode beside it serves."""
    sent = flat.get(name)
    chosen = sent if isinstance(sent, list | tuple) else [sent]
    if question.kind.name == "yes-no":
        pairs = [("yes", question.yes.say(lang)), ("no", question.no.say(lang))]
    elif question.kind.name == "subdistrict":
        pairs = _subdistricts(name, lang, flat)
    else:
        pairs = [(option.value, option.title.say(lang)) for option in question.options]
    return tuple(Drawn(value, label, value in chosen) for value, label in pairs)


def _subdistricts(name: str, lang: Lang, flat: Fields) -> list[tuple[str, str]]:
    whole = name.rpartition(".")[0]
    found = places.of_postcode(str(one(flat.get(f"{whole}.postcode")) or "").strip())
    chosen = places.by_code(str(one(flat.get(name)) or ""))
    if chosen and chosen not in found:
        found = [*found, chosen]
    return [(place.subdistrict.code, places.option(place, lang)) for place in found]


_DATE_BOXES = (("day", "วัน", "Day"), ("month", "เดือน", "Month"), ("year", "ปี พ.ศ.", "Year (B.E. or C.E.)"))


def _parts(
    question: Question, name: str, lang: Lang, flat: Fields, wrong: Mapping[str, str], answers: Mapping[str, Any]
) -> tuple[Field, ...]:
    if question.kind.name == "date":
        digits = {"inputmode": "numeric", "autocomplete": "off", "maxlength": "4"}
        return tuple(
            Field(
                html_id(f"{name}.{box}"), f"{name}.{box}", "text", th if lang == "th" else en,
                value=str(one(flat.get(f"{name}.{box}")) or ""), attributes=digits,
            )
            for box, th, en in _DATE_BOXES
        )  # fmt: skip
    return tuple(
        _field(part, f"{name}.{part.id}", lang, flat, wrong, answers) for part in question.kind.parts(question)
    )
