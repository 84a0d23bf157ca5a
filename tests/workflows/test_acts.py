"""Each act after the grant, on a named licence, walked to its end on the real engine."""

import asyncio
import contextlib
import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from acting import (
    TODAY,
    agree,
    begin,
    case_of,
    decide,
    extend,
    kinds,
    object_,
    opened,
    standing,
    walked,
    withdraw,
    worth,
)
from driving import Driver, some_company, words
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError

from api.engine import JourneyRefused
from api.wording import in_history
from control import timeline
from control.repair import Repairs, State, Why
from licences.acts import Kind
from licences.register import Standing
from records import history, register, tasks
from signing.trust import Trust
from signing.verify import verify
from workflows.daily import daily_story

DRUG, FOOD, LIQUOR, ONLINE = (
    "fda-drug-wholesale",
    "lao-food-sale-large",
    "excise-liquor-retail",
    "lao-ecommerce-register",
)
BY_FEE = "dcp-video-rental"
DAYS = timedelta(days=1)
SECOND = timedelta(seconds=1)


async def genuine(driver: Driver, pdf: bytes) -> bool:
    """Whether a document proves itself."""
    return (await verify(pdf, Trust.load(Path(driver.settings.trust_dir)))).indication == "TOTAL-PASSED"


async def test_a_drug_licence_is_suspended_with_a_hearing_and_an_order_and_is_in_force_again_by_itself(
    driver: Driver,
) -> None:
    licence = await driver.granted(DRUG)
    until = TODAY + 20 * DAYS
    case = await opened(driver, Kind.SUSPENSION, licence, since=TODAY, until=until, reason="ขายยาผิดประเภท")
    await object_(driver, case)
    with pytest.raises(JourneyRefused) as same:
        await decide(driver, case, officer="officer-1")
    assert (await walked(driver, case)).status == "done"

    assert same.value.name == "same-officer"
    assert await kinds(driver, licence) == ["grant", "suspension"]
    assert (await driver.held(licence)).status == "suspended"
    assert (await driver.held(licence)).next_action_on is not None
    assert await worth(driver, licence, until) is Standing.SUSPENDED
    assert await worth(driver, licence, until + DAYS) is Standing.IN_FORCE
    order = await driver.document(case, "order")
    assert await genuine(driver, order)
    said = words(order)
    assert "Suspension" in said and "ขายยาผิดประเภท" in said and "You may appeal against this order" in said
    made = await driver.made(case)
    assert made.notices == {"case-hearing": 1, "case-done": 1}


async def test_a_revocation_is_reversed_by_the_minister_and_the_licence_is_reinstated(driver: Driver) -> None:
    licence = await driver.granted(DRUG)
    order = await opened(driver, Kind.REVOCATION, licence)
    await walked(driver, order)
    assert (await driver.held(licence)).status == "revoked"

    appeal = await opened(driver, Kind.APPEAL, about=order)
    task = await driver.task(appeal)
    with pytest.raises(JourneyRefused) as same:
        await decide(driver, appeal, officer="officer-of-order")
    assert (await walked(driver, appeal)).status == "done"

    assert (task.stage, task.role, (task.due_on - TODAY).days) == ("authority", "supervisor", 60)
    assert same.value.name == "same-officer"  # who ordered it does not rule on the appeal
    assert await kinds(driver, licence) == ["grant", "revocation", "reinstatement"]
    assert (await driver.held(licence)).status == "in-force"
    ruling = words(await driver.document(appeal, "order"))
    assert "The appeal is allowed and the order is reversed" in ruling


async def test_an_order_is_stayed_while_it_is_appealed_against_and_binds_again_when_the_appeal_is_dismissed(
    driver: Driver,
) -> None:
    licence = await driver.granted(ONLINE)
    order = await opened(driver, Kind.SUSPENSION, licence, until=TODAY + 20 * DAYS)
    await object_(driver, order)
    await decide(driver, order, officer="who-ordered")
    await driver.over(order)
    appeal = await opened(driver, Kind.APPEAL, about=order)
    stay, late = await opened(driver, Kind.STAY, about=order), await opened(driver, Kind.STAY_END, about=order)
    await decide(driver, stay, officer="who-ordered")
    assert (await driver.over(stay)).status == "done"

    assert (await driver.held(licence)).status == "in-force"
    assert await worth(driver, licence, TODAY) is Standing.IN_FORCE
    await decide(driver, appeal, "refuse", officer="who-ordered")
    await decide(driver, appeal, "refuse", officer="authority", stage="authority")
    assert (await driver.over(appeal)).status == "refused"
    await decide(driver, late, officer="officer-2")

    assert (await driver.over(late)).status == "overtaken"  # the end of the appeal had ended it
    assert await kinds(driver, licence) == ["grant", "suspension", "suspension-stayed", "suspension-resumed"]
    assert (await driver.held(licence)).status == "suspended"
    assert await worth(driver, licence, TODAY + 21 * DAYS) is Standing.IN_FORCE
    assert "The order is stayed until the appeal is over" in words(await driver.document(stay, "order"))
    assert "The stay ends with this ruling" in words(await driver.document(appeal, "order"))


