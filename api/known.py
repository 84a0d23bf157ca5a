"""What is known before a draft's first question: registers, the sign-in, earlier applications; each with its source.

Facts of registers are shown and not asked; the rest is filled in and stays open (Digital Government Act s.12). What
comes from whom and when is said beside each answer (WCAG 2.2, 3.3.7).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from api import carrying, showing
from api.carrying import CONTACT, PREMISES, Earlier
from api.filing import NATURAL, Desk, Ground
from api.people import Person
from forms import form as forms
from forms import places
from forms.errors import Problems
from forms.form import Form
from forms.question import Context, Question
from forms.words import Words
from licences.applications import Status
from licences.procedure import Operation, Text
from records import applications
from records.tables import Application

OF, OFFICE, HOME = "of:", "office", "home"
PLACE_KEYS = (f"{PREMISES}address", f"{PREMISES}place")
OVER = frozenset({Status.REFUSED, Status.RETURNED, Status.WITHDRAWN})
SOURCES: Mapping[str, Text] = {
    "company": Text(th="ทะเบียนนิติบุคคล กรมพัฒนาธุรกิจการค้า", en="Register of juristic persons, DBD"),
    "account": Text(th="จากการเข้าสู่ระบบ แก้ได้", en="From your sign-in; you can change it"),
    "office": Text(th="จากทะเบียนนิติบุคคล แก้ได้", en="From the company register; you can change it"),
    "citizen": Text(th="จากการยืนยันตัวตนเมื่อเข้าสู่ระบบ", en="From your sign-in"),
    "power": Text(
        th="ตามทะเบียนและการมอบอำนาจในระบบนี้ แก้ได้", en="By the register and powers given here; you can change it"
    ),
    "law": Text(th="เป็นเช่นนี้ตามกฎหมาย ถ้าไม่เลือกเป็นอย่างอื่น", en="So by law, unless you choose otherwise"),
    "entry": Text(th="ทะเบียนใบอนุญาต", en="Register of licences"),
}
"""Where a fact is from, by the first part of its name."""


@dataclass(frozen=True)
class Registered:
    """An address that a register has of the holder, and that may be his place of business: an answer, and in words."""

    value: str
    fact: str
    in_words: str
    title: Words


REGISTERED = (
    Registered(
        OFFICE,
        "company.office",
        "company.address",
        Words("ที่ตั้งสำนักงานใหญ่เป็นสถานประกอบกิจการ", "The head office is the place of business"),
    ),
    Registered(
        HOME,
        "citizen.home",
        "citizen.address",
        Words("ที่อยู่ตามทะเบียนของท่านเป็นสถานประกอบกิจการ", "Your registered address is the place of business"),
    ),
)
"""A company's head office, and the address in a person's sign-in. At most one of them is among a holder's facts."""


@dataclass(frozen=True)
class Start:
    """What a new application may start from: an earlier one, or a registered address. `said`: what that says to its
    form."""

    value: str
    title: Words
    detail: Words
    said: Mapping[str, Any]


async def earlier_of(desk: Desk, person: Person, ground: Ground, licence_number: str) -> list[Earlier]:
    """What was sent for the holder before, the latest first; about the licence acted on, when it is renewed.

    A company's director sees what was sent for it by anybody; whoever holds a power sees what he sent himself.
    """
    renews = ground.procedure.operation is Operation.RENEW
    whole = ground.holder.kind == NATURAL or ground.holder.facts.get("power.has_attorney") is False
    of = (ground.holder.id, "" if whole else person.id, licence_number if renews else "")
    async with desk.database.reading() as session:
        found = await applications.earlier_of(session, *of)
        return [
            as_earlier(one, (await applications.procedure_of(session, one.version)).form, person.id, about_it=renews)
            for one in found
        ]


def as_earlier(one: Application, form: str, reader: str, *, about_it: bool) -> Earlier:
    """An application of the records, for a reader: what is personal is told to its writer only."""
    return Earlier(
        number=one.number,
        sent_at=one.entered_at,
        licence=one.licence,
        form=forms.load(form, one.version),
        answers=one.answers,
        own=one.applicant == reader,
        stands=one.status not in OVER,
        about_it=about_it,
    )


def starts(catalogue: Any, ground: Ground, form: Form, earlier: Sequence[Earlier]) -> list[Start]:
    """What this one may start from: earlier applications, one for each place, and the address that a register has;
    nothing for what acts on a licence."""
    if ground.procedure.operation is not Operation.NEW:
        return []
    found: dict[str, Start] = {}
    for one in earlier:
        elsewhere = one.licence == ground.procedure.licence and one.stands and ground.procedure.one_per == "premises"
        offered = carrying.taken(form, [one], ground.facts, but=PREMISES if elsewhere else CONTACT)
        if any(name not in form.by_id or not form.by_id[name].reuse.startswith(CONTACT) for name in offered):
            start = _start(catalogue, one, _values(offered), elsewhere)
            found.setdefault(start.title.th + start.detail.th.partition(" · ")[0] if one.place() else one.number, start)
    return [*found.values(), *_from_registered(ground, form)]


