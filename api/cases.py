"""One application with everything that a page about it reads, for whoever may see it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from fastapi import Request

from activities.asked_anew import Anew
from api import access, rules_changed, tools
from api import applications as door
from api.filing import Desk
from api.people import Person
from api.showing import InBoth
from forms import form as forms
from forms.form import Form
from licences.applications import Verdict
from licences.procedure import Procedure
from records import applications, attachments, ledger, papers, tasks, visits
from records.tables import Application, Appointment, Attachment, Bill, Paper, Task


@dataclass(frozen=True)
class Link:
    """Something one may do now."""

    href: str
    title: InBoth


@dataclass(frozen=True)
class Case:
    """One application with everything that its pages read of the records."""

    kept: Application
    procedure: Procedure
    form: Form
    bills: tuple[Bill, ...]
    tasks: tuple[Task, ...]
    files: tuple[Attachment, ...]
    visits: tuple[Appointment, ...]
    papers: Mapping[tuple[str, str], Paper]  # by task and kind: sealed papers that set out what was decided on it
    again: Anew  # what a later version of the rules asks once more, before it is decided

    @property
    def address(self) -> str:
        """Where its page is."""
        return f"/applications/{self.kept.number}"

    def paper_of(self, task: str, kind: str = "defects") -> str:
        """Where the sealed paper about a task's decision is; "": there is none, or it is being made."""
        made = self.papers.get((task, kind))
        return f"{self.address}/papers/{made.kind}" if made else ""

    @property
    def asking(self) -> Task | None:
        """The task that asked something of the applicant last."""
        asked = [task for task in self.tasks if task.verdict == Verdict.ASK and task.closed_at]
        return max(asked, key=lambda task: task.closed_at or task.opened_at, default=None)


async def case_of(desk: Desk, kept: Application) -> Case:
    """Read the rest of an application that one may see."""
    async with desk.database.reading() as session:
        procedure = await applications.procedure_of(session, kept.version)
        done = await tasks.of(session, kept.number)
        return Case(
            kept=kept,
            procedure=procedure,
            form=forms.load(procedure.form, procedure.version),
            bills=await ledger.bills_of(session, kept.number),
            tasks=done,
            files=await attachments.of(session, kept.number),
            visits=await visits.of(session, kept.number),
            papers=await papers.wanted_of(session, kept.number),
            again=rules_changed.pending(desk.catalogue, kept, procedure, done, tools.now()),
        )


async def visible(request: Request, who: Person, number: str, now: datetime) -> Case:
    desk = door.desk_of(request)
    return await case_of(desk, await access.visible(desk, who, number, now))


def key_of(who: Person, *about: str) -> str:
    """The name of one thing that this person says once."""
    return hashlib.sha256("\n".join((who.id, *about)).encode()).hexdigest()[:40]
