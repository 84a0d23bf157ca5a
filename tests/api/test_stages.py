"""Each kind of stage through the doors, on licences that have it: opinions side by side, a committee, two persons."""

import asyncio
from datetime import date

import httpx
from api_examples import As, Json, a_problem, filed, pay, tasks_of, until

from licences import catalogue
from local import System

POWER, FILM, CLINIC, LOUD = "erc-generation", "dcp-film-review", "dhss-clinic-business", "lao-loudspeaker"
NO = {"verdict": "refuse", "reason": "ขัดต่อกฎหมายว่าด้วยโรงงาน"}


async def task_of(as_: As, persona: str, number: str, stage: str) -> Json:
    """The task of that stage on this persona's desk, when it is there."""
    officer = await as_(persona)

    async def desk() -> Json:
        return {"stage": stage, "found": [one for one in await tasks_of(officer, number) if one["stage"] == stage]}

    found: Json = (await until(desk, lambda seen: bool(seen["found"])))["found"][0]
    return found


async def decides(as_: As, persona: str, number: str, stage: str, body: Json | None = None) -> httpx.Response:
    """This persona decides the task of that stage; approves unless told otherwise."""
    task = await task_of(as_, persona, number, stage)
    return await (await as_(persona)).post(f"/api/v1/tasks/{task['id']}/decision", body or {"verdict": "approve"})


async def seen_by(as_: As, persona: str, number: str) -> Json:
    said: Json = (await (await as_(persona)).get(f"/api/v1/applications/{number}")).json()
    return said


async def received(as_: As, code: str) -> str:
    """An application of the natural person's own: nobody's signature is in question."""
    application = await filed(await as_("applicant"), code=code, holder={"self": True})
    return str(application["number"])


async def test_opinions_are_heard_side_by_side_and_a_commission_decides_by_its_majority(
    as_: As, system: System
) -> None:
    number = await received(as_, POWER)
    assert (await decides(as_, "officer-erc", number, "completeness")).status_code == 200
    looked = {"verdict": "approve", "report": [{"item": "สถานที่", "result": "pass"}]}
    assert (await decides(as_, "inspector-erc", number, "inspection", looked)).status_code == 200

    # Both agencies have it at once, and see it as the deciding office does; a third learns nothing.
    for persona, opinion in (("officer-diw", "factory-opinion"), ("officer-dpt", "building-opinion")):
        assert (await task_of(as_, persona, number, opinion))["kind"] == "opinion"
        shown = await seen_by(as_, persona, number)
        assert shown["summary"] and "answers" not in shown
        for file in shown["attachments"].values():
            assert (await (await as_(persona)).get(f"/files/{file}")).status_code == 200
            assert (await (await as_("officer-fda")).get(f"/files/{file}")).status_code == 404
    assert (await (await as_("officer-fda")).get(f"/api/v1/applications/{number}")).status_code == 404

    proposing = {"verdict": "approve", "conditions": ["เสนอให้เว้นระยะ 10 เมตร"]}
    assert (await decides(as_, "officer-dpt", number, "building-opinion", proposing)).status_code == 200
    waits = await seen_by(as_, "applicant", number)
    assert (waits["status"], waits["waiting_for"]) == ("in-review", "stage:factory-opinion")
    assert (await decides(as_, "officer-diw", number, "factory-opinion", NO)).status_code == 200

    # Three votes: one against; nobody votes twice; the chair's reasons and conditions stand.
    assert (await decides(as_, "officer-erc", number, "committee", NO)).status_code == 200
    a_problem(await decides(as_, "officer-erc", number, "committee"), 403, "same-officer")
    assert (await decides(as_, "officer-erc-2", number, "committee")).status_code == 200
    assert (await seen_by(as_, "applicant", number))["status"] == "in-review"
    granting = {"verdict": "approve", "conditions": ["ติดตั้งเครื่องวัดเสียง"]}
    assert (await decides(as_, "supervisor-erc", number, "committee", granting)).status_code == 200

    to_pay = await until(lambda: seen_by(as_, "applicant", number), lambda seen: seen["status"] == "to-pay")
    await pay(system.addresses["bank"], to_pay["bill"]["qr"])
    recorded = {"verdict": "approve", "number": "ที่ 7/2569"}
    assert (await decides(as_, "officer-erc", number, "record-number", recorded)).status_code == 200
    ended = await until(lambda: seen_by(as_, "applicant", number), lambda seen: seen["turn"] == "nobody")
    entry = (await (await as_("")).get(f"/api/v1/register/{ended['licence_number']}")).json()
    assert (ended["status"], entry["facts"]["paper_number"]) == ("issued", "ที่ 7/2569")
    assert entry["facts"]["conditions"] == granting["conditions"]
    said = [(one["kind"], one["verdict"]) for one in ended["decisions"]]
    assert ("opinion", "refuse") in said and said.count(("committee", "approve")) == 2


