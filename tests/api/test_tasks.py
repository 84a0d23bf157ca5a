"""The officer's desk through the real doors."""

import uuid
from datetime import UTC, datetime

import pytest
from api_examples import As, Caller, Json, a_problem, filed, tasks_of, until

from api import tasks as desk
from api.people import Person
from licences.applications import OwnApplication, Verdict
from records.tables import Application, Task
from records.tables import Person as Row

OFFICER, OTHER, ELSEWHERE = "officer-lao@110101", "officer-lao-2", "officer-fda"


@pytest.fixture
async def seen(as_: As) -> Json:
    """An application on an officer's desk, and the task."""
    applicant, officer = await as_("applicant"), await as_(OFFICER)
    number = (await filed(applicant))["number"]

    async def desk() -> Json:
        return {"tasks": await tasks_of(officer, number)}

    return (await until(desk, lambda seen: bool(seen["tasks"])))["tasks"][0]


async def test_a_desk_shows_what_is_due_first_and_how_much_each_view_holds(as_: As, seen: Json) -> None:
    officer = await as_(OFFICER)

    page = (await officer.get("/api/v1/tasks", limit=100)).json()
    free = (await officer.get("/api/v1/tasks", view="unassigned", limit=100)).json()

    days = [line["due_on"] for line in page["items"]]
    assert days == sorted(days)
    assert free["items"] and not any(line["assignee"] for line in free["items"])
    assert page["counts"]["all"] >= page["counts"]["unassigned"] >= 1


async def test_a_task_is_taken_by_one_officer_and_put_back_with_a_reason(as_: As, seen: Json) -> None:
    officer, other = await as_(OFFICER), await as_(OTHER)

    taken = await officer.post(f"/api/v1/tasks/{seen['id']}/claim")
    too_late = await other.post(f"/api/v1/tasks/{seen['id']}/claim")
    silent = await officer.post(f"/api/v1/tasks/{seen['id']}/release", {"reason": ""})
    released = await officer.post(f"/api/v1/tasks/{seen['id']}/release", {"reason": "ลา"})

    assert taken.status_code == 200 and taken.json()["assignee"]
    a_problem(too_late, 409, "task-taken")
    assert a_problem(silent, 422, "request-wrong")["field"] == "reason"
    assert (released.status_code, released.json()["assignee"]) == (200, "")


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"verdict": "refuse"}, "reason-missing", "reason"),
        ({"verdict": "ask", "reason": "ขาดเอกสาร"}, "items-missing", "items"),
        ({"verdict": "approve", "items": [{"field": "a", "wrong": "b", "wanted": "c"}]}, "items-not-asked", "items"),
        ({"verdict": "refuse", "reason": "x", "conditions": ["y"]}, "conditions-not-approved", "conditions"),
        ({"verdict": "maybe"}, "request-wrong", "verdict"),
        ({}, "request-wrong", "verdict"),
        ({"verdict": "refuse", "reason": "\x07"}, "control-characters", "reason"),
        ({"verdict": "approve", "conditions": [""]}, "request-wrong", "conditions.0"),
    ],
)
async def test_a_decision_that_is_not_whole_is_refused_beside_its_field(
    as_: As, seen: Json, body: Json, code: str, field: str
) -> None:
    answer = await (await as_(OFFICER)).post(f"/api/v1/tasks/{seen['id']}/decision", body)

    assert a_problem(answer, 422, code)["field"] == field


async def test_a_decision_is_taken_once_and_its_answer_is_the_same_again(as_: As, seen: Json) -> None:
    officer, other = await as_(OFFICER), await as_(OTHER)
    key, body, address = str(uuid.uuid4()), {"verdict": "approve"}, f"/api/v1/tasks/{seen['id']}/decision"

    first, again = await officer.post(address, body, key=key), await officer.post(address, body, key=key)
    lost = await officer.post(address, body)  # its first answer was lost, and with it the key
    page = f"/desk/{seen['id']}/decision"
    pressed = [await one.http.post(page, data=body, headers=one.headers()) for one in (officer, other)]
    late = await other.post(address, {"verdict": "refuse", "reason": "ไม่ครบ"})

    assert first.status_code == 200 and first.json() == again.json() == lost.json()
    assert [answer.status_code for answer in pressed] == [303, 409]
    a_problem(late, 409, "task-closed")


