"""What may be done to a licence after it was granted: each act a procedure too, told in `acts.toml` and not in code.

A case is one act on one licence. Here stands who may open it, who decides, whether the holder is heard first, what the
register then says, and whether what stands today allows it. General law first; a sector's Act states what differs.
"""

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from licences import calendar, register
from licences.applications import Turn
from licences.catalogue import DataFault
from licences.errors import Conflict, NotAllowed
from licences.procedure import Appeal, Licence, Shape, Stage, Text
from licences.register import EntryKind, Standing
from licences.thai import date_in_english, long_date

HOME = Path(__file__).parent
PROPOSAL = "proposal"
"""The opening of a case, where `not_same_officer_as` speaks of it: who proposed may not approve."""
HOLDER_NAME = "holder_name"
"""The one change of a correction that is no particular of the paper."""


class Kind(StrEnum):
    """The acts."""

    SUSPENSION = "suspension"
    LIFTING = "lifting"
    REVOCATION = "revocation"
    REINSTATEMENT = "reinstatement"
    TRANSFER = "transfer"
    HOLDER_FACTS = "holder-facts"
    REPLACEMENT = "replacement"
    CORRECTION = "correction"
    CESSATION = "cessation"
    APPEAL = "appeal"
    SECOND_LOOK = "second-look"
    STAY = "stay"
    STAY_END = "stay-end"


class CaseStatus(StrEnum):
    """Where a case stands."""

    HEARING = "hearing"  # the holder may object before the officers decide (APA s.30)
    CONSENT = "consent"  # who takes a licence over has not said yes
    CHECKING = "checking"  # another office has not answered
    IN_REVIEW = "in-review"
    ISSUING = "issuing"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    OVERTAKEN = "overtaken"  # something else happened to the licence first


TURNS: Mapping[CaseStatus, Turn] = {
    CaseStatus.HEARING: Turn.APPLICANT,
    CaseStatus.CONSENT: Turn.APPLICANT,
    CaseStatus.CHECKING: Turn.ENGINE,
    CaseStatus.IN_REVIEW: Turn.OFFICER,
    CaseStatus.ISSUING: Turn.ENGINE,
    CaseStatus.DONE: Turn.NOBODY,
    CaseStatus.REFUSED: Turn.NOBODY,
    CaseStatus.WITHDRAWN: Turn.NOBODY,
    CaseStatus.OVERTAKEN: Turn.NOBODY,
}


class ActStage(Stage):
    """A stage of an act. `days`: calendar days of an authority's own duty, which no holiday moves (APA s.64 para 2)."""

    days: int | None = Field(None, gt=0, le=800)
    more_days: int = Field(0, ge=0)  # by how many it may be extended, once, with a notice before it ends (APA s.45)
    decider: bool = False  # lies with the officer who made the order that is appealed against (APA s.44)


class ActProcedure(Shape):
    """The rules of one act on one kind of licence, as they stood on one day. Travels with the case."""

    act: Kind
    licence: str
    version: str
    title: Text
    asks_for: Text
    law: str = Field(min_length=1)
    opened_by: tuple[Literal["officer", "supervisor", "holder", "engine"], ...]
    stages: tuple[ActStage, ...] = ()
    upward: bool = False  # an appeal: one stage that agrees is enough, one that does not hands it to the next
    hearing_days: int = Field(0, ge=0)  # calendar days in which the holder may object first (APA s.30)
    consent: bool = False  # somebody takes the licence over, and must say yes
    asks_register: bool = False  # the company register is asked first
    entry: EntryKind | None = None
    opens: Kind | None = None  # what whoever does not agree proposes by that
    paper: bool = False  # a new sealed licence takes the old one's place
    longest_days: int | None = None  # of a suspension
    notice_days: int = 0  # of a cessation: at least so many days before; negative: at most so many after
    appeal: Appeal
    provisional: bool = True

    def stage(self, name: str) -> ActStage:
        """The stage of that name. Raises StopIteration."""
        return next(one for one in self.stages if one.name == name)


