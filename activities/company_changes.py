"""What the company register says of a licence's holder now, beside what the licence says."""

from temporalio import activity

from activities import wanted
from activities.acting import current_of
from activities.case_values import CompanyNow
from activities.telling import happened
from exchange import juristic
from exchange.errors import OfficeDown, OfficeRefused
from exchange.gdx import Gdx
from records import cases, exchange_log, register
from records.database import Database
from records.tables import Case

PURPOSE = "licence"
SAME, CHANGED, DISSOLVED = "same", "changed", "dissolved"


class CompanyChanges:
    """One question to another office."""

    def __init__(self, database: Database, gdx: Gdx) -> None:
        self.database, self.gdx = database, gdx

    @activity.defn(name="compare_holder")
    async def compare(self, step: wanted.Step) -> CompanyNow:
        """Same, changed or dissolved; kept with the case. Raises OfficeDown."""
        async with self.database.reading() as session:
            case = await cases.get(session, step.number)
            entries = await register.entries_of(session, case.licence_number)
        answer = await self._asked(case, step)
        before = str(current_of(entries).facts["holder"]["name"])
        finding, name = _finding(answer.company, before)
        async with self.database.transaction() as session:
            await cases.note(session, case.number, finding=finding, name=name, before=before)
            said = {"finding": finding, "digest": answer.digest}
            await happened(session, case.number, "compare", f"case:register:{finding}", step.at, said)
        return CompanyNow(finding=finding)

    async def _asked(self, case: Case, step: wanted.Step) -> juristic.Answer:
        try:
            answer = await juristic.company(self.gdx, case.holder_id, step.at)
        except (OfficeDown, OfficeRefused) as error:
            await self._log(case, step, "refused" if isinstance(error, OfficeRefused) else "down")
            raise
        await self._log(case, step, "answered" if answer.company else "not-found", answer.digest)
        return answer

    async def _log(self, case: Case, step: wanted.Step, outcome: str, digest: str = "") -> None:
        async with self.database.transaction() as session:
            await exchange_log.log_call(
                session, office=juristic.OFFICE, service=juristic.VERSION, subject_id=case.holder_id,
                asked_by=case.opened_by, purpose=PURPOSE, at=step.at, outcome=outcome, digest=digest,
            )  # fmt: skip


def _finding(company: juristic.Company | None, before: str) -> tuple[str, str]:
    """What it comes to, and the name of now."""
    if company is None or not company.active:
        return DISSOLVED, before
    name = company.full_name_th
    return (SAME if name == before else CHANGED), name
