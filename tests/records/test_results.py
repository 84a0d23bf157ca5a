"""Decided, and told within seven days: measured in the records, and named when it is not so."""

from datetime import timedelta
from typing import Any

import pytest
from records_examples import NOON, PROCEDURE, Act, later

from licences.applications import Decision, Verdict
from records import applications, notices, results, tasks
from records.tables import Application

WEEK = timedelta(days=7)
A_MOMENT = timedelta(minutes=1)


@pytest.fixture
def decided(write: Act) -> Act:
    """An officer decides the nth round of a stage at noon."""

    async def decide(of: Application, verdict: Verdict = Verdict.APPROVE, nth: int = 1, **stage: Any) -> None:
        changed = PROCEDURE.stages[0].model_copy(update=stage)
        task = await write(tasks.open_once, of, changed, f"review:{nth}", due_on=NOON.date(), at=NOON)
        said = Decision(task_id=task.id, verdict=verdict, officer="o-1", reason="x")
        await write(tasks.close_once, said, at=NOON)
        await write(applications.show, of.number, "issuing")

    return decide


async def test_a_result_that_no_letter_tells_is_named_after_seven_days(
    application: Application, decided: Act, ask: Act
) -> None:
    await decided(application)

    assert await ask(results.untold, NOON + WEEK - A_MOMENT) == ()
    (row,) = await ask(results.untold, NOON + WEEK + A_MOMENT)
    assert (row.number, row.waits_for, row.since) == (application.number, "result", NOON)


@pytest.mark.parametrize("what", ["refused", "bill", "issued"])
async def test_a_letter_counts_from_the_moment_the_mail_server_takes_it(
    application: Application, decided: Act, write: Act, ask: Act, what: str
) -> None:
    await decided(application)
    await write(notices.write_once, application.number, what, at=NOON + A_MOMENT)
    letter = next(one for one in await ask(notices.of, application.number) if one.what != "received")
    kept = await ask(applications.get, application.number)

    waiting = await ask(results.untold, NOON + WEEK + 2 * A_MOMENT)
    before = await ask(results.told_in_time, kept)
    await write(notices.sent, letter.key, later(days=2))

    assert [row.number for row in waiting] == [application.number]
    assert (before, await ask(results.told_in_time, kept)) == ((NOON, None), (NOON, later(days=2)))
    assert await ask(results.untold, NOON + 2 * WEEK) == ()


async def test_the_letter_of_a_bill_before_the_decision_tells_no_result(
    application: Application, decided: Act, write: Act, ask: Act
) -> None:
    await write(notices.write_once, application.number, "bill", at=NOON - WEEK)
    letter = next(one for one in await ask(notices.of, application.number) if one.what != "received")
    await write(notices.sent, letter.key, NOON - WEEK)
    await decided(application)

    assert (await ask(results.told_in_time, await ask(applications.get, application.number))) == (NOON, None)
    assert [row.number for row in await ask(results.untold, NOON + 2 * WEEK)] == [application.number]


async def test_what_is_still_on_a_desk_or_asked_about_is_not_decided(
    application: Application, decided: Act, write: Act, ask: Act
) -> None:
    await decided(application)
    await write(tasks.open_once, application, PROCEDURE.stages[0], "second:1", due_on=NOON.date(), at=NOON)
    await write(applications.show, application.number, "in-review")

    assert await ask(results.untold, NOON + 2 * WEEK) == ()
    assert await ask(results.told_in_time, await ask(applications.get, application.number)) == (None, None)


async def test_an_opinion_decides_nothing_and_who_gave_no_address_sees_it_at_once(
    another: Act, decided: Act, ask: Act
) -> None:
    asked, silent = await another(claim="a"), await another(claim="b", email="")
    await decided(asked, kind="opinion")
    await decided(silent)

    assert await ask(results.told_in_time, await ask(applications.get, asked.number)) == (None, None)
    assert await ask(results.told_in_time, await ask(applications.get, silent.number)) == (NOON, NOON)
    assert await ask(results.untold, NOON + 2 * WEEK) == ()
