"""Late, and nearly late: who is told, and of what.

From the day on which a stage's time has run out, and every seven days until it is decided, the applicant is told why,
each time with a copy to OPDC; where its office has given no reason the notice says just that, and whoever holds the
task is asked for one (Licensing Facilitation Act B.E. 2558 s.10). Before that day the office's supervisor is warned.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from activities import wanted
from activities.telling import HOST, happened, tell
from licences import calendar, catalogue
from licences.procedure import RECORDS, Text
from records import notices, seats, tasks
from records.seats import Colleague
from records.tables import Application, Case, Task

NO_REASON = Text(th="หน่วยงานยังไม่ได้แจ้งเหตุแห่งความล่าช้า", en="the office has not said why")
COPIED = Text(
    th="สำเนาหนังสือนี้ส่งให้สำนักงาน ก.พ.ร. แล้ว",
    en="A copy of this notice went to the Office of the Public Sector Development Commission (OPDC).",
)
SUPERVISOR = "supervisor"


@dataclass(frozen=True)
class Late:
    """One stage of an application or a case whose day has passed, for the nth week."""

    about: Application | Case
    task: Task
    stage: Text
    times: int
    at: datetime
    why: str  # "" = its office has given no reason

    @property
    def turn(self) -> str:
        """The seats of one committee are late together, and so is all that is open when the whole is: one notice."""
        if self.whole:
            return f"whole:{(late_from(self.task, self.about) + calendar.NOTICE_EVERY * (self.times - 1)).isoformat()}"
        return f"{self.task.stage}:{self.task.step.rpartition(':')[2]}:{self.times}"

    @property
    def whole(self) -> bool:
        """Whether the last day of the whole decision came before that of this stage."""
        return _decided_by(self.task, self.about) < self.task.due_on

    @property
    def due_on(self) -> date:
        """The day that has passed."""
        return min(self.task.due_on, _decided_by(self.task, self.about))

    def said(self, language: str) -> dict[str, Any]:
        """What a notice says of it."""
        office = catalogue.load().agency(self.task.agency).title
        words = {
            "stage": _whole(self.stage) if self.whole else _step(self.stage),
            "office": office,
            "why": Text(th=self.why, en=self.why) if self.why else NO_REASON,
        }
        chosen = {name: text.th if language == "th" else text.en for name, text in words.items()}
        days = {"due_on": self.due_on.isoformat(), "next_on": (self.at + calendar.NOTICE_EVERY).date().isoformat()}
        return {"task": self.task.id, "times": self.times, "licence": self.about.licence, **days, **chosen}


def late_from(task: Task, about: Application | Case) -> date:
    """The day after which notices of delay are owed for an open task (licences.calendar)."""
    opened_on = task.opened_at.astimezone(calendar.BANGKOK).date()
    return calendar.late_from(task.due_on, _decided_by(task, about), opened_on)


def _decided_by(task: Task, about: Application | Case) -> date:
    """The last day of the whole decision, where this task belongs to it: what is recorded afterwards does not."""
    decides = isinstance(about, Application) and task.kind not in RECORDS
    return about.due_on if decides else task.due_on


def is_early(task: Task, about: Application | Case, reminder: wanted.Reminder) -> bool:
    """Whether the nth week of delay has not begun: the last day has moved since the timer was set."""
    begins = calendar.end_of_day(late_from(task, about)) + (reminder.times - 1) * calendar.NOTICE_EVERY
    return reminder.times > task.reminded and reminder.at < begins


def _step(stage: Text) -> Text:
    return Text(th=f"ขั้นตอน “{stage.th}”", en=f"the step “{stage.en}”")


def _whole(stage: Text) -> Text:
    return Text(th=f"การพิจารณาทั้งเรื่อง ซึ่งอยู่ที่ขั้นตอน “{stage.th}”", en=f"the whole decision (now at the step “{stage.en}”)")


async def late(
    session: AsyncSession, about: Application | Case, task: str, stage: Text, times: int, at: datetime
) -> Late:
    """The nth week, with the newest reason that its office gave; the task and the history say so."""
    await tasks.reminded(session, task, times)
    kept = await tasks.get(session, task)
    found = Late(about, kept, stage, times, at, await tasks.why_late(session, kept))
    said = {"task": task, "times": times, "stage": kept.stage, "due_on": found.due_on.isoformat()}
    said |= {"reason": found.why} if found.why else {"unexplained": True}
    tag = "application:due:passed" if found.whole else "task:due:passed"
    await happened(session, about.number, f"late:{task}:{times}", tag, at, said)
    return found


async def notify(session: AsyncSession, late: Late, what: str, opdc: str, said: Mapping[str, Any]) -> None:
    """Tell the applicant why it is late, with a copy to OPDC, once for each week (LFA s.10)."""
    language = late.about.language
    copied = {"copied": (COPIED.th if language == "th" else COPIED.en) if opdc else ""}
    await tell(session, late.about, what, late.turn, late.at, {**late.said(language), **copied, **said})
    if opdc:
        key = f"{late.about.number}:delay-copy:{late.turn}"
        told = {**late.said("th"), **said}
        await notices.write_once_for(session, key, late.about.number, opdc, "delay-copy", told, late.at, host=HOST)


async def ask_why(session: AsyncSession, late: Late) -> None:
    """Whoever holds the task is asked for the reason, before the next notice goes out; where nobody does, who leads."""
    if late.why:
        return
    for one in await _answerable(session, late.task, late.at):
        key = f"{late.task.id}:delay-ask:{late.times}:{one.person}"
        await notices.write_once_for(
            session, key, late.about.number, one.email, "delay-ask", late.said("th"), late.at, host=HOST
        )


async def _answerable(session: AsyncSession, task: Task, at: datetime) -> list[Colleague]:
    there = await _there(session, task, at)
    holder = [one for one in there if one.person == task.assignee]
    return _reachable(holder or [one for one in there if one.role == SUPERVISOR])


# --- before it is late ---


def warn_at(task: Task, about: Application | Case) -> datetime | None:
    """When its supervisor is to be warned: when the office opens on that day; None: never, or no more."""
    if task.warn_on is None or task.warned_at or task.reminded:
        return None
    opens = time.fromisoformat(catalogue.load().agency(task.agency).office_opens)
    at = datetime.combine(task.warn_on, opens, tzinfo=calendar.BANGKOK)
    return at if task.opened_at < at < calendar.end_of_day(late_from(task, about)) else None


async def warn(session: AsyncSession, about: Application | Case, task: Task, stage: Text, at: datetime) -> None:
    """Who leads the office, and who holds the task, hear once that its time runs out; nothing after the day itself."""
    if task.closed_at or task.stopped_at or at >= calendar.end_of_day(task.due_on):
        return
    await tasks.warned(session, task.id, at)
    said = {"task": task.id, "stage": task.stage, "due_on": task.due_on.isoformat()}
    await happened(session, about.number, f"warn:{task.id}", "task:due:near", at, said)
    told = Late(about, task, stage, 0, at, "").said("th")
    for one in await _leading(session, task, at):
        key = f"{task.id}:warn:{one.person}"
        await notices.write_once_for(session, key, about.number, one.email, "due-soon", told, at, host=HOST)


async def _leading(session: AsyncSession, task: Task, at: datetime) -> list[Colleague]:
    there = await _there(session, task, at)
    return _reachable([one for one in there if one.role == SUPERVISOR or one.person == task.assignee])


async def _there(session: AsyncSession, task: Task, at: datetime) -> tuple[Colleague, ...]:
    on = at.astimezone(calendar.BANGKOK).date()
    return await seats.of_office(session, task.agency, task.office, (task.role, SUPERVISOR), on)


def _reachable(found: list[Colleague]) -> list[Colleague]:
    """Each once, and only who has an address."""
    return [one for one in {one.person: one for one in found}.values() if one.email]
