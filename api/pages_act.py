"""One case as its holder sees it, and as an officer does: where it stands, what was said, what may be said now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from api import acting, acts, case_wording, frame, letters, wording
from api import applications as door
from api import register as register_door
from api.cases import Link
from api.filing import Desk
from api.people import Person
from api.showing import Says
from licences import acts as law
from licences.acts import ActProcedure, CaseStatus, Kind
from licences.applications import Verdict
from licences.calendar import BANGKOK
from licences.procedure import Licence, Text
from licences.register import is_case
from records import cases, history, papers, people, tasks
from records.tables import Case, Paper, Task

A_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Event:
    """One line of a history."""

    what: Text
    at: datetime
    by: str


@dataclass(frozen=True)
class Whole:
    """A case with all that its page is made of. `desk_side`: an officer looks; `holder`: the person it is about."""

    case: Case
    rules: ActProcedure
    tasks: Sequence[Task]
    happened: Sequence[history.Happened]
    papers: Sequence[Paper]
    names: Mapping[str, str]
    desk_side: bool
    holder: bool

    @property
    def standing(self) -> CaseStatus:
        """Where it stands."""
        return CaseStatus(self.case.status)

    def name(self, person: str) -> str:
        """An official's name, which only the office reads."""
        return self.names.get(person, "") if self.desk_side else ""


async def show(
    request: Request, who: Person, case: Case, now: datetime, *, desk_side: bool = False,
    problems: Sequence[Says] = (), status: int = 200, typed: str = "", chosen: str = "", until: str = "",
    letter: letters.Letter | None = None,
) -> HTMLResponse:  # fmt: skip
    """The page; `typed`, `chosen`, `until`: what was sent; `letter`: to be read before it is."""
    desk = door.desk_of(request)
    whole = await _whole(desk, who, case, now, desk_side=desk_side)
    panels: dict[str, Any] = {
        **_head(desk, whole, now),
        **_wanted(whole),
        **_told(whole),
        **await _task(desk, who, whole, now),
        **await _ways(desk, who, whole, now),
    }
    said_back = {"typed": typed, "chosen": chosen, "left": until, "letter": letter, "problems": problems}
    return await frame.show(request, "case-page.html", status, **panels, **said_back)


async def _whole(desk: Desk, who: Person, case: Case, now: datetime, *, desk_side: bool) -> Whole:
    async with desk.database.reading() as session:
        rules = await cases.rules_of(session, case)
        done = await tasks.of(session, case.number)
        said = await history.of(session, case.number)
        kept = await papers.of(session, case.number)
        names = await people.names(session, {one.officer or one.assignee for one in done} | {case.opened_by})
    holder = await acting.is_holder(desk, who, case.holder_kind, case.holder_id, case.licence, now)
    return Whole(case, rules, done, said, kept, names, desk_side, holder)


# --- the panels of the page: name in the template -> what it shows ---


def _head(desk: Desk, whole: Whole, now: datetime) -> dict[str, Any]:
    case, rules = whole.case, whole.rules
    return {
        "number": case.number,
        "title": rules.title,
        "licence": desk.catalogue.licence(case.licence).title,
        "law": rules.law,
        "provisional": rules.provisional,
        "licence_number": case.licence_number,
        "about": case.about,
        "holder": case.holder_name,
        "opened_by": whole.name(case.opened_by),
        "standing": case_wording.STATUSES[whole.standing],
        "todo": case_wording.NEXT[whole.standing],
        "due_on": case.due_on,
        "today": now.date(),
        "over": case.ended_at is not None,
        "desk_side": whole.desk_side,
    }


def _wanted(whole: Whole) -> dict[str, Any]:
    """What is asked for, and for which days."""
    case = whole.case
    return {
        "wanted": case.wanted,
        "since": _day(case.found.get("since") or case.wanted.get("since")),
        "until": _day(case.found.get("until") or case.wanted.get("until")),
        "last_day": (case.waiting_until - A_MOMENT).astimezone(BANGKOK).date() if case.waiting_until else None,
    }


def _told(whole: Whole) -> dict[str, Any]:
    """What was said and found on the way."""
    case, found = whole.case, whole.case.found
    return {
        "says": _said(case),
        "objection": (found.get("objection") or {}).get("words", ""),
        "finding": case_wording.ON_THE_WAY.get(f"case:register:{found.get('finding')}"),
        "found_name": found.get("name", ""),
        "papers": [one.kind for one in whole.papers if one.sealed_key and acts.told(case)],
        "decisions": [_decision(whole, one) for one in whole.tasks if one.verdict],
        "history": [_event(whole, one) for one in whole.happened if case_wording.happened(one.tag)],
    }


