import asyncio
from dataclasses import replace

import pytest
from records_examples import NOON, PROCEDURE, Act, later
from sqlalchemy import text

from records import applications, attachments, history, notices
from records.applications import AlreadyApplied, Submitted, UnknownApplication
from records.database import Database
from records.rows import CursorUnreadable
from records.tables import Application


async def test_what_is_submitted_is_kept_numbered_and_said(application: Application, ask: Act) -> None:
    kept = await ask(applications.get, application.number)

    assert application.number.startswith("APP-2569-0000001-")
    assert kept.model_dump() == application.model_dump()
    assert [one.tag for one in await ask(history.of, kept.number)] == ["application:submission:received"]
    assert [one.to for one in await ask(notices.of, kept.number)] == ["somchai@example.com"]
    assert await ask(applications.procedure, kept) == PROCEDURE


async def test_pressing_twice_submits_once(
    application: Application, submitted: Submitted, write: Act, ask: Act
) -> None:
    again = await write(applications.submit, submitted)

    assert again.number == application.number
    assert len(await ask(history.of, again.number)) == 1
    assert len(await ask(notices.of, again.number)) == 1


async def test_pressing_ten_times_at_once_submits_once(submitted: Submitted, write: Act) -> None:
    kept = await asyncio.gather(*(write(applications.submit, submitted) for _ in range(10)))

    assert len({one.number for one in kept}) == 1


async def test_numbers_run_without_a_gap(another: Act) -> None:
    kept = await asyncio.gather(*(another() for _ in range(10)))

    assert sorted(int(one.number.split("-")[2]) for one in kept) == list(range(1, 11))


async def test_the_year_of_a_number_is_the_year_in_thailand(another: Act) -> None:
    new_year = await another(received_at=NOON.replace(month=12, day=31, hour=17))

    assert new_year.number.startswith("APP-2570-")


async def test_the_same_claim_is_open_once(another: Act) -> None:
    first = await another(claim="food/0105561000004/place")

    with pytest.raises(AlreadyApplied) as refused:
        await another(claim="food/0105561000004/place")

    assert refused.value.application == first.number
    assert first.number in refused.value.th
    assert first.number in refused.value.en


async def test_of_two_that_claim_the_same_at_once_one_is_told_of_the_other(another: Act) -> None:
    answers = await asyncio.gather(*(another(claim="c") for _ in range(5)), return_exceptions=True)

    kept = [one for one in answers if not isinstance(one, BaseException)]
    assert len(kept) == 1
    assert {one.application for one in answers if isinstance(one, AlreadyApplied)} == {kept[0].number}


async def test_a_claim_is_free_again_after_the_end(another: Act, write: Act) -> None:
    first = await another(claim="c")
    await write(applications.end, first.number, "withdrawn", "withdrawn", NOON)

    assert (await another(claim="c")).number != first.number


async def test_what_is_refused_leaves_nothing_behind(another: Act, database: Database) -> None:
    await another(claim="c")
    with pytest.raises(AlreadyApplied):
        await another(claim="c")

    assert (await another()).number.startswith("APP-2569-0000002-")


async def test_attachments_are_bound_to_the_application(
    somebody: Act, submitted: Submitted, write: Act, an_attachment: Act
) -> None:
    await an_attachment("f-1", submitted.applicant)

    with_file = replace(submitted, attachments={"map": "f-1"})
    first = await write(applications.submit, with_file)

    with pytest.raises(attachments.AttachmentMissing):
        await write(applications.submit, replace(with_file, key="press-2"))
    assert first.attachments == {"map": "f-1"}


async def test_a_file_of_somebody_else_is_not_there(
    somebody: Act, submitted: Submitted, write: Act, an_attachment: Act
) -> None:
    other = await somebody("other", "3101200345671")
    await an_attachment("f-1", other.id)

    with pytest.raises(attachments.AttachmentMissing, match="f-1"):
        await write(applications.submit, replace(submitted, attachments={"map": "f-1"}))


async def test_an_unknown_number_is_not_found(ask: Act) -> None:
    with pytest.raises(UnknownApplication):
        await ask(applications.get, "APP-2569-0000009-9")


