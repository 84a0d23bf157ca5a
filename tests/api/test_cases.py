"""Acts after the grant through the real doors: who may open, be heard, decide, see; and what verification then says."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import acting
import pytest
from api_examples import As, Caller, Json, a_problem, approve, filed, tasks_of, until
from driving import Driver, some_company, words

from exchange.counterparts import people as personas
from exchange.counterparts.running import Offices
from licences.calendar import BANGKOK
from licences.letters import NOTHING_NOTED
from local import System
from records import cases

OFFICER, SUPERVISOR, AGENCY = "officer-lao@110101", "supervisor-lao", "officer-lao"
Walk = Callable[[str], Awaitable[Json]]
TODAY = datetime.now(BANGKOK).date()


@pytest.fixture
async def licence(as_: As, walk: Walk) -> str:
    """A licence to sell food, of one of the example companies: its number."""
    return await granted(as_, walk)


@pytest.fixture(scope="module")
async def held(as_: As, walk: Walk) -> str:
    """The same, for those who may not do anything with it."""
    return await granted(as_, walk)


async def granted(as_: As, walk: Walk) -> str:
    application = await filed(await as_("applicant"))
    return str((await walk(application["number"]))["licence_number"])


async def worth(caller: Caller, licence: str) -> str:
    said: Json = (await caller.get(f"/api/v1/register/{licence}")).json()
    return str(said["status"])


async def verified(caller: Caller, licence: str) -> Json:
    """What the licence's own PDF proves now."""
    pdf = (await caller.get(f"/api/v1/register/{licence}/document")).content
    answer = await caller.http.post("/api/v1/verify", content=pdf, headers={"Content-Type": "application/pdf"})
    said: Json = answer.json()
    return said


async def decided(as_: As, number: str, verdict: str = "approve", **more: str) -> None:
    """The supervisor (or whoever has the task on the desk) decides."""
    for persona in (SUPERVISOR, AGENCY, "officer-lao-2", OFFICER):
        officer = await as_(persona)
        for task in await tasks_of(officer, number):
            answer = await officer.post(
                f"/api/v1/tasks/{task['id']}/decision", {"verdict": verdict, "reason": "ตามข้อเท็จจริง", **more}
            )
            if answer.status_code == 200:
                return
            assert answer.status_code in (403, 404, 409), answer.text  # an appeal lies in its decider's hands
    raise AssertionError(f"nobody has the task of {number}")


async def over(caller: Caller, number: str, status: str = "done") -> Json:
    """The case, when it is over."""

    async def look() -> Json:
        seen: Json = (await caller.get(f"/api/v1/cases/{number}")).json()
        return seen

    seen = await until(look, lambda seen: seen["turn"] == "nobody")
    assert seen["status"] == status, seen
    return seen


async def in_review(caller: Caller, number: str) -> Json:
    async def look() -> Json:
        seen: Json = (await caller.get(f"/api/v1/cases/{number}")).json()
        return seen

    return await until(look, lambda seen: seen["status"] == "in-review")


async def test_a_licence_is_suspended_appealed_and_in_force_again_and_its_document_says_so(
    as_: As, licence: str
) -> None:
    officer, holder, nobody = await as_(AGENCY), await as_("applicant"), await as_("")
    body = {
        "act": "suspension", "licence_number": licence, "until": (TODAY + timedelta(days=14)).isoformat(),
        "reason": "ไม่ปรับปรุงตามคำสั่ง",
    }  # fmt: skip
    opened = await officer.post("/api/v1/cases", body)
    assert opened.status_code == 201, opened.text
    number = opened.json()["number"]

    async def hearing() -> Json:
        seen: Json = (await holder.get(f"/api/v1/cases/{number}")).json()
        return seen

    await until(hearing, lambda seen: seen["status"] == "hearing")
    twice = await (await as_("officer-lao-2")).post("/api/v1/cases", body)
    heard = await holder.post(f"/api/v1/cases/{number}/objection", {"words": "ปรับปรุงแล้ว ขอให้ตรวจอีกครั้ง"})
    assert heard.status_code == 200, heard.text
    seen = await in_review(officer, number)
    assert seen["objection"]["words"].startswith("ปรับปรุงแล้ว")
    a_problem(twice, 409, "case-open")
    await _drafted(as_, number)
    await decided(as_, number)
    done = await over(holder, number)

    assert await worth(nobody, licence) == "suspended"
    said = await verified(nobody, licence)
    assert (said["verdict"], said["exit"], said["genuine"]) == ("not-in-force", 3, True)
    assert "the licence is suspended" in said["en"]
    paper = await holder.get(next(one["address"] for one in done["papers"]))
    assert paper.content.startswith(b"%PDF")
    assert (await (await as_("outsider")).get(done["papers"][0]["address"])).status_code == 404

    appeal = await holder.post("/api/v1/cases", {"act": "appeal", "about": number, "reason": "ได้ปรับปรุงก่อนมีคำสั่ง"})
    assert appeal.status_code == 201, appeal.text
    again = appeal.json()["number"]
    await in_review(holder, again)
    await _stayed_meanwhile(as_, number, licence)
    await decided(as_, again)
    await over(holder, again)
    assert await worth(nobody, licence) == "in-force"
    assert (await verified(nobody, licence))["verdict"] == "in-force"
    entries = (await nobody.get(f"/api/v1/register/{licence}")).json()["entries"]
    assert [one["kind"] for one in entries] == ["grant", "suspension", "suspension-stayed", "lifting"]
    assert (await nobody.get(f"/api/v1/register/{licence}")).json()["stayed"] == []


