"""What is on an officer's desk: tasks, who holds them, and what was decided."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from licences import register
from licences.applications import Decision, Status, TaskClosed, Verdict
from licences.deciding import DECIDED, Heard, that_count
from licences.errors import Conflict, NotFound
from licences.procedure import Stage
from records import history
from records.rows import CursorUnreadable, Page, page, read_cursor, table_of, write_once
from records.tables import Application, Case, Task

TASKS, APPLICATIONS, CASES = table_of(Task), table_of(Application), table_of(Case)
OPEN = TASKS.c.closed_at.is_(None)
RUNNING = TASKS.c.stopped_at.is_(None)
"""Its clock does not stand still."""
COUNTED_TO = 1_000
"""How far the tasks of a view are counted: such a count says "so many, or more", and costs the same on any desk."""


class View(StrEnum):
    """Which part of a desk one looks at."""

    MINE = "mine"
    UNASSIGNED = "unassigned"
    OVERDUE = "overdue"
    WAITING = "waiting"  # handed back: the applicant has to answer
    ALL = "all"


class UnknownTask(NotFound):
    """There is no such task."""

    def __init__(self, task: str) -> None:
        super().__init__(f"ไม่พบงาน {task}", f"there is no task {task}")


class TaskTaken(Conflict):
    """Somebody else holds the task now."""

    def __init__(self, task: str, holder: str) -> None:
        super().__init__(
            "งานนี้มีผู้รับผิดชอบคนอื่นแล้ว โปรดโหลดหน้านี้ใหม่",
            f"task {task} is in other hands now: load the page again",
        )
        self.holder = holder


@dataclass(frozen=True)
class Line:
    """One task in a list."""

    id: str
    application: str
    stage: str
    kind: str
    role: str
    agency: str
    office: str
    asks_th: str
    asks_en: str
    opened_at: datetime
    due_on: date
    assignee: str
    reminded: int
    licence: str
    operation: str
    holder_name: str
    received_at: datetime
    status: str


@dataclass(frozen=True)
class Counts:
    """How many tasks each view holds; COUNTED_TO: that many or more."""

    mine: int
    unassigned: int
    overdue: int
    waiting: int
    all: int


@dataclass(frozen=True)
class Load:
    """How much lies on one officer's desk ("": what nobody has taken), and how much of it is late or soon will be."""

    officer: str
    open: int
    late: int
    soon: int


# --- the journey's hand ---


async def open_once(
    session: AsyncSession,
    application: Application | Case,
    stage: Stage,
    step: str,
    *,
    due_on: date,
    at: datetime,
    assignee: str = "",
    warn_on: date | None = None,
) -> Task:
    """Put one stage on the desk of its office; the same step again gives the first task.

    A stage that names another agency goes to that agency. `assignee`: whose it is from the beginning.
    """
    agency = stage.agency or application.agency
    task = Task(
        id=f"{application.number}:{step}",
        application=application.number,
        step=step,
        stage=stage.name,
        kind=stage.kind,
        role=stage.role,
        agency=agency,
        office=application.office if agency == application.agency else agency,
        asks_th=stage.asks.th,
        asks_en=stage.asks.en,
        opened_at=at,
        due_on=due_on,
        warn_on=warn_on,
        assignee=assignee,
        assigned_at=at if assignee else None,
        conditions=[],
        items=[],
        report={},
    )
    return task if await write_once(session, task) else await get(session, task.id)


async def close_once(
    session: AsyncSession,
    decision: Decision,
    *,
    at: datetime,
    report: dict[str, Any] | None = None,
    answer_by: date | None = None,
) -> Task:
    """Keep a decision and take the task off the desk; the same decision again gives the same task.

    `answer_by`: the last day for what is asked; it stands beside every item (Licensing Facilitation Act s.8).
    Raises TaskClosed when somebody else decided, or decided otherwise; UnknownTask.
    """
    decided = {
        "closed_at": at,
        "verdict": decision.verdict.value,
        "officer": decision.officer,
        "on_behalf_of": decision.on_behalf_of,
        "reason": decision.reason,
        "conditions": list(decision.conditions),
        "items": [item.model_dump() | _by(answer_by) for item in decision.items],
        "report": report or {},
    }
    closing = update(TASKS).where(TASKS.c.id == decision.task_id, OPEN).values(decided).returning(TASKS)
    row = (await session.execute(closing)).mappings().first()
    if row:
        return Task(**row)
    task = await get(session, decision.task_id)
    if (task.verdict, task.officer, task.reason) != (decision.verdict.value, decision.officer, decision.reason):
        raise already_closed(task.id)
    return task


