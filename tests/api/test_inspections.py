"""An inspection of a named licence, `lao-food-sale-large`, through the doors: appointments, findings, report."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pypdfium2
from api_examples import As, Caller, Json, a_pdf, a_picture, a_problem, approve, filed, tasks_of, until
from driving import words

OFFICER, INSPECTOR = "officer-lao@110101", "inspector-lao"


async def at_the_inspection(as_: As) -> Json:
    """An application whose inspection waits for its inspector; the task."""
    applicant, inspector = await as_("applicant"), await as_(INSPECTOR)
    number = (await filed(applicant))["number"]

    async def step() -> Json:
        seen: Json = (await applicant.get(f"/api/v1/applications/{number}")).json()
        if seen["waiting_for"] != "stage:inspection" and seen["status"] == "in-review":
            await approve(as_, seen)
        return seen

    await until(step, lambda seen: seen["waiting_for"] == "stage:inspection")
    (task,) = await tasks_of(inspector, number)
    return task


def ahead(**how: float) -> str:
    return (datetime.now(UTC) + timedelta(**how)).isoformat()


async def test_an_inspection_from_its_appointment_to_its_report(as_: As) -> None:
    task = await at_the_inspection(as_)
    applicant, inspector, officer = [await as_(one) for one in ("applicant", INSPECTOR, OFFICER)]
    await inspector.post(f"/api/v1/tasks/{task['id']}/claim")
    await appointments(as_, task, inspector, applicant, officer)
    sha256 = await photographs(task, inspector, applicant, officer)
    again = await put_right_and_seen_again(task, inspector, applicant)
    await the_reports(again, inspector, applicant, sha256)


async def appointments(as_: As, task: Json, inspector: Caller, applicant: Caller, officer: Caller) -> None:
    """Proposed, asked to move, moved, missed, proposed again, confirmed: each by who may, and told to the other."""
    address, outsider = f"/api/v1/tasks/{task['id']}/visits", await as_("outsider")

    wrong = await officer.post(address, {"at": ahead(days=2)})
    past = await inspector.post(address, {"at": ahead(days=-2)})
    first = (await inspector.post(address, {"at": ahead(days=2)})).json()
    hers = f"/api/v1/visits/{first['id']}"
    nobodys = await outsider.post(f"{hers}/confirmation")
    early = await inspector.post(f"{address}/missed", {"by": "applicant", "reason": "ไม่อยู่"})
    page = (await applicant.get(f"/applications/{task['application']}")).text
    asked = await applicant.post(f"{hers}/move", {"reason": "สะดวกวันถัดไป"})
    silent = await inspector.post(address, {"at": ahead(days=3)})
    moved = (await inspector.post(address, {"at": ahead(seconds=3), "reason": "ตามที่ขอ"})).json()
    late = await applicant.post(f"{hers}/confirmation")
    await asyncio.sleep(3.1)
    passed = await applicant.post(f"/api/v1/visits/{moved['id']}/confirmation")
    missed = await inspector.post(f"{address}/missed", {"by": "inspector", "reason": "รถเสีย"})
    last = (await inspector.post(address, {"at": ahead(days=1)})).json()
    confirmed = await applicant.post(f"/api/v1/visits/{last['id']}/confirmation")
    desk = (await inspector.get(f"/desk/{task['id']}")).text

    a_problem(wrong, 404, "unknown-task"), a_problem(nobodys, 404, "unknown-visit")
    assert a_problem(past, 422, "when-wrong")["field"] == "at"
    a_problem(early, 409, "visit-ahead")
    assert f"{first['id']}/confirm" in page and f"{first['id']}/move" in page
    assert asked.json()["standing"] == "move-asked" and asked.json()["said_why"] == "สะดวกวันถัดไป"
    assert a_problem(silent, 422, "why-missing")["field"] == "reason"
    a_problem(late, 409, "visit-over"), a_problem(passed, 409, "visit-passed")
    assert (missed.json()["standing"], missed.json()["missed_by"]) == ("missed", "inspector")
    assert confirmed.json()["standing"] == "confirmed" and "ผู้ยื่นยืนยันแล้ว" in desk
    seen = (await applicant.get(f"/api/v1/applications/{task['application']}")).json()
    assert [one["standing"] for one in seen["visits"]] == ["moved", "missed", "confirmed"]
    tags = [one["tag"] for one in seen["happened"] if one["tag"].startswith("task:visit:")]
    assert [tag.rpartition(":")[2] for tag in tags] == [
        "proposed", "move-asked", "moved", "proposed", "missed", "proposed", "confirmed",
    ]  # fmt: skip


async def photographs(task: Json, inspector: Caller, applicant: Caller, officer: Caller) -> str:
    """Pictures only, looked at like every file, and shown to the office alone; the digest of one."""
    address = f"/api/v1/tasks/{task['id']}/photographs"

    async def bring(who: Caller, content: bytes, name: str) -> httpx.Response:
        return await who.http.post(address, files={"file": (name, content)}, headers=who.headers())

    elsewhere = await bring(officer, a_picture(), "a.png")
    paper, disguised = await bring(inspector, a_pdf(), "a.pdf"), await bring(inspector, b"MZ" + a_picture(), "a.png")
    taken = (await bring(inspector, a_picture(), "ครัว.png")).json()
    listed = (await inspector.get(address)).json()["items"]
    seen = [(await who.get(f"/files/{taken['id']}")).status_code for who in (inspector, officer, applicant)]
    desk = (await inspector.get(f"/desk/{task['id']}")).text

    a_problem(elsewhere, 404, "unknown-task")
    a_problem(paper, 422, "not-a-photograph"), a_problem(disguised, 422, "not-a-photograph")
    assert [one["id"] for one in listed] == [taken["id"]]
    assert seen == [200, 200, 404]  # the office's own: to the applicant, who has the report, it is not there
    assert f"/files/{taken['id']}/pages/0.png" in desk
    return str(taken["sha256"])


async def put_right_and_seen_again(task: Json, inspector: Caller, applicant: Caller) -> Json:
    """What failed goes to the applicant, with a day; when it is put right, it is looked at again: the new task."""
    number, address = task["application"], f"/api/v1/tasks/{task['id']}/decision"
    failed = [{"item": "ทางหนีไฟ", "result": "fail", "note": "ย้ายลังออกจากทางหนีไฟ"}]
    fix = {"verdict": "fix", "reason": "แก้ไขได้", "report": failed, "fix_by": ahead(days=9)[:10]}

    passed = await inspector.post(address, {"verdict": "approve", "report": failed})
    bare = await inspector.post(address, fix | {"report": [failed[0] | {"note": ""}]})
    past = await inspector.post(address, fix | {"fix_by": "2020-01-01"})
    dayless = await inspector.post(address, {"verdict": "fix", "reason": "แก้ไขได้", "report": failed})
    decided = await inspector.post(address, fix)
    asked = (await applicant.get(f"/api/v1/applications/{number}")).json()
    page = (await applicant.get(f"/applications/{number}")).text
    answers = await applicant.post(f"/api/v1/applications/{number}/resubmission", {"answers": {"seats": 7}})
    told = await applicant.post(f"/api/v1/applications/{number}/fixed")
    twice = await applicant.post(f"/api/v1/applications/{number}/fixed")

    a_problem(passed, 422, "line-failed"), a_problem(bare, 422, "nothing-to-fix")
    assert a_problem(past, 422, "fix-by-wrong")["field"] == a_problem(dayless, 422, "fix-by-wrong")["field"] == "fix_by"
    assert decided.status_code == 200, decided.text
    assert (asked["status"], asked["waiting_for"], asked["asked"]) == ("incomplete", "fixes", [])
    assert asked["to_fix"]["items"] == [{"item": "ทางหนีไฟ", "note": "ย้ายลังออกจากทางหนีไฟ"}]
    assert "report-fixed" in asked["may"] and "ย้ายลังออกจากทางหนีไฟ" in page and f"{number}/fixed" in page
    a_problem(answers, 409, "nothing-asked"), a_problem(twice, 409, "nothing-asked")
    assert told.status_code == 200, told.text

    async def desk() -> Json:
        return {"tasks": await tasks_of(inspector, number)}

    (again,) = (await until(desk, lambda seen: bool(seen["tasks"])))["tasks"]
    assert again["id"] != task["id"] and again["stage"] == "inspection"
    assert "/pages/0.png" in (await inspector.get(f"/desk/{again['id']}")).text  # what was photographed before
    return dict(again)


async def the_reports(task: Json, inspector: Caller, applicant: Caller, photograph: str) -> None:
    """Each inspection has its own, sealed out of its findings, for both sides."""
    number = task["application"]
    findings = [
        {"item": "ทางหนีไฟ", "result": "pass", "note": "กว้าง 1.2 เมตร"},
        {"item": "ห้องน้ำ", "result": "not-applicable", "note": ""},
    ]
    body = {"verdict": "approve", "reason": "ถูกสุขลักษณะ", "report": findings}
    decided = await inspector.post(f"/api/v1/tasks/{task['id']}/decision", body)
    assert decided.status_code == 200, decided.text

    async def look() -> Json:
        seen: Json = (await applicant.get(f"/api/v1/applications/{number}")).json()
        return seen

    await until(look, lambda seen: {"inspection", "inspection-2"} <= {one["kind"] for one in seen["papers"]})
    first, second = [
        (await applicant.get(f"/api/v1/applications/{number}/papers/{kind}")).content
        for kind in ("inspection", "inspection-2")
    ]

    for said, paper in (
        (("ย้ายลังออกจากทางหนีไฟ", "ให้แก้ไขแล้วตรวจอีกครั้ง"), first),
        (("ทางหนีไฟ", "กว้าง 1.2 เมตร", "ไม่เกี่ยวข้อง", "ถูกสุขลักษณะ", "ผ่านการตรวจ"), second),
    ):
        for word in said:
            assert word.replace(" ", "") in words(paper).replace(" ", "")
    assert photograph.encode() in b"".join(attached(first))
    page = (await applicant.get(f"/applications/{number}")).text
    assert f"/applications/{number}/papers/inspection" in page


def attached(pdf: bytes) -> list[bytes]:
    """The files that a paper carries."""
    document = pypdfium2.PdfDocument(pdf)
    return [bytes(document.get_attachment(n).get_data()) for n in range(document.count_attachments())]