async def _drafted(as_: As, number: str) -> None:
    """The supervisor reads the order before he makes it: reasons and provision drafted, and the way to appeal."""
    supervisor = await as_(SUPERVISOR)
    (task,) = await tasks_of(supervisor, number)

    async def says(**typed: str) -> str:
        form = {"task": task["id"], "verdict": "approve", **typed}
        answer = await supervisor.http.post(
            f"/desk/cases/{number}/decision", data=form, headers=supervisor.headers(), follow_redirects=False
        )
        return f"{answer.status_code} {answer.text}"

    letter = await says(preview="yes")
    for words_of_it in (
        "ผู้รับใบอนุญาตชี้แจงว่า ปรับปรุงแล้ว",
        "ข้อกฎหมาย พ.ร.บ.การสาธารณสุข",
        "จึงเห็นชอบ",
        "ไม่ปรับปรุงตามคำสั่ง",
        "อุทธรณ์",
    ):
        assert words_of_it in letter.partition('<section class="letter"')[2], words_of_it
    refused = await says(verdict="refuse", preview="yes")
    assert letter.startswith("200") and NOTHING_NOTED in refused
    assert (await says(verdict="refuse", reason=NOTHING_NOTED)).startswith("422")
    await _explained(supervisor, number, task["id"])


async def _explained(officer: Caller, number: str, task: str) -> None:
    """The office says why a case is late, as of an application; its clock stands still under no provision."""
    page, door = f"/desk/cases/{number}/delay", f"/api/v1/tasks/{task}"
    sent = {"task": task, "why_late": "รอผลตรวจทางห้องปฏิบัติการ"}
    silent, said = [
        await officer.http.post(page, data=form, headers=officer.headers(), follow_redirects=False)
        for form in ({"task": task}, sent)
    ]
    stop = await officer.post(f"{door}/clock/stop", {"provision": "x", "reason": "x"})
    start = await officer.post(f"{door}/clock/start", {"reason": "x"})

    assert (silent.status_code, said.status_code) == (422, 303)
    assert (await officer.get(f"{door}/provisions")).json()["items"] == []
    a_problem(stop, 422, "no-provision"), a_problem(start, 422, "no-provision")
    happened = (await officer.get(f"/api/v1/cases/{number}")).json()["happened"]
    assert "task:delay:explained" in [one["tag"] for one in happened]


async def _stayed_meanwhile(as_: As, order: str, licence: str) -> None:
    """The holder asks for a stay, a supervisor orders it, and everybody reads that the licence is in force so."""
    holder, nobody = await as_("applicant"), await as_("")
    body = {"act": "stay", "about": order, "reason": "เสียหายเกินกว่าจะเยียวยา"}
    foreign = await (await as_("outsider")).post("/api/v1/cases", body)
    appeal_page = await holder.get(f"/cases/{order}")
    stay = await holder.post("/api/v1/cases", body)
    assert (foreign.status_code, stay.status_code) == (404, 201), stay.text
    assert f"/cases/new?act=stay&amp;about={order}" in appeal_page.text
    kept = await done(as_, stay.json()["number"])

    said = (await nobody.get(f"/api/v1/register/{licence}")).json()
    assert (said["status"], said["stayed"]) == ("in-force", ["suspension"])
    assert "the order is stayed" in said["en"] and "ทุเลาการบังคับ" in (await nobody.get(f"/v/{licence}")).text
    assert (await verified(nobody, licence))["verdict"] == "in-force"
    letter = words((await holder.get(kept["papers"][0]["address"])).content)
    assert "stayed until the appeal is over" in letter
    a_problem(await holder.post("/api/v1/cases", body), 409, "stands-otherwise")
    a_problem(await holder.post("/api/v1/cases", {**body, "act": "stay-end"}), 403, "act-not-yours")


