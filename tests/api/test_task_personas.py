"""Every route of a task, tried by every kind of person: who may, and who learns nothing."""

from api_examples import As, Json, filed, tasks_of, until

OFFICE = "lao@110101"
HOLDER, COLLEAGUE, BOSS = f"officer-{OFFICE}", "officer-lao-2", "supervisor-lao"
ELSEWHERE = ("officer-lao@pattaya", "officer-fda", "inspector-lao", "supervisor-fda")
TASK = "/api/v1/tasks/{task}"
ROUTES = (
    ("GET", TASK, None),
    ("GET", f"{TASK}/colleagues", None),
    ("GET", "/api/v1/desks/colleagues", None),
    ("GET", "/api/v1/desks/running-out", None),
    ("GET", "/api/v1/covers", None),
    ("POST", f"{TASK}/claim", None),
    ("POST", f"{TASK}/reassign", {"to": "nobody", "reason": "x"}),
    ("POST", f"{TASK}/release", {"reason": "x"}),
    ("POST", f"{TASK}/delay", {"reason": "รอผลตรวจ"}),
    ("POST", f"{TASK}/decision", {"verdict": "refuse"}),  # without its reason: nobody's ends the application
    ("POST", f"{TASK}/further-request", {"reason": "x"}),
    ("GET", f"{TASK}/provisions", None),
    ("POST", f"{TASK}/clock/stop", {"provision": "eia", "reason": "x"}),  # this licence names none
    ("POST", f"{TASK}/clock/start", {"reason": "x"}),
)
NOBODY, NOT_AN_OFFICER = [401] * 14, [403] * 14
AT_ANOTHER_OFFICE = [404, 404, 200, 200, 200, *[404] * 9]
AT_ANOTHER_AGENCY = [404] * 14
TABLE = {
    "": NOBODY,
    "applicant": NOT_AN_OFFICER,
    "operator": NOT_AN_OFFICER,
    "auditor": NOT_AN_OFFICER,
    "officer-fda": AT_ANOTHER_AGENCY,
    "supervisor-fda": AT_ANOTHER_AGENCY,
    "officer-lao@pattaya": AT_ANOTHER_OFFICE,
    "inspector-lao": AT_ANOTHER_OFFICE,  # of the office, and not of this desk
    COLLEAGUE: [200, 404, 200, 200, 200, 409, 404, 409, 409, 409, 403, 409, 409, 409],
    BOSS: [
        404,
        200,
        200,
        200,
        200,
        404,
        422,
        404,
        200,
        404,
        409,
        200,
        422,
        409,
    ],  # gives it away, and decides at a desk of his own
    HOLDER: [200, 200, 200, 200, 200, 200, 422, 200, 200, 422, 403, 200, 422, 409],  # last: he puts it back
}


async def test_each_route_of_a_task_opens_to_whom_it_should_and_to_nobody_else(as_: As) -> None:
    officer, number = await as_(HOLDER), (await filed(await as_("applicant")))["number"]

    async def desk() -> Json:
        return {"tasks": await tasks_of(officer, number)}

    task = (await until(desk, lambda seen: bool(seen["tasks"])))["tasks"][0]["id"]
    await officer.post(f"/api/v1/tasks/{task}/claim")

    seen = {persona: [await tried(as_, persona, task, *route) for route in ROUTES] for persona in TABLE}

    assert seen == TABLE


async def test_a_task_that_is_hidden_is_told_from_none_by_nothing(as_: As) -> None:
    officer, number = await as_(HOLDER), (await filed(await as_("applicant")))["number"]

    async def desk() -> Json:
        return {"tasks": await tasks_of(officer, number)}

    task = (await until(desk, lambda seen: bool(seen["tasks"])))["tasks"][0]["id"]

    for persona in ELSEWHERE:
        caller = await as_(persona)
        hidden, none = [(await caller.get(f"/api/v1/tasks/{one}")).json() for one in (task, f"{task}0")]
        assert (hidden["type"], hidden["status"]) == (none["type"], none["status"]), persona
        assert hidden["th"].replace(task, "") == none["th"].replace(f"{task}0", "")


async def tried(as_: As, persona: str, task: str, method: str, route: str, body: Json | None) -> int:
    """What one person is answered at one route."""
    caller, address = await as_(persona), route.format(task=task)
    answer = await (caller.get(address, agency="lao") if method == "GET" else caller.post(address, body))
    return answer.status_code
