"""Applications through the doors of the real system: filed, followed, answered, given up, signed, granted."""

import uuid
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any

import pytest
from api_examples import As, Caller, Json, a_company, a_problem, an_application, approve, filed, tasks_of, until
from driving import words

from api import showing
from exchange.counterparts import people
from licences import thai

UNKNOWN = "APP-2500-0000001-0"


@pytest.fixture
async def applicant(as_: As) -> Caller:
    return await as_("applicant")


def seen_by(caller: Caller, number: str) -> Callable[[], Awaitable[Json]]:
    async def look() -> Json:
        said: Json = (await caller.get(f"/api/v1/applications/{number}")).json()
        return said

    return look


async def test_an_answer_has_number_both_times_the_due_day_and_what_comes_next(applicant: Caller) -> None:
    said = await filed(applicant)

    entered, received = datetime.fromisoformat(said["entered_at"]), datetime.fromisoformat(said["received_at"])
    assert said["number"].startswith("APP-")
    assert received >= entered and str(received.utcoffset()) == "7:00:00"
    assert said["due_on"] > received.date().isoformat()
    assert said["status"] in ("checking", "in-review", "to-pay") and "bill" in said
    assert said["holder"]["name"]


async def test_the_same_key_and_body_file_once_and_another_body_is_a_conflict(applicant: Caller) -> None:
    body, key = await an_application(applicant), str(uuid.uuid4())

    first = await applicant.post("/api/v1/applications", body, key=key)
    again = await applicant.post("/api/v1/applications", body, key=key)
    other = await applicant.post("/api/v1/applications", body | {"language": "en"}, key=key)

    assert (first.status_code, again.status_code, first.json()) == (201, 201, again.json())
    assert a_problem(other, 409, "key-reused")["field"] == "Idempotency-Key"


async def test_without_a_key_nothing_unsafe_is_done(applicant: Caller) -> None:
    body = await an_application(applicant)

    answer = await applicant.http.post(
        "/api/v1/applications", json=body, headers={"Authorization": f"Bearer {applicant.token}"}
    )

    assert a_problem(answer, 400, "key-missing")["field"] == "Idempotency-Key"


async def test_the_same_place_is_not_licensed_twice_at_once(applicant: Caller) -> None:
    body = await an_application(applicant)
    await applicant.post("/api/v1/applications", body)

    second = await applicant.post("/api/v1/applications", body)

    a_problem(second, 409, "already-applied")


async def mine(caller: Caller) -> list[str]:
    page = (await caller.get("/api/v1/applications", limit=100)).json()
    return [line["number"] for line in page["items"]]


def without(body: Json, *path: str) -> Json:
    """A copy of a body without one of its parts."""
    first, *rest = path
    if not rest:
        return {name: value for name, value in body.items() if name != first}
    return body | {first: without(body[first], *rest)}


WRONG: list[tuple[str, Callable[[Json], Json], int, str]] = [
    ("a wrong check digit", lambda b: b | {"holder": {"juristic_id": "0107999000017"}}, 422, "holder.juristic_id"),
    ("letters for a number", lambda b: b | {"holder": {"juristic_id": "<b>"}}, 422, "holder.juristic_id"),
    ("nobody to grant it to", lambda b: b | {"holder": {}}, 422, "holder"),
    ("two to grant it to", lambda b: b | {"holder": {"self": True, "juristic_id": "1"}}, 422, "holder"),
    ("an unknown licence", lambda b: b | {"licence": "no-such-licence"}, 404, "licence"),
    ("an unknown operation", lambda b: b | {"operation": "borrow"}, 404, "operation"),
    ("a missing document", lambda b: without(b, "answers", "floor_plan"), 422, "floor_plan"),
    ("a missing answer", lambda b: without(b, "answers", "premises"), 422, "premises"),
    ("no answers", lambda b: without(b, "answers"), 422, "answers"),
    ("an unknown answer", lambda b: b | {"answers": b["answers"] | {"hello": 1}}, 422, "hello"),
    ("an unknown key", lambda b: b | {"hello": 1}, 422, "hello"),
    (
        "somebody else's file",
        lambda b: b | {"answers": b["answers"] | {"floor_plan": ["a-00000000000000000000"]}},
        422,
        "floor_plan",
    ),
    ("an unknown file", lambda b: b | {"attachments": {"plan": "a-x"}}, 422, "attachments.plan"),
    (
        "control characters in a name",
        lambda b: b | {"answers": b["answers"] | {"trade_name": "ร้าน\x00อาหาร"}},
        422,
        "answers.trade_name",
    ),
    (
        "escape sequences in a name",
        lambda b: b | {"answers": b["answers"] | {"trade_name": "\x1b[31mร้าน"}},
        422,
        "answers.trade_name",
    ),
    ("a list for a text", lambda b: b | {"answers": b["answers"] | {"trade_name": ["a"]}}, 422, "trade_name"),
    ("a licence to renew that is not held", lambda b: b | {"operation": "renew"}, 404, "licence_number"),
]