async def test_a_correction_and_a_replacement_make_new_documents_and_the_register_shows_all(
    as_: As, licence: str
) -> None:
    officer, holder, nobody = await as_(AGENCY), await as_("applicant"), await as_("")
    before = (await nobody.get(f"/api/v1/register/{licence}/document")).content
    wrong = (await nobody.get(f"/api/v1/register/{licence}")).json()["facts"]["particulars"][0]["id"]

    opened = await officer.post(
        "/api/v1/cases",
        {"act": "correction", "licence_number": licence, "changes": {wrong: "ที่ถูกต้อง"}, "reason": "พิมพ์ผิด"},
    )
    assert opened.status_code == 201, opened.text
    number = opened.json()["number"]
    await in_review(officer, number)
    (task,) = await tasks_of(officer, number)
    own = await officer.post(f"/api/v1/tasks/{task['id']}/decision", {"verdict": "approve", "reason": "เห็นชอบ"})
    a_problem(own, 403, "same-officer")
    ask = await (await as_("officer-lao-2")).post(
        f"/api/v1/tasks/{task['id']}/decision",
        {"verdict": "ask", "reason": "x", "items": [{"field": "a", "wrong": "b", "wanted": "c"}]},
    )
    assert ask.status_code in (409, 422), ask.text
    done = await (await as_("officer-lao-2")).post(f"/api/v1/tasks/{task['id']}/decision", {"verdict": "approve"})
    assert done.status_code == 200, done.text
    await over(officer, number)

    await _refused_appealed_and_carried_out(as_, await opens(holder, "replacement", licence))

    entries = (await nobody.get(f"/api/v1/register/{licence}")).json()["entries"]
    assert [one["kind"] for one in entries] == ["grant", "correction", "replacement"]
    assert len({one["document_sha256"] for one in entries}) == 3
    answer = await nobody.http.post("/api/v1/verify", content=before, headers={"Content-Type": "application/pdf"})
    assert (answer.json()["verdict"], answer.json()["file"]["is"]) == ("not-in-force", "older-copy")
    assert (await verified(nobody, licence))["verdict"] == "in-force"


async def _refused_appealed_and_carried_out(as_: As, number: str) -> None:
    """An act is refused; its letter and its page say how to appeal, the door takes it, and it is carried out."""
    holder, appeal = await as_("applicant"), {"act": "appeal", "about": number, "reason": "สูญหายจริง มีใบแจ้งความ"}
    a_problem(await holder.post("/api/v1/cases", appeal), 422, "nothing-to-appeal")  # nothing is decided yet
    await in_review(holder, number)
    await decided(as_, number, "refuse")
    refused = await over(holder, number, "refused")
    letter = words((await holder.get(refused["papers"][0]["address"])).content)
    pages = [(await holder.get(f"/cases/{number}", lang=lang)).text for lang in ("th", "en")]
    foreign = await (await as_("outsider")).post("/api/v1/cases", appeal)
    assert "You may appeal against this order" in letter and foreign.status_code == 404
    for page, says in zip(pages, ("ภายใน 15 วัน", "within 15 days"), strict=True):
        assert f"/cases/new?act=appeal&amp;about={number}" in page and says in page

    ruled = await opens(holder, "appeal", about=number)
    await decided(as_, ruled, "refuse")  # whoever refused it stays with it, and the authority allows it
    await stage_of(as_, ruled, "authority")
    await decided(as_, ruled)
    ruling = words((await holder.get((await over(holder, ruled))["papers"][0]["address"])).content)
    done = await over(holder, number)
    tags = [one["tag"] for one in done["happened"]]
    assert "The appeal is allowed" in ruling and {"order", "licence"} == {one["kind"] for one in done["papers"]}
    assert tags[-3:] == ["case:replacement:allowed", "case:appeal:done", "case:replacement:done"], tags
    a_problem(await holder.post("/api/v1/cases", appeal), 422, "nothing-to-appeal")  # it stands no more