class Wanted(Shape):
    """What whoever opens a case asks for. Which of these are needed, the act says (`check_wanted`)."""

    since: date | None = None
    until: date | None = None
    reason: str = Field("", max_length=4_000)
    changes: dict[str, str] = Field(default_factory=dict, max_length=50)  # particular → its right value
    transferee: str = Field("", max_length=30)  # a juristic number, or the code that a person read out


class WantedWrong(NotAllowed):
    """What is asked for is not whole, or the law does not allow it."""


class StandsOtherwise(Conflict):
    """What the licence is worth today does not allow this act."""


class AppealTooLate(NotAllowed):
    """The days to appeal are over."""


class NothingToAppeal(NotAllowed):
    """What was decided is no order that can be appealed against."""


# --- the data ---


def procedure(act: Kind | str, licence: Licence) -> ActProcedure:
    """The rules of an act on a kind of licence, named by the hash of their content."""
    kind = Kind(act)
    told = {**_table()[kind.value]}
    for sector in _table()["sectors"]:
        if any(fnmatch(licence.code, pattern) for pattern in sector["licences"]):
            told |= sector.get(kind.value, {})
    stages = [{"law": told["law"], **stage} for stage in told.get("stages", ())]
    told = {"appeal": licence.appeal, **told, "stages": stages, "act": kind, "licence": licence.code}
    unnamed = _checked(told)
    body = unnamed.model_dump_json(exclude={"version"}).encode()
    return unnamed.model_copy(update={"version": hashlib.sha256(body).hexdigest()})


def _checked(told: Mapping[str, Any]) -> ActProcedure:
    try:
        return ActProcedure.model_validate({**told, "version": ""})
    except ValidationError as wrong:
        raise DataFault(f"acts.toml: {told['act']}: {wrong}") from wrong


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((HOME / "acts.toml").read_text("utf-8"))


@cache
def titles() -> Mapping[str, Text]:
    """Every act by its word."""
    return {kind.value: Text(**_table()[kind.value]["title"]) for kind in Kind}


# --- what is asked for ---


def check_wanted(rules: ActProcedure, wanted: Wanted, on: date, particulars: Sequence[str] = ()) -> Wanted:
    """Raise WantedWrong, or say what is asked for with the days that the law gives where none is named."""
    if not wanted.reason.strip():
        raise _no_reason(rules)
    match rules.act:
        case Kind.SUSPENSION:
            return _suspension(rules, wanted, on)
        case Kind.REVOCATION | Kind.LIFTING | Kind.REINSTATEMENT | Kind.TRANSFER | Kind.STAY | Kind.STAY_END:
            return _from_a_day(wanted, on)
        case Kind.CESSATION:
            return _cessation(rules, wanted, on)
        case Kind.CORRECTION:
            return _correction(wanted, particulars)
        case _:
            return wanted


def _from_a_day(wanted: Wanted, on: date) -> Wanted:
    if wanted.since is not None and wanted.since < on:
        raise WantedWrong("วันเริ่มมีผลต้องไม่ก่อนวันนี้", "it takes effect when it is notified: not before today", field="since")
    return wanted


def _no_reason(rules: ActProcedure) -> WantedWrong:
    """An order states facts, law and consideration (Administrative Procedure Act s. 37); who asks for something does
    not have to know the law."""
    if rules.opened_by == ("holder",):
        return WantedWrong("โปรดระบุเหตุผล", "please say why", field="reason")
    return WantedWrong(
        "โปรดระบุเหตุผล: ข้อเท็จจริง ข้อกฎหมาย และข้อพิจารณา", "please say why: the facts, the law", field="reason"
    )