def already_closed(task: str) -> TaskClosed:
    """What is said when somebody was quicker."""
    return TaskClosed(
        f"งาน {task} ปิดแล้ว โปรดเปิดคำขออีกครั้งเพื่อดูผล",
        f"task {task} is closed: open the application again to see what was decided",
    )


def _by(answer_by: date | None) -> dict[str, str]:
    return {"by": answer_by.isoformat()} if answer_by else {}


def decision_of(task: Task) -> Decision:
    """The decision that closed a task, as its officer said it."""
    return Decision.model_validate({
        "task_id": task.id,
        "verdict": task.verdict,
        "officer": task.officer,
        "on_behalf_of": task.on_behalf_of,
        "reason": task.reason,
        "items": [{name: value for name, value in item.items() if name != "by"} for item in task.items],
        "conditions": task.conditions,
        "report": task.report.get("findings", ()),
        "number": task.report.get("number", ""),
        "until": task.report.get("until"),
        "fix_by": task.report.get("fix_by"),
    })  # fmt: skip


def heard(done: Iterable[Task]) -> list[Heard]:
    """What was said on each task that was decided, in the order they were opened; a seat stands in the step."""
    return [
        Heard(task.stage, task.kind, int(task.step.partition(".")[2].partition(":")[0] or 0), decision_of(task))
        for task in done
        if task.verdict
    ]


async def decider(session: AsyncSession, about: str) -> Task | None:
    """On whose task an order was made: the last word that counts; of what was returned unanswered, the request."""
    done = sorted(await of(session, about), key=lambda task: task.closed_at or task.opened_at)
    said = [task for task in done if task.verdict]
    if said and said[-1].verdict not in DECIDED:
        return said[-1]
    counted = {one.task_id for one in that_count(heard(said))}
    return next((task for task in reversed(said) if task.id in counted), None)


def digest(task: Task) -> str:
    """SHA-256 (hex) of everything that was decided: the history keeps it, so that a changed row is noticed."""
    said = ("id", "verdict", "officer", "on_behalf_of", "reason", "conditions", "items", "report")
    return register.digest({name: getattr(task, name) for name in said})


async def close_all(session: AsyncSession, application: str, at: datetime) -> None:
    """Take what is open off every desk, undecided: the application is over."""
    open_ = (TASKS.c.application == application, OPEN)
    await session.execute(update(TASKS).where(*open_).values(closed_at=at))


async def reminded(session: AsyncSession, task: str, times: int) -> None:
    """Its officers were reminded for the nth time."""
    fewer = (TASKS.c.id == task, TASKS.c.reminded < times)
    await session.execute(update(TASKS).where(*fewer).values(reminded=times))


async def warned(session: AsyncSession, task: str, at: datetime) -> None:
    """Its supervisor was warned; the first moment stays."""
    first = (TASKS.c.id == task, TASKS.c.warned_at.is_(None))
    await session.execute(update(TASKS).where(*first).values(warned_at=at))


async def explain(session: AsyncSession, task: str, why: str, by: str, at: datetime) -> Task:
    """Why it is late, or will be, as its office says it: the next notice to the applicant carries it (LFA s.10).

    Raises TaskClosed, UnknownTask.
    """
    said = {"why_late": why, "why_late_by": by, "why_late_at": at}
    asked = update(TASKS).where(TASKS.c.id == task, OPEN).values(said).returning(TASKS)
    row = (await session.execute(asked)).mappings().first()
    if row is None:
        await get(session, task)
        raise already_closed(task)
    key, told = f"why-late:{task}:{at.isoformat()}", {"task": task, "stage": row["stage"], "reason": why}
    await history.record(session, row["application"], key, "task:delay:explained", by, at, told)
    return Task(**row)


