"""What an agency must have announced and ordered: dated, and nothing is decided without the order of section 16."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licences import catalogue, standing
from licences.procedure import Agency, Standing, StandingKind, Text
from licences.standing import NoDesignation

ON = date(2026, 11, 28)
FDA = catalogue.load().agency("fda")
SYSTEM = StandingKind.SYSTEM
DAYS = st.dates(date(2023, 1, 1), date(2027, 12, 31))


def an_order(since: date, until: date | None = None, **said: Any) -> Standing:
    what = Text(th="ระบบ", en="the system")
    return Standing(
        kind=SYSTEM,
        what=what,
        since=since,
        until=until,
        source=Text(th="การทดสอบ", en="a test"),
        instrument="คำสั่ง 1/2566",
        **said,
    )


def an_agency(*orders: Standing) -> Agency:
    return FDA.model_copy(update={"standing": orders})


@pytest.mark.parametrize(
    ("agency", "provisional", "may"),
    [
        (an_agency(), True, False),
        (an_agency(an_order(date(2026, 11, 29))), True, False),  # begins tomorrow
        (an_agency(an_order(date(2024, 1, 1), date(2026, 11, 27))), True, False),  # ended yesterday
        (an_agency(an_order(date(2024, 1, 1), ON)), False, True),  # ends tonight
        (an_agency(an_order(ON, provisional=True)), True, True),
        (an_agency(an_order(ON, provisional=True)), False, False),  # outside one's own machine it must be confirmed
        (an_agency(an_order(date(2024, 1, 1)), an_order(ON, provisional=True)), False, False),  # the newest counts
    ],
)
def test_officers_decide_only_while_their_system_is_designated(agency: Agency, provisional: bool, may: bool) -> None:
    if may:
        standing.check_designated(agency, ON, provisional=provisional)
        return
    with pytest.raises(NoDesignation) as refused:
        standing.check_designated(agency, ON, provisional=provisional)

    assert refused.value.status == 409
    assert agency.title.th in refused.value.th and "ม.16" in refused.value.th and "s.16" in refused.value.en


@given(st.lists(st.tuples(DAYS, st.none() | DAYS), max_size=6), DAYS)
def test_the_newest_that_has_begun_and_not_ended_is_in_force(spans: list[tuple[date, date | None]], on: date) -> None:
    found = standing.in_force(an_agency(*(an_order(*span) for span in spans)), SYSTEM, on)

    running = [since for since, until in spans if since <= on and (until is None or on <= until)]
    assert (found.since if found else None) == max(running, default=None)


def test_every_agency_of_the_catalogue_has_its_standing_and_nothing_unseen_is_called_confirmed() -> None:
    agencies = catalogue.load().agencies.values()

    assert len(agencies) == 41
    assert [fault for one in agencies for fault in standing.faults(one, ON)] == []
    assert {row.provisional for one in agencies for row in one.standing if not row.instrument} == {True}


def test_what_is_missing_or_contradicts_itself_is_named() -> None:
    wrong = an_agency(an_order(ON, date(2026, 1, 1)), an_order(ON).model_copy(update={"instrument": ""}))

    said = "\n".join(standing.faults(wrong, ON))
    assert "no channel in force" in said and "no display in force" in said
    assert "ends before it begins" in said and "names no instrument" in said