async def test_a_correction_needs_two_and_makes_a_new_document_that_supersedes(driver: Driver) -> None:
    licence = await driver.granted(FOOD)
    (grant,) = await driver.entries(licence)
    wrong = next(one for one in grant.facts["particulars"] if one["id"] != "premises")
    case = await opened(driver, Kind.CORRECTION, licence, changes={wrong["id"]: "ร้านที่ถูกต้อง"})
    with pytest.raises(JourneyRefused) as same:
        await decide(driver, case, officer="officer-1")
    assert (await walked(driver, case)).status == "done"

    assert same.value.name == "same-officer"
    before, after = await driver.entries(licence)
    assert (before.facts, before.document_sha256) == (grant.facts, grant.document_sha256)  # nothing was edited
    assert after.kind == "correction" and after.document_sha256 != before.document_sha256
    changed = {one["id"]: one["value"] for one in after.facts["particulars"]}
    assert changed[wrong["id"]] == "ร้านที่ถูกต้อง"
    document = await driver.document(case, "licence")
    assert await genuine(driver, document) and "ร้านที่ถูกต้อง" in words(document)
    assert (await driver.held(licence)).document == f"{case}:licence"


async def test_a_liquor_licence_is_replaced_by_a_copy_that_says_so_and_counts_as_the_licence(driver: Driver) -> None:
    licence = await driver.granted(LIQUOR)

    case = await opened(driver, Kind.REPLACEMENT, licence, reason="สูญหายจากเหตุน้ำท่วม")
    assert (await walked(driver, case)).status == "done"

    (_, after) = await driver.entries(licence)
    assert (after.kind, after.facts["replacement_no"]) == ("replacement", 1)
    document = await driver.document(case, "licence")
    assert await genuine(driver, document) and "Replacement: Liquor sale licence" in words(document)


async def test_a_liquor_licence_goes_into_other_hands_when_both_and_the_officers_agree(driver: Driver) -> None:
    licence = await driver.granted(LIQUOR)
    before = await driver.held(licence)
    case = await opened(driver, Kind.TRANSFER, licence, transferee="0105561000004")
    await agree(driver, case)
    await decide(driver, case, officer="officer-a", stage="qualification")
    await driver.task(case, "permission")
    with pytest.raises(JourneyRefused) as same:
        await decide(driver, case, officer="officer-a")
    assert (await walked(driver, case)).status == "done"

    assert same.value.name == "same-officer"
    after = await driver.held(licence)
    assert (after.holder_kind, after.holder_key) == ("juristic", "0105561000004")
    assert after.claim == before.claim.replace(before.holder_key, "0105561000004")
    assert "ผู้รับโอน" in words(await driver.document(case, "licence"))


async def test_a_drug_seller_gives_notice_of_ceasing_and_the_licence_ends_on_that_day(driver: Driver) -> None:
    licence = await driver.granted(DRUG)

    case = await opened(driver, Kind.CESSATION, licence, since=TODAY - 3 * DAYS)
    await decide(driver, case, "refuse", officer="who-refused")
    assert (await driver.over(case)).status == "refused"
    appeal = await opened(driver, Kind.APPEAL, about=case)
    with pytest.raises(JourneyRefused) as same:
        await decide(driver, appeal, officer="who-refused")
    assert (await walked(driver, appeal)).status == "done"
    await standing(driver, case, "done")  # the ruling is its order

    assert same.value.name == "same-officer"
    *_, end = await driver.entries(licence)
    ruling = hashlib.sha256(await driver.document(appeal, "order")).hexdigest()
    assert await kinds(driver, licence) == ["grant", "cancellation"] and end.facts["order_sha256"] == ruling
    assert (await driver.made(case)).notices == {"case-refused": 1, "case-done": 1}
    held = await driver.held(licence)
    assert (held.status, held.next_action_on) == ("ended", None)


async def test_what_the_company_register_says_now_becomes_a_task_and_an_entry(driver: Driver) -> None:
    licence = await driver.granted(ONLINE, company=some_company())
    driver.offices.fault("dbd", wrong={"JuristicName_TH": "ใหม่กว่า"})
    case = await opened(driver, Kind.HOLDER_FACTS, licence)
    await driver.task(case)
    await asyncio.to_thread(driver.offices.mend)

    assert (await walked(driver, case)).status == "done"
    assert await kinds(driver, licence) == ["grant", "amendment"]
    held = await driver.held(licence)
    assert held.status == "in-force" and "ใหม่กว่า" in held.holder_name


