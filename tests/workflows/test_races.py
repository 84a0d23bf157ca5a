"""Two things said at once, said twice, said too late, or said by the wrong officer: one outcome, and a clear answer."""

import asyncio

import pytest
from driving import Driver

from api.engine import JourneyOver, JourneyRefused
from exchange.bank import qr_text
from exchange.counterparts import BILLER_ID
from licences import register
from licences.applications import Decision, Item, Verdict

LICENCE = "lao-ecommerce-register"
ITEM = Item(field="premises", wrong="ไม่มีเลขที่", wanted="ระบุเลขที่ให้ครบ")


def is_thai(text: str) -> bool:
    return any("\u0e00" <= letter <= "\u0e7f" for letter in text)


def decision(task: str, officer: str, verdict: Verdict = Verdict.APPROVE) -> Decision:
    return Decision(
        task_id=task, verdict=verdict, officer=officer, reason="เอกสารไม่ครบ" if verdict != "approve" else ""
    )


async def test_the_same_start_twice_is_one_journey(driver: Driver) -> None:
    number = await driver.filed(LICENCE, started=False)

    await asyncio.gather(*(driver.begin(number) for _ in range(4)))
    await driver.walked(number)
    await driver.begin(number)

    made = await driver.made(number)
    assert (made.numbers, made.entries, made.papers) == (1, ("grant",), {"acknowledgement": 1, "licence": 1})


async def test_a_payment_told_three_times_is_booked_once(driver: Driver) -> None:
    number = await driver.filed(LICENCE)
    await driver.decide(number)

    await driver.pay(number, told=3)

    assert (await driver.over(number)).status == "issued"
    made = await driver.made(number)
    assert (made.payments, made.receipts, made.postings, made.notices["paid-full"]) == (("full",), 1, 1, 1)


async def test_a_bill_paid_twice_is_settled_once_and_the_rest_is_owed_to_the_payer(driver: Driver) -> None:
    number = await driver.filed(LICENCE)
    await driver.decide(number)

    await driver.pay(number, times=2)

    assert (await driver.over(number)).status == "issued"
    made = await driver.made(number)
    assert sorted(made.payments) == ["full", "second"]
    assert (made.receipts, made.notices["paid-full"], made.notices["paid-second"]) == (1, 1, 1)


async def test_too_little_money_leaves_the_bill_open_until_the_whole_comes(driver: Driver) -> None:
    number = await driver.filed(LICENCE)
    await driver.decide(number)

    await driver.pay(number, satang=100)
    await driver.until(lambda: driver.paid(number))
    await driver.pay(number)

    assert (await driver.over(number)).status == "issued"
    made = await driver.made(number)
    assert (made.payments, made.receipts) == (("short", "full"), 1)


async def test_money_that_is_told_of_before_its_bill_is_known_settles_the_bill(driver: Driver) -> None:
    number = await driver.filed(LICENCE)
    ref1 = register.ref1(register.bill_number(number, 1))
    paid = await asyncio.to_thread(driver.offices.pay, qr_text(BILLER_ID, ref1, "", 5_000), notify="")

    await driver.tell(ref1, 5_000, paid[0]["transactionId"])
    await driver.decide(number)

    assert (await driver.over(number)).status == "issued"
    made = await driver.made(number)
    assert (made.bills, made.payments, made.receipts) == (1, ("full",), 1)


async def test_a_decision_on_a_closed_task_is_refused_in_both_languages(driver: Driver) -> None:
    number = await driver.filed(LICENCE)
    task = await driver.decide(number, officer="officer-1")

    with pytest.raises(JourneyRefused) as refused:
        await driver.say(number, "decide", decision(task.id, "officer-2"), key="late")

    assert (refused.value.name, refused.value.status) == ("task-closed", 409)
    assert is_thai(refused.value.th)
    assert task.id in refused.value.en


async def test_the_same_decision_said_twice_is_taken_once(driver: Driver) -> None:
    number = await driver.filed(LICENCE)
    task = await driver.task(number)

    for _ in range(2):
        await driver.say(number, "decide", decision(task.id, "officer-1"), key="pressed twice")

    assert (await driver.walked(number)).status == "issued"
    assert (await driver.made(number)).said["task:decision:approve"] == 1


async def test_the_same_decision_from_two_windows_is_taken_once_and_refused_to_neither(driver: Driver) -> None:
    number = await driver.filed(LICENCE)
    said = decision((await driver.task(number)).id, "officer-1")

    await asyncio.gather(*(driver.press(number, said, key=key) for key in ("one", "two", "three")))

    assert (await driver.walked(number)).status == "issued"
    assert (await driver.made(number)).said["task:decision:approve"] == 1


async def test_another_decision_than_the_one_that_stands_is_refused(driver: Driver) -> None:
    number = await driver.filed(LICENCE)
    task = await driver.decide(number, officer="officer-1")

    with pytest.raises(JourneyRefused) as refused:
        await driver.press(number, decision(task.id, "officer-1", Verdict.REFUSE), key="changed his mind")

    assert (refused.value.name, refused.value.status) == ("task-closed", 409)