def _suspension(rules: ActProcedure, wanted: Wanted, on: date) -> Wanted:
    _from_a_day(wanted, on)
    since = wanted.since or on
    if wanted.until is None or wanted.until < since:
        raise WantedWrong("โปรดระบุวันสุดท้ายของการพักใช้", "name the last day of the suspension", field="until")
    if rules.longest_days and (wanted.until - since).days + 1 > rules.longest_days:
        raise WantedWrong(
            f"พักใช้ได้ไม่เกิน {rules.longest_days} วัน ({rules.law})",
            f"a suspension lasts {rules.longest_days} days at most ({rules.law})",
            field="until",
        )
    return wanted


def _cessation(rules: ActProcedure, wanted: Wanted, on: date) -> Wanted:
    since = wanted.since or on
    earliest = on + timedelta(days=rules.notice_days)
    if since < earliest:
        when = f"{abs(rules.notice_days)} วัน"
        th = f"ล่วงหน้าไม่น้อยกว่า {when}" if rules.notice_days > 0 else f"ไม่เกิน {when}หลังเลิก"
        raise WantedWrong(
            f"ต้องแจ้งเลิกกิจการ{th} ({rules.law}) วันที่เลิกจึงต้องไม่ก่อน {long_date(earliest)}",
            f"the day of ceasing may not be before {date_in_english(earliest)} ({rules.law})",
            field="since",
        )
    return wanted.model_copy(update={"since": since})


def _correction(wanted: Wanted, particulars: Sequence[str]) -> Wanted:
    changes = {name: value.strip() for name, value in wanted.changes.items()}
    if not changes or not all(changes.values()):
        raise WantedWrong("โปรดระบุรายการที่ผิดและข้อความที่ถูกต้อง", "say what is wrong, and what is right", field="changes")
    for name in changes:
        if name not in (*particulars, HOLDER_NAME):
            raise WantedWrong(
                f"ใบอนุญาตนี้ไม่มีรายการ {name}", f"this licence has no particular {name}", field=f"changes.{name}"
            )
    return wanted.model_copy(update={"changes": changes})


def period(act: Kind, wanted: Wanted, opened_on: date, on: date) -> tuple[date, date | None]:
    """First and last day of what is ordered on a day. No order reaches back: it takes effect when notified (APA s.42).

    Where no first day was named, as many days count from the order as from the opening. Raises StandsOtherwise.
    """
    if act is Kind.CESSATION:
        return wanted.since or on, None
    since = max(wanted.since or on, on)
    if act is not Kind.SUSPENSION or wanted.until is None:
        return since, None
    until = wanted.until if wanted.since else on + (wanted.until - opened_on)
    if until < since:
        raise StandsOtherwise(
            f"ระยะเวลาพักใช้ที่เสนอสิ้นสุดแล้วเมื่อวันที่ {long_date(until)} โปรดเสนอใหม่",
            f"the days that were proposed ended on {date_in_english(until)}: please propose it anew",
        )
    return since, until


# --- what stands today ---

ALLOWED: Mapping[Kind, tuple[Standing, ...]] = {
    Kind.SUSPENSION: (Standing.IN_FORCE,),
    Kind.LIFTING: (Standing.SUSPENDED,),
    Kind.REVOCATION: (Standing.IN_FORCE, Standing.SUSPENDED),
    Kind.REINSTATEMENT: (Standing.REVOKED,),
    Kind.TRANSFER: (Standing.IN_FORCE,),
    Kind.HOLDER_FACTS: (Standing.IN_FORCE, Standing.SUSPENDED),
    Kind.REPLACEMENT: (Standing.IN_FORCE, Standing.SUSPENDED),
    Kind.CORRECTION: (Standing.IN_FORCE, Standing.SUSPENDED, Standing.NOT_YET),
    Kind.CESSATION: (Standing.IN_FORCE, Standing.SUSPENDED),
}
WORDS: Mapping[Standing, tuple[str, str]] = {
    Standing.NOT_YET: ("ยังไม่เริ่มมีผล", "not in force yet"),
    Standing.IN_FORCE: ("มีผลใช้บังคับ", "in force"),
    Standing.EXPIRED: ("สิ้นอายุแล้ว", "expired"),
    Standing.SUSPENDED: ("ถูกพักใช้อยู่", "suspended"),
    Standing.REVOKED: ("ถูกเพิกถอนแล้ว", "revoked"),
    Standing.ENDED: ("สิ้นสุดแล้ว", "ended"),
    Standing.SUPERSEDED: ("มีฉบับใหม่แทนแล้ว", "replaced"),
}


