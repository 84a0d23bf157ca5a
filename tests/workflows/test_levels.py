"""Service levels: sealed here (L3), paid here and papered there (L2), paid and papered there (L1)."""

import pytest
from driving import Driver

from licences.errors import NotAllowed

THERE, PAID_HERE, COPY = "lao-loudspeaker", "lao-dormitory", "cpd-coop-copy"
"""One licence of level L1, one of L2, and a service of L3 that enters nothing."""


async def test_at_the_first_level_officers_record_the_payment_and_the_paper(driver: Driver) -> None:
    number = await driver.filed(THERE)

    licence = (await driver.walked(number)).licence_number

    made = await driver.made(number)
    (entry,) = await driver.entries(licence)
    assert (made.bills, made.payments, made.postings) == (0, (), 0)
    assert made.documents == {"acknowledgement": 1}
    assert (made.notices["pay-there"], made.notices["issued-there"]) == (1, 1)
    assert (entry.document, entry.document_sha256) == ("", "")
    assert entry.facts["no_document"] is True
    assert entry.facts["paper_number"] == "12/2569"


async def test_at_the_second_level_the_fee_is_paid_here_and_the_paper_is_the_agencys(driver: Driver) -> None:
    number = await driver.filed(PAID_HERE)

    licence = (await driver.walked(number)).licence_number

    made = await driver.made(number)
    (entry,) = await driver.entries(licence)
    assert (made.bills, made.payments, made.receipts) == (1, ("full",), 1)
    assert made.documents == {"acknowledgement": 1}
    assert entry.facts["paper_number"] == "12/2569"


async def test_the_agencys_paper_is_recorded_and_not_decided_again(driver: Driver) -> None:
    number = await driver.filed(PAID_HERE)
    for stage in ("completeness", "inspection", "approval"):
        await driver.decide(number, stage=stage)
    await driver.pay(number)
    await driver.task(number, "record-number")

    for verdict, said, answer in (("refuse", "ไม่", "only-recorded"), ("approve", "", "number-missing")):
        with pytest.raises(NotAllowed) as no:
            await driver.decide(number, verdict, reason=said, recorded="")
        assert no.value.code == answer
    with pytest.raises(NotAllowed):
        await driver.withdraw(number)

    assert (await driver.walked(number)).status == "issued"


async def test_what_enters_nothing_ends_with_a_sealed_letter_and_takes_no_number(driver: Driver) -> None:
    number = await driver.filed(COPY)

    outcome = await driver.walked(number)

    made = await driver.made(number)
    assert (outcome.status, outcome.licence_number) == ("issued", "")
    assert (made.numbers, made.entries) == (0, ())
    assert made.documents == {"acknowledgement": 1, "issued": 1}
    assert (made.notices["completed"], made.notices["issued"]) == (1, 0)
