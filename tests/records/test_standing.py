from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from money_examples import a_line
from records_examples import NOON, PROCEDURE, Act, later

from control import waits
from control.causes import Case, Kind, group, sentence
from licences.errors import Sentence
from records import applications, bank_lines, causes, ledger, refunds, standing, tasks
from records.ledger import Books, WantedBill
from records.standing import Row
from records.tables import Application, BankLine, Bill, CauseSeen, Payment, Task

DUE = date(2026, 11, 20)
ENDS = datetime(2026, 11, 20, 17, tzinfo=UTC)
"""The last moment of that day in Bangkok."""
GRACE = timedelta(hours=1)


@pytest.fixture
async def task(write: Act, application: Application) -> Task:
    """A stage on a desk, due that day."""
    opened: Task = await write(tasks.open_once, application, PROCEDURE.stages[0], "review:1", due_on=DUE, at=NOON)
    return opened


@pytest.mark.parametrize(
    ("reminded", "after", "named"),
    [
        (0, timedelta(minutes=59), False),
        (0, timedelta(minutes=61), True),
        (1, timedelta(days=6), False),
        (1, timedelta(days=7, minutes=61), True),
        (2, timedelta(days=7, minutes=61), False),
    ],
)
async def test_a_reminder_that_was_not_written_in_time_is_named(
    task: Task, write: Act, ask: Act, reminded: int, after: timedelta, named: bool
) -> None:
    await write(tasks.reminded, task.id, reminded)

    rows = await ask(standing.timers_not_fired, ENDS + after, GRACE)

    assert [(row.number, row.waits_for) for row in rows] == [(task.application, "remind_of_task")] * named


async def test_answers_that_did_not_come_and_were_not_returned_are_named(
    application: Application, write: Act, ask: Act
) -> None:
    await write(applications.show, application.number, "incomplete", waiting_for="answers", since=NOON, until=ENDS)

    assert await ask(standing.timers_not_fired, ENDS + timedelta(minutes=59), GRACE) == ()
    (row,) = await ask(standing.timers_not_fired, ENDS + timedelta(minutes=61), GRACE)
    assert (row.number, row.waits_for, row.since) == (application.number, "answers", ENDS)


async def test_an_agency_where_nobody_took_it_up_is_told_from_an_officer_who_is_late(
    task: Task, write: Act, ask: Act
) -> None:
    tomorrow = DUE + timedelta(days=1)
    assert len(await ask(standing.unclaimed_tasks, tomorrow)) == 1
    assert await ask(standing.overdue_tasks, tomorrow) == ()

    await write(tasks.claim, task.id, "o-1", NOON)

    assert await ask(standing.unclaimed_tasks, tomorrow) == ()
    assert len(await ask(standing.overdue_tasks, tomorrow)) == 1


async def test_what_an_operator_holds_is_named_until_it_goes_on(application: Application, write: Act, ask: Act) -> None:
    await write(applications.suspend, application.number, NOON)
    (row,) = await ask(standing.held)
    assert (row.number, row.since) == (application.number, NOON)

    await write(applications.suspend, application.number, None)

    assert await ask(standing.held) == ()


# --- money ---


@pytest.fixture
async def bill(write: Act, application: Application) -> Bill:
    """An open bill of it."""
    wanted = WantedBill(application.number, "before-issue", (a_line(50_000),), DUE)
    raised: Bill = await write(ledger.raise_bill_once, wanted, lambda ref1: (f"qr:{ref1}", ""), NOON)
    return raised


def said(kind: Kind, rows: Sequence[Row], now: datetime) -> list[Sentence]:
    """What `stuck` says of them."""
    return [sentence(one, now) for one in group(Case(r.number, kind, r.waits_for, r.agency, r.since) for r in rows)]


async def paid(write: Act, bill: Bill) -> Payment:
    """The bank confirms it."""
    done = ledger.Transfer(transaction_id="T1", ref1=bill.ref1, satang=bill.satang, paid_at=NOON)
    payment: Payment = await write(ledger.pay_once, done, Books("bma", "BMA"), NOON)
    return payment


async def test_money_that_somebody_told_of_and_the_bank_does_not_show_is_named(
    bill: Bill, write: Act, ask: Act
) -> None:
    await write(ledger.hear, "T1", bill.ref1, bill.satang, {}, NOON)
    assert await ask(standing.told_not_confirmed, later(minutes=5), NOON) == ()

    rows = await ask(standing.told_not_confirmed, later(minutes=11), later(minutes=1))

    assert [(row.number, row.waits_for, row.since) for row in rows] == [(bill.application, "payment", NOON)]
    (words,) = said(Kind.TOLD, rows, later(minutes=11))
    assert words.en.startswith("1 said to be paid since 12:00, and the bank does not show it")
    assert words.th.startswith("1 คำขอได้รับแจ้งว่าชำระแล้วตั้งแต่ 12:00 แต่ธนาคารยังไม่ยืนยัน")


