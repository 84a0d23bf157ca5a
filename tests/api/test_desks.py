"""Whole desks through the real doors: a colleague takes everything over, and every case says who moved it and why."""

from datetime import datetime

import pytest
from api_examples import As, Caller, Json, a_problem, filed, tasks_of, until

from licences.calendar import BANGKOK

OFFICE = "lao@110101"
OFFICER, COLLEAGUE, BOSS = f"officer-{OFFICE}", "officer-lao-2", "supervisor-lao"


@pytest.fixture
async def task(as_: As) -> Json:
    """A free task at the office."""
    officer, number = await as_(OFFICER), (await filed(await as_("applicant")))["number"]

    async def desk() -> Json:
        return {"tasks": await tasks_of(officer, number)}

    return (await until(desk, lambda seen: bool(seen["tasks"])))["tasks"][0]


async def takes(officer: Caller, task: Json) -> str:
    """Take a task; the id of who took it."""
    return str((await officer.post(f"/api/v1/tasks/{task['id']}/claim")).json()["assignee"])


async def test_a_whole_desk_is_handed_over_by_the_supervisor_and_each_case_says_so(as_: As, task: Json) -> None:
    officer, colleague, boss = await as_(OFFICER), await as_(COLLEAGUE), await as_(BOSS)
    heir = await takes(colleague, task)
    await colleague.post(f"/api/v1/tasks/{task['id']}/release", {"reason": "ลา"})
    wanted = {"agency": "lao", "holder": await takes(officer, task), "to": heir, "reason": "ย้ายไปสำนักงานอื่น"}

    known = {one["id"] for one in (await boss.get("/api/v1/desks/colleagues", agency="lao")).json()["items"]}
    stranger = await boss.post("/api/v1/desks/handover", wanted | {"to": "nobody"})
    unmoved = (await officer.get(f"/api/v1/tasks/{task['id']}")).json()["assignee"]
    moved = await boss.post("/api/v1/desks/handover", wanted)
    seen = (await colleague.get(f"/api/v1/tasks/{task['id']}")).json()

    assert {heir, wanted["holder"]} <= known
    assert a_problem(stranger, 422, "no-colleague")["field"] == "to" and unmoved == wanted["holder"]
    assert moved.status_code == 200 and task["id"] in moved.json()["tasks"]
    assert seen["assignee"] == heir
    assert "task:assignment:reassigned" in {one["tag"] for one in seen["application"]["happened"]}


async def test_ones_own_desk_is_handed_over_on_the_page(as_: As, task: Json) -> None:
    officer, colleague = await as_(OFFICER), await as_(COLLEAGUE)
    heir = await takes(colleague, task)
    await colleague.post(f"/api/v1/tasks/{task['id']}/release", {"reason": "ลา"})
    await takes(officer, task)
    typed = {"agency": "lao", "role": "officer", "to": heir}

    silent = await officer.http.post("/desk/office/handover", data=typed, headers=officer.headers())
    given = await officer.http.post(
        "/desk/office/handover", data=typed | {"reason": "ลาคลอด"}, headers=officer.headers()
    )
    page = await officer.http.get("/desk/office", headers=officer.headers())

    assert silent.status_code == 422 and "โปรดระบุเหตุผล" in silent.text
    assert (given.status_code, page.status_code) == (303, 200)
    assert (await colleague.get(f"/api/v1/tasks/{task['id']}")).json()["assignee"] == heir


@pytest.mark.parametrize("persona", [COLLEAGUE, "supervisor-fda"])
async def test_nobody_else_moves_an_officers_desk(as_: As, task: Json, persona: str) -> None:
    holder = await takes(await as_(OFFICER), task)

    answer = await (await as_(persona)).post(
        "/api/v1/desks/handover", {"agency": "lao", "holder": holder, "to": "x", "reason": "y"}
    )

    a_problem(answer, 403, "not-the-supervisor")


async def test_who_stands_in_decides_at_the_absent_officers_desk_and_the_records_say_for_whom(
    as_: As, task: Json
) -> None:
    officer, colleague, boss = await as_(OFFICER), await as_(COLLEAGUE), await as_(BOSS)
    heir = await takes(colleague, task)
    await colleague.post(f"/api/v1/tasks/{task['id']}/release", {"reason": "ลา"})
    absent, today = await takes(officer, task), datetime.now(BANGKOK).date().isoformat()
    wanted = {"agency": "lao", "absent": absent, "cover": heir, "since": today, "until": today, "reason": "ลาป่วย"}

    a_problem(await colleague.post("/api/v1/covers", wanted), 403, "not-the-supervisor")
    turned = await officer.post("/api/v1/covers", wanted | {"until": "2020-01-01"})
    assert a_problem(turned, 422, "days-turned")["field"] == "until"
    begun = await boss.post("/api/v1/covers", wanted)
    assert begun.status_code == 201, begun.text
    address = f"/api/v1/covers/{begun.json()['id']}"
    a_problem(await (await as_("supervisor-fda")).post(f"{address}/end"), 404, "cover-unknown")
    mine = (await colleague.get("/api/v1/tasks", view="mine", limit=100)).json()["items"]
    page = await colleague.http.get(f"/desk/{task['id']}", headers=colleague.headers())
    office = await colleague.http.get("/desk/office", headers=colleague.headers())
    decided = await colleague.post(f"/api/v1/tasks/{task['id']}/decision", {"verdict": "approve"})
    ended = await officer.post(f"{address}/end")

    assert task["id"] in {one["id"] for one in mine}
    assert "ท่านปฏิบัติหน้าที่แทน" in page.text and "ลาป่วย" in office.text
    assert decided.status_code == 200, decided.text
    assert (ended.status_code, ended.json()["ended"]) == (200, True)


async def test_leave_is_covered_on_the_page(as_: As, task: Json) -> None:
    officer, colleague = await as_(OFFICER), await as_(COLLEAGUE)
    heir, day = await takes(colleague, task), "15/12/2569"
    typed = {"agency": "lao", "role": "officer", "cover": heir, "since": day, "until": day, "reason": "ลาบวช"}

    vague = await officer.http.post("/desk/office/cover", data=typed | {"since": "?"}, headers=officer.headers())
    begun = await officer.http.post("/desk/office/cover", data=typed, headers=officer.headers())
    (kept,) = [one for one in await covers(officer) if one["since"] == "2026-12-15"]
    ended = await officer.http.post(f"/desk/office/covers/{kept['id']}/end", headers=officer.headers())

    assert vague.status_code == 422 and "15/12/2569" in vague.text
    assert (begun.status_code, ended.status_code) == (303, 303)
    assert kept["id"] not in {one["id"] for one in await covers(officer)}


async def covers(officer: Caller) -> list[Json]:
    """The leave cover that runs or is to come."""
    found: list[Json] = (await officer.get("/api/v1/covers", agency="lao")).json()["items"]
    return found
