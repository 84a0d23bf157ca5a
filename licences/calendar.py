"""Days that count: office days, receipt, deadlines, validity, renewal. The clock and the holidays come in by the door.

Two rules of counting stand side by side (Administrative Procedure Act B.E. 2539 s.64): a person's last day moves to the
next office day when it falls on a holiday, an authority's own last day does not. Every day is a Bangkok day.
"""

import csv
from calendar import monthrange
from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from licences.errors import NotAllowed
from licences.procedure import RenewalWindow, Shape, Validity
from licences.thai import date_in_english, long_date

BANGKOK = ZoneInfo("Asia/Bangkok")
SATURDAY = 5
DAY = timedelta(days=1)
NOTICE_EVERY = timedelta(days=7)  # Licensing Facilitation Act B.E. 2558 s.10


class Holiday(Shape):
    """One day on which offices are closed. `scope` is national, province:<code> or agency:<code>."""

    day: date
    name_th: str
    name_en: str
    scope: str
    in_lieu_of: date | None
    confidence: str


class RenewalTooEarly(NotAllowed):
    """The renewal window has not opened yet."""


class RenewalTooLate(NotAllowed):
    """The licence has run out and the time for a late renewal too: only a new application is left."""


@cache
def holiday_list() -> tuple[Holiday, ...]:
    """Every row of holidays.csv, in order of date (Cabinet's list; the file says how far to trust each row)."""
    with (Path(__file__).parent / "holidays.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            Holiday(
                day=date.fromisoformat(row["date"]),
                name_th=row["name_th"],
                name_en=row["name_en"],
                scope=row["scope"],
                in_lieu_of=date.fromisoformat(row["in_lieu_of"]) if row["in_lieu_of"] else None,
                confidence=row["confidence"],
            )
            for row in csv.DictReader(file)
        ]
    return tuple(sorted(rows, key=lambda holiday: (holiday.day, holiday.scope)))


@cache
def holidays(*, province: str = "", agency: str = "") -> frozenset[date]:
    """The days that do not count: the national ones, and those of the province (DOPA code) and the agency."""
    return with_announced(scopes(province=province, agency=agency), ())


def scopes(*, province: str = "", agency: str = "") -> frozenset[str]:
    """Whose holidays an office keeps: everybody's, its province's (DOPA code), its agency's."""
    own = {f"province:{province}"} if province else set()
    return frozenset({"national", *own, *({f"agency:{agency}"} if agency else ())})


def with_announced(scopes: Collection[str], announced: Iterable[tuple[str, date, bool]]) -> frozenset[date]:
    """The days of some scopes: of the list, and of what was announced later, in order: (scope, day, closed or not).

    The last word on a day counts in each scope by itself: a day that the Cabinet takes back stays a province's own.
    """
    said = {(one.scope, one.day): True for one in holiday_list()} | {
        (where, day): shut for where, day, shut in announced
    }
    return frozenset(day for (where, day), shut in said.items() if shut and where in scopes)


def end_of_day(day: date) -> datetime:
    """The first moment after a day in Thailand."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=BANGKOK)


def is_office_day(day: date, holidays: frozenset[date]) -> bool:
    """Monday to Friday and not a holiday."""
    return day.weekday() < SATURDAY and day not in holidays


def office_day(day: date, holidays: frozenset[date]) -> date:
    """That day if offices are open, else the next day on which they are."""
    while not is_office_day(day, holidays):
        day += DAY
    return day


def due_on(start: date, working_days: int, holidays: frozenset[date]) -> date:
    """The last day of a period of working days; the day it starts does not count (CCC s.193/3, APA s.64 para 1)."""
    if working_days < 0:
        raise ValueError(f"a period has zero working days or more, not {working_days}")
    day = start
    while working_days:
        day += DAY
        if is_office_day(day, holidays):
            working_days -= 1
    return day


def office_days(after: date, until: date, holidays: frozenset[date]) -> int:
    """How many office days lie after one day, up to and with another."""
    return sum(is_office_day(after + timedelta(days=n), holidays) for n in range(1, (until - after).days + 1))


def warn_on(start: date, working_days: int, percent: int, holidays: frozenset[date]) -> date:
    """The day on which a supervisor is warned that a period of working days is about to run out.

    So many per cent of the days have passed by then; never later than the last day, and not on the day it starts
    unless that is the last one.
    """
    return due_on(start, min(working_days, max(1, working_days * percent // 100)), holidays)


def received_at(entered_at: datetime, opens: time, closes: time, holidays: frozenset[date]) -> datetime:
    """When an application that entered the system at `entered_at` counts as received, in Bangkok time.

    Within office time on an office day: at once. Otherwise when the office next opens (E-Government Act s.10).
    `entered_at` carries its offset; the closing minute itself is still office time.
    """
    if entered_at.tzinfo is None:
        raise ValueError("entered_at needs an offset: a legal day is a Bangkok day")
    entered = entered_at.astimezone(BANGKOK)
    if is_office_day(entered.date(), holidays) and opens <= entered.time() <= closes:
        return entered
    over_for_today = entered.time() > closes
    day = office_day(entered.date() + DAY if over_for_today else entered.date(), holidays)
    return datetime.combine(day, opens, tzinfo=BANGKOK)


def person_deadline(start: date, days: int, holidays: frozenset[date]) -> date:
    """The last of so many calendar days for an applicant or holder.

    The day of the event does not count; a last day on which offices are closed moves to the next office day
    (CCC ss.193/3, 193/8; APA s.64 paras 1, 3).
    """
    return office_day(start + timedelta(days=days), holidays)


def authority_deadline(start: date, days: int) -> date:
    """The last of so many calendar days for an authority's own duty: it counts even on a holiday (APA s.64 para 2)."""
    return start + timedelta(days=days)