async def stage_of(as_: As, number: str, stage: str) -> None:
    """Wait until a case lies with the supervisor, at that stage."""
    boss = await as_(SUPERVISOR)

    async def look() -> Json:
        return {"at": [one["stage"] for one in await tasks_of(boss, number)]}

    await until(look, lambda seen: seen["at"] == [stage])


async def test_a_revoked_licence_says_revoked_and_not_invalid(as_: As, licence: str) -> None:
    officer, holder, nobody = await as_(AGENCY), await as_("applicant"), await as_("")
    opened = await officer.post("/api/v1/cases", {"act": "revocation", "licence_number": licence, "reason": "ฝ่าฝืนซ้ำ"})
    number = opened.json()["number"]

    async def hearing() -> Json:
        seen: Json = (await holder.get(f"/api/v1/cases/{number}")).json()
        return seen

    await until(hearing, lambda seen: seen["status"] == "hearing")
    await holder.post(f"/api/v1/cases/{number}/objection", {"words": "ไม่คัดค้าน"})
    await in_review(officer, number)
    await decided(as_, number)
    await over(officer, number)

    said = await verified(nobody, licence)
    assert (said["exit"], said["genuine"], said["register"]["status"]) == (3, True, "revoked")
    late = await holder.post("/api/v1/cases", {"act": "replacement", "licence_number": licence, "reason": "หาย"})
    a_problem(late, 409, "stands-otherwise")

    # Revoked by mistake: one officer proposes, another reinstates it.
    await done(as_, await opens(officer, "reinstatement", licence))
    assert await worth(nobody, licence) == "in-force"


async def opens(caller: Caller, act: str, licence: str = "", **wanted: Any) -> str:
    """A case that was opened: its number."""
    body = {"act": act, "licence_number": licence, "reason": "ตามข้อเท็จจริง", **wanted}
    answer = await caller.post("/api/v1/cases", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["number"])


async def done(as_: As, number: str, stages: int = 1) -> Json:
    """Every stage of the case is agreed to by those at whose desks it lies; the case, when it is over."""
    for _ in range(stages):
        await in_review(await as_(SUPERVISOR), number)
        await decided(as_, number)
    return await over(await as_(SUPERVISOR), number)


async def stands(caller: Caller, number: str, status: str) -> Json:
    """The case, when it stands there."""

    async def look() -> Json:
        seen: Json = (await caller.get(f"/api/v1/cases/{number}")).json()
        return seen

    return await until(look, lambda seen: seen.get("status") == status)


async def test_what_was_suspended_is_lifted_and_what_changed_hands_ends_by_its_new_holders_notice(
    as_: As, licence: str
) -> None:
    officer, holder, nobody, taker = [await as_(one) for one in (AGENCY, "applicant", "", "practitioner")]
    suspension = await opens(officer, "suspension", licence, until=(TODAY + timedelta(days=9)).isoformat())
    await stands(holder, suspension, "hearing")
    await holder.post(f"/api/v1/cases/{suspension}/objection", {"words": "ปรับปรุงแล้ว"})
    await done(as_, suspension)
    assert await worth(nobody, licence) == "suspended"

    # The appeal is allowed in part: fewer days are left of it, never more; then an officer lifts the rest at once.
    appeal, boss = await opens(holder, "appeal", about=suspension), await as_(SUPERVISOR)
    await in_review(boss, appeal)
    (task,) = await tasks_of(boss, appeal)
    left, last = TODAY + timedelta(days=3), TODAY + timedelta(days=9)
    for verdict, day in (("approve", last), ("refuse", left)):
        body = {"verdict": verdict, "reason": "x", "until": day.isoformat()}
        a_problem(await boss.post(f"/api/v1/tasks/{task['id']}/decision", body), 422, "wanted-wrong")
    await decided(as_, appeal, until=left.isoformat())
    ruled = await over(holder, appeal)
    entry = (await nobody.get(f"/api/v1/register/{licence}")).json()["entries"][-1]
    assert (entry["kind"], entry["valid_from"]) == ("lifting", (left + timedelta(days=1)).isoformat())
    ruling = await holder.get(next(one["address"] for one in ruled["papers"]))
    assert "allowed in part" in words(ruling.content) and await worth(nobody, licence) == "suspended"
    await done(as_, await opens(officer, "lifting", licence))
    assert await worth(nobody, licence) == "in-force"

    # Into the hands of a person, who is named by the code that he reads out, and of nobody who says it instead.
    code = re.findall(r"p-[0-9a-f]{20}", (await taker.get("/powers")).text)[0]
    for wrong in ("p-00000000000000000000", "0105561000005", ""):
        body = {"act": "transfer", "licence_number": licence, "reason": "ขายกิจการ", "transferee": wrong}
        assert (await holder.post("/api/v1/cases", body)).status_code == 422
    transfer = await opens(holder, "transfer", licence, transferee=code)
    await stands(holder, transfer, "consent")
    for other in (holder, await as_("outsider")):
        assert (await other.post(f"/api/v1/cases/{transfer}/consent", {"agree": True})).status_code == 404
    agreed = await taker.post(f"/api/v1/cases/{transfer}/consent", {"agree": True})
    assert agreed.status_code == 200, agreed.text
    await done(as_, transfer, stages=2)
    facts = (await nobody.get(f"/api/v1/register/{licence}")).json()["facts"]
    assert facts["holder"]["kind"] == "natural" and "*" in facts["holder"]["id"] + "*"
    assert personas.somebody("practitioner").pid not in str(facts)
    assert (await verified(nobody, licence))["verdict"] == "in-force"

    # It is the new holder's now: the old one cannot end it, he can.
    cessation = {"act": "cessation", "licence_number": licence, "reason": "เลิกกิจการ"}
    assert (await holder.post("/api/v1/cases", cessation)).status_code == 403
    await done(as_, await opens(taker, "cessation", licence))
    assert await worth(nobody, licence) == "ended"
    entries = (await nobody.get(f"/api/v1/register/{licence}")).json()["entries"]
    assert [one["kind"] for one in entries] == ["grant", "suspension", "lifting", "lifting", "transfer", "cancellation"]


