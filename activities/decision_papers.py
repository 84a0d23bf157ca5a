"""Papers that set out what was decided on one task: the joint record of what is missing or wrong, the
report of an inspection.

Wanted in the transaction of the decision (`records.papers.want_once`) and made by an errand: nobody waits for them.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities import inspection_sheet, sheets, wanted
from activities.inspection_sheet import Inspected
from activities.issuing import Drawing, agency_of, holder_of
from activities.tasks import INSPECTION
from forms import form as forms
from forms.form import Form
from licences.applications import Verdict
from licences.calendar import BANGKOK
from licences.procedure import Procedure, Text
from licences.visits import Visit
from records import applications, attachments, people, tasks, visits
from records.tables import Application, Task


def title_of(field: str, form: Form, procedure: Procedure) -> Text:
    """A question or document by the words of the form, or of the list of documents."""
    name = field.removeprefix("attachments.").split(".")[0].split("[")[0]
    page = next((page for page in form.pages if page.id == name and page.each), None)
    found = page or form.by_id.get(name)
    if found is not None:
        return Text(th=found.title.th, en=found.title.en)
    return next((one.title for one in procedure.documents if one.id == name), Text(th=name, en=name))


class DecisionDrawing:
    """Drawn by the same pen as the papers of applications: no key is near."""

    def __init__(self, pens: Drawing) -> None:
        self.pens = pens

    @activity.defn(name="draw_decision_paper")
    async def draw(self, step: wanted.DecisionPaper) -> wanted.Drawn:
        """The paper of one decision, out of the task's row."""
        async with self.pens.database.reading() as session:
            application = await applications.get(session, step.number)
            task = await tasks.get(session, step.task)
            procedure = await applications.procedure_of(session, application.version)
            compose = self._report if step.kind == INSPECTION else self._defects
            sheet = await compose(session, application, procedure, task)
        kind = step.paper.partition(":")[2]
        return await self.pens.make_as(step.paper, step.number, step, kind, agency_of(application).code, sheet)

    async def _report(
        self, session: AsyncSession, application: Application, procedure: Procedure, task: Task
    ) -> Mapping[str, Any]:
        """What an inspector found at the premises, over his name."""
        holder, appointments = await holder_of(session, application), await visits.of(session, application.number)
        names, photographs = (
            await people.names(session, [task.officer]),
            await attachments.photographs(session, task.id),
        )
        stage = procedure.stage(task.stage)
        assert task.closed_at is not None and stage is not None
        visited = [one.at for one in appointments if (one.task, one.standing) == (task.id, Visit.KEPT)]
        seen = Inspected(
            number=application.number, holder=holder.name, verdict=Verdict(task.verdict), reason=task.reason,
            stage=stage,
            findings=task.report["findings"], photographs=[one.sha256 for one in photographs],
            visited_on=(visited or [task.closed_at])[-1].astimezone(BANGKOK).date(),
            inspector=names.get(task.officer, task.officer), closed_at=task.closed_at,
            fix_by=tasks.decision_of(task).fix_by,
        )  # fmt: skip
        url = f"{self.pens.public_url}/applications/{application.number}"
        return inspection_sheet.report(procedure, agency_of(application), seen, url)

    async def _defects(
        self, session: AsyncSession, application: Application, procedure: Procedure, task: Task
    ) -> Mapping[str, Any]:
        """The joint record of defects (Licensing Facilitation Act s.8): both parties, each item, by when, or else."""
        form, holder = forms.load(procedure.form, procedure.version), await holder_of(session, application)
        names = await people.names(session, [task.officer, application.applicant])
        assert task.closed_at is not None
        return sheets.defects(
            procedure, agency_of(application), application.number,
            items=[(title_of(one["field"], form, procedure), one) for one in task.items],
            reason=task.reason,
            officer=names.get(task.officer, task.officer),
            applicant=names.get(application.applicant, ""), holder=holder.name,
            made_at=task.closed_at, url=f"{self.pens.public_url}/applications/{application.number}",
        )  # fmt: skip