async def test_lists_are_read_page_by_page_the_latest_first(another: Act, submitted: Submitted, ask: Act) -> None:
    for minute in (3, 1, 2, 2, 5):
        await another(entered_at=later(minutes=minute))

    seen, after = [], ""
    while True:
        page = await ask(applications.for_applicant, submitted.applicant, after, 2)
        seen += page.items
        if not (after := page.next):
            break

    assert [line.entered_at for line in seen] == [later(minutes=m) for m in (5, 3, 2, 2, 1)]
    assert len({line.number for line in seen}) == 5
    assert (await ask(applications.for_company, "0105561000004", "", 9)).items == tuple(seen)
    assert (await ask(applications.for_company, "0105561000012")).items == ()


async def test_an_office_sees_its_own(another: Act, ask: Act) -> None:
    await another(office="bma@10")
    await another(office="bma@50")

    async def seen(*offices: str) -> int:
        return len((await ask(applications.for_offices, "bma", offices, ["checking"])).items)

    assert (await seen("bma@10"), await seen(""), await seen("bma@10", "bma@50"), await seen("other")) == (1, 2, 2, 0)
    assert await ask(applications.counts, "bma") == {"checking": 2}


@pytest.mark.parametrize("cursor", ["x", "AAAA", "W10", "WyJ4IiwieSJd", "é", "bnVsbA"])
async def test_a_cursor_that_is_not_ours_is_said_to_be_so(ask: Act, cursor: str) -> None:
    with pytest.raises(CursorUnreadable):
        await ask(applications.for_applicant, "p", cursor)


async def test_what_no_journey_took_on_is_found(application: Application, write: Act, ask: Act) -> None:
    (waiting,) = await ask(applications.not_begun, later(minutes=1))
    assert (waiting.number, waiting.holder_kind, waiting.procedure) == (application.number, "juristic", PROCEDURE)
    assert await ask(applications.not_begun, NOON) == ()

    await write(applications.begun, application.number, NOON)
    await write(applications.begun, application.number, later(days=1))

    assert await ask(applications.not_begun, later(minutes=1)) == ()
    assert (await ask(applications.get, application.number)).journey_started_at == NOON


async def test_once_it_has_ended_nothing_more_is_said(application: Application, write: Act, ask: Act) -> None:
    await write(applications.show, application.number, "to-pay", waiting_for="payment", since=NOON)
    await write(applications.show, application.number, waiting_for="bank", since=NOON)
    shown = await ask(applications.get, application.number)
    await write(applications.end, application.number, "issued", "granted", NOON, "BMA-2569-0000001-1")
    await write(applications.end, application.number, "withdrawn", "withdrawn", later(days=1))
    await write(applications.show, application.number, "in-review")

    ended = await ask(applications.get, application.number)

    assert (shown.status, shown.waiting_for) == ("to-pay", "bank")
    assert (ended.status, ended.outcome, ended.ended_at) == ("issued", "granted", NOON)
    assert (ended.waiting_for, ended.licence_number) == ("", "BMA-2569-0000001-1")


async def test_answers_are_replaced_once_for_each_draft(
    application: Application, submitted: Submitted, write: Act, ask: Act, an_attachment: Act
) -> None:
    await an_attachment("f-2", submitted.applicant)
    said = {"key": "answers:d-1", "answers_digest": "b" * 64, "by": submitted.applicant, "at": NOON}

    first = await write(applications.replace_answers, application.number, {"name": "ใหม่"}, {"map": "f-2"}, **said)
    again = await write(applications.replace_answers, application.number, {"name": "อื่น"}, {}, **said)

    kept = await ask(applications.get, application.number)
    assert (first, again) == (True, False)
    assert (kept.answers, kept.attachments, kept.answers_digest) == ({"name": "ใหม่"}, {"map": "f-2"}, "b" * 64)
    assert (await ask(history.of, application.number))[-1].said["before"] == "a" * 64


async def test_a_file_may_stay_when_another_director_answers(
    application: Application, submitted: Submitted, write: Act, an_attachment: Act, somebody: Act
) -> None:
    await an_attachment("f-2", submitted.applicant)
    director = await somebody("director", "3101200345671")
    said = {"answers_digest": "b" * 64, "at": NOON}
    number = application.number

    await write(applications.replace_answers, number, {}, {"map": "f-2"}, key="1", by=submitted.applicant, **said)

    assert await write(applications.replace_answers, number, {}, {"map": "f-2"}, key="2", by=director.id, **said)


async def test_a_definition_is_kept_once(another: Act, database: Database) -> None:
    await asyncio.gather(another(), another())

    async with database.reading() as session:
        assert (await session.execute(text("SELECT count(*) FROM definitions"))).scalar_one() == 1
