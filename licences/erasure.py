"""When what a person told us about an application is to be erased, and when the law keeps it.

A person may ask (PDPA s.33), and the time for which it is needed ends (s.37(3)). What a statute makes us keep stays:
the public register (E-Government Act s.13), the books of money, the hash-linked history, which names nobody, and a
sealed document until its lock ends.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from licences.applications import Status
from licences.errors import Conflict
from licences.thai import date_in_english, long_date

# An appeal in 15 days, decided in 30 and 30 more, then the Administrative Court in 90 (APA ss.44-45; Act on
# Establishment of Administrative Courts s.49): until then a decision may be in question, and its grounds are needed.
IN_QUESTION = timedelta(days=15 + 60 + 90)
DECIDED = (Status.REFUSED, Status.RETURNED)


class KeptByLaw(Conflict):
    """It may not be erased now: says until when, or until what."""


class TwoPersons(Conflict):
    """Who agrees must be another than who asked."""


@dataclass(frozen=True)
class Standing:
    """Where an application stands that is to be erased."""

    status: str
    ended_on: date | None
    in_force: bool = False  # the licence that it granted
    in_force_until: date | None = None
    refund_open: bool = False
    case_open: bool = False  # an act after the grant, an appeal
    case_ended_on: date | None = None  # the last of them


def check(it: Standing, today: date) -> None:
    """Return when it may be erased. Raises KeptByLaw."""
    if it.ended_on is None:
        raise KeptByLaw("คำขอยังพิจารณาอยู่ ลบข้อมูลไม่ได้", "the application is under way: nothing of it can be erased yet")
    if it.in_force:
        raise KeptByLaw(
            "ใบอนุญาตที่ออกตามคำขอนี้ยังมีผล จึงต้องเก็บคำขอไว้",
            "the licence granted on it is in force: its application is kept as long",
        )
    if it.refund_open:
        raise KeptByLaw("ยังมีเงินที่ต้องคืนผู้ชำระ", "money of it is still to be given back to its payer")
    if it.case_open:
        raise KeptByLaw("ยังมีเรื่องที่เกี่ยวข้องพิจารณาอยู่ เช่น อุทธรณ์", "a case about it, such as an appeal, is not over")
    until = kept_until(it)
    if today <= until:
        raise KeptByLaw(
            f"ยังอาจมีการอุทธรณ์หรือฟ้องคดี ลบได้หลังวันที่ {long_date(until)}",
            f"it may still be appealed against: it can be erased after {date_in_english(until)}",
        )


def kept_until(it: Standing) -> date:
    """The last day on which its grounds may be needed. The applicant's own withdrawal puts nothing in question."""
    ended_on = it.ended_on or date.max
    if it.status == Status.WITHDRAWN and it.case_ended_on is None:
        return ended_on - timedelta(days=1)
    last = max(ended_on, it.in_force_until or ended_on, it.case_ended_on or ended_on)
    return last + IN_QUESTION


def check_persons(asked_by: str, agrees: str) -> None:
    """Return when they are two. Raises TwoPersons."""
    if asked_by == agrees:
        raise TwoPersons(
            "ผู้เห็นชอบต้องเป็นคนละคนกับผู้เสนอ", "who agrees to an erasure must be another person than who asked for it"
        )