async def test_what_the_company_register_says_now_is_followed_when_an_officer_confirms_it(
    as_: As, licence: str, system: System
) -> None:
    officer, nobody = await as_(AGENCY), await as_("")
    offices = Offices({"dbd": system.ports["dbd"]})
    offices.fault("dbd", wrong={"JuristicStatus": personas.DISSOLVED})
    case = await opens(officer, "holder-facts", licence)
    await in_review(officer, case)
    offices.mend()

    await done(as_, case)

    assert await worth(nobody, licence) == "ended"


async def test_what_rules_approved_is_looked_at_again_and_what_is_found_wrong_is_revoked_after_a_hearing(
    as_: As, system: System
) -> None:
    officer, boss, holder = [await as_(one) for one in ("officer-osmep", "supervisor-osmep", "applicant")]
    company = some_company()
    async with Driver.open(system) as driver:
        await driver.walked(await driver.filed("lao-ecommerce-register", company=company))  # who may sign is settled
        number = await acting.by_rule(driver, company, percent=100)
        licence = (await driver.over(number)).licence_number
        await _begun(driver, licence)
        (look,) = (await officer.get("/api/v1/cases", about=licence)).json()["items"]
        assert look["act"] == "second-look"
        (task,) = (await until(_on_desk(officer, look["number"]), lambda seen: bool(seen["found"])))["found"]
        wrong = {"verdict": "refuse", "reason": "จ้างงานเกิน 200 คน"}
        assert (await officer.post(f"/api/v1/tasks/{task['id']}/decision", wrong)).status_code == 200
        await over(officer, look["number"], "refused")
        await _begun(driver, licence)

    # It proposes a revocation in its words, on which the holder is heard and another decides.
    proposed = (await officer.get("/api/v1/cases", about=licence)).json()["items"]
    (revocation,) = [one["number"] for one in proposed if one["act"] == "revocation"]
    await stands(holder, revocation, "hearing")
    heard = await holder.post(f"/api/v1/cases/{revocation}/objection", {"words": "จ้าง 20 คนเท่านั้น"})
    assert heard.status_code == 200, heard.text
    (task,) = (await until(_on_desk(boss, revocation), lambda seen: bool(seen["found"])))["found"]
    assert (await officer.post(f"/api/v1/tasks/{task['id']}/decision", {"verdict": "approve"})).status_code == 404
    assert (await boss.post(f"/api/v1/tasks/{task['id']}/decision", {"verdict": "approve"})).status_code == 200
    seen = await over(boss, revocation)
    assert (seen["wanted"]["reason"], await worth(await as_(""), licence)) == (wrong["reason"], "revoked")


def _on_desk(officer: Caller, number: str) -> Callable[[], Awaitable[Json]]:
    async def look() -> Json:
        return {"found": await tasks_of(officer, number)}

    return look


