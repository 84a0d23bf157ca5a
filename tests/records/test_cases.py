"""What is kept of acts after the grant: one of a kind is open at a time; a refused one may go on after its appeal."""

from datetime import UTC, date, datetime, timedelta

import pytest
from records_examples import Act

from licences import acts, catalogue
from licences.acts import CaseStatus, Kind, Wanted
from records import cases, history
from records.cases import CaseOpen, Opening
from records.tables import Case

NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)
LICENCE = "LAO-2568-7000001-4"


async def a_replacement(write: Act, key: str) -> Case:
    """The holder has lost his licence, and asks for another copy."""
    case: Case = await write(cases.open_once, Opening(
        key=key, rules=acts.procedure(Kind.REPLACEMENT, catalogue.load().licence("lao-food-sale-large")),
        agency="lao", office="lao", opened_by="p", opened_as="holder", holder_kind="natural", holder_id="digest",
        wanted=Wanted(reason="สูญหาย"), entered_at=NOON, received_at=NOON, due_on=date(2026, 11, 25),
        licence_number=LICENCE,
    ))  # fmt: skip
    return case


async def test_what_was_refused_goes_on_when_its_appeal_is_allowed_and_ends_again(write: Act, ask: Act) -> None:
    number = (await a_replacement(write, "one")).number
    await write(cases.end, number, CaseStatus.REFUSED, NOON)
    await write(cases.reopen, number, "CASE-APPEAL", NOON + timedelta(days=9))
    again = await ask(cases.get, number)
    await write(cases.end, number, CaseStatus.DONE, NOON + timedelta(days=10))
    done = await ask(cases.get, number)

    assert (again.status, again.waiting_for, again.ended_at, again.outcome) == ("issuing", "issue", None, "")
    assert again.found == {"allowed_by": "CASE-APPEAL"} and (done.status, done.outcome) == ("done", "done")
    assert [one.tag for one in await ask(history.of, number)] == [
        "case:replacement:opened",
        "case:replacement:allowed",
    ]


async def test_it_does_not_go_on_beside_another_of_its_kind_that_is_open(write: Act, ask: Act) -> None:
    number = (await a_replacement(write, "one")).number
    await write(cases.end, number, CaseStatus.REFUSED, NOON)
    other = (await a_replacement(write, "two")).number

    with pytest.raises(CaseOpen, match=other):
        await write(cases.reopen, number, "CASE-APPEAL", NOON)
    assert (await ask(cases.get, number)).status == "refused"