async def test_what_another_officer_holds_is_decided_by_him_or_given_away_first(as_: As, seen: Json) -> None:
    officer, other, boss = await as_(OFFICER), await as_(OTHER), await as_("supervisor-lao")
    address, body = f"/api/v1/tasks/{seen['id']}", {"verdict": "approve"}
    colleague = (await other.post(f"{address}/claim")).json()["assignee"]
    await other.post(f"{address}/release", {"reason": "ลา"})
    await officer.post(f"{address}/claim")

    barred = await other.post(f"{address}/decision", body)
    page = await other.http.post(f"/desk/{seen['id']}/decision", data=body, headers=other.headers())
    stranger = await boss.post(f"{address}/reassign", {"to": "x", "reason": "ลาพักร้อน"})
    known = {one["id"] for one in (await boss.get(f"{address}/colleagues")).json()["items"]}
    given = await boss.post(f"{address}/reassign", {"to": colleague, "reason": "ลาพักร้อน"})
    decided = await other.post(f"{address}/decision", body)

    says = a_problem(barred, 409, "in-other-hands")["th"]
    assert page.status_code == 409 and says in page.text
    assert a_problem(stranger, 422, "no-colleague")["field"] == "to"
    assert colleague in known and (given.status_code, given.json()["assignee"]) == (200, colleague)
    assert decided.status_code == 200


async def test_only_the_holder_and_the_offices_supervisor_give_a_task_away(as_: As, seen: Json) -> None:
    address = f"/api/v1/tasks/{seen['id']}"
    await (await as_(OFFICER)).post(f"{address}/claim")

    for persona in (OTHER, ELSEWHERE, "supervisor-fda"):
        caller = await as_(persona)
        a_problem(await caller.get(f"{address}/colleagues"), 404, "unknown-task")
        a_problem(await caller.post(f"{address}/reassign", {"to": "x", "reason": "y"}), 404, "unknown-task")


async def test_another_agencys_officer_does_not_see_the_task(as_: As, seen: Json) -> None:
    foreign = await as_(ELSEWHERE)

    for answer in (
        await foreign.get(f"/api/v1/tasks/{seen['id']}"),
        await foreign.post(f"/api/v1/tasks/{seen['id']}/claim"),
        await foreign.post(f"/api/v1/tasks/{seen['id']}/decision", {"verdict": "approve"}),
    ):
        a_problem(answer, 404, "unknown-task")


@pytest.mark.parametrize("persona", ["applicant", "operator", "auditor"])
async def test_a_desk_is_for_officers_only(as_: As, persona: str) -> None:
    caller: Caller = await as_(persona)

    a_problem(await caller.get("/api/v1/tasks"), 403, "not-your-role")


async def test_without_a_silent_office_there_is_nothing_to_take_over(as_: As, seen: Json) -> None:
    officer = await as_(OFFICER)

    answer = await officer.post(f"/api/v1/applications/{seen['application']}/take-over", {"reason": "เร่งด่วน"})

    assert answer.status_code == 409 and answer.json()["th"]


def test_nobody_decides_his_own_application() -> None:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    row = Row(
        id="p-1", issuer="i", subject="s", pid_digest="", pid_sealed=b"", pid_masked="", given_name="ก",
        family_name="ข", seen_at=at,
    )  # fmt: skip
    application = Application(
        number="APP-1", licence="l", operation="new", version="v", agency="a", office="a", applicant="p-1",
        holder_kind="natural", holder_id="p-1", answers={}, attachments={}, answers_digest="", status="in-review",
        entered_at=at, received_at=at, due_on=at.date(),
    )  # fmt: skip
    task = Task(
        id="APP-1:review:1", application="APP-1", step="review:1", stage="review", kind="review", role="officer",
        agency="a", office="a", asks_th="", asks_en="", opened_at=at, due_on=at.date(), conditions=[], items=[],
        report=[],
    )  # fmt: skip

    with pytest.raises(OwnApplication):
        desk.decision_of(task, application, desk.WantedDecision(verdict=Verdict.APPROVE), Person(row))
