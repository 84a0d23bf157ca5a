"""What must hold for any day, whatever the calendar: nothing announced later takes time from anybody."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from licences import calendar, places
from licences.calendar import BANGKOK

OPENS, CLOSES = time(8, 30), time(16, 30)
NATIONAL = calendar.holidays()
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 30)).map(lambda at: at.replace(tzinfo=BANGKOK))
ANNOUNCED = st.frozensets(DAYS, max_size=30)
"""Days that the Cabinet, a province or an agency announces beside the list."""


@given(DAYS, st.integers(0, 120), ANNOUNCED)
def test_a_holiday_announced_later_never_shortens_a_period(
    start: date, working_days: int, more: frozenset[date]
) -> None:
    assert calendar.due_on(start, working_days, NATIONAL | more) >= calendar.due_on(start, working_days, NATIONAL)
    assert calendar.person_deadline(start, working_days, NATIONAL | more) >= calendar.person_deadline(
        start, working_days, NATIONAL
    )


@given(DAYS, st.integers(0, 60), st.integers(0, 60), ANNOUNCED)
def test_two_periods_one_after_the_other_are_as_long_as_both(
    start: date, first: int, second: int, more: frozenset[date]
) -> None:
    closed = NATIONAL | more

    assert calendar.due_on(calendar.due_on(start, first, closed), second, closed) == calendar.due_on(
        start, first + second, closed
    )


@given(DAYS, st.integers(0, 400), ANNOUNCED)
def test_a_persons_last_day_is_the_first_office_day_from_the_authoritys(
    start: date, days: int, more: frozenset[date]
) -> None:
    closed = NATIONAL | more
    raw, moved = calendar.authority_deadline(start, days), calendar.person_deadline(start, days, closed)

    assert calendar.is_office_day(moved, closed)
    between = [raw + timedelta(days=n) for n in range((moved - raw).days)]
    assert not any(calendar.is_office_day(day, closed) for day in between)


@given(MOMENTS, MOMENTS, ANNOUNCED)
def test_who_comes_first_is_received_first_and_once_received_stays_so(
    one: datetime, other: datetime, more: frozenset[date]
) -> None:
    closed, (early, late) = NATIONAL | more, sorted((one, other))

    received = [calendar.received_at(at, OPENS, CLOSES, closed) for at in (early, late)]

    assert received == sorted(received)
    assert [calendar.received_at(at, OPENS, CLOSES, closed) for at in received] == received


@given(DAYS, st.integers(0, 200))
def test_notices_of_delay_are_seven_days_apart_and_none_is_owed_early(deadline: date, late: int) -> None:
    until = deadline + timedelta(days=late)

    notices = calendar.delay_notices(deadline, until)

    assert len(notices) == late // 7 and all(day <= until for day in notices)
    assert all(after - before == calendar.NOTICE_EVERY for before, after in pairwise((deadline, *notices)))


@given(DAYS, st.integers(1, 240))
def test_months_end_the_day_before_the_same_day_or_with_their_month(first: date, months: int) -> None:
    last = calendar.last_day(first, months=months)

    after = last + timedelta(days=1)
    assert (after.year * 12 + after.month) - (first.year * 12 + first.month) in (months, months + 1)
    assert after.day == first.day or (after.day == 1 and first.day > last.day)


@given(st.sampled_from(sorted(places.known_authorities())))
def test_every_local_authority_lies_in_the_province_that_its_place_begins_with(place: str) -> None:
    authority = places.known_authorities()[place]

    assert places.province_of(f"lao@{authority.code}") == place[:2]
    assert calendar.holidays(province=place[:2]) >= NATIONAL


@given(DAYS, st.integers(1, 120), st.integers(1, 100), ANNOUNCED)
def test_a_supervisor_is_warned_after_the_first_day_and_never_after_the_last(
    start: date, working_days: int, percent: int, more: frozenset[date]
) -> None:
    closed = NATIONAL | more
    warned, last = (
        calendar.warn_on(start, working_days, percent, closed),
        calendar.due_on(start, working_days, closed),
    )

    assert calendar.due_on(start, 1, closed) <= warned <= last
    assert calendar.is_office_day(warned, closed)
    if percent == 80 and working_days >= 5:  # at eight days in ten there is a day left to do something
        assert warned < last


@given(DAYS, st.integers(1, 100), ANNOUNCED)
def test_a_period_without_days_is_warned_of_on_its_only_day(start: date, percent: int, more: frozenset[date]) -> None:
    assert calendar.warn_on(start, 0, percent, NATIONAL | more) == start


SCOPES = st.sampled_from(["national", "province:50", "agency:fda"])
SAID = st.lists(st.tuples(SCOPES, DAYS, st.booleans()), max_size=30)


@given(SAID)
def test_the_last_word_on_a_day_counts_in_its_own_place_and_nowhere_else(said: list[tuple[str, date, bool]]) -> None:
    last = {(scope, day): shut for scope, day, shut in said}
    there = calendar.scopes(province="50", agency="fda")

    everywhere, in_all = calendar.with_announced(calendar.scopes(), said), calendar.with_announced(there, said)

    assert everywhere == (NATIONAL | {day for (scope, day), shut in last.items() if scope == "national" and shut}) - {
        day for (scope, day), shut in last.items() if scope == "national" and not shut
    }
    assert in_all == everywhere | {day for (scope, day), shut in last.items() if scope != "national" and shut}


@given(DAYS, st.integers(1, 60), st.lists(st.frozensets(DAYS, max_size=10), max_size=4))
def test_counting_anew_after_each_announcement_comes_to_what_counting_once_comes_to(
    start: date, working_days: int, announcements: list[frozenset[date]]
) -> None:
    """However often it is counted on the way: a period is counted from its beginning, by what is known last."""
    closed, days = NATIONAL, []
    for more in announcements:
        closed |= more
        days.append(calendar.due_on(start, working_days, closed))

    assert days == sorted(days)
    assert not days or days[-1] == calendar.due_on(start, working_days, NATIONAL.union(*announcements))


@given(DAYS, st.integers(1, 60), st.integers(0, 59), st.integers(0, 120), ANNOUNCED)
def test_a_clock_that_stood_still_leaves_as_many_office_days_as_when_it_was_stopped(
    start: date, working_days: int, into: int, stood: int, more: frozenset[date]
) -> None:
    closed = NATIONAL | more
    stopped = calendar.due_on(start, min(into, working_days), closed)
    goes_on = stopped + timedelta(days=stood)
    before = calendar.due_on(start, working_days, closed)

    between = calendar.office_days(stopped, goes_on, closed)
    after = calendar.due_on(start, working_days + between, closed)

    assert calendar.office_days(goes_on, after, closed) == calendar.office_days(stopped, before, closed)
    assert after >= before
    assert calendar.office_days(start, before, closed) == working_days


@given(DAYS, DAYS, DAYS)
def test_notices_of_delay_begin_with_whichever_day_comes_first_and_within_a_week_where_it_has_passed(
    due_on: date, decided_by: date, opened_on: date
) -> None:
    late = calendar.late_from(due_on, decided_by, opened_on)

    assert late == due_on or (late - decided_by).days % 7 == 0
    assert late <= due_on and (late == due_on or late >= decided_by)
    if decided_by < opened_on <= due_on:
        assert opened_on <= late <= opened_on + timedelta(days=6)
    else:
        assert decided_by < opened_on or late == min(due_on, decided_by)
