"""Open cases and walk them through the real system, as the door and officers do; for the tests of acts."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from driving import NEXT, Driver

from control import opening
from control.sweeps import begin_case
from licences import acts, catalogue
from licences.acts import Kind, Wanted
from licences.applications import Decision, Verdict
from licences.calendar import BANGKOK
from licences.register import Entry as Line
from licences.register import EntryKind, Standing, status_on
from records import applications, cases, tasks
from records.cases import Opening
from records.tables import Case, Task
from workflows.case_messages import STORY, Extend
from workflows.messages import GENERAL, Outcome, Withdrawal

PATIENCE_S = 240.0
"""Workers that die beside us come back one after the other on a busy machine."""
TODAY = datetime.now(BANGKOK).date()


async def opened(
    driver: Driver, act: Kind | str, number: str = "", *, about: str = "", by: str = "officer-1", started: bool = True,
    **wanted: Any,
) -> str:  # fmt: skip
    """A case, kept and begun: its number. `number`: the licence; `about`: what is appealed against."""
    now = datetime.now(UTC)
    async with driver.database.reading() as session:
        order = await cases.get(session, about) if about.startswith("CASE") else None
    licence_number = number or (order.licence_number if order else "")
    application = await driver.application(about) if about and order is None else None
    held = await driver.held(licence_number) if licence_number else None
    code = held.licence if held else application.licence if application else ""
    rules = acts.procedure(act, catalogue.load().licence(code))
    entries = await driver.entries(licence_number) if licence_number else ()
    holder = opened_as = "holder" if "holder" in rules.opened_by else "officer"
    said = acts.check_wanted(rules, Wanted(**{"reason": "ตามข้อเท็จจริง", **wanted}), TODAY, particulars_of(entries))
    async with driver.database.transaction() as session:
        address = await cases.address_of(session, licence_number or about)
        case = await cases.open_once(
            session,
            Opening(
                key=f"case-{next(NEXT)}-{now.timestamp()}",
                rules=rules,
                agency=held.agency if held else application.agency if application else "",
                office=str(entries[0].facts["authority"]) if entries else application.office if application else "",
                opened_by=f"{holder}-of-{licence_number}" if opened_as == "holder" else by,
                opened_as=opened_as,
                holder_kind=held.holder_kind if held else "natural",
                holder_id=held.holder_key if held else application.holder_id if application else "",
                wanted=said,
                entered_at=now,
                received_at=now,
                due_on=TODAY,
                licence_number=licence_number,
                about=about,
                holder_name=held.holder_name if held else "",
                language=address.language,
                email=address.email or "holder@example.test",
            ),
        )
    if started:
        await begin(driver, case.number)
    return case.number


def particulars_of(entries: Any) -> list[str]:
    """The particulars that a licence has."""
    return [one["id"] for entry in entries for one in entry.facts.get("particulars", ())]


async def begin(driver: Driver, number: str, *, again: bool = False) -> None:
    """Start its story, as the door and the sweep do; `again`: the engine lost the run before."""
    async with driver.database.reading() as session:
        case = await cases.get(session, number)
        start = await opening.opened_case(session, case, await cases.rules_of(session, case))
    if again:
        await driver.client.start_workflow(STORY, start, id=number, task_queue=GENERAL)
        return
    await begin_case(driver.client, start)
    async with driver.database.transaction() as session:
        await cases.begun(session, number, datetime.now(UTC))


async def by_rule(driver: Driver, company: str, *, percent: int) -> str:
    """A small company's registration under a definition whose share is this; its number."""
    submitted = await driver.submission("osmep-sme-register", "new", company=company)
    automatic = submitted.procedure.automatic
    assert automatic is not None
    changed = {"automatic": automatic.model_copy(update={"sampled_percent": percent})}
    procedure = catalogue.named(submitted.procedure.model_copy(update=changed))
    async with driver.database.transaction() as session:
        kept = await applications.submit(session, replace(submitted, procedure=procedure))
    await driver.begin(kept.number)
    return kept.number


