"""What starts the story of a case: read from the records, the same for the door and for the sweep."""

from sqlalchemy.ext.asyncio import AsyncSession

from licences.acts import UNDONE_BY, ActProcedure, Kind
from licences.applications import Status
from licences.register import is_case
from records import applications, cases, tasks
from records.tables import Case
from workflows.case_messages import OpenedCase, act_plan
from workflows.messages import Submission, plan


async def opened_case(session: AsyncSession, case: Case, rules: ActProcedure) -> OpenedCase:
    """Its plan, who opened it, and what an appeal is about."""
    return OpenedCase(
        number=case.number,
        plan=act_plan(rules),
        opened_by=case.opened_by,
        opened_as=case.opened_as,
        decided_by=await decided_by(session, case.about) if rules.act is Kind.APPEAL else "",
        appealed=await _appealed(session, case) if rules.act is Kind.APPEAL and not is_case(case.about) else None,
        refused=await _refused(session, case) if rules.act is Kind.APPEAL and is_case(case.about) else None,
        granted=cases.ALLOWED_BY in case.found,
    )


async def decided_by(session: AsyncSession, about: str) -> str:
    """Who made the order that is appealed against."""
    decider = await tasks.decider(session, about)
    return decider.officer if decider else ""


async def _refused(session: AsyncSession, appeal: Case) -> OpenedCase | None:
    """The act that is carried out when the appeal against its refusal is allowed; an order is undone instead."""
    about = await cases.get(session, appeal.about)
    if Kind(about.act) in UNDONE_BY:
        return None
    opened = await opened_case(session, about, await cases.rules_of(session, about))
    return opened.model_copy(update={"granted": True})


async def _appealed(session: AsyncSession, case: Case) -> Submission:
    kept = await applications.get(session, case.about)
    procedure = await applications.procedure_of(session, kept.version)
    refused = kept.status == Status.REFUSED  # what was returned was never decided: it is considered after all
    return Submission(
        number=kept.number, plan=plan(procedure), for_company=kept.holder_kind == "juristic", granted=refused
    )
