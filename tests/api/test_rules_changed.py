"""The rules change while people are on the way: what was filed goes on as it was, and is asked only what is declared.

The older rules are put beside today's in the records, as they were kept when somebody filed or began under them.
"""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from api_examples import As, Caller, Json, a_company, a_problem, filed, tasks_of, until

from api.rules_changed import pending
from commands.versions import touched
from licences import catalogue, questions
from licences.catalogue import Catalogue, named
from licences.procedure import Licence, Policy, Procedure
from local import System
from records import applications, definitions, drafts
from records.database import Database
from records.rows import new_id, write_once
from records.tables import Definition, Draft

FOOD = "lao-food-sale-large"
TODAY = catalogue.load().procedure(FOOD, "new", date.today())
FORM = f"data/{TODAY.form}.toml"
ASKED = "has_grease_trap"
KEPT = "kitchen_staff"
OF_BEFORE = "ร้านมีบ่อดักไขมันแล้วใช่หรือไม่"


def older(**parts: Any) -> tuple[Procedure, dict[str, str]]:
    """Rules of before: the same with one question worded otherwise, and whatever else is said; and their texts."""
    texts = questions.texts(TODAY.form)
    first = texts[FORM].index(f'id = "{ASKED}"')
    title = texts[FORM].index('title = { th = "', first) + len('title = { th = "')
    end = texts[FORM].index('"', title)
    texts |= {FORM: texts[FORM][:title] + OF_BEFORE + texts[FORM][end:]}
    return named(TODAY.model_copy(update={"questions": "1" * 64, **parts})), texts


@pytest.fixture
async def database(system: System) -> Any:
    opened = Database(system.env["BIZ_DATABASE_URL"])
    yield opened
    await opened.close()


async def keep(database: Database, procedure: Procedure, texts: dict[str, str]) -> None:
    definition = Definition(
        version=procedure.version, licence=FOOD, operation="new", procedure=procedure.model_dump(mode="json"),
        texts=texts, first_used_at=datetime.now(UTC),
    )  # fmt: skip
    async with database.transaction() as session:
        await write_once(session, definition)


async def filed_before(database: Database, applicant: Caller, procedure: Procedure, texts: dict[str, str]) -> str:
    """An application as somebody filed it under older rules, whose first officer has it on the desk."""
    number = str((await filed(applicant))["number"])
    await keep(database, procedure, texts)
    async with database.transaction() as session:
        await applications.carry(session, number, procedure.version)
    return number


async def on_the_desk(as_: As, number: str) -> tuple[Caller, Json]:
    """The task of its first officer, once it is there."""
    applicant = await as_("applicant")

    async def look() -> Json:
        said: Json = (await applicant.get(f"/api/v1/applications/{number}")).json()
        return said

    seen = await until(look, lambda said: said["status"] == "in-review")
    officer = await as_(f"officer-{seen['office']}")
    (task,) = await tasks_of(officer, number)
    return officer, task


async def test_what_is_declared_to_be_asked_again_is_asked_before_it_is_granted(
    as_: As, database: Database, walk: Any
) -> None:
    applicant = await as_("applicant")
    number = await filed_before(database, applicant, *older(decision_days=29))
    officer, task = await on_the_desk(as_, number)

    granted = await officer.post(f"/api/v1/tasks/{task['id']}/decision", {"verdict": "approve", "reason": ""})
    assert a_problem(granted, 409, "ask-first")["field"] == "verdict"

    said = {"verdict": "ask", "reason": "ตามหลักเกณฑ์ใหม่", "items": []}
    assert (await officer.post(f"/api/v1/tasks/{task['id']}/decision", said)).status_code == 200
    seen = (await applicant.get(f"/api/v1/applications/{number}")).json()
    assert [item["field"] for item in seen["asked"]] == [ASKED]

    async with database.reading() as session:
        kept = await applications.get(session, number)
        goes_on = await applications.procedure_of(session, kept.version)
    assert (goes_on.questions, goes_on.decision_days) == (TODAY.questions, 29)  # the rest stays as it was filed
    answer = {"answers": {ASKED: kept.answers[ASKED]}, "attachments": {}}
    answered = await applicant.post(f"/api/v1/applications/{number}/resubmission", answer)
    assert answered.status_code == 200, answered.text
    assert (await walk(number))["status"] == "issued"


async def test_what_is_grandfathered_is_granted_under_the_rules_of_its_day(
    as_: As, database: Database, walk: Any
) -> None:
    applicant = await as_("applicant")
    before, texts = older(questions=TODAY.questions, decision_days=29)  # the form is the same, the promise was not
    number = await filed_before(database, applicant, before, texts)

    assert (await walk(number))["status"] == "issued"

    async with database.reading() as session:
        assert (await applications.get(session, number)).version == before.version


async def test_a_form_is_shown_as_it_was_filed_and_its_change_is_told(as_: As, database: Database) -> None:
    applicant = await as_("applicant")
    number = await filed_before(database, applicant, *older(decision_days=28))

    page = await applicant.get(f"/applications/{number}")

    assert page.status_code == 200 and OF_BEFORE in page.text
    async with database.reading() as session:
        told = "\n".join(touched(catalogue.load(), await definitions.in_use(session), date.today()))
    assert f"asked in another way: {ASKED}" in told and "from 28 to 30" in told


def declaring(policy: Policy) -> Catalogue:
    """Today's catalogue, whose food licence says what another form means for those who began."""
    known = catalogue.load()
    licence: Licence = known.licence(FOOD).model_copy(update={"on_change": {"form": policy}})
    return Catalogue(known.agencies, known.versions | {FOOD: (licence,)}, {})


async def test_a_version_may_declare_that_its_form_concerns_only_those_to_come(as_: As, database: Database) -> None:
    applicant = await as_("applicant")
    number = await filed_before(database, applicant, *older(decision_days=27))
    await on_the_desk(as_, number)
    async with database.reading() as session:
        kept = await applications.get(session, number)
        began = await applications.procedure_of(session, kept.version)

    asked = {
        policy: pending(declaring(policy), kept, began, (), datetime.now(UTC)).fields
        for policy in (Policy.ASK_AGAIN, Policy.GRANDFATHER)
    }

    assert asked == {Policy.ASK_AGAIN: {ASKED}, Policy.GRANDFATHER: set()}


async def test_a_draft_is_asked_anew_what_changed_and_keeps_the_rest(as_: As, database: Database) -> None:
    before, texts = older(decision_days=26)
    applicant = await as_("applicant")
    number = await filed_before(database, applicant, before, texts)
    async with database.reading() as session:
        person = (await applications.get(session, number)).applicant
    draft = Draft(
        id=new_id("w"), person=person, licence=FOOD, operation="new", version=before.version,
        answers={ASKED: True, KEPT: 4}, attachments={},
        juristic_id=a_company(), opened_at=datetime.now(UTC), saved_at=datetime.now(UTC),
    )  # fmt: skip
    async with database.transaction() as session:
        await drafts.save(session, draft)

    for _ in range(2):  # the second look changes nothing more
        page = await applicant.get(f"/drafts/{draft.id}")
        assert page.status_code == 200 and "หลักเกณฑ์เปลี่ยนแปลงหลังจากเริ่มร่างนี้" in page.text

    async with database.reading() as session:
        kept = await drafts.get(session, draft.id)
    assert (kept.version, kept.answers, kept.asked_anew) == (TODAY.version, {KEPT: 4}, [ASKED])
