"""Whole stories: a licence from its grant to its end, companies and who may sign for them, decisions by rule."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import acting
from driving import Driver, some_company, words

from exchange.counterparts import people as personas
from records import cases
from records.tables import Case
from signing.trust import Trust
from signing.verify import verify

LICENCE = "lao-food-sale-large"


async def test_a_licence_is_granted_renewed_amended_and_ended(driver: Driver) -> None:
    number = await driver.granted(LICENCE)

    renewal = await driver.walked(await driver.filed(LICENCE, "renew", number=number))
    changed = await driver.filed(LICENCE, "amend", number=number, changes=["trade_name"], trade_name="ร้านชื่อใหม่")
    amendment = await driver.walked(changed)
    cancellation = await driver.walked(await driver.filed(LICENCE, "cancel", number=number))

    assert {renewal.licence_number, amendment.licence_number, cancellation.licence_number} == {number}
    grant, renewed, amended, cancelled = await driver.entries(number)
    assert [one.kind for one in (grant, renewed, amended, cancelled)] == [
        "grant", "renewal", "amendment", "cancellation",
    ]  # fmt: skip
    assert grant.valid_until is not None and renewed.valid_until is not None
    assert renewed.valid_from == grant.valid_until + timedelta(days=1)
    assert renewed.valid_until > grant.valid_until
    assert amended.valid_until == renewed.valid_until
    assert _says(grant.facts, "trade_name") != _says(amended.facts, "trade_name") == "ร้านชื่อใหม่"
    assert len({one.document_sha256 for one in (grant, renewed, amended)}) == 3
    assert (cancelled.document, (await driver.held(number)).status) == ("", "ended")


def _says(facts: dict[str, Any], particular: str) -> str:
    return str(next(item["value"] for item in facts["particulars"] if item["id"] == particular))


async def test_the_sealed_licence_says_what_the_register_says_and_verifies(driver: Driver) -> None:
    number = await driver.filed("lao-ecommerce-register")
    granted = (await driver.walked(number)).licence_number

    pdf = await driver.document(number, "licence")

    findings = await verify(pdf, Trust.load(Path(driver.settings.trust_dir)))
    (entry,) = await driver.entries(granted)
    assert (findings.indication, findings.sealed_by and findings.sealed_by.agency) == ("TOTAL-PASSED", "lao")
    assert granted in words(pdf)
    assert entry.facts["holder"]["name"] == "นายสมชาย ใจดี"


async def test_a_refusal_is_told_by_a_sealed_letter_that_says_why_and_how_to_appeal(driver: Driver) -> None:
    number = await driver.filed("lao-ecommerce-register")
    officer = await driver.person("officer-lao")

    await driver.decide(number, "refuse", officer=officer.id, reason="สถานที่ตั้งอยู่นอกเขต")

    assert (await driver.over(number)).status == "refused"
    letter = await driver.document(number, "refused")
    findings = await verify(letter, Trust.load(Path(driver.settings.trust_dir)))
    said = words(letter)
    assert findings.indication == "TOTAL-PASSED"
    assert "สถานที่ตั้งอยู่นอกเขต" in said
    assert "ถ้าหากท่านประสงค์จะอุทธรณ์หรือโต้แย้งคำสั่งนี้" in said.replace(" ", "")
    assert "You may appeal against this order" in said
    assert officer.family_name in said
    made = await driver.made(number)
    assert (made.numbers, made.entries, made.documents) == (0, (), {"acknowledgement": 1, "refused": 1})
    assert made.notices["refused"] == 1


async def test_conditions_of_an_approval_stand_on_the_licence(driver: Driver) -> None:
    number = await driver.filed("lao-ecommerce-register")
    await driver.decide(number, conditions=("ห้ามขายสุราออนไลน์",))

    granted = (await driver.walked(number)).licence_number

    (entry,) = await driver.entries(granted)
    assert entry.facts["conditions"] == ["ห้ามขายสุราออนไลน์"]
    assert "ห้ามขายสุราออนไลน์" in words(await driver.document(number, "licence"))


async def test_a_small_company_is_registered_by_rule_at_once(driver: Driver) -> None:
    company = some_company()
    await driver.walked(await driver.filed("lao-ecommerce-register", company=company))  # who may sign is settled

    number = await driver.filed("osmep-sme-register", company=company)

    assert (await driver.over(number)).status == "issued"
    made = await driver.made(number)
    assert (made.said["application:rules:approve"], made.entries) == (1, ("grant",))
    assert not [tag for tag in made.said if tag.startswith("task:")]


async def test_what_is_found_right_stays_and_what_is_not_of_the_share_is_left_alone(driver: Driver) -> None:
    company = some_company()
    await driver.walked(await driver.filed("lao-ecommerce-register", company=company))
    number = await acting.by_rule(driver, company, percent=100)
    licence = (await driver.over(number)).licence_number

    # What the rules went by is written down before anything came of it.
    order = [one.tag for one in await driver.happened(number)]
    rules = next(one for one in await driver.happened(number) if one.tag == "application:rules:approve")
    assert order.index("application:rules:approve") < order.index("application:end:issued")
    assert rules.said["sampled"] and rules.said["version"] == (await driver.application(number)).version
    assert rules.said["rules"][0] == "active" and rules.said["inputs"]["company.active"] is True
    assert {office: sorted(answer) for office, answer in rules.said["answers"].items()} == {
        "company-register": ["at", "digest"], "osmep": ["at", "digest"],
    }  # fmt: skip

    (look,) = await about(driver, licence)
    await acting.begin(driver, look.number)
    await acting.decide(driver, look.number)
    assert (await driver.over(look.number)).status == "done"
    assert (await driver.held(licence)).status == "in-force"
    assert await acting.kinds(driver, licence) == ["grant"]
    other = (await driver.over(await acting.by_rule(driver, company, percent=0))).licence_number
    assert [one.act for one in await about(driver, licence)] == ["second-look"]
    assert await about(driver, other) == ()


async def about(driver: Driver, licence: str) -> tuple[Case, ...]:
    """The cases on a licence."""
    async with driver.database.reading() as session:
        return await cases.about(session, licence)


async def test_what_the_registers_do_not_know_is_never_a_yes(driver: Driver) -> None:
    number = await driver.filed("osmep-sme-register", company=personas.PARTNERSHIP.juristic_id)
    who = await driver.decide(number)
    task = await driver.task(number, "record")

    rules = next(one for one in await driver.happened(number) if one.tag == "application:rules:officer")
    assert (who.stage, task.stage) == ("representation", "record")
    assert "sme.employees" in rules.said["unknown"]
    assert (await driver.walked(number)).status == "issued"


async def test_a_company_bound_by_two_directors_waits_for_the_second(driver: Driver) -> None:
    number = await driver.filed(LICENCE, company=personas.JOINT_COMPANY.juristic_id)
    confirmed = await driver.decide(number)
    waiting = await driver.standing(number, "waiting-signatures", "signatures")

    await driver.signed(number, "director-2")
    task = await driver.task(number)

    assert confirmed.stage == "representation"
    assert waiting.ended_at is None
    assert task.stage == "completeness"
    assert (await driver.walked(number)).status == "issued"
    assert (await driver.made(number)).notices["signatures"] == 1


async def test_nobody_signs_for_a_company_that_is_dissolved(driver: Driver) -> None:
    number = await driver.filed(LICENCE, company=personas.DISSOLVED_COMPANY.juristic_id)

    await driver.decide(number, "refuse", reason="นิติบุคคลเลิกแล้ว", stage="representation")

    assert (await driver.over(number)).status == "refused"


async def test_an_amendment_in_the_old_period_keeps_its_days(driver: Driver) -> None:
    number = await driver.granted(LICENCE)

    await driver.walked(await driver.filed(LICENCE, "amend", number=number))

    grant, amended = await driver.entries(number)
    assert (amended.valid_from, amended.valid_until) == (grant.valid_from, grant.valid_until)
    assert amended.facts["first_granted_on"] == grant.facts["granted_on"]
    assert date.fromisoformat(amended.facts["granted_on"]) >= grant.valid_from