async def test_a_refusal_that_is_reversed_upward_is_granted_after_all(driver: Driver) -> None:
    number = await driver.filed(FOOD)
    await driver.decide(number, "refuse", officer="officer-who-refused", reason="เอกสารไม่ครบ")
    assert (await driver.over(number)).status == "refused"
    appeal = await opened(driver, Kind.APPEAL, about=number)
    first = await driver.task(appeal, "decider")
    await decide(driver, appeal, "refuse", officer="officer-who-refused", reason="ยืนยันตามเดิม")
    second = await driver.task(appeal, "authority")
    await extend(driver, appeal)
    with pytest.raises(JourneyRefused) as twice:
        await extend(driver, appeal)
    longer = await driver.task(appeal, "authority")
    await decide(driver, appeal, officer="authority", reason="เอกสารครบแล้ว")
    assert (await driver.over(appeal)).status == "done"

    assert (first.assignee, first.role, (first.due_on - TODAY).days) == ("officer-who-refused", "officer", 30)
    assert ((second.due_on - TODAY).days, (longer.due_on - TODAY).days) == (30, 60)
    assert twice.value.name == "too-late"
    await driver.until(lambda: reopened(driver, number))
    assert (await driver.walked(number)).status == "issued"
    application = await driver.application(number)
    assert await kinds(driver, application.licence_number) == ["grant"]
    assert {one.tag for one in await driver.happened(number)} >= {
        "application:appeal:allowed",
        "application:end:issued",
    }


async def reopened(driver: Driver, number: str) -> bool:
    """Whether a refused application goes on."""
    return (await driver.application(number)).status != "refused"


async def test_an_appeal_that_nobody_allows_is_dismissed_with_a_sealed_ruling(driver: Driver) -> None:
    number = await driver.filed(ONLINE)
    await driver.decide(number, "refuse", officer="who-refused", reason="นอกเขต")
    await driver.over(number)
    appeal = await opened(driver, Kind.APPEAL, about=number)
    await decide(driver, appeal, "refuse", officer="who-refused")
    await decide(driver, appeal, "refuse", officer="authority", reason="ไม่มีเหตุให้กลับคำสั่ง", stage="authority")

    assert (await driver.over(appeal)).status == "refused"
    said = words(await driver.document(appeal, "order"))
    assert "The appeal is dismissed" in said and "ไม่มีเหตุให้กลับคำสั่ง" in said
    assert (await driver.application(number)).status == "refused"


async def test_a_proposal_is_withdrawn_and_nothing_is_entered(driver: Driver) -> None:
    licence = await driver.granted(ONLINE)
    case = await opened(driver, Kind.CORRECTION, licence, changes={"holder_name": "ชื่ออื่น"})
    await driver.task(case)
    await withdraw(driver, case)

    assert (await driver.over(case)).status == "withdrawn"
    assert await kinds(driver, licence) == ["grant"]


async def test_where_the_decree_says_so_paying_the_fee_renews_and_nobody_decides(driver: Driver) -> None:
    licence = await driver.granted(BY_FEE)
    number = await driver.filed(BY_FEE, "renew", number=licence)
    await driver.pay(number)

    assert (await driver.over(number)).status == "issued"
    async with driver.database.reading() as session:
        assert await tasks.of(session, number) == ()
    first, renewed = await driver.entries(licence)
    assert renewed.kind == "renewal" and first.valid_until and renewed.valid_from == first.valid_until + DAYS


async def test_the_days_licences_were_looked_at_once(driver: Driver) -> None:
    async def scanned() -> bool:
        with contextlib.suppress(RPCError):
            described = await driver.client.get_workflow_handle(daily_story(TODAY)).describe()
            return described.status is WorkflowExecutionStatus.COMPLETED
        return False

    assert await driver.until(scanned)