async def _begun(driver: Driver, licence: str) -> None:
    """Start what the engine or an officer's word has opened; else a sweep does in a moment."""
    async with driver.database.reading() as session:
        waiting = [one.number for one in await cases.about(session, licence) if one.begun_at is None]
    for number in waiting:
        await acting.begin(driver, number)


async def test_a_refusal_is_appealed_to_who_decided_then_upward_and_granted_after_all(
    as_: As, walk: Walk, system: System
) -> None:
    holder, boss = await as_("applicant"), await as_(SUPERVISOR)
    number = (await filed(holder, holder={"self": True}))["number"]

    async def look() -> Json:
        seen: Json = (await holder.get(f"/api/v1/applications/{number}")).json()
        return seen

    seen = await until(look, lambda seen: seen["status"] == "in-review")
    await approve(as_, seen, verdict="refuse", reason="เอกสารไม่ครบ")
    await until(look, lambda seen: seen["status"] == "refused")
    appeal = await opens(holder, "appeal", about=number)
    first = await in_review(boss, appeal)
    await decided(as_, appeal, "refuse")

    async def upward() -> Json:
        return {"found": await tasks_of(boss, appeal)}

    (second,) = (await until(upward, lambda seen: bool(seen["found"])))["found"]
    more = await boss.post(f"/api/v1/cases/{appeal}/extension", {"reason": "พยานหลักฐานซับซ้อน"})
    assert more.status_code == 200, more.text
    a_problem(await boss.post(f"/api/v1/cases/{appeal}/extension", {"reason": "อีก"}), 409, "too-late")
    await decided(as_, appeal)
    await over(holder, appeal)

    assert [one["stage"] for one in first["tasks"]] == ["decider"]
    assert second["stage"] == "authority"
    ended = await walk(number)
    assert ended["status"] == "issued"
    assert "application:appeal:allowed" in [one["tag"] for one in ended["happened"]]


PERSONAS = ("", "outsider", "director-2", "officer-fda", "supervisor-fda", "auditor", "operator")
SUSPENSION = {"act": "suspension", "until": (TODAY + timedelta(days=9)).isoformat(), "reason": "ผิดสุขลักษณะ"}


@pytest.mark.parametrize(
    ("persona", "status"),
    [("", 401), ("outsider", 403), ("officer-fda", 403), ("supervisor-fda", 403), ("auditor", 403), ("operator", 403),
     ("applicant", 403), ("officer-lao@110101", 201)],
)  # fmt: skip
async def test_who_may_open_a_suspension(as_: As, held: str, persona: str, status: int) -> None:
    answer = await (await as_(persona)).post("/api/v1/cases", SUSPENSION | {"licence_number": held})

    assert answer.status_code == status, answer.text
    if status == 201:
        number = answer.json()["number"]
        for other in PERSONAS:
            await _learns_nothing(await as_(other), number)


async def _learns_nothing(caller: Caller, number: str) -> None:
    """Every route of a case, to somebody it is none of the business of."""
    looks = [
        f"/api/v1/cases/{number}",
        f"/api/v1/cases/{number}/papers/order",
        f"/cases/{number}",
        f"/desk/cases/{number}",
    ]
    says = {"objection": {"words": "x"}, "consent": {"agree": True}, "withdrawal": None, "extension": {"reason": "x"}}
    auditor = caller.token and (await caller.get(f"/api/v1/cases/{number}")).status_code == 200
    for path in looks if not auditor else ():
        answer = await caller.get(path)
        assert answer.status_code in (303, 401, 403, 404), (path, answer.status_code)
        assert SUSPENSION["reason"] not in answer.text, path
    for what, body in says.items():
        answer = await caller.post(f"/api/v1/cases/{number}/{what}", body)
        assert answer.status_code in (401, 403, 404), (what, answer.status_code, answer.text)


async def test_an_appeal_is_about_an_order_or_a_refusal_of_ones_own(as_: As, held: str) -> None:
    holder = await as_("applicant")
    application = (await holder.get("/api/v1/applications")).json()["items"][0]["number"]

    granted = await holder.post("/api/v1/cases", {"act": "appeal", "about": application, "reason": "x"})
    foreign = await (await as_("outsider")).post(
        "/api/v1/cases", {"act": "appeal", "about": application, "reason": "x"}
    )
    missing = await holder.post("/api/v1/cases", {"act": "appeal", "about": "CASE-2569-9999999-0", "reason": "x"})

    a_problem(granted, 422, "nothing-to-appeal")
    assert (foreign.status_code, missing.status_code) == (404, 404)