async def stop(session: AsyncSession, application: str, at: datetime) -> None:
    """The clock of an application's open tasks stands still from that moment."""
    await session.execute(update(TASKS).where(TASKS.c.application == application, OPEN).values(stopped_at=at))


async def start(session: AsyncSession, task: str, days: int, due_on: date, warn_on: date) -> None:
    """The clock of a task goes on, so many working days later; its days are others."""
    days_ = {"due_on": due_on, "warn_on": warn_on, "stopped_days": TASKS.c.stopped_days + days}
    await session.execute(update(TASKS).where(TASKS.c.id == task).values({"stopped_at": None, **days_}))


async def move_due(session: AsyncSession, task: str, due_on: date, warn_on: date | None = None) -> None:
    """The last day of an open task is another, and the one on which its supervisor is warned, where that is given."""
    days = {"due_on": due_on} | ({"warn_on": warn_on} if warn_on else {})
    await session.execute(update(TASKS).where(TASKS.c.id == task, OPEN).values(days))


async def open_from(session: AsyncSession, day: date, after: str, limit: int) -> tuple[str, ...]:
    """Open tasks that are due on that day or later, by id."""
    asked = select(TASKS.c.id).where(OPEN, TASKS.c.due_on >= day, TASKS.c.id > after)
    return tuple((await session.execute(asked.order_by(TASKS.c.id).limit(limit))).scalars())


# --- looking ---


async def lock(session: AsyncSession, task: str) -> Task:
    """One task; nobody else changes it until this transaction ends. Raises UnknownTask."""
    row = (await session.execute(select(TASKS).where(TASKS.c.id == task).with_for_update())).mappings().first()
    if row is None:
        raise UnknownTask(task)
    return Task(**row)


async def why_late(session: AsyncSession, task: Task) -> str:
    """The newest reason that was given for the delay of a task's stage, by whichever of its seats; "" = none."""
    same = (TASKS.c.application == task.application, TASKS.c.stage == task.stage, OPEN, TASKS.c.why_late != "")
    asked = select(TASKS.c.why_late).where(*same).order_by(TASKS.c.why_late_at.desc()).limit(1)
    return (await session.execute(asked)).scalar_one_or_none() or ""


async def get(session: AsyncSession, task: str) -> Task:
    """One task. Who may see it is for the caller to ask. Raises UnknownTask."""
    row = (await session.execute(select(TASKS).where(TASKS.c.id == task))).mappings().first()
    if row is None:
        raise UnknownTask(task)
    return Task(**row)


async def of(session: AsyncSession, application: str) -> tuple[Task, ...]:
    """Every task of an application, in the order they were opened."""
    rows = await session.execute(
        select(TASKS).where(TASKS.c.application == application).order_by(TASKS.c.opened_at, TASKS.c.id)
    )
    return tuple(Task(**row) for row in rows.mappings())


async def running_out(
    session: AsyncSession, agency: str, offices: Sequence[str], today: date, after: str = "", limit: int = 25
) -> Page[Line]:
    """What an office has to do soon or should have done, in whosever hands, what is due first at the top.

    A supervisor's board: from the day on which he is warned of a task until it is decided.
    """
    where = [*_of(agency, offices), OPEN, RUNNING, or_(TASKS.c.warn_on <= today, TASKS.c.due_on <= today)]
    where += [_beyond(after)] if after else []
    order = (TASKS.c.due_on, TASKS.c.id)
    rows = await session.execute(_lines().where(*where).order_by(*order).limit(limit + 1))
    return page([Line(*row) for row in rows], limit, lambda line: (line.due_on, line.id))


async def loads(session: AsyncSession, agency: str, offices: Sequence[str], today: date) -> list[Load]:
    """Who of an office has how much on the desk, the fullest first."""
    late, soon = TASKS.c.due_on < today, and_(TASKS.c.due_on >= today, TASKS.c.warn_on <= today)
    counted = (func.count(), func.count().filter(late), func.count().filter(soon))
    asked = select(TASKS.c.assignee, *counted).where(*_of(agency, offices), OPEN).group_by(TASKS.c.assignee)
    rows = await session.execute(asked.order_by(func.count().desc(), TASKS.c.assignee))
    return [Load(*row) for row in rows]


