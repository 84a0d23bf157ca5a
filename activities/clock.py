"""The clock of an application is stopped and started again, as a provision named in its definition allows.

While it stands still nobody is late: its tasks are neither warned of nor reminded of. Started again, every last day has
moved by the working days between: as many are left as when it was stopped. Both are recorded and told, with the reason.
"""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities import delays, wanted
from activities.tasks import closed_for, stage_of
from activities.telling import happened, tell
from licences import calendar, catalogue
from licences.procedure import Pause, Procedure
from records import applications, tasks
from records.database import Database
from records.tables import Application, Task

CLOCK = "clock"
TAGS = {"stopped": "application:clock:stopped", "started": "application:clock:started"}


class Clock:
    """Two short writes."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @activity.defn(name="stop_clock")
    async def stop(self, stopped: wanted.ClockStopped) -> None:
        """The application waits for what the provision names; done again, it changes nothing."""
        async with self.database.transaction() as session:
            application = await applications.lock(session, stopped.number)
            if application.stopped_at is not None:
                return
            pause = pause_of(await applications.procedure_of(session, application.version), stopped.provision)
            await applications.stop(session, stopped.number, stopped.at)
            await tasks.stop(session, stopped.number, stopped.at)
            await applications.show(session, stopped.number, waiting_for=CLOCK, since=stopped.at)
            said = {"provision": pause.code, "law": pause.law, "reason": stopped.reason}
            await self._say(session, application, "stopped", stopped, stopped.officer, said)

    @activity.defn(name="start_clock")
    async def start(self, started: wanted.ClockStarted) -> wanted.LastDays:
        """Every last day moves by the working days between; which they are now. Done again, it changes nothing."""
        async with self.database.transaction() as session:
            application = await applications.lock(session, started.number)
            open_ = [one for one in await tasks.of(session, started.number) if one.closed_at is None]
            if application.stopped_at is None:
                return wanted.LastDays(days={one.id: delays.late_from(one, application) for one in open_})
            closed = await closed_for(session, application)
            days = calendar.office_days(_day(application.stopped_at), _day(started.at), closed)
            moved = {one.id: await self._moved(session, application, one, days, closed) for one in open_}
            await self._go_on(session, application, open_, moved, days, closed, started.at)
            now = await applications.get(session, started.number)
            late = {one.id: delays.late_from(await tasks.get(session, one.id), now) for one in open_}
            said = {"days": days, "due_on": _latest(moved, application).isoformat(), "reason": started.reason}
            await self._say(session, application, "started", started, started.officer, said)
        return wanted.LastDays(days=late)

    async def _moved(
        self, session: AsyncSession, application: Application, task: Task, days: int, closed: frozenset[date]
    ) -> date:
        """The last day of one open task, which had stood still for so many working days more."""
        stage = stage_of(await applications.procedure_of(session, application.version), task.stage)
        percent = catalogue.load().agency(task.agency).warn_at_percent
        due, warn = days_of(task, stage.working_days, percent, closed, more=days)
        await tasks.start(session, task.id, days, due, warn)
        return due

    async def _go_on(
        self, session: AsyncSession, application: Application, open_: list[Task], moved: dict[str, date], days: int,
        closed: frozenset[date], at: datetime,
    ) -> None:  # fmt: skip
        rules = await applications.procedure_of(session, application.version)
        stood = application.stopped_days + days
        due = calendar.due_on(_day(application.received_at), rules.decision_days + stood, closed)
        await applications.start(session, application.number, stood, due)
        newest = max(open_, key=lambda one: one.opened_at, default=None)
        waits = f"stage:{newest.stage}" if newest else "issue"
        until = calendar.end_of_day(moved[newest.id]) if newest else None
        await applications.show(session, application.number, waiting_for=waits, since=at, until=until)

    async def _say(
        self, session: AsyncSession, application: Application, what: str, step: wanted.Step, by: str,
        said: Mapping[str, object],
    ) -> None:  # fmt: skip
        key = f"clock:{what}:{step.at.isoformat()}"
        await happened(session, application.number, key, TAGS[what], step.at, said, by=by)
        told = {**said, "licence": application.licence}
        await tell(session, application, f"clock-{what}", step.at.isoformat(), step.at, told)


def pause_of(procedure: Procedure, code: str) -> Pause:
    """The provision of that name under which a procedure's clock may be stopped. Raises StopIteration."""
    return next(one for one in procedure.pauses if one.code == code)


def days_of(
    task: Task, working_days: int, percent: int, closed: frozenset[date], *, more: int = 0
) -> tuple[date, date]:
    """The last day of a task, and that of its warning: its period is counted from the day on which it was opened, and
    longer by the days on which its clock stood still."""
    opened, stood = _day(task.opened_at), task.stopped_days + more
    due = calendar.due_on(opened, working_days + stood, closed)
    return due, min(due, calendar.due_on(calendar.warn_on(opened, working_days, percent, closed), stood, closed))


def _latest(moved: dict[str, date], application: Application) -> date:
    return max(moved.values(), default=application.due_on)


def _day(at: datetime) -> date:
    return at.astimezone(calendar.BANGKOK).date()