@pytest.mark.parametrize(("change", "status", "field"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
async def test_what_is_wrong_is_named_in_both_languages_and_nothing_is_half_made(
    applicant: Caller, change: Callable[[Json], Json], status: int, field: str
) -> None:
    body, before = await an_application(applicant), await mine(applicant)

    answer = await applicant.post("/api/v1/applications", change(body))

    said = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), said
    assert field in {error["field"] for error in said.get("errors", ())} | {said.get("field")}, said
    assert said["th"] and said["en"] and "Traceback" not in answer.text
    assert await mine(applicant) == before


async def test_a_file_that_a_refused_application_named_may_be_used_again(applicant: Caller) -> None:
    body = await an_application(applicant)
    await applicant.post("/api/v1/applications", without(body, "answers", "premises"))

    answer = await applicant.post("/api/v1/applications", body)

    assert answer.status_code == 201, answer.text


async def test_html_in_a_name_stays_the_text_that_it_is(applicant: Caller) -> None:
    body = await an_application(applicant)
    body["answers"]["trade_name"] = name = "<script>alert(1)</script> & <b>ร้าน</b>"

    answer = await applicant.post("/api/v1/applications", body)

    assert answer.json()["answers"]["trade_name"] == name
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_body_that_is_not_json_is_said_so(applicant: Caller) -> None:
    headers = applicant.headers() | {"Content-Type": "application/json"}

    answer = await applicant.http.post("/api/v1/applications", content=b'{"licence": ', headers=headers)

    a_problem(answer, 400, "malformed-json")


# --- for whom ---


async def test_a_stranger_to_a_company_may_not_file_for_it(as_: As, applicant: Caller) -> None:
    outsider = await as_("outsider")

    answer = await outsider.post("/api/v1/applications", await an_application(outsider))

    assert a_problem(answer, 403, "not-representative")["field"] == "holder.juristic_id"


@pytest.mark.parametrize(
    ("juristic_id", "code"),
    [
        (people.DISSOLVED_COMPANY.juristic_id, "company-not-active"),
        (people.with_check_digit("010299900001"), "company-not-found"),
    ],
)
async def test_a_company_must_be_there_and_in_business(applicant: Caller, juristic_id: str, code: str) -> None:
    body = await an_application(applicant, holder={"juristic_id": juristic_id})

    answer = await applicant.post("/api/v1/applications", body)

    a_problem(answer, 422, code)


async def test_nobody_comes_in_without_a_token_or_with_a_bad_one(as_: As) -> None:
    stranger = await as_("")

    for caller in (stranger, Caller(stranger.http, "a.b.c")):
        answer = await caller.post("/api/v1/applications", {})
        assert a_problem(answer, 401, "not-signed-in")
        assert answer.headers["www-authenticate"] == "Bearer"


CALLS: list[tuple[str, str, Json | None]] = [
    ("GET", "", None),
    ("GET", "/acknowledgement", None),
    ("GET", "/papers/licence", None),
    ("POST", "/resubmission", {"answers": {}}),
    ("POST", "/withdrawal", None),
    ("POST", "/signature", None),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
async def test_somebody_elses_application_does_not_exist(
    as_: As, applicant: Caller, method: str, path: str, body: Any
) -> None:
    number = (await filed(applicant))["number"]
    outsider = await as_("outsider")

    async def tried(at: str) -> Any:
        address = f"/api/v1/applications/{at}{path}"
        answer = await (outsider.get(address) if method == "GET" else outsider.post(address, body))
        return a_problem(answer, 404, "unknown-application")

    hidden, absent = await tried(number), await tried(UNKNOWN)
    assert {k: str(v).replace(number, UNKNOWN) for k, v in hidden.items()} == {k: str(v) for k, v in absent.items()}


async def test_an_officer_of_another_agency_does_not_see_it(as_: As, applicant: Caller) -> None:
    number = (await filed(applicant))["number"]

    foreign = await (await as_("officer-fda")).get(f"/api/v1/applications/{number}")
    local = await (await as_("officer-lao@110101")).get(f"/api/v1/applications/{number}")

    a_problem(foreign, 404, "unknown-application")
    assert local.status_code == 200
    assert "answers" not in local.json() and local.json()["summary"], "an officer reads masked answers"


# --- on its way ---


async def test_the_journey_is_told_of_a_withdrawal_and_then_it_is_over(applicant: Caller) -> None:
    number = (await filed(applicant))["number"]
    await until(seen_by(applicant, number), lambda seen: seen["status"] != "checking")

    answer = await applicant.post(f"/api/v1/applications/{number}/withdrawal")
    again = await applicant.post(f"/api/v1/applications/{number}/withdrawal")

    assert (answer.status_code, answer.json()["status"], answer.json()["turn"]) == (200, "withdrawn", "nobody")
    a_problem(again, 409, "journey-over")


async def in_review(as_: As, applicant: Caller, stage: str) -> Json:
    number = (await filed(applicant))["number"]

    async def step() -> Json:
        seen = await seen_by(applicant, number)()
        if seen["waiting_for"] != f"stage:{stage}" and seen["status"] == "in-review":
            await approve(as_, seen)
        return seen

    return await until(step, lambda seen: seen["waiting_for"] == f"stage:{stage}")


async def test_only_what_was_asked_may_change_and_the_answer_goes_back_to_the_desk(as_: As, applicant: Caller) -> None:
    seen = await in_review(as_, applicant, "completeness")
    number = seen["number"]
    items = [{"field": "trade_name", "wrong": "สะกดผิด", "wanted": "แก้คำสะกด"}]
    await approve(as_, seen, verdict="ask", items=items)
    asked = await until(seen_by(applicant, number), lambda now: now["status"] == "incomplete")
    (one,) = asked["asked"]
    assert {name: one[name] for name in items[0]} == items[0] and "resubmit" in asked["may"]
    await the_record_of_defects_is_there_for_both(as_, applicant, number, one)

    other = await applicant.post(f"/api/v1/applications/{number}/resubmission", {"answers": {"seats": 7}})
    wrong = await applicant.post(f"/api/v1/applications/{number}/resubmission", {"answers": {"trade_name": ""}})
    right = await applicant.post(f"/api/v1/applications/{number}/resubmission", {"answers": {"trade_name": "ร้านใหม่"}})

    assert a_problem(other, 422, "not-asked")["field"] == "seats"
    assert a_problem(wrong, 422, "answers-wrong")["field"] == "trade_name"
    assert right.status_code == 200, right.text
    assert right.json()["answers"]["trade_name"] == "ร้านใหม่"
    again = await until(seen_by(applicant, number), lambda now: now["status"] == "in-review")
    await a_second_request_needs_the_supervisors_leave(as_, applicant, again)


async def a_second_request_needs_the_supervisors_leave(as_: As, applicant: Caller, seen: Json) -> None:
    """Refused to the officer and hidden on his page, until the supervisor of that office allows it and says why."""
    officer, boss, stranger = [await as_(one) for one in ("officer-lao-2", "supervisor-lao", "supervisor-fda")]
    (task,) = await tasks_of(officer, seen["number"])
    address, why = f"/api/v1/tasks/{task['id']}", {"reason": "เจ้าหน้าที่ตรวจตกหล่นเอง"}
    items = [{"field": "seats", "wrong": "ไม่ตรงแผนผัง", "wanted": "แก้จำนวน"}]
    ask = {"verdict": "ask", "reason": "พบเพิ่ม", "items": items}
    await officer.post(f"{address}/claim")

    barred = await officer.post(f"{address}/decision", ask)
    hidden = (await officer.get(f"/desk/{task['id']}")).text
    himself, elsewhere, silent = [
        await who.post(f"{address}/further-request", said)
        for who, said in ((officer, why), (stranger, why), (boss, {"reason": ""}))
    ]
    allowed = await boss.post(f"{address}/further-request", why)
    shown = (await officer.get(f"/desk/{task['id']}")).text
    asked = await officer.post(f"{address}/decision", ask)

    assert "ผู้บังคับบัญชา" in a_problem(barred, 409, "asked-before")["th"]
    a_problem(himself, 403, "not-the-supervisor"), a_problem(elsewhere, 404, "unknown-task")
    assert a_problem(silent, 422, "request-wrong")["field"] == "reason"
    assert (allowed.status_code, asked.status_code) == (200, 200), (allowed.text, asked.text)
    assert 'value="ask"' not in hidden and 'value="ask"' in shown and why["reason"] in shown
    now = await until(seen_by(applicant, seen["number"]), lambda now: now["status"] == "incomplete")
    assert [one["field"] for one in now["asked"]] == ["seats"]
    assert "task:request:allowed" in [one["tag"] for one in now["happened"]]
    await until(
        seen_by(applicant, seen["number"]), lambda now: any(one["kind"] == "defects-2" for one in now["papers"])
    )


async def the_record_of_defects_is_there_for_both(as_: As, applicant: Caller, number: str, item: Json) -> None:
    """Sealed, with each item and by when, for applicant and officer and nobody else; linked where both look."""
    made = await until(seen_by(applicant, number), lambda now: any(one["kind"] == "defects" for one in now["papers"]))
    (paper,) = [one["href"] for one in made["papers"] if one["kind"] == "defects"]
    officer, outsider = await as_(f"officer-{made['office']}"), await as_("outsider")

    sign = f"/api/v1/applications/{number}/record/signature"
    first, again, strange = await applicant.post(sign), await applicant.post(sign), await outsider.post(sign)
    mine, theirs, nobodys = [await who.get(paper) for who in (applicant, officer, outsider)]
    page = await applicant.get(f"/applications/{number}/answer")

    assert mine.status_code == theirs.status_code == 200 and mine.content == theirs.content
    a_problem(nobodys, 404, "unknown-application"), a_problem(strange, 404, "unknown-application")
    assert first.status_code == 200 and first.json() == again.json() and first.json()["signed_at"]
    signed = (await applicant.get(f"/api/v1/applications/{number}")).json()["happened"]
    assert [one["tag"] for one in signed].count("application:record:signed") == 1
    said = words(mine.content)
    by = date.fromisoformat(item["by"])
    for word in (number, item["wrong"], item["wanted"], thai.long_date(by), "มาตรา 9"):
        assert word.replace(" ", "") in said.replace(" ", "")
    assert f"/applications/{number}/papers/defects" in page.text and showing.day(by, "th") in page.text


async def test_nothing_is_answered_that_was_not_asked(as_: As, applicant: Caller) -> None:
    seen = await in_review(as_, applicant, "completeness")

    answer = await applicant.post(
        f"/api/v1/applications/{seen['number']}/resubmission", {"answers": {"trade_name": "ร้านใหม่"}}
    )

    a_problem(answer, 409, "nothing-asked")


async def test_directors_who_bind_the_company_together_both_sign(as_: As, applicant: Caller) -> None:
    body = await an_application(applicant, holder={"juristic_id": people.JOINT_COMPANY.juristic_id})
    body["answers"]["premises"]["house_no"] = str(uuid.uuid4().int % 10_000)
    number = (await applicant.post("/api/v1/applications", body)).json()["number"]
    other = await as_("director-2")

    async def step() -> Json:
        seen = await seen_by(applicant, number)()
        if seen["waiting_for"] == "stage:representation":
            await approve(as_, seen)
        return seen

    await until(step, lambda seen: seen["status"] == "waiting-signatures")
    answer = await other.post(f"/api/v1/applications/{number}/signature")

    assert answer.status_code == 200, answer.text
    await until(seen_by(other, number), lambda seen: seen["status"] in ("in-review", "to-pay"))
    late = await other.post(f"/api/v1/applications/{number}/signature")
    a_problem(late, 409, "nothing-to-sign")


async def test_a_companys_applications_are_listed_for_those_who_may_act_for_it(as_: As, applicant: Caller) -> None:
    company = a_company()
    body = await an_application(applicant, holder={"juristic_id": company})
    number = (await applicant.post("/api/v1/applications", body)).json()["number"]

    found = await applicant.get("/api/v1/applications", juristic_id=company)
    hidden = await (await as_("outsider")).get("/api/v1/applications", juristic_id=company)

    assert [line["number"] for line in found.json()["items"]] == [number]
    a_problem(hidden, 403, "not-representative")


async def test_lists_are_read_page_by_page(applicant: Caller) -> None:
    for _ in range(2):
        await filed(applicant)

    first = (await applicant.get("/api/v1/applications", limit=1)).json()
    second = (await applicant.get("/api/v1/applications", limit=1, after=first["next"])).json()

    assert first["items"][0]["number"] != second["items"][0]["number"]
    a_problem(await applicant.get("/api/v1/applications", after="nonsense"), 422, "cursor-unreadable")


async def test_the_acknowledgement_is_a_sealed_pdf(applicant: Caller) -> None:
    number = (await filed(applicant))["number"]

    await until(seen_by(applicant, number), lambda seen: bool(seen["papers"]))
    answer = await applicant.get(f"/api/v1/applications/{number}/acknowledgement")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-") and b"/ByteRange" in answer.content
    a_problem(await applicant.get(f"/api/v1/applications/{number}/papers/licence"), 404, "paper-not-there")


async def test_an_attached_file_belongs_to_one_application(applicant: Caller) -> None:
    body = await an_application(applicant)
    await applicant.post("/api/v1/applications", body)
    body["holder"] = {"juristic_id": a_company()}

    answer = await applicant.post("/api/v1/applications", body)

    a_problem(answer, 422, "attachment-missing")