async def inbox(
    session: AsyncSession,
    agency: str,
    offices: Sequence[str],
    roles: Sequence[str],
    view: View | str,
    officer: str,
    today: date,
    after: str = "",
    limit: int = 25,
    absent: Sequence[str] = (),
) -> Page[Line]:
    """One page of a desk, what is due first at the top. "" among `offices`: every office of the agency.

    `absent`: the officers at whose desks this one sits too; theirs is his as long. Each slice of the desk is read off
    its own index in order, so that a page costs the same however full the desk is.
    """
    order, beyond = (TASKS.c.due_on, TASKS.c.id), [_beyond(after)] if after else []
    slices = [
        select(TASKS.c.id).select_from(_joined()).where(*where, *beyond).order_by(*order).limit(limit + 1)
        for where in _slices(agency, offices, roles, View(view), (officer, *absent), today)
    ]
    if not slices:
        return page([], limit, lambda line: (line.due_on, line.id))
    picked = union_all(*(one.subquery().select() for one in slices)).subquery()
    asked = _lines().where(TASKS.c.id.in_(select(picked.c.id))).order_by(*order).limit(limit + 1)
    rows = await session.execute(asked)
    return page([Line(*row) for row in rows], limit, lambda line: (line.due_on, line.id))


async def counts(
    session: AsyncSession, agency: str, offices: Sequence[str], roles: Sequence[str], officer: str, today: date,
    absent: Sequence[str] = (),
) -> Counts:  # fmt: skip
    """How many tasks each view of a desk holds, counted no further than COUNTED_TO."""
    hands = (officer, *absent)
    held = [_held(_slices(agency, offices, roles, view, hands, today)).label(view.value) for view in View]
    return Counts(**(await session.execute(select(*held))).mappings().one())


def _held(slices: Sequence[Sequence[ColumnElement[bool]]]) -> ScalarSelect[int]:
    """How many lie in these slices: reading ends where the counting does."""
    if not slices:
        return select(literal(0)).scalar_subquery()
    each = [select(TASKS.c.id).select_from(_joined()).where(*where) for where in slices]
    first = union_all(*each).limit(_said(COUNTED_TO)).subquery()
    return select(func.count()).select_from(first).scalar_subquery()


def _desk(agency: str, offices: Sequence[str], roles: Sequence[str]) -> list[ColumnElement[bool]]:
    return [*_of(agency, offices), _one_of(TASKS.c.role, roles)]


def _of(agency: str, offices: Sequence[str]) -> list[ColumnElement[bool]]:
    """At which offices: "" among them is every one of the agency."""
    everywhere = [TASKS.c.agency == agency]
    return everywhere if "" in offices else [*everywhere, _one_of(TASKS.c.office, offices)]


def _one_of(column: ColumnElement[str], values: Sequence[str]) -> ColumnElement[bool]:
    return column == values[0] if len(values) == 1 else column.in_(values)


def _slices(
    agency: str, offices: Sequence[str], roles: Sequence[str], view: View, hands: Sequence[str], today: date
) -> list[list[ColumnElement[bool]]]:
    """The pieces of a view, each one run of an index."""
    if view is View.MINE:
        return [[*_desk(agency, offices, roles), _seen(view, [one], today)] for one in dict.fromkeys(hands)]
    places = [""] if "" in offices else offices
    return [[*_desk(agency, [place], [role]), _seen(view, hands, today)] for place in places for role in roles]


def _beyond(after: str) -> ColumnElement[bool]:
    due, last = read_cursor(after, 2)
    return tuple_(TASKS.c.due_on, TASKS.c.id) > tuple_(literal(_day(due)), literal(str(last)))


def _seen(view: View, hands: Sequence[str], today: date) -> ColumnElement[bool]:
    match view:
        case View.MINE:
            return and_(OPEN, _one_of(TASKS.c.assignee, hands))
        case View.UNASSIGNED:
            return and_(OPEN, TASKS.c.assignee == _said(""))
        case View.OVERDUE:
            return and_(OPEN, TASKS.c.due_on < today, RUNNING)
        case View.WAITING:
            return _handed_back()
        case View.ALL:
            return OPEN