async def test_a_case_whose_run_the_engine_lost_begins_again_and_asks_nobody_twice(driver: Driver) -> None:
    licence = await driver.granted(ONLINE)
    number = await driver.filed(ONLINE)
    await driver.decide(number, "refuse", officer="who-refused", reason="นอกเขต")
    await driver.over(number)
    lost, asked = await opened(driver, Kind.APPEAL, about=number), await opened(driver, Kind.REVOCATION, licence)
    await decide(driver, lost, "refuse", officer="who-refused")
    await object_(driver, asked)
    await asyncio.gather(driver.task(lost, "authority"), driver.task(asked))
    await driver.client.get_workflow_handle(lost).terminate("lost")
    await begin(driver, lost, again=True)
    await forgotten(driver, asked)
    await Repairs(driver.database, driver.client, 20 * SECOND).retry(asked, Why("operator:a", "lost", repair="R-lost"))

    await driver.until(lambda: heard_of(driver, lost, "refuse", "authority"))
    await driver.until(lambda: heard_of(driver, asked, "approve", "officer-2"))

    assert [(await driver.over(case)).status for case in (lost, asked)] == ["refused", "done"]
    assert await kinds(driver, licence) == ["grant", "revocation"]
    assert (await driver.made(asked)).notices == {"case-hearing": 1, "case-done": 1}
    story = await timeline.of(driver.database, driver.client, asked, in_history)  # as `bizportal show` and its page do
    assert (story.kept.operation, story.kept.status, story.run) == ("revocation", "done", "completed")
    assert {"engine", "records", "notice"} <= {line.source for line in story.lines}
    over = await Repairs(driver.database, driver.client, SECOND).retry(asked, Why("operator:a", "again", repair="R-2"))
    assert over.state is State.NOTHING


async def forgotten(driver: Driver, number: str) -> None:
    """The engine has lost a run, as after a restore."""
    await driver.client.get_workflow_handle(number).terminate("lost")
    asked = DeleteWorkflowExecutionRequest(namespace=driver.client.namespace)
    asked.workflow_execution.workflow_id = number
    await driver.client.workflow_service.delete_workflow_execution(asked)

    async def gone() -> bool:
        return await Repairs(driver.database, driver.client, SECOND).describe(number) is None

    assert await driver.until(gone)


async def heard_of(driver: Driver, case: str, verdict: str, officer: str) -> bool:
    """Whether a decision is taken; a run that has just begun again may not have come to its task yet."""
    with contextlib.suppress(JourneyRefused):
        await decide(driver, case, verdict, officer=officer)
        return True
    return False


# --- two at once ---


async def test_of_two_officers_who_decide_at_once_one_is_heard_and_the_other_told(driver: Driver) -> None:
    licence = await driver.granted(ONLINE)
    case = await opened(driver, Kind.SUSPENSION, licence, until=TODAY + 10 * DAYS)
    await object_(driver, case)
    task = await driver.task(case)

    said = await asyncio.gather(
        decide(driver, case, officer="officer-2", task=task),
        decide(driver, case, "refuse", officer="officer-3", task=task),
        return_exceptions=True,
    )  # fmt: skip

    refused = [one for one in said if isinstance(one, JourneyRefused)]
    assert [one.name for one in refused] == ["task-closed"]
    outcome = await driver.over(case)
    assert (outcome.status, await kinds(driver, licence)) in (
        ("done", ["grant", "suspension"]),
        ("refused", ["grant"]),
    )


async def test_an_appeal_allowed_while_the_suspension_is_lifted_leaves_one_end_of_it(driver: Driver) -> None:
    licence = await driver.granted(DRUG)
    order = await opened(driver, Kind.SUSPENSION, licence, until=TODAY + 50 * DAYS)
    await walked(driver, order)
    lifting, appeal = await opened(driver, Kind.LIFTING, licence), await opened(driver, Kind.APPEAL, about=order)
    await asyncio.gather(driver.task(lifting), driver.task(appeal))

    await asyncio.gather(decide(driver, lifting, officer="officer-8"), decide(driver, appeal, officer="officer-9"))
    ends = sorted([(await driver.over(lifting)).status, (await driver.over(appeal)).status])

    assert ends == ["done", "overtaken"]
    assert await kinds(driver, licence) == ["grant", "suspension", "lifting"]
    late = [
        one for one in (await case_of(driver, lifting), await case_of(driver, appeal)) if one.outcome == "overtaken"
    ]
    assert "in force now" in late[0].found["says"]["en"]


async def test_a_correction_drawn_on_a_licence_that_changed_meanwhile_ends_with_a_clear_word(driver: Driver) -> None:
    licence = await driver.granted(ONLINE)
    first = await opened(driver, Kind.CORRECTION, licence, changes={"holder_name": "ชื่อที่หนึ่ง"})
    other = await opened(driver, Kind.REPLACEMENT, licence)
    await asyncio.gather(driver.task(first), driver.task(other))

    await asyncio.gather(decide(driver, first), decide(driver, other))
    ends = sorted([(await driver.over(first)).status, (await driver.over(other)).status])

    assert ends in (["done", "overtaken"], ["done", "done"])
    assert len(await driver.entries(licence)) == 1 + ends.count("done")


async def test_after_all_this_every_book_holds(driver: Driver) -> None:
    async with driver.database.reading() as session:
        assert await register.check_chain(session) is None
        assert await history.check(session) is None
