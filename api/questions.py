"""A form's questions as a page shows them: names, what was typed or saved, problems beside them, choices to pick from.

Whether a question applies is decided by the server alone (`forms.conditions`). Without script every question of a page
is shown, and only those that apply are checked; a script may hide the rest, by asking the server again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from forms import places
from forms.conditions import Answered
from forms.errors import Problem
from forms.plain import RADIOS_UP_TO
from forms.question import Question
from forms.words import BUDDHIST_ERA, Lang, Words, arabic

SATANG_A_BAHT = 100
NOTHING: Mapping[str, Any] = {}
LOOK_UP = "look_up"
"""The name of the button that asks for the subdistricts of a postcode."""


@dataclass(frozen=True)
class Choice:
    """One answer on offer."""

    value: str
    title: str
    chosen: bool


@dataclass(frozen=True)
class Shown:
    """One question as a template needs it. `name` is the field's name and its HTML id."""

    name: str
    kind: str
    title: str
    hint: str = ""
    error: str = ""
    required: bool = True
    value: Any = ""
    unit: str = ""
    choices: tuple[Choice, ...] = ()
    parts: tuple["Shown", ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    applies: bool = True
    conditional: bool = False  # asked only of some
    steers: bool = False  # other questions depend on it
    source: str = ""
    law: str = ""

    @property
    def described_by(self) -> str:
        """The ids of what explains the field, for those who do not see the page."""
        told = self.source and self.kind != "fact"
        ids = [f"{self.name}-hint"] * bool(self.hint) + [f"{self.name}-source"] * bool(told)
        ids += [f"{self.name}-error"] * bool(self.error)
        return " ".join(ids)

    @property
    def broken(self) -> bool:
        """Whether it or a part of it has a problem."""
        return bool(self.error) or any(part.broken for part in self.parts)


@dataclass(frozen=True)
class Sheet:
    """What a page of questions is shown with: saved answers, problems, facts of registers, the language."""

    lang: Lang
    answers: Answered
    problems: Sequence[Problem] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    typed: Mapping[str, Any] | None = None  # what a browser sent, shown again as it was
    seen: Answered = field(default_factory=dict)  # answers of the pages before
    files: Mapping[str, str] = field(default_factory=dict)  # attachment id → the name it came with
    sources: Mapping[str, str] = field(default_factory=dict)  # question id → where its answer is from

    def problem(self, name: str) -> str:
        """The sentence beside a field, in the reader's language; nothing when it is fine."""
        return next((say(p, self.lang) for p in self.problems if p.field == name), "")


def say(words: Problem | Words, lang: Lang) -> str:
    """Words of the forms in one language."""
    return words.th if lang == "th" else words.en


def shown(questions: Sequence[Question], sheet: Sheet, prefix: str = "") -> tuple[Shown, ...]:
    """The questions of one page, in order; `prefix` stands in front of the names of an item's questions."""
    steering = {path.split(".")[0] for one in questions if one.when for path in one.when.questions()}
    known = {**sheet.seen, **sheet.answers}
    there = [one for one in questions if one.kind.name != "fact" or one.prefill in sheet.facts]
    return tuple(_shown(one, sheet, prefix, applies=one.applies(known), steers=one.id in steering) for one in there)


def _shown(question: Question, sheet: Sheet, prefix: str, *, applies: bool, steers: bool) -> Shown:
    name, lang = prefix + question.id, sheet.lang
    value = sheet.facts.get(question.prefill) if question.kind.name == "fact" else sheet.answers.get(question.id)
    return Shown(
        name=name,
        kind=_kind(question),
        title=question.title.say(lang),
        hint=question.hint.say(lang) if question.hint else "",
        error=sheet.problem(name),
        required=question.required,
        value=_value(question, value, name, sheet),
        unit=question.unit.say(lang) if question.unit else "",
        choices=_choices(question, value, name, sheet),
        parts=tuple(_parts(question, value, name, sheet)),
        attributes=question.kind.attributes(question),
        applies=applies,
        conditional=question.when is not None,
        steers=steers,
        source=question.source.say(lang) if question.source else sheet.sources.get(question.id, ""),
        law=question.law,
    )


def _kind(question: Question) -> str:
    """The widget: a short list of choices is shown whole, a long one in a box (a phone cuts long options)."""
    if question.kind.name == "choice":
        return "radios" if len(question.options) <= RADIOS_UP_TO else "select"
    return question.kind.name


def _value(question: Question, value: Any, name: str, sheet: Sheet) -> Any:
    """What stands in the field: what was typed when the page comes back, else what was saved."""
    kind = question.kind.name
    if kind == "date":
        return _date_boxes(value, name, sheet.typed)
    if kind == "fact":
        return "" if value is None else question.kind.show(question, value, sheet.lang)
    if sheet.typed is not None and kind not in ("yes-no", "choice", "choices", "declaration", "file"):
        return _first(sheet.typed.get(name))
    if kind == "money" and isinstance(value, int):
        return f"{value / SATANG_A_BAHT:.2f}".removesuffix(".00")
    if kind == "phone" and isinstance(value, str):
        return question.kind.show(question, value, sheet.lang)  # kept as RFC 3966 has it, which nobody writes
    if kind == "file":
        return _files(value, name, sheet)
    return "" if value is None else value


def _files(value: Any, name: str, sheet: Sheet) -> tuple[tuple[str, str], ...]:
    """The files attached so far: id and name; those just sent, too, when the page comes back."""
    if sheet.typed is not None:
        value = sheet.typed.get(name)
    ids = value if isinstance(value, list | tuple) else [value] if value else []
    return tuple((one, sheet.files.get(one, one)) for one in ids)


def _first(sent: Any) -> str:
    if isinstance(sent, list | tuple):
        return str(sent[0]) if sent else ""
    return "" if sent is None else str(sent)


def _date_boxes(value: Any, name: str, typed: Mapping[str, Any] | None) -> Mapping[str, str]:
    """Day, month and year of the Buddhist era, as three boxes."""
    if typed is not None:
        return {box: _first(typed.get(f"{name}.{box}")) for box in ("day", "month", "year")}
    if not isinstance(value, str):
        return {"day": "", "month": "", "year": ""}
    try:
        on = date.fromisoformat(value)
    except ValueError:
        return {"day": "", "month": "", "year": value}
    return {"day": str(on.day), "month": str(on.month), "year": str(on.year + BUDDHIST_ERA)}


def _choices(question: Question, value: Any, name: str, sheet: Sheet) -> tuple[Choice, ...]:
    """The answers on offer, the chosen ones marked."""
    chosen = _chosen(question, value, name, sheet.typed)
    if question.kind.name == "yes-no":
        both = (("yes", question.yes), ("no", question.no))
        return tuple(Choice(key, words.say(sheet.lang), key in chosen) for key, words in both)
    if question.kind.name == "declaration":
        return (Choice("yes", question.title.say(sheet.lang), "yes" in chosen),)
    return tuple(
        Choice(option.value, option.title.say(sheet.lang), option.value in chosen) for option in question.options
    )


def _chosen(question: Question, value: Any, name: str, typed: Mapping[str, Any] | None) -> tuple[str, ...]:
    if typed is not None:
        sent = typed.get(name, ())
        return (sent,) if isinstance(sent, str) else tuple(map(str, sent))
    if isinstance(value, bool):
        return ("yes" if value else "no",)
    return tuple(value) if isinstance(value, list) else (str(value),)


def _parts(question: Question, value: Any, name: str, sheet: Sheet) -> Iterator[Shown]:
    """The parts of a composite, the subdistrict as a list of those that the postcode serves."""
    given = value if isinstance(value, Mapping) else NOTHING
    inner = Sheet(sheet.lang, given, sheet.problems, sheet.facts, sheet.typed)
    for part in question.kind.parts(question):
        one = _shown(part, inner, f"{name}.", applies=True, steers=False)
        if part.kind.name == "subdistrict":
            yield from _subdistrict(question, one, given, name, sheet)
        else:
            yield one


def _subdistrict(whole: Question, part: Shown, given: Mapping[str, Any], name: str, sheet: Sheet) -> Iterator[Shown]:
    """A postcode (also for a place, which does not keep it), then the subdistricts it serves: a short list."""
    code = str(part.value or "")
    postcode = _postcode(given, name, code, sheet)
    if whole.kind.name == "place":
        title = "รหัสไปรษณีย์" if sheet.lang == "th" else "Postcode"
        attributes = {"inputmode": "numeric", "autocomplete": "postal-code", "maxlength": "5"}
        yield Shown(f"{name}.postcode", "postcode", title, value=postcode, attributes=attributes)
    found = places.of_postcode(postcode) if postcode.isdecimal() and len(postcode) == 5 else []
    choices = tuple(
        Choice(one.subdistrict.code, places.option(one, sheet.lang), one.subdistrict.code == code) for one in found
    )
    unknown = {"unknown-postcode": postcode} if postcode and not found else {}
    yield Shown(part.name, "subdistrict", part.title, error=part.error, value=code, choices=choices, attributes=unknown)


def _postcode(given: Mapping[str, Any], name: str, code: str, sheet: Sheet) -> str:
    """What was typed, what was saved, or a postcode of the subdistrict."""
    if sheet.typed is not None and f"{name}.postcode" in sheet.typed:
        return arabic(_first(sheet.typed[f"{name}.postcode"])).strip()
    found = places.by_code(code) if code else None
    return str(given.get("postcode") or (found.subdistrict.postal_codes[0] if found else ""))
