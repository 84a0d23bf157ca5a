"""A share of what rules approved is looked at by an officer afterwards, and what is found wrong becomes a case."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from licences import acts, calendar, catalogue
from licences.acts import ActProcedure, Kind, Wanted
from licences.applications import Verdict
from records import applications, cases, history, holidays, tasks
from records.cases import Opening
from records.register import NewEntry
from records.tables import Application, Case

DECIDED, ENGINE = "decide-by-rule", "engine"
"""Under which key the rules' answer stands in an application's history; who opens the look."""


async def open_if_sampled(session: AsyncSession, application: Application, entry: NewEntry, at: datetime) -> None:
    """Put it on a desk of the office, once, when the rules approved it and its number is one of the share."""
    if (await applications.procedure_of(session, application.version)).automatic is None:
        return
    action = await history.find(session, application.number, DECIDED)
    if action is None or not action.said["sampled"] or action.said["verdict"] != "approve":
        return
    rules = acts.procedure(Kind.SECOND_LOOK, catalogue.load().licence(entry.licence))
    opening = Opening(
        key=f"{application.number}:{Kind.SECOND_LOOK}",
        rules=rules,
        agency=application.agency,
        office=application.office,
        opened_by=ENGINE,
        opened_as=ENGINE,
        holder_kind=entry.holder_kind,
        holder_id=entry.holder_key,
        wanted=Wanted(reason=_why(application.number, action.said)),
        entered_at=at,
        received_at=at,
        due_on=await _due(session, rules, application.agency, at),
        licence_number=entry.licence_number,
        holder_name=application.holder_name,
        language=application.language,
    )
    await cases.open_once(session, opening)


def _why(number: str, said: dict[str, Any]) -> str:
    """What the officer is to compare: which rules held, on which facts."""
    inputs = ", ".join(f"{name} = {value}" for name, value in sorted(said["inputs"].items()))
    return f"สุ่มตรวจคำขอ {number} ซึ่งอนุญาตโดยกฎ {', '.join(said['rules'])} จากข้อมูล {inputs}"


async def propose(session: AsyncSession, case: Case, rules: ActProcedure, at: datetime) -> None:
    """Open what the law has for an approval that was found wrong, in the name and words of who found it."""
    done = await tasks.of(session, case.number)
    found = next((task for task in done if task.verdict == Verdict.REFUSE), None)
    if rules.opens is None or found is None:
        return
    wanted, address = acts.procedure(rules.opens, catalogue.load().licence(case.licence)), case.licence_number
    told = await cases.address_of(session, address)
    opening = Opening(
        key=f"{case.number}:{rules.opens}",
        rules=wanted,
        agency=case.agency,
        office=case.office,
        opened_by=found.officer,
        opened_as="officer",
        holder_kind=case.holder_kind,
        holder_id=case.holder_id,
        wanted=Wanted(reason=found.reason),
        entered_at=at,
        received_at=at,
        due_on=await _due(session, wanted, case.agency, at),
        licence_number=case.licence_number,
        holder_name=case.holder_name,
        language=told.language,
        email=told.email,
    )
    try:
        await cases.open_once(session, opening)
    except cases.CaseOpen as open_:
        activity.logger.info("%s is proposed already: %s", rules.opens, open_.number)


async def _due(session: AsyncSession, rules: ActProcedure, agency: str, at: datetime) -> date:
    """The last day of all its stages, after the holder was heard."""
    day = at.astimezone(calendar.BANGKOK).date() + timedelta(days=rules.hearing_days)
    closed = await holidays.closed(session, agency=agency)
    return calendar.due_on(day, sum(stage.working_days for stage in rules.stages), closed)
