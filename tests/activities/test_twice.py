"""The engine may ask for any effect again: the second time gives the first answer and leaves nothing behind."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from driving import Driver

from activities import wanted
from activities.applications import Applications
from activities.billing import Billing
from activities.issuing import Issuing
from activities.payments import Payments
from activities.tasks import Tasks
from exchange.bank import Bank
from licences.applications import Decision, Item, TaskClosed, Verdict
from licences.calendar import end_of_day
from licences.procedure import Due
from records import ledger, tasks
from records.tables import Bill, Task

LICENCE = "lao-ecommerce-register"
NOW = datetime(2026, 11, 20, 5, tzinfo=UTC)
LATER = NOW + timedelta(days=3)
ITEM = Item(field="premises", wrong="ไม่มีเลขที่", wanted="ระบุเลขที่ให้ครบ")


@pytest.fixture
async def number(doors: Driver) -> str:
    """An application that was received, and whose journey these tests are."""
    return await doors.held_back(LICENCE)


@pytest.fixture
def payments(doors: Driver) -> Payments:
    known = doors.settings
    bank = Bank(known.bank_url, known.bank_key, known.bank_secret, known.biller_id)
    return Payments(doors.database, bank)


@pytest.fixture
def billing(doors: Driver) -> Billing:
    return Billing(doors.database, doors.settings.biller_id, local=True)


async def twice(effect: Callable[[Any], Awaitable[Any]], first: Any, again: Any = None) -> Any:
    """Ask for an effect twice; both answers are the same."""
    answer = await effect(first)
    assert await effect(again or first) == answer
    return answer


async def opened(doors: Driver, number: str) -> wanted.OpenTask:
    task = wanted.WantedTask(number=number, at=NOW, stage="record", round=1)
    return await Tasks(doors.database).open(task)


async def of(doors: Driver, number: str) -> tuple[tuple[Task, ...], tuple[Bill, ...]]:
    async with doors.database.reading() as session:
        return await tasks.of(session, number), await ledger.bills_of(session, number)


async def test_a_task_is_opened_once_and_keeps_its_first_day(doors: Driver, number: str) -> None:
    task = wanted.WantedTask(number=number, at=NOW, stage="record", round=1)

    answer = await twice(Tasks(doors.database).open, task, task.model_copy(update={"at": LATER}))

    (kept,), _ = await of(doors, number)
    assert (kept.id, kept.due_on) == (answer.id, answer.due_on)


async def test_a_decision_is_kept_once_and_another_one_is_refused(doors: Driver, number: str) -> None:
    task = await opened(doors, number)
    decision = Decision(task_id=task.id, verdict=Verdict.ASK, officer="o-1", reason="ไม่ครบ", items=(ITEM,))
    closed = wanted.ClosedTask(number=number, at=NOW, decision=decision)

    asked = await twice(Tasks(doors.database).close, closed)
    with pytest.raises(TaskClosed):
        other = decision.model_copy(update={"officer": "o-2"})
        await Tasks(doors.database).close(closed.model_copy(update={"decision": other}))

    assert asked.answer_by is not None
    said = [action.tag for action in await doors.happened(number)]
    assert said.count("task:decision:ask") == 1
    assert (await doors.application(number)).status == "incomplete"


async def test_a_reminder_is_sent_once_for_each_time(doors: Driver, number: str) -> None:
    task = await opened(doors, number)

    for times in (1, 1, 2):
        week = end_of_day(task.due_on) + timedelta(days=7) * (times - 1)
        reminder = wanted.Reminder(number=number, at=week, task=task.id, times=times)
        await Tasks(doors.database).remind(reminder)

    said = [action.said["times"] for action in await doors.happened(number) if action.tag == "task:due:passed"]
    assert said == [1, 2]


async def test_a_bill_is_raised_once_with_its_first_reference(doors: Driver, number: str, billing: Billing) -> None:
    bill = wanted.WantedBill(number=number, at=NOW, due=Due.BEFORE_ISSUE)

    raised = await twice(billing.raise_bill, bill, bill.model_copy(update={"at": LATER}))

    _, (kept,) = await of(doors, number)
    assert (raised.ref1, raised.settled) == (kept.ref1, False)


async def test_where_the_law_asks_for_nothing_there_is_no_bill(doors: Driver, billing: Billing, number: str) -> None:
    state = await billing.raise_bill(wanted.WantedBill(number=number, at=NOW, due=Due.ON_SUBMISSION))

    assert state == wanted.BillState(ref1="", settled=True)
    assert (await of(doors, number))[1] == ()


async def test_a_payment_that_the_bank_does_not_know_settles_nothing(
    doors: Driver, number: str, payments: Payments, billing: Billing
) -> None:
    bill = await billing.raise_bill(wanted.WantedBill(number=number, at=NOW, due=Due.BEFORE_ISSUE))

    state = await twice(payments.confirm, wanted.Payment(number=number, at=datetime.now(UTC), ref1=bill.ref1))

    assert state.settled is False
    assert await doors.paid(number) == ()


async def test_a_payment_is_booked_once_with_one_receipt(
    doors: Driver, number: str, payments: Payments, billing: Billing
) -> None:
    await billing.raise_bill(wanted.WantedBill(number=number, at=NOW, due=Due.BEFORE_ISSUE))
    paid = await doors.pay(number, told=0)

    state = await twice(payments.confirm, wanted.Payment(number=number, at=datetime.now(UTC), ref1=paid.ref1))

    assert state.settled is True
    made = await doors.made(number, mailed=False)
    assert (made.payments, made.receipts, made.postings, made.notices["paid-full"]) == (("full",), 1, 1, 1)


async def test_a_number_is_reserved_once_and_its_facts_stay(doors: Driver, number: str) -> None:
    step = wanted.Step(number=number, at=NOW)

    kept = await twice(Issuing(doors.database).reserve_number, step, wanted.Step(number=number, at=LATER))

    reserved = await doors.reserved(number)
    assert (reserved.number, reserved.facts["granted_on"]) == (kept.licence_number, "2026-11-20")


async def test_an_entry_is_made_once_and_the_end_is_told_once(doors: Driver, number: str) -> None:
    step = wanted.Step(number=number, at=NOW)
    reserved = await Issuing(doors.database).reserve_number(step)

    await twice(Issuing(doors.database).enter_in_register, step, wanted.Step(number=number, at=LATER))

    (entry,) = await doors.entries(reserved.licence_number)
    made = await doors.made(number, mailed=False)
    assert (entry.entered_at, made.notices["issued"], made.said["application:end:issued"]) == (NOW, 1, 1)


async def test_an_application_ends_once_and_takes_everything_open_with_it(
    doors: Driver, number: str, payments: Payments, billing: Billing
) -> None:
    await opened(doors, number)
    await billing.raise_bill(wanted.WantedBill(number=number, at=NOW, due=Due.BEFORE_ISSUE))
    ending = wanted.Ending(number=number, at=NOW, status="withdrawn", by="p-1")

    await twice(Applications(doors.database).end, ending, ending.model_copy(update={"status": "refused"}))

    (task,), (bill,) = await of(doors, number)
    kept = await doors.application(number)
    assert (kept.status, kept.outcome, kept.ended_at) == ("withdrawn", "withdrawn", NOW)
    assert (task.closed_at, task.verdict, bill.status) == (NOW, "", "cancelled")
