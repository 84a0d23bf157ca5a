"""The clock of an application through the doors: stopped under a provision, seen by everybody, and let go on."""

from api_examples import As, Json, a_problem, filed, tasks_of, until

BUILDING, OFFICER = "bma-building-large", "officer-bma"
EIA = {"provision": "eia", "reason": "รอผลการพิจารณารายงานสิ่งแวดล้อม"}


async def test_a_building_waits_for_its_environmental_report_and_nobody_decides_meanwhile(as_: As) -> None:
    applicant, officer = await as_("applicant"), await as_(OFFICER)
    number = (await filed(applicant, code=BUILDING, holder={"self": True}))["number"]

    async def desk() -> Json:
        return {"tasks": await tasks_of(officer, number)}

    task = (await until(desk, lambda seen: bool(seen["tasks"])))["tasks"][0]["id"]
    address = f"/api/v1/tasks/{task}"
    allowed = (await officer.get(f"{address}/provisions")).json()["items"]
    other = await officer.post(f"{address}/clock/stop", EIA | {"provision": "war"})
    not_yet = await officer.post(f"{address}/clock/start", {"reason": "x"})
    stopped = await officer.post(f"{address}/clock/stop", EIA)
    twice = await officer.post(f"{address}/clock/stop", EIA | {"reason": "อีกครั้ง"})
    early = await officer.post(f"{address}/decision", {"verdict": "approve"})
    await officer.post(f"{address}/claim")
    page = await officer.http.get(f"/desk/{task}", headers=officer.headers())
    seen = (await applicant.get(f"/api/v1/applications/{number}")).json()
    silent = await officer.http.post(f"/desk/{task}/clock", data={}, headers=officer.headers())
    goes_on = await officer.http.post(
        f"/desk/{task}/clock", data={"clock_reason": "ผลออกแล้ว"}, headers=officer.headers()
    )
    decided = await officer.post(f"{address}/decision", {"verdict": "approve"})

    assert [(one["code"], one["provisional"]) for one in allowed] == [("eia", True)]
    assert a_problem(other, 422, "no-provision")["field"] == "provision"
    assert (not_yet.status_code, stopped.status_code, twice.status_code) == (409, 200, 409)
    assert early.status_code == 409 and "clock" in early.json()["en"]
    assert page.status_code == 200 and "หยุดนับเวลาตั้งแต่" in page.text
    assert seen["waiting_for"] == "clock" and EIA["reason"] in str(seen["happened"])
    assert (silent.status_code, goes_on.status_code, decided.status_code) == (422, 303, 200)
    assert (await applicant.post(f"/api/v1/applications/{number}/withdrawal")).status_code == 200