def check_standing(act: Kind, entries: Sequence[register.Entry], on: date) -> None:
    """Raise StandsOtherwise unless what the licence is worth on that day allows the act."""
    standing = register.status_on(register.unstayed(entries) if act in UNDONE_BY.values() else entries, on)
    if standing not in ALLOWED.get(act, tuple(Standing)):
        raise StandsOtherwise(
            f"{titles()[act].th}ไม่ได้ เพราะขณะนี้ใบอนุญาต{WORDS[standing][0]} โปรดดูรายการล่าสุดในทะเบียน",
            f"{titles()[act].en} is not possible: the licence is {WORDS[standing][1]} now; look at its newest entry",
        )
    if act is Kind.SUSPENSION and any(_to_come(one, on) for one in entries):
        raise StandsOtherwise(
            "มีคำสั่งพักใช้ที่จะเริ่มมีผลอยู่แล้ว", "a suspension that begins later is entered already: lift that one first"
        )
    if act in (Kind.SUSPENSION, Kind.REVOCATION) and EntryKind(act.value) in register.stayed_on(entries, on):
        raise StandsOtherwise(
            f"มีคำสั่ง{titles()[act].th}ที่ทุเลาการบังคับไว้อยู่แล้ว โปรดรอผลอุทธรณ์หรือเลิกการทุเลา",
            f"an order of {titles()[act].en.lower()} stands already and is stayed: await the appeal, or end the stay",
        )


def _to_come(entry: register.Entry, on: date) -> bool:
    return entry.kind is EntryKind.SUSPENSION and entry.valid_from > on


def check_hands(asked_by: str, holder: str) -> None:
    """Raise StandsOtherwise when what a holder asked for comes too late: the licence is another's by now."""
    if asked_by != holder:
        raise StandsOtherwise(
            "ใบอนุญาตนี้โอนไปยังผู้อื่นแล้ว ผู้ขอเดิมจึงขอดำเนินการกับใบอนุญาตนี้ไม่ได้",
            "the licence is in other hands by now: who asked for this is no longer its holder",
        )


def check_base(base: int, newest: int) -> None:
    """Raise StandsOtherwise when the licence was changed since a new paper for it was drawn up."""
    if base != newest:
        raise StandsOtherwise(
            "ใบอนุญาตมีรายการใหม่ระหว่างดำเนินการ โปรดตรวจรายการล่าสุดแล้วเริ่มใหม่",
            "the licence was changed meanwhile: look at its newest entry and begin again",
        )


# --- appeals ---


def last_day_to_appeal(told_on: date, appeal: Appeal, holidays: frozenset[date]) -> date:
    """The last day for the person who was told (APA s.44, s.64 para 3)."""
    return calendar.person_deadline(told_on, appeal.days, holidays)


def check_appeal(told_on: date, appeal: Appeal, on: date, holidays: frozenset[date]) -> None:
    """Raise AppealTooLate after the last day."""
    last = last_day_to_appeal(told_on, appeal, holidays)
    if on > last:
        raise AppealTooLate(
            f"พ้นกำหนดอุทธรณ์เมื่อวันที่ {long_date(last)} ({appeal.law})",
            f"the time to appeal ended on {date_in_english(last)} ({appeal.law})",
        )