@pytest.mark.parametrize("verdict", [Verdict.APPROVE, Verdict.REFUSE])
async def test_of_two_officers_who_decide_at_once_one_decides(driver: Driver, verdict: Verdict) -> None:
    number = await driver.filed(LICENCE)
    task = await driver.task(number)

    answers = await asyncio.gather(
        driver.say(number, "decide", decision(task.id, "officer-1"), key="one"),
        driver.say(number, "decide", decision(task.id, "officer-2", verdict), key="two"),
        return_exceptions=True,
    )
    outcome = await driver.walked(number)

    assert sum(isinstance(answer, JourneyRefused) for answer in answers) == 1
    first = "officer-1" if answers[0] is None else "officer-2"
    decided = [one for one in await driver.happened(number) if one.tag.startswith("task:decision:")]
    assert [one.by for one in decided] == [first]
    assert outcome.status == ("refused" if first == "officer-2" and verdict is Verdict.REFUSE else "issued")


@pytest.mark.parametrize("first", ["decides", "withdraws"])
async def test_a_decision_while_the_applicant_withdraws_comes_to_one_end(driver: Driver, first: str) -> None:
    number = await driver.filed(LICENCE)
    task = await driver.task(number)
    both = [driver.say(number, "decide", decision(task.id, "officer-1"), key="decide"), driver.withdraw(number)]

    answers = await asyncio.gather(*(both if first == "decides" else both[::-1]), return_exceptions=True)
    outcome = await driver.walked(number)

    refusals = [answer for answer in answers if answer is not None]
    assert all(isinstance(one, JourneyRefused | JourneyOver) and is_thai(one.th) for one in refusals)
    withdrawn = (answers if first == "withdraws" else answers[::-1])[0] is None
    assert outcome.status == ("withdrawn" if withdrawn else "issued")
    made = await driver.made(number)
    assert made.said["application:end:" + outcome.status] == 1
    assert made.entries == (() if withdrawn else ("grant",))


async def test_after_the_end_nothing_can_be_withdrawn(driver: Driver) -> None:
    number = await driver.filed(LICENCE)
    await driver.walked(number)

    with pytest.raises(JourneyOver) as refused:
        await driver.withdraw(number)

    assert is_thai(refused.value.th)


async def test_a_withdrawn_application_asks_nothing_of_anybody(driver: Driver) -> None:
    number = await driver.filed(LICENCE)
    await driver.decide(number)
    bill = await driver.bill(number)

    await driver.withdraw(number)
    paid = await asyncio.to_thread(driver.offices.pay, bill.qr, notify="")
    await driver.tell(bill.ref1, bill.satang, paid[0]["transactionId"])
    await driver.until(lambda: driver.paid(number))

    assert (await driver.over(number)).status == "withdrawn"
    made = await driver.made(number)
    assert (made.numbers, made.entries, made.notices["withdrawn"]) == (0, (), 1)
    assert (made.payments, made.receipts, made.postings, made.notices["paid-after-end"]) == (("dead-bill",), 0, 1, 1)


async def test_a_second_payment_that_comes_when_all_is_over_is_owed_to_the_payer(driver: Driver) -> None:
    number = await driver.filed(LICENCE)
    await driver.decide(number)
    bill = await driver.pay(number)
    await driver.over(number)

    paid = await asyncio.to_thread(driver.offices.pay, bill.qr, notify="")
    await driver.tell(bill.ref1, bill.satang, paid[0]["transactionId"])
    await driver.until(lambda: driver.finding(paid[0]["transactionId"]))

    made = await driver.made(number)
    assert (sorted(made.payments), made.receipts, made.notices["paid-second"]) == (["full", "second"], 1, 1)


async def test_answers_that_nobody_asked_for_are_refused(driver: Driver) -> None:
    number = await driver.filed(LICENCE)
    await driver.task(number)

    with pytest.raises(JourneyRefused) as refused:
        await driver.answer(number, registered_name="อื่น")

    assert (refused.value.name, is_thai(refused.value.th)) == ("nothing-asked", True)


async def test_what_is_asked_is_answered_once_and_asked_once(driver: Driver) -> None:
    number = await driver.filed(LICENCE)
    await driver.decide(number, Verdict.ASK, reason="ที่อยู่ไม่ครบ", items=(ITEM,))
    await driver.standing(number, "incomplete", "answers")

    await driver.answer(number, registered_name="ร้านใหม่")
    with pytest.raises(JourneyRefused):
        await driver.answer(number, registered_name="ร้านใหม่กว่า")
    task = await driver.task(number)
    with pytest.raises(JourneyRefused) as again:
        await driver.decide(number, Verdict.ASK, reason="ยังไม่ครบ", items=(ITEM,))

    assert (task.stage, again.value.name) == ("record", "asked-before")
    assert (await driver.application(number)).answers["registered_name"] == "ร้านใหม่"
    assert (await driver.walked(number)).status == "issued"


async def test_the_officer_who_checked_may_not_approve_where_the_law_wants_another(driver: Driver) -> None:
    number = await driver.filed("dhss-clinic-business")
    await driver.decide(number, officer="officer-1", stage="completeness")
    await driver.decide(number, officer="officer-2", stage="inspection")

    for officer in ("officer-1", "officer-2"):
        with pytest.raises(JourneyRefused) as refused:
            await driver.decide(number, officer=officer, stage="approval")
        assert (refused.value.name, refused.value.status) == ("same-officer", 403)
    await driver.decide(number, officer="officer-3", stage="approval")

    assert (await driver.walked(number)).status == "issued"