def _handed_back() -> ColumnElement[bool]:
    """The last word on this stage was a request, and the applicant has not answered."""
    newer = TASKS.alias("newer")
    again = exists().where(
        newer.c.application == TASKS.c.application,
        newer.c.stage == TASKS.c.stage,
        newer.c.opened_at > TASKS.c.opened_at,
    )
    asked = (
        TASKS.c.verdict.in_(_said([Verdict.ASK.value, Verdict.FIX.value])),
        APPLICATIONS.c.status == _said(Status.INCOMPLETE.value),
    )
    return and_(*asked, APPLICATIONS.c.ended_at.is_(None), ~again)


def _said(value: Any) -> BindParameter[Any]:
    """A value that stands in the statement itself: else PostgreSQL cannot tell that an index of a part fits."""
    return bindparam(None, value, literal_execute=True, expanding=isinstance(value, list))


def _joined() -> Any:
    """A task is of an application or of a case: both lie in one inbox."""
    of_application = APPLICATIONS.c.number == TASKS.c.application
    return TASKS.outerjoin(APPLICATIONS, of_application).outerjoin(CASES, CASES.c.number == TASKS.c.application)


def _lines() -> Select[Any]:
    shown = (TASKS.c[name] if name in TASKS.c else _of_either(name) for name in Line.__dataclass_fields__)
    return select(*shown).select_from(_joined())


def _of_either(name: str) -> Any:
    return func.coalesce(APPLICATIONS.c[name], CASES.c["act" if name == "operation" else name]).label(name)


def _day(text: Any) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError as unreadable:
        raise CursorUnreadable from unreadable


# --- in whose hands ---


async def claim(session: AsyncSession, task: str, officer: str, at: datetime) -> Task:
    """Take a free task; taking one's own again changes nothing. Raises TaskTaken, TaskClosed, UnknownTask."""
    return await _hand_over(session, task, before="", to=officer, by=officer, at=at, why="", what="claimed")


async def release(session: AsyncSession, task: str, officer: str, at: datetime, why: str) -> Task:
    """Put one's own task back. Raises TaskTaken, TaskClosed, UnknownTask."""
    return await _hand_over(session, task, before=officer, to="", by=officer, at=at, why=why, what="released")


async def reassign(session: AsyncSession, task: str, before: str, to: str, by: str, at: datetime, why: str) -> Task:
    """Move a task from the hands it is in to others (leave cover). Raises TaskTaken when it is not in `before`'s."""
    return await _hand_over(session, task, before=before, to=to, by=by, at=at, why=why, what="reassigned")


async def held(session: AsyncSession, agency: str, offices: Sequence[str], role: str, officer: str) -> tuple[Task, ...]:
    """The open tasks on one officer's desk; their rows are locked until this transaction ends."""
    mine = (*_desk(agency, offices, [role]), OPEN, TASKS.c.assignee == officer)
    rows = await session.execute(select(TASKS).where(*mine).order_by(TASKS.c.id).with_for_update())
    return tuple(Task(**row) for row in rows.mappings())


async def _hand_over(
    session: AsyncSession, task: str, *, before: str, to: str, by: str, at: datetime, why: str, what: str
) -> Task:
    mine = (TASKS.c.id == task, OPEN, TASKS.c.assignee == before)
    hands = {"assignee": to, "assigned_at": at if to else None}
    row = (await session.execute(update(TASKS).where(*mine).values(hands).returning(TASKS))).mappings().first()
    if row is None:
        return await _as_it_is(session, task, to)
    said = {"task": task, "from": before, "to": to, "why": why}
    key = f"{what}:{task}:{before}>{to}:{at.isoformat()}"
    await history.record(session, row["application"], key, f"task:assignment:{what}", by, at, said)
    return Task(**row)


async def _as_it_is(session: AsyncSession, task: str, wanted: str) -> Task:
    """Nothing moved: fine when it is in the wanted hands already."""
    kept = await get(session, task)
    if kept.closed_at is not None:
        raise already_closed(task)
    if kept.assignee != wanted:
        raise TaskTaken(task, kept.assignee)
    return kept
