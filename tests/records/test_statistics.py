"""Counts for everybody: what was decided and in time, what was asked for, what people said; nothing of one person."""

from datetime import date, timedelta

from records_examples import NOON, Act, later
from sqlalchemy import text

from records import applications, drafts, opinions, statistics
from records.database import Database
from records.rows import write_once
from records.tables import Application, Draft, Opinion, Task

LONG_AGO = NOON - timedelta(days=300)


async def ended(database: Database, application: Application, days: int, status: str = "issued") -> None:
    """It is over, so many days after it was received."""
    over = text("UPDATE applications SET ended_at = :at, status = :status WHERE number = :number")
    async with database.transaction() as session:
        await session.execute(over, {"at": later(days=days), "status": status, "number": application.number})


async def test_on_time_is_by_the_due_date_and_what_was_given_up_counts_for_nobody(
    database: Database, another: Act, ask: Act
) -> None:
    for days, status in ((10, "issued"), (30, "issued"), (31, "refused"), (2, "withdrawn")):
        await ended(database, await another(due_on=date(2026, 12, 20)), days, status)

    (found,) = await ask(statistics.by_agency, LONG_AGO)

    assert (found.agency, found.decided, found.on_time, found.median_days) == ("bma", 3, 2, 30.0)


async def test_a_case_counts_when_its_officer_decided_and_not_when_it_was_paid(
    database: Database, application: Application, ask: Act
) -> None:
    decided = Task(
        id="t", application=application.number, step="s", stage="approval", kind="decision", role="supervisor",
        agency="bma", office="bma", asks_th="", asks_en="", opened_at=NOON, due_on=date(2026, 12, 20),
        closed_at=later(days=5), verdict="approve", officer="o", conditions=[], items=[], report={},
    )  # fmt: skip
    async with database.transaction() as session:
        await write_once(session, decided)
    await ended(database, application, 60)

    (found,) = await ask(statistics.by_agency, LONG_AGO)

    assert (found.on_time, found.median_days) == (1, 5.0)


async def test_months_are_bangkoks_and_an_empty_one_is_there(another: Act, ask: Act) -> None:
    midnight_in_bangkok = NOON.replace(month=11, day=30, hour=17)
    await another(entered_at=midnight_in_bangkok)
    months = [date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)]

    found = await ask(statistics.by_month, months, LONG_AGO)

    assert [one.received for one in found] == [0, 0, 1]


async def test_services_are_counted_and_the_most_asked_comes_first(another: Act, ask: Act) -> None:
    await another()
    await another()

    (found,) = await ask(statistics.top_services, LONG_AGO, 5)

    assert (found.licence, found.agency, found.received) == ("food", "bma", 2)


async def test_an_opinion_may_be_thought_over_and_feeds_the_statistics(
    application: Application, write: Act, ask: Act
) -> None:
    for score, comment in ((2, "ช้า"), (5, "ดี")):
        said = Opinion(
            application=application.number, licence="food", agency="bma", score=score, comment=comment, said_at=NOON
        )
        await write(opinions.say, said)

    (by_agency,) = await ask(statistics.satisfaction, LONG_AGO, each_service=False)
    (by_service,) = await ask(statistics.satisfaction, LONG_AGO, each_service=True)
    kept = await ask(opinions.of, application.number)

    assert (kept.score, kept.comment) == (5, "ดี")
    assert (by_agency.said, by_agency.good, by_agency.mean) == (1, 1, 5.0)
    assert by_service.licence == "food"


async def test_an_auditor_sees_every_office_and_may_narrow_it_down(another: Act, ask: Act) -> None:
    kept = [await another(office="bma"), await another(office="bma@1001")]

    assert len((await ask(applications.for_audit)).items) == 2
    assert [one.number for one in (await ask(applications.for_audit, number=kept[0].number)).items] == [kept[0].number]
    assert (await ask(applications.for_audit, agency="fda")).items == ()


async def test_a_draft_that_nobody_goes_on_with_is_told_of_and_then_thrown_away(
    somebody: Act, write: Act, ask: Act
) -> None:
    person = await somebody("somchai", email="somchai@example.com")
    for name, age in (("w-new", 1), ("w-ending", 84), ("w-old", 91), ("answer:APP:p", 91)):
        at = NOON - timedelta(days=age)
        draft = Draft(
            id=name, person=person.id, licence="food", operation="new", version="v", answers={}, attachments={},
            opened_at=at, saved_at=at,
        )  # fmt: skip
        await write(drafts.save, draft)

    ending = [draft.id for draft, address in await ask(drafts.ending, NOON) if address == "somchai@example.com"]
    gone = await write(drafts.forget, NOON)

    assert ending == ["w-old", "w-ending"]
    assert gone == 1
    assert {one.id for one in await ask(drafts.of, person.id)} == {"w-new", "w-ending", "answer:APP:p"}