async def test_a_payers_own_word_counts_and_both_are_over_when_the_bank_shows_it_or_after_days(
    bill: Bill, write: Act, ask: Act
) -> None:
    await write(ledger.claim_paid, bill.ref1, NOON)

    assert len(await ask(standing.told_not_confirmed, later(minutes=11), later(minutes=1))) == 1
    assert await ask(standing.told_not_confirmed, later(days=4), later(days=4)) == ()
    await paid(write, bill)
    assert await ask(standing.told_not_confirmed, later(minutes=11), later(minutes=1)) == ()


async def test_a_refund_that_failed_and_a_bank_line_that_nobody_explained_are_named(
    bill: Bill, write: Act, ask: Act
) -> None:
    payment = await paid(write, bill)
    refund = await write(refunds.return_part, bill.ref1, 10_000, "Act, s. 9", NOON)
    line: dict[str, Any] = {
        "statement": "S1", "booked_on": DUE, "side": "CRDT", "satang": 1_234, "brought_by": "cashier", "status": "open",
    }  # fmt: skip
    await write(bank_lines.keep, [BankLine(id="L1", brought_at=later(hours=1), **line)])
    assert payment.kind == "full"
    assert [row.waits_for for row in await ask(standing.money_for_people)] == ["bank-line"]

    await write(refunds.fail, refund.id, "no such account")

    rows = await ask(standing.money_for_people)
    assert [(row.waits_for, row.since) for row in rows] == [("failed-refund", NOON), ("bank-line", later(hours=1))]
    assert {one.en for one in said(Kind.MONEY, rows, later(hours=2))} == {
        "money that somebody must see to (a refund that the bank could not make) since 12:00",
        "money that somebody must see to (a bank line that nobody has explained) since 13:00",
    }
    assert any("การคืนเงินที่ธนาคารทำไม่สำเร็จ" in one.th for one in said(Kind.MONEY, rows, NOON))
    await write(bank_lines.close, "L1", "cashier", "a gift", NOON)
    assert [row.waits_for for row in await ask(standing.money_for_people)] == ["failed-refund"]


# --- nothing says why ---


async def test_what_nobody_has_to_move_and_nothing_gives_a_reason_of_is_named_as_standing_still(
    application: Application, write: Act, ask: Act
) -> None:
    await write(applications.begun, application.number, NOON)
    await write(applications.show, application.number, "issuing", waiting_for="licence", since=NOON)

    (row,) = await ask(standing.in_the_engine, later(minutes=1), 10)

    assert not waits.nothing_says_why(row, (), later(minutes=4))
    assert waits.nothing_says_why(row, (), later(minutes=6))
    assert not waits.nothing_says_why(row, {application.number}, later(minutes=6))
    (words,) = said(Kind.STILL, [row], later(minutes=6))
    assert words.en.startswith("1 standing still since 12:00, and nothing says why")
    assert words.th.startswith("1 คำขอไม่เดินต่อโดยไม่ทราบสาเหตุตั้งแต่ 12:00")


async def test_nobody_stands_still_who_waits_for_a_desk_a_payer_or_another_office(
    application: Application, task: Task, write: Act, ask: Act
) -> None:
    await write(applications.begun, application.number, NOON)
    await write(applications.show, application.number, "checking", waiting_for="company-register", since=NOON)

    (asked,) = await ask(standing.in_the_engine, later(minutes=1), 10)
    await write(applications.show, application.number, "review", waiting_for="stage:review", since=NOON)
    # On a desk; what is left for the engine is the acknowledgement that nobody has sealed.
    (unsealed,) = await ask(standing.in_the_engine, later(minutes=1), 10)

    assert not waits.nothing_says_why(asked, (), later(hours=1))
    assert unsealed.number == application.number


# --- once ---


def a_cause(name: str, at: datetime) -> CauseSeen:
    return CauseSeen(
        id=name, kind="office", waits_for="bank", agency="", error="OfficeDown", cases=1, seen_at=at, told_at=at
    )


async def test_a_cause_is_news_once_and_again_only_when_it_was_gone_for_a_while(write: Act, ask: Act) -> None:
    async def seen(minutes: int, *names: str) -> tuple[str, ...]:
        at = later(minutes=minutes)
        news: tuple[str, ...] = await write(causes.keep, [a_cause(name, at) for name in names], at)
        return news

    assert await seen(0, "a") == ("a",)
    assert await seen(1, "a", "b") == ("b",)
    assert await seen(2, "b") == ()
    assert await seen(10, "a", "b") == ()  # it came back at once: the same trouble
    assert await seen(11) == ()
    assert await ask(causes.standing) == ()
    assert await seen(50, "a") == ("a",)
