"""Whole desks through the real doors: a colleague takes everything over, and every case says who moved it and why."""

import pytest
from api_examples import As, Caller, Json, a_problem, filed, tasks_of, until

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