async def test_a_committee_refuses_by_its_majority_and_nobody_sits_on_two_of_its_seats(as_: As) -> None:
    number, officer = await received(as_, FILM), await as_("officer-dcp")
    await decides(as_, "officer-dcp", number, "completeness")
    await task_of(as_, "officer-dcp", number, "committee")

    seats = [one["id"] for one in await tasks_of(officer, number)]
    both = await asyncio.gather(*(officer.post(f"/api/v1/tasks/{seat}/decision", NO) for seat in seats))
    chair = await decides(as_, "supervisor-dcp", number, "committee")
    last = await decides(as_, "officer-dcp-2", number, "committee", NO)

    assert (len(seats), sorted(one.status_code for one in both)) == (2, [200, 403])
    assert (chair.status_code, last.status_code) == (200, 200)
    ended = await until(lambda: seen_by(as_, "applicant", number), lambda seen: seen["turn"] == "nobody")
    assert (ended["status"], ended["may"]) == ("refused", ["appeal"])
    applicant = await as_("applicant")
    letter = await applicant.get(f"/api/v1/applications/{number}/papers/refused")
    page = (await applicant.get(f"/applications/{number}")).text
    assert letter.status_code == 200 and letter.content.startswith(b"%PDF")
    assert "ออกเสียงไม่เห็นชอบ" in page and "อุทธรณ์ต่อ" in page


async def test_who_checked_may_not_approve_where_the_definition_wants_another(as_: As) -> None:
    number, applicant = await received(as_, CLINIC), await as_("applicant")
    await decides(as_, "officer-dhss", number, "completeness")
    await decides(as_, "inspector-dhss", number, "inspection")

    a_problem(await decides(as_, "officer-dhss", number, "approval"), 403, "same-officer")
    assert (await decides(as_, "officer-dhss-2", number, "approval")).status_code == 200
    await until(lambda: seen_by(as_, "applicant", number), lambda seen: seen["status"] == "to-pay")
    assert (await applicant.post(f"/api/v1/applications/{number}/withdrawal")).status_code == 200


async def test_what_the_agency_took_and_made_out_itself_is_recorded_by_its_officers(as_: As) -> None:
    number, boss, officer = await received(as_, LOUD), "supervisor-bma", "officer-bma"  # the place is in Bangkok
    for stage in [one.name for one in catalogue.load().procedure(LOUD, "new", date.today()).stages]:
        assert (await decides(as_, boss if stage == "approval" else officer, number, stage)).status_code == 200

    bare = await decides(as_, officer, number, "record-payment")
    assert a_problem(bare, 422, "number-missing")["field"] == "number"
    for stage, recorded in (("record-payment", "ใบเสร็จ 3/2569"), ("record-number", "ที่ 9/2569")):
        answer = await decides(as_, officer, number, stage, {"verdict": "approve", "number": recorded})
        assert answer.status_code == 200, answer.text

    ended = await until(lambda: seen_by(as_, "applicant", number), lambda seen: seen["turn"] == "nobody")
    assert ended["status"] == "issued"
    assert [one["number"] for one in ended["decisions"] if one["number"]] == ["ใบเสร็จ 3/2569", "ที่ 9/2569"]