def late_from(due_on: date, decided_by: date, opened_on: date) -> date:
    """The day after which notices of delay are owed for a stage: its own last day, or that of the whole decision.

    Where the latter had passed when the stage was opened, its notices go on every seven days (LFA s.10).
    """
    weeks = max(0, -((decided_by - opened_on) // NOTICE_EVERY))
    return min(due_on, decided_by + NOTICE_EVERY * weeks)


def delay_notices(deadline: date, until: date) -> tuple[date, ...]:
    """The days by which notices of delay are owed: every seven days after a missed deadline (LFA s.10)."""
    count = max(0, (until - deadline) // NOTICE_EVERY)
    return tuple(deadline + NOTICE_EVERY * n for n in range(1, count + 1))


def corresponding_day(day: date, months: int) -> date | None:
    """The same day of the month so many months on; None where that month has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if day.day > monthrange(year, month + 1)[1]:
        return None
    return date(year, month + 1, day.day)


def last_day(first: date, *, months: int = 0, days: int = 0) -> date:
    """The last day of a period that begins with the whole of `first` (CCC s.193/5).

    It is the day before the corresponding day; where the last month has no such day, the last day of that month.
    """
    if not months:
        return first + timedelta(days=days) - DAY
    same = corresponding_day(first, months)
    if same is None:
        year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
        return date(year, month + 1, monthrange(year, month + 1)[1]) + timedelta(days=days)
    return same + timedelta(days=days) - DAY


def valid_until(granted_on: date, validity: Validity | None) -> date | None:
    """The last day of a grant; None when it does not run out.

    A licence is good from the day it is issued, so that day is the first (CCC s.193/3 para 2) and one year issued on
    2026-11-20 ends on 2027-11-19 (s.193/5). "31-december": on 31 December, the year of issue counted as the first.
    """
    if validity is None or validity.ends == "never":
        return None
    if validity.ends == "31-december":
        return date(granted_on.year + max(validity.years, 1) - 1, 12, 31)
    return last_day(granted_on, months=12 * validity.years + validity.months, days=validity.days)


def extended_until(expires: date, validity: Validity) -> date | None:
    """The last day after a renewal: the new period starts the day after the old last day (CCC s.193/7)."""
    return valid_until(expires + DAY, validity)


def renewal_opens(expires: date, window: RenewalWindow) -> date:
    """The first day on which a renewal may be filed."""
    return expires - timedelta(days=window.opens_days_before)


def renewal_closes(expires: date, window: RenewalWindow, holidays: frozenset[date] = frozenset()) -> date:
    """The last day on which a renewal is taken, late ones included; moved off a closed day (CCC s.193/8)."""
    last = last_day(expires + DAY, months=window.late_months) if window.late_months else expires
    return office_day(last + timedelta(days=window.late_days), holidays)


def may_renew(on: date, expires: date, window: RenewalWindow, holidays: frozenset[date] = frozenset()) -> bool:
    """Whether a renewal received on that day is within the window."""
    return renewal_opens(expires, window) <= on <= renewal_closes(expires, window, holidays)


def is_late(on: date, expires: date, holidays: frozenset[date] = frozenset()) -> bool:
    """Whether a renewal received on that day comes after the licence ran out (a last day on a holiday moves)."""
    return on > office_day(expires, holidays)


def check_renewal(on: date, expires: date, window: RenewalWindow, holidays: frozenset[date] = frozenset()) -> None:
    """Raise RenewalTooEarly or RenewalTooLate when a renewal received on that day is outside the window."""
    opens, closes = renewal_opens(expires, window), renewal_closes(expires, window, holidays)
    if on < opens:
        raise RenewalTooEarly(
            f"ยื่นต่ออายุได้ตั้งแต่วันที่ {long_date(opens)}", f"a renewal may be filed from {date_in_english(opens)}"
        )
    if on > closes:
        raise RenewalTooLate(
            f"พ้นกำหนดยื่นต่ออายุเมื่อวันที่ {long_date(closes)} โปรดยื่นคำขอใหม่",
            f"the time to renew ended on {date_in_english(closes)}: please file a new application",
        )


def in_force(on: date, valid_from: date, until: date | None, *, renewal_pending: bool = False) -> bool:
    """Whether a grant covers that day; a renewal filed in time keeps it alive until decided (e.g. Drug Act s.17)."""
    return valid_from <= on and (until is None or on <= until or renewal_pending)


def kept_until(until: date | None, on: date, years: int) -> date:
    """The last day on which a paper's file must be kept: the life of what it grants, and so many years after it.

    What has no end, or has ended already, is counted from that day on.
    """
    from_day = max(until or on, on)
    return corresponding_day(from_day, 12 * years) or from_day.replace(year=from_day.year + years, day=28)
