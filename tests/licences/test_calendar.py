"""Days: every vector of the law reference (sections 1.2, 2, 3.2, 9.4), and what must hold for any day."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licences import calendar
from licences.calendar import BANGKOK, RenewalTooEarly, RenewalTooLate
from licences.procedure import RenewalWindow, Validity

HOLIDAYS = calendar.holidays()
OPENS, CLOSES = time(8, 30), time(16, 30)
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


def bangkok(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BANGKOK)


@pytest.mark.parametrize(
    ("entered", "received"),
    [
        ("2026-05-01T10:00", "2026-05-01T10:00"),  # Labour Day is not a civil-service holiday
        ("2026-05-01T17:05", "2026-05-05T08:30"),  # weekend, then Coronation Day
        ("2026-04-11T09:00", "2026-04-16T08:30"),  # Songkran
        ("2026-11-20T06:00", "2026-11-20T08:30"),  # before opening on an office day
        ("2026-12-04T20:00", "2026-12-08T08:30"),  # in lieu of 5 December
        ("2026-12-30T16:31", "2027-01-04T08:30"),  # over the new year
        ("2026-11-20T16:30", "2026-11-20T16:30"),  # the closing minute is office time
        ("2026-11-21T12:00", "2026-11-23T08:30"),  # a Saturday noon
    ],
)
def test_an_application_is_received_when_the_office_is_open(entered: str, received: str) -> None:
    assert calendar.received_at(bangkok(entered), OPENS, CLOSES, HOLIDAYS) == bangkok(received)


def test_receipt_is_counted_in_bangkok_whatever_the_offset() -> None:
    entered = datetime.fromisoformat("2026-11-20T22:00:00+00:00")  # Saturday 05:00 in Bangkok

    received = calendar.received_at(entered, OPENS, CLOSES, HOLIDAYS)

    assert received.isoformat() == "2026-11-23T08:30:00+07:00"


def test_a_time_without_an_offset_is_not_guessed() -> None:
    with pytest.raises(ValueError, match="offset"):
        calendar.received_at(datetime(2026, 11, 20, 9, 0), OPENS, CLOSES, HOLIDAYS)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 30)))
def test_receipt_is_never_before_entry_and_always_in_office_time(entered: datetime) -> None:
    received = calendar.received_at(entered.replace(tzinfo=BANGKOK), OPENS, CLOSES, HOLIDAYS)

    assert received >= entered.replace(tzinfo=BANGKOK)
    assert calendar.is_office_day(received.date(), HOLIDAYS) and OPENS <= received.time() <= CLOSES


@pytest.mark.parametrize(
    ("start", "working_days", "due"),
    [
        ("2026-12-01", 15, "2026-12-24"),  # section 3.2
        ("2026-11-20", 0, "2026-11-20"),
        ("2026-11-20", 1, "2026-11-23"),  # a Friday: Monday
        ("2026-04-10", 1, "2026-04-16"),  # over Songkran
        ("2026-12-30", 1, "2027-01-04"),
    ],
)
def test_working_days_leave_out_weekends_holidays_and_the_first_day(start: str, working_days: int, due: str) -> None:
    assert calendar.due_on(date.fromisoformat(start), working_days, HOLIDAYS) == date.fromisoformat(due)


@given(DAYS, st.integers(1, 120))
def test_a_due_date_is_an_office_day_and_counts_exactly(start: date, working_days: int) -> None:
    due = calendar.due_on(start, working_days, HOLIDAYS)

    between = [start + timedelta(days=n) for n in range(1, (due - start).days + 1)]
    assert sum(calendar.is_office_day(day, HOLIDAYS) for day in between) == working_days
    assert calendar.is_office_day(due, HOLIDAYS)


def test_a_period_below_zero_is_an_error_and_not_an_endless_wait() -> None:
    with pytest.raises(ValueError, match="zero working days or more"):
        calendar.due_on(date(2026, 11, 20), -1, HOLIDAYS)


@pytest.mark.parametrize(
    ("told", "days", "last"),
    [
        ("2026-04-02", 15, "2026-04-17"),
        ("2026-03-30", 15, "2026-04-16"),  # 14 April is Songkran
        ("2026-07-13", 15, "2026-07-31"),  # 28, 29, 30 July are holidays
        ("2026-06-08", 15, "2026-06-23"),  # a letter posted on 1 June, deemed received on 8 June (s.71)
    ],
)
def test_a_persons_last_day_moves_off_a_holiday(told: str, days: int, last: str) -> None:
    assert calendar.person_deadline(date.fromisoformat(told), days, HOLIDAYS) == date.fromisoformat(last)


def test_an_authoritys_last_day_does_not_move() -> None:
    assert calendar.authority_deadline(date(2026, 5, 1), 30) == date(2026, 5, 31)  # a Sunday, Visakha Bucha


@given(DAYS, st.integers(0, 400))
def test_a_person_never_has_less_time_than_an_authority(start: date, days: int) -> None:
    assert calendar.person_deadline(start, days, HOLIDAYS) >= calendar.authority_deadline(start, days)


def test_a_missed_deadline_owes_a_notice_every_seven_days() -> None:
    notices = calendar.delay_notices(date(2026, 7, 27), until=date(2026, 8, 17))

    assert notices == (date(2026, 8, 3), date(2026, 8, 10), date(2026, 8, 17))
    assert calendar.delay_notices(date(2026, 7, 27), until=date(2026, 8, 2)) == ()
    assert calendar.delay_notices(date(2026, 7, 27), until=date(2026, 1, 1)) == ()


@pytest.mark.parametrize(
    ("granted", "validity", "last"),
    [
        ("2026-11-20", Validity(years=1), "2027-11-19"),  # CCC s.193/5: the day before the corresponding day
        ("2026-01-01", Validity(years=1), "2026-12-31"),
        ("2028-02-29", Validity(years=1), "2029-02-28"),  # no such day: the last of that month
        ("2028-02-29", Validity(years=4), "2032-02-28"),  # there is such a day: the day before
        ("2026-03-01", Validity(years=2), "2028-02-29"),
        ("2026-01-31", Validity(months=1), "2026-02-28"),
        ("2026-10-31", Validity(months=6), "2027-04-30"),
        ("2026-11-20", Validity(days=90), "2027-02-17"),
        ("2026-11-20", Validity(years=10, ends="31-december"), "2035-12-31"),  # the tenth year
        ("2026-01-02", Validity(years=2, ends="31-december"), "2027-12-31"),
        ("2026-12-31", Validity(years=1, ends="31-december"), "2026-12-31"),  # to the end of the year of issue
        ("2026-11-20", Validity(ends="31-december"), "2026-12-31"),
    ],
)
def test_the_last_day_of_a_licence(granted: str, validity: Validity, last: str) -> None:
    assert calendar.valid_until(date.fromisoformat(granted), validity) == date.fromisoformat(last)


def test_what_does_not_run_out_has_no_last_day() -> None:
    assert calendar.valid_until(date(2026, 11, 20), None) is None
    assert calendar.valid_until(date(2026, 11, 20), Validity(ends="never")) is None


@given(DAYS, st.integers(1, 30))
def test_a_renewal_starts_the_day_after_and_leaves_no_gap(granted: date, years: int) -> None:
    validity = Validity(years=years)
    expires = calendar.valid_until(granted, validity)
    assert expires is not None

    extended = calendar.extended_until(expires, validity)

    assert extended == calendar.valid_until(expires + timedelta(days=1), validity)
    assert extended is not None and extended > expires


def test_a_renewal_in_the_calendar_year_runs_to_the_next_new_years_eve() -> None:
    validity = Validity(years=1, ends="31-december")

    assert calendar.extended_until(date(2026, 12, 31), validity) == date(2027, 12, 31)


def test_the_renewal_window_opens_on_its_day_and_closes_with_the_licence() -> None:
    window = RenewalWindow(opens_days_before=90, law="a law")
    expires = date(2027, 11, 19)  # a Friday

    assert calendar.renewal_opens(expires, window) == date(2027, 8, 21)
    assert not calendar.may_renew(date(2027, 8, 20), expires, window, HOLIDAYS)
    assert calendar.may_renew(date(2027, 8, 21), expires, window, HOLIDAYS)
    assert calendar.may_renew(date(2027, 11, 19), expires, window, HOLIDAYS)
    assert not calendar.may_renew(date(2027, 11, 20), expires, window, HOLIDAYS)


def test_a_licence_that_ends_on_a_holiday_may_be_renewed_on_the_next_office_day() -> None:
    window = RenewalWindow(law="a law")
    expires = date(2026, 12, 5)  # a Saturday and a holiday, in lieu on Monday

    assert calendar.may_renew(date(2026, 12, 8), expires, window, HOLIDAYS)
    assert not calendar.is_late(date(2026, 12, 8), expires, HOLIDAYS)
    assert calendar.is_late(date(2026, 12, 9), expires, HOLIDAYS)


def test_a_late_renewal_is_taken_for_as_long_as_the_act_says() -> None:
    window = RenewalWindow(opens_days_before=60, late_months=1, law="Drug Act B.E. 2510 s.17")
    expires = date(2026, 12, 31)

    assert calendar.may_renew(date(2027, 2, 1), expires, window, HOLIDAYS)  # 31 January is a Sunday
    assert calendar.is_late(date(2027, 1, 5), expires, HOLIDAYS)
    with pytest.raises(RenewalTooLate, match="1 February 2027"):
        calendar.check_renewal(date(2027, 2, 2), expires, window, HOLIDAYS)
    with pytest.raises(RenewalTooEarly, match="1 November 2026"):
        calendar.check_renewal(date(2026, 10, 31), expires, window, HOLIDAYS)


def test_days_of_grace_are_counted_like_any_persons_days() -> None:
    window = RenewalWindow(late_days=30, law="a law")

    assert calendar.renewal_closes(date(2027, 11, 19), window, HOLIDAYS) == date(2027, 12, 20)  # the 19th is a Sunday


def test_a_renewal_filed_in_time_keeps_the_licence_alive_until_decided() -> None:
    start, end = date(2026, 1, 1), date(2026, 12, 31)

    assert calendar.in_force(date(2026, 12, 31), start, end)
    assert not calendar.in_force(date(2027, 1, 1), start, end)
    assert calendar.in_force(date(2027, 1, 1), start, end, renewal_pending=True)
    assert not calendar.in_force(date(2025, 12, 31), start, end)


def test_labour_day_counts_and_ploughing_day_does_not() -> None:
    assert date(2026, 5, 1) not in HOLIDAYS
    assert date(2026, 5, 13) in HOLIDAYS


def test_every_weekend_holiday_of_the_list_has_its_day_in_lieu() -> None:
    in_lieu = {holiday.in_lieu_of for holiday in calendar.holiday_list() if holiday.in_lieu_of}

    weekend = {h.day for h in calendar.holiday_list() if h.day.weekday() >= 5 and h.scope == "national"}

    assert weekend == in_lieu