async def _task(desk: Desk, who: Person, whole: Whole, now: datetime) -> dict[str, Any]:
    """What lies on this officer's desk."""
    mine = next(
        (one for one in whole.tasks if one.closed_at is None and whole.desk_side and _may_decide(who, one)), None
    )
    return {
        "task": mine,
        "assignee": whole.name(mine.assignee) if mine and mine.assignee not in ("", who.id) else "",
        "stage": whole.rules.stage(mine.stage) if mine else None,
        "may_explain": bool(mine and now.date() >= (mine.warn_on or mine.due_on)),
        "awaited": whole.case.opened_as == "holder",
        "may_vary": await _may_vary(desk, whole.case) if mine else False,
    }


async def _ways(desk: Desk, who: Person, whole: Whole, now: datetime) -> dict[str, Any]:
    """What may be said now."""
    case, standing, opened = whole.case, whole.standing, whole.case.opened_by == who.id
    return {
        "may_object": standing is CaseStatus.HEARING and whole.holder,
        "may_agree": standing is CaseStatus.CONSENT and not whole.desk_side and not opened,
        "may_withdraw": case.ended_at is None and standing is not CaseStatus.ISSUING and opened,
        "appeal": _appeal(whole) if whole.holder else None,
        "stay": await _stay(desk, who, whole, now),
    }


# --- what stands in them ---


async def _may_vary(desk: Desk, case: Case) -> bool:
    """Whether a ruling may leave a part of the order standing: of a suspension some days."""
    if case.act != Kind.APPEAL or not is_case(case.about):
        return False
    async with desk.database.reading() as session:
        order = await cases.get(session, case.about)
    return order.act == Kind.SUSPENSION


def _may_decide(officer: Person, task: Task) -> bool:
    return any(seat.role == task.role for seat in acting.seats_over(officer.desks, task.agency, task.office))


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None


def _said(case: Case) -> Text | None:
    says = case.found.get("says")
    return Text(th=says["th"], en=says["en"]) if says else None


def _decision(whole: Whole, task: Task) -> dict[str, Any]:
    stage = whole.rules.stage(task.stage)
    return {
        "title": stage.title,
        "verdict": wording.VERDICTS[Verdict(task.verdict)],
        "reason": task.reason,
        "at": task.closed_at,
        "by": whole.name(task.officer),
    }


def _event(whole: Whole, one: history.Happened) -> Event:
    what = case_wording.happened(one.tag)
    assert what is not None
    return Event(what, one.at, whole.name(one.by))


def _appeal(whole: Whole) -> Link | None:
    """The way to appeal against an order that was made, or against what was refused."""
    case, appeal = whole.case, whole.rules.appeal
    if not acting.appealable(case, whole.tasks):
        return None
    to, days = appeal.to, appeal.days
    title = Text(th=f"อุทธรณ์ต่อ{to.th}ภายใน {days} วัน", en=f"Appeal to {to.en} within {days} days")
    return Link(f"/cases/new?act=appeal&about={case.number}", title)


async def _stay(desk: Desk, who: Person, whole: Whole, now: datetime) -> Link | None:
    """The way to have an order stayed while it is appealed against, or its stay ended; on both their pages."""
    case = whole.case
    number = case.about if case.act == Kind.APPEAL else case.number
    if not is_case(number) or Kind(case.act) not in (Kind.APPEAL, *law.UNDONE_BY):
        return None
    async with desk.database.reading() as session:
        order = await cases.get(session, number)
        appealed = await cases.is_appealed(session, number)
    if Kind(order.act) not in law.UNDONE_BY or order.status != CaseStatus.DONE:
        return None
    on = acting.ground_of(await register_door.the_licence(desk.database, order.licence_number))
    roles = {seat.role for seat in acting.seats_over(who.desks, on.agency, on.office)}
    roles |= {"holder"} if whole.holder else set()
    licence = desk.catalogue.licence(case.licence)
    return next(_stays(order, on, licence, now.date(), roles, appealed=appealed), None)


def _stays(
    order: Case, on: acting.Ground, licence: Licence, today: date, roles: set[str], *, appealed: bool
) -> Iterator[Link]:
    for act in (Kind.STAY, Kind.STAY_END):
        rules = law.procedure(act, licence)
        if roles & set(rules.opened_by) and law.may_stay(act, Kind(order.act), on.lines, today, appealed=appealed):
            yield Link(f"/cases/new?act={act.value}&about={order.number}", rules.title)