def _start(catalogue: Any, one: Earlier, said: Mapping[str, Any], elsewhere: bool) -> Start:
    licence, (named, address) = catalogue.licence(one.licence).title, one.place() or ("", {})
    at = {lang: _shown(address, lang) for lang in ("th", "en")} if address else {"th": "", "en": ""}
    title = Words(
        th=f"ใช้คำตอบเดิม แต่คนละสถานที่: {licence.th}" if elsewhere else named or at["th"] or licence.th,
        en=f"The same answers for another place: {licence.en}" if elsewhere else named or at["en"] or licence.en,
    )
    since = {lang: showing.day(one.sent_at, lang) for lang in ("th", "en")}
    where = {lang: "" if elsewhere or title.say(lang) == at[lang] else at[lang] for lang in ("th", "en")}
    detail = Words(
        th=" · ".join(filter(None, (where["th"], f"ตามคำขอเมื่อ {since['th']}"))),
        en=" · ".join(filter(None, (where["en"], f"as told on {since['en']}"))),
    )
    return Start(OF + one.number, title, detail, said)


def _from_registered(ground: Ground, form: Form) -> Iterator[Start]:
    """The registered address as the place of business, where the form asks for one."""
    for one in REGISTERED:
        if one.fact in ground.facts and (said := at_registered(form, ground.facts)):
            address = str(ground.facts.get(one.in_words, ""))
            yield Start(one.value, one.title, Words(address, address), said)


def at_registered(form: Form, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The registered address in answer to the questions for the place of business."""
    address = next((facts[one.fact] for one in REGISTERED if one.fact in facts), None)
    asked = [one for one in form.by_id.values() if one.reuse in PLACE_KEYS and address]
    fits = [one for one in asked if carrying.accepts(one, address, {})]
    return {one.id: one.kind.check(one, address, one.id, Context(None, {})) for one in fits}


def _shown(address: Mapping[str, Any], lang: showing.Lang) -> str:
    return places.show_address(address, lang) if "postcode" in address else places.show_place(address, lang)


def said(
    ground: Ground, form: Form, earlier: Sequence[Earlier], start: str, possible: Sequence[Start]
) -> dict[str, Any]:
    """What earlier applications, or a registered address, say to this one's questions when it starts from one of
    them."""
    if ground.procedure.operation is Operation.RENEW:
        return _values(carrying.taken(form, earlier, ground.facts))
    reach = _values(carrying.taken(form, [one for one in earlier if one.own], ground.facts, only=CONTACT))
    chosen = next((one for one in possible if one.value == start), None)
    return reach | dict(chosen.said) if chosen else reach


def _values(said: carrying.Said) -> dict[str, Any]:
    return {name: value for name, (value, _) in said.items()}


def sources(
    form: Form,
    answers: Mapping[str, Any],
    facts: Mapping[str, Any],
    earlier: Sequence[Earlier],
    asked_at: datetime | None,
) -> dict[str, Text]:
    """Question id, or that of a page of items → where its answer is from, of those that were there before anything
    was asked."""
    found: dict[str, Text] = {}
    for page in form.groups:
        same = (one for one in earlier if answers.get(page.id) and one.listed(page, form, facts) == answers[page.id])
        if by := next(same, None):
            found[page.id] = _as_told(by)
    for page in form.pages:
        for one in () if page.each else page.questions:
            if one.kind.answered and (source := _source(one, form, answers, facts, earlier, asked_at)):
                found[one.id] = source
    return found


def _source(
    one: Question, form: Form, answers: Mapping[str, Any], facts: Mapping[str, Any], earlier: Sequence[Earlier],
    asked_at: datetime | None,
) -> Text | None:  # fmt: skip
    if one.prefill and one.prefill in facts and (one.kind.name == "fact" or _is(one, facts, answers.get(one.id))):
        return _of_fact(one, facts, asked_at)
    if one.id not in answers or one.kind.name in carrying.NEVER:
        return None
    if one.reuse in PLACE_KEYS and (fact := _registered(one, facts, answers[one.id])):
        return _of_fact(replace(one, prefill=fact, source=None), facts, asked_at)
    by = next((each for each in earlier if each.said(one, form) == answers[one.id]), None)
    return _as_told(by) if by else None


def _registered(one: Question, facts: Mapping[str, Any], answer: Any) -> str:
    """The fact whose address this answer is; "": none."""
    here = (each.fact for each in REGISTERED if each.fact in facts)
    return next((fact for fact in here if _is(replace(one, prefill=fact), facts, answer)), "")


def _is(one: Question, facts: Mapping[str, Any], answer: Any) -> bool:
    try:
        given = one.kind.check(one, facts[one.prefill], one.id, Context(None, facts))
    except Problems:
        return False
    return answer is not None and bool(given == answer)


def _of_fact(one: Question, facts: Mapping[str, Any], asked_at: datetime | None) -> Text:
    kind = one.prefill.partition(".")[0]
    if one.prefill == "account.phone" and "company.juristic_id" in facts:
        kind = "office"  # a company's telephone is that of its register, a person's that of his sign-in
    source = Text(th=one.source.th, en=one.source.en) if one.source else SOURCES[kind]
    return _asked(source, asked_at) if kind == "company" else source


def _asked(source: Text, asked_at: datetime | None) -> Text:
    """With the time when the register answered, when that is known."""
    if asked_at is None:
        return source
    th, en = showing.moment(asked_at, "th"), showing.moment(asked_at, "en")
    return Text(th=f"{source.th} เมื่อ {th}", en=f"{source.en}, {en}")


def _as_told(by: Earlier) -> Text:
    th, en = showing.day(by.sent_at, "th"), showing.day(by.sent_at, "en")
    return Text(
        th=f"ตามที่แจ้งไว้ในคำขอ {by.number} เมื่อ {th} แก้ได้",
        en=f"As told in application {by.number} on {en}; you can change it",
    )
