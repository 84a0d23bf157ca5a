"""When somebody comes to look at the premises: proposed, confirmed, asked to move, moved, missed, kept.

An appointment is a record beside the inspector's task; what it comes to is the inspector's decision.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from licences.errors import Conflict, NotAllowed, NotFound


class Visit(StrEnum):
    """Where an appointment stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    MOVE_ASKED = "move-asked"  # the applicant cannot be there then
    MOVED = "moved"  # another one took its place
    MISSED = "missed"
    KEPT = "kept"  # the inspector was there, and has said what he found


class Party(StrEnum):
    """Who was to be there."""

    APPLICANT = "applicant"
    INSPECTOR = "inspector"


STANDS = frozenset({Visit.PROPOSED, Visit.CONFIRMED, Visit.MOVE_ASKED})
"""An appointment that somebody still has to keep, or to move."""
AT_MOST = timedelta(days=180)
REASON_TH, REASON_EN = "โปรดระบุเหตุผล", "please say why"


class NotAnInspection(Conflict):
    """Nobody visits the premises on this task."""


class VisitPassed(Conflict):
    """Its time has come: it cannot be confirmed or moved by the applicant any more."""


class VisitAhead(Conflict):
    """Nobody has missed what has not been."""


class VisitOver(Conflict):
    """It was moved, missed or kept already."""


class WhenWrong(NotAllowed):
    """Not a time at which anybody can come."""


class WhyMissing(NotAllowed):
    """Moving an appointment, or missing it, has a reason."""


class UnknownVisit(NotFound):
    """There is no such appointment, or it is not yours to see."""

    def __init__(self) -> None:
        super().__init__("ไม่พบนัดตรวจนี้", "there is no such appointment")


def check_proposal(when: datetime, now: datetime, *, moves: bool, why: str) -> None:
    """Raise what is wrong with a proposed time. `moves`: it takes the place of one that stands, which has a reason."""
    if not now < when <= now + AT_MOST:
        raise WhenWrong(
            f"วันเวลานัดต้องเป็นเวลาในอนาคต และไม่เกิน {AT_MOST.days} วัน",
            f"an appointment lies ahead, and at most {AT_MOST.days} days",
            field="at",
        )
    if moves:
        _check_why(why)


def check_confirmation(standing: Visit, when: datetime, now: datetime) -> None:
    """Raise why the applicant cannot confirm it."""
    _check_stands(standing)
    _check_ahead(when, now)


def check_wish_to_move(standing: Visit, when: datetime, now: datetime, why: str) -> None:
    """Raise why the applicant cannot ask for another time."""
    check_confirmation(standing, when, now)
    _check_why(why)


def check_missed(standing: Visit, when: datetime, now: datetime, why: str) -> None:
    """Raise why it cannot be recorded that somebody was not there."""
    _check_stands(standing)
    if now < when:
        raise VisitAhead("ยังไม่ถึงเวลานัด", "its time has not come yet: move it instead", field="by")
    _check_why(why)


def _check_stands(standing: Visit) -> None:
    if standing not in STANDS:
        raise VisitOver(
            "นัดนี้เลื่อนหรือสิ้นสุดไปแล้ว โปรดโหลดหน้านี้ใหม่", "this appointment was moved or is over: load the page again"
        )


def _check_ahead(when: datetime, now: datetime) -> None:
    if when <= now:
        raise VisitPassed("เลยเวลานัดแล้ว", "its time has passed")


def _check_why(why: str) -> None:
    if not why.strip():
        raise WhyMissing(REASON_TH, REASON_EN, field="reason")