async def case_of(driver: Driver, number: str) -> Case:
    """As the records have it now."""
    async with driver.database.reading() as session:
        return await cases.get(session, number)


async def standing(driver: Driver, number: str, status: str) -> Case:
    """The case, when it stands there."""

    async def there() -> Case | None:
        case = await case_of(driver, number)
        return case if case.status == status else None

    found = await driver.until(there)
    assert found is not None
    return found


async def decide(
    driver: Driver, number: str, verdict: str = "approve", *, officer: str = "", reason: str = "", stage: str = "",
    task: Task | None = None,
) -> Task:  # fmt: skip
    """An officer decides the open task, or this one. Raises NotAllowed."""
    task = task or await driver.task(number, stage)
    said = Decision(
        task_id=task.id, verdict=Verdict(verdict), officer=officer or task.assignee or f"officer-of-{task.stage}",
        reason=reason or ("ไม่เห็นด้วย" if verdict == "refuse" else ""),
    )  # fmt: skip
    await driver.say(number, "decide", said, key=f"decide:{task.id}:{said.officer}")
    async with driver.database.reading() as session:
        return await tasks.get(session, task.id)


async def object_(driver: Driver, number: str) -> None:
    """The holder has his say."""
    await standing(driver, number, "hearing")
    async with driver.database.transaction() as session:
        await cases.note(session, number, objection={"words": "ขอโต้แย้ง"})
    await driver.engine.signal(number, "objection")


async def agree(driver: Driver, number: str, name: str = "บริษัท ผู้รับโอน จำกัด") -> None:
    """Who takes the licence over says yes."""
    await standing(driver, number, "consent")
    async with driver.database.transaction() as session:
        await cases.note(session, number, consent={"by": "director", "agree": True, "name": name})
    await driver.engine.signal(number, "consented", True)


async def extend(driver: Driver, number: str) -> None:
    """More days, once. Raises NotAllowed."""
    task = await driver.task(number)
    said = Extend(task_id=task.id, officer="officer-x", reason="พยานหลักฐานซับซ้อน")
    await driver.say(number, "extend", said, key=f"extend:{task.id}:{next(NEXT)}")


async def withdraw(driver: Driver, number: str) -> None:
    """Given up. Raises NotAllowed."""
    await driver.say(number, "withdraw", Withdrawal(by="somebody"), key=f"withdraw:{number}")


async def walked(driver: Driver, number: str, *, heard: bool = True) -> Outcome:
    """Say yes to whatever is asked, until it is over."""
    while True:
        turn = await driver.until(lambda: _turn(driver, number), PATIENCE_S)
        if turn == "over":
            return await driver.over(number)
        if turn == "hearing" and heard:
            await object_(driver, number)
        elif turn == "consent":
            await agree(driver, number)
        elif turn != "hearing":
            await decide(driver, number)
        await driver.until(_changed(driver, number, turn), PATIENCE_S)


async def _turn(driver: Driver, number: str) -> str:
    case = await case_of(driver, number)
    if case.ended_at:
        return "over"
    if case.status in ("hearing", "consent"):
        return case.status
    async with driver.database.reading() as session:
        return next((one.id for one in await tasks.of(session, number) if one.closed_at is None), "")


def _changed(driver: Driver, number: str, turn: str) -> Callable[[], Awaitable[bool]]:
    async def changed() -> bool:
        return await _turn(driver, number) != turn

    return changed


async def worth(driver: Driver, licence_number: str, on: date = TODAY) -> Standing:
    """What a licence is worth on a day, by its entries alone."""
    entries = await driver.entries(licence_number)
    return status_on([Line(one.seq, EntryKind(one.kind), one.valid_from, one.valid_until) for one in entries], on)


async def kinds(driver: Driver, licence_number: str) -> list[str]:
    """The kinds of its entries, in order."""
    return [one.kind for one in await driver.entries(licence_number)]