def check_varied(order: Kind | None, ordered_until: date | None, until: date, on: date) -> None:
    """Raise WantedWrong unless a ruling may leave an order standing to that day: an appeal never makes it worse.

    Whoever rules may undo an order or change it (APA s.46); only a suspension has days to change.
    """
    if order is not Kind.SUSPENSION or ordered_until is None:
        raise WantedWrong(
            "กำหนดวันสุดท้ายใหม่ได้เฉพาะคำสั่งพักใช้", "only a suspension can be left standing to an earlier day", field="until"
        )
    if not on <= until < ordered_until:
        raise WantedWrong(
            f"วันสุดท้ายใหม่ต้องไม่ก่อนวันนี้ และก่อนวันเดิมคือ {long_date(ordered_until)}",
            f"the new last day is today or later, and before {date_in_english(ordered_until)}",
            field="until",
        )


UNDONE_BY: Mapping[Kind, Kind] = {Kind.SUSPENSION: Kind.LIFTING, Kind.REVOCATION: Kind.REINSTATEMENT}
"""What an appeal that is allowed does to the order it is about; what was refused is carried out after all."""


def may_be_appealed(act: Kind, status: CaseStatus, *, asked: bool, decided: bool = True) -> bool:
    """Whether such an end of a case is an order that its holder may appeal against (APA s.44).

    One that burdens him when it is made, or one that refuses what he himself asked for. A ruling on an appeal goes to
    the Administrative Court, and what no officer decided is no order: whoever was to take a licence over did not agree.
    """
    if status is CaseStatus.DONE:
        return act in UNDONE_BY
    return status is CaseStatus.REFUSED and act is not Kind.APPEAL and asked and decided


# --- stays ---

ON_AN_ORDER = (Kind.APPEAL, Kind.STAY, Kind.STAY_END)
"""Acts that are opened on an order and not on a licence."""


class NoStay(NotAllowed):
    """The Act of the sector knows no stay while an appeal is decided."""


class NothingToStay(NotAllowed):
    """That is no order that can be stayed."""


def check_stay_known(rules: ActProcedure) -> None:
    """Raise NoStay where nobody may order one: the appeal does not stop the order, whatever anybody says."""
    if not rules.opened_by:
        raise NoStay(
            f"กฎหมายนี้ไม่ให้ทุเลาการบังคับระหว่างอุทธรณ์ ({rules.law})", f"this law knows no stay during an appeal ({rules.law})"
        )


def check_stay(act: Kind, order: Kind, entries: Sequence[register.Entry], on: date, *, appealed: bool) -> None:
    """Raise StandsOtherwise unless that order stands, is being appealed against, and is not stayed yet (or, ended, is).

    An appeal does not stay an order; whoever made it, or decides the appeal, may (APA s.44 with s.56).
    """
    stands = register.order_on(entries, EntryKind(order.value), on)
    if stands is None:
        raise StandsOtherwise(
            "คำสั่งนี้ไม่มีผลแล้ว จึงไม่มีสิ่งที่ต้องทุเลา", "this order binds nobody any more: there is nothing to stay"
        )
    if act is Kind.STAY_END and not stands.stayed:
        raise StandsOtherwise("คำสั่งนี้ไม่ได้ทุเลาการบังคับไว้", "this order is not stayed")
    if act is Kind.STAY and stands.stayed:
        raise StandsOtherwise("คำสั่งนี้ทุเลาการบังคับไว้แล้ว", "this order is stayed already")
    if act is Kind.STAY and not appealed:
        raise StandsOtherwise(
            "ทุเลาการบังคับได้ระหว่างอุทธรณ์เท่านั้น ขณะนี้ไม่มีอุทธรณ์ที่รอวินิจฉัย",
            "an order is stayed while an appeal against it is decided: there is none open now",
        )


def may_stay(act: Kind, order: Kind, entries: Sequence[register.Entry], on: date, *, appealed: bool) -> bool:
    """Whether `check_stay` lets it pass."""
    try:
        check_stay(act, order, entries, on, appealed=appealed)
    except StandsOtherwise:
        return False
    return True


def stay_entry(act: Kind, order: Kind) -> EntryKind:
    """What the register says of a stay, or of its end."""
    ways = register.ORDERS[EntryKind(order.value)]
    return ways.stayed if act is Kind.STAY else ways.resumed
