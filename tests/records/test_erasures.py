"""What is erased with an application, and what stays."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from money_examples import a_line
from records_examples import NOON, PROCEDURE, Act, later

from licences import acts, catalogue, erasure
from licences.acts import CaseStatus, Kind, Wanted
from licences.applications import Decision, Verdict
from licences.erasure import KeptByLaw
from records import applications, auditing, cases, erasures, history, ledger, refunds, tasks
from records.cases import Opening
from records.database import Database
from records.history_keys import HistoryKeys
from records.ledger import Books, WantedBill
from records.tables import Application, Case

REFUSED, LONG_AFTER = later(days=1), date(2027, 12, 1)
WORDS = "นางสาวลับเฉพาะ"
RING = (("ring", b"r" * 32),)


@pytest.fixture
async def refused(write: Act, application: Application) -> Application:
    """An application that was refused."""
    await write(applications.end, application.number, "refused", "refused", REFUSED)
    return application


async def an_appeal(write: Act, about: str, *, ended: bool = True, nth: int = 1) -> Case:
    """An appeal against that, with words in it, dismissed."""
    case: Case = await write(cases.open_once, Opening(
        key=f"appeal-{nth}", rules=acts.procedure(Kind.APPEAL, catalogue.load().licence("lao-food-sale-large")),
        agency="lao", office="lao", opened_by="p", opened_as="holder", holder_kind="natural", holder_id="digest",
        wanted=Wanted(reason=WORDS), entered_at=NOON, received_at=NOON, due_on=LONG_AFTER, about=about,
        holder_name=WORDS, email="somebody@example.com",
    ))  # fmt: skip
    await write(cases.note, case.number, objection={"words": WORDS}, base=3)
    task = await write(tasks.open_once, case, PROCEDURE.stages[0], "review:1", due_on=LONG_AFTER, at=NOON)
    decision = Decision(task_id=task.id, verdict=Verdict.REFUSE, officer="o", reason=WORDS)
    closed = await write(tasks.close_once, decision, at=NOON)
    said = {"verdict": "refuse", "digest": tasks.digest(closed)}
    await write(history.record, case.number, f"close:{task.id}", "task:decision:refuse", "o", NOON, said)
    if ended:
        await write(cases.end, case.number, CaseStatus.REFUSED, later(days=40))
    return case


async def test_the_acts_about_it_and_the_appeals_against_those_are_erased_with_it(
    database: Database, refused: Application, write: Act, ask: Act
) -> None:
    appeal = await an_appeal(write, refused.number)
    second = await an_appeal(write, appeal.number, nth=2)
    keys = HistoryKeys(database, RING)
    before = [await keys.key(one.number) for one in (refused, appeal, second)]

    for _ in range(2):
        await write(erasures.ask_once, refused.number, "asked", "one", NOON)
        await write(erasures.erase, refused.number, "two", later(days=400))

    fresh = HistoryKeys(database, RING)
    assert None not in before
    assert [await fresh.key(one.number) for one in (refused, appeal, second)] == [None] * 3
    for number in (appeal.number, second.number):
        kept = await ask(cases.get, number)
        assert (kept.wanted, kept.found, kept.email, kept.holder_name) == ({}, {"base": 3}, "", "")
        assert (kept.status, kept.ended_at) == ("refused", later(days=40))
        said = [one.tag for one in await ask(history.of, number)]
        assert said.count("application:erasure:done") == 1
    assert (await ask(applications.get, refused.number)).answers == {}


async def test_an_appeal_is_waited_for_and_its_own_days_to_be_questioned_after_it(
    refused: Application, write: Act, ask: Act
) -> None:
    appeal = await an_appeal(write, refused.number, ended=False)
    with pytest.raises(KeptByLaw, match="a case about it"):
        erasure.check(await ask(erasures.standing, refused.number), LONG_AFTER)

    await write(cases.end, appeal.number, CaseStatus.REFUSED, datetime(2027, 11, 1, tzinfo=UTC))

    with pytest.raises(KeptByLaw, match="may still be appealed against"):
        erasure.check(await ask(erasures.standing, refused.number), LONG_AFTER)
    erasure.check(await ask(erasures.standing, refused.number), date(2028, 6, 1))


async def test_a_refund_loses_the_key_of_its_history_and_the_books_lose_nothing(
    database: Database, application: Application, write: Act, ask: Act
) -> None:
    wanted = WantedBill(application.number, "before-issue", (a_line(50_000),), LONG_AFTER)
    bill = await write(ledger.raise_bill_once, wanted, lambda ref1: (f"qr:{ref1}", ""), NOON)
    done = ledger.Transfer(transaction_id="T1", ref1=bill.ref1, satang=bill.satang, paid_at=NOON)
    await write(ledger.pay_once, done, Books("bma", "BMA"), NOON)
    refund = await write(refunds.return_part, bill.ref1, 10_000, "Act, s. 9", NOON)
    await write(applications.end, application.number, "withdrawn", "withdrawn", REFUSED)
    assert await HistoryKeys(database, RING).key(refund.id) is not None
    with pytest.raises(KeptByLaw, match="still to be given back"):
        erasure.check(await ask(erasures.standing, application.number), LONG_AFTER)

    books: Any = (await ask(ledger.payments_of, bill.ref1), await ask(ledger.bills_of, application.number))
    await write(erasures.erase, application.number, "two", later(days=400))

    assert await HistoryKeys(database, RING).key(refund.id) is None
    assert (await ask(ledger.payments_of, bill.ref1), await ask(ledger.bills_of, application.number)) == books
    assert (await ask(refunds.get, refund.id)).satang == 10_000
    assert await ask(ledger.check_chain) is None and await ask(history.check) is None


async def test_a_case_about_a_licence_that_was_granted_on_paper_is_erased_alone(
    database: Database, write: Act, ask: Act
) -> None:
    case = await an_appeal(write, "BMA-1")
    await HistoryKeys(database, RING).key(case.number)

    erasure.check(await ask(erasures.standing, case.number), LONG_AFTER)
    await write(erasures.erase, case.number, "two", later(days=400))

    assert (await ask(cases.get, case.number)).wanted == {}
    assert await HistoryKeys(database, RING).key(case.number) is None


async def test_who_audits_the_rows_finds_no_fault_in_what_was_erased(
    refused: Application, write: Act, ask: Act, database: Database
) -> None:
    async def wrong() -> list[str]:
        async with database.reading() as session:
            return [one.says async for one in auditing.check(session) if one.table == "tasks"]

    appeal = await an_appeal(write, refused.number)
    (task,) = await ask(tasks.of, appeal.number)
    assert (task.reason, await wrong()) == (WORDS, [])

    await write(erasures.erase, refused.number, "two", later(days=400))
    assert await wrong() != []  # nobody had asked for it: the history does not say that it was erased
    await write(erasures.ask_once, refused.number, "asked", "one", NOON)
    await write(erasures.erase, refused.number, "two", later(days=400))

    (task,) = await ask(tasks.of, appeal.number)
    assert (task.reason, await wrong()) == ("", [])
