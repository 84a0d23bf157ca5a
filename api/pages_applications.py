"""One application: whose turn it is, by when the law wants it done, what happened, and how to pay."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from api import applications as door
from api import changes, following, frame, paying, showing, views, wording
from api.cases import Case, Link, visible
from api.filing import Desk
from api.people import Applicant, Person
from api.showing import Says
from api.tools import Now, TheFiles
from licences.applications import Action, Status, Verdict
from licences.procedure import Text
from licences.visits import Visit
from records import papers, register
from records.tables import Application, Appointment, Bill

router = APIRouter(include_in_schema=False)

Word = Annotated[str, Query(max_length=5)]


@router.get("/applications/{number}")
async def follow(
    request: Request, who: Applicant, now: Now, number: str, sent: Word = "", thanks: Word = ""
) -> HTMLResponse:
    """Whose turn it is, by when the law wants it done, and what happened; never an internal name."""
    case = await visible(request, who, number, now)
    return await show(request, who, case, now, just_sent=bool(sent), thanks=bool(thanks))


async def show(
    request: Request, who: Person, case: Case, now: datetime, *, just_sent: bool = False, thanks: bool = False,
    status: int = 200, problems: Sequence[Says] = (),
) -> HTMLResponse:  # fmt: skip
    """The page of one application; `problems`: what was wrong with what was just said."""
    desk, lang = door.desk_of(request), showing.language(request)
    view = await views.application(desk.database, case.kept, who)
    panels: dict[str, Any] = {
        **_head(desk, case, who, now),
        **await _turn(desk, case, view, now),
        **_way(case, view, lang),
        **_sent(case, lang),
        **await _papers(desk, case),
        "may_say": following.over(case.kept) and not views.deskside(case.kept, who),
    }
    said_back = {"just_sent": just_sent, "thanks": thanks, "problems": problems}
    return await frame.show(request, "application.html", status, **panels, **said_back)


# --- the panels of the page: name in the template -> what it shows ---


def _head(desk: Desk, case: Case, who: Person, now: datetime) -> dict[str, Any]:
    kept = case.kept
    return {
        "number": kept.number,
        "operation": wording.OPERATIONS[case.procedure.operation],
        "title": case.procedure.title,
        "agency": desk.catalogue.agency(kept.agency).title,
        "holder": kept.holder_name or frame.full_name(who),
        "standing": wording.STATUSES[Status(kept.status)],
        "over": following.over(kept),
        "entered_at": kept.entered_at,
        "received_at": kept.received_at,
        "due_on": kept.due_on,
        "ended_at": kept.ended_at,
        "today": now.date(),
    }


async def _turn(desk: Desk, case: Case, view: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Whose turn it is, and what can be done about it."""
    processing, fix = await paying.being_processed(desk.database, case.bills, now), view["to_fix"]
    return {
        "todo": paying.BEING_PROCESSED if processing else _todo(case, Status(case.kept.status)),
        "actions": [_look_at(case, processing)] if processing else _next(case, view["may"]),
        "may_withdraw": Action.WITHDRAW in view["may"],
        "waiting": following.waiting(case.kept),
        "look_again": following.moves_by_itself(case.kept),
        "state": following.state(case.kept, case.bills),
        "appointment": _visit(case),
        "visit_words": wording.VISITS,
        "to_fix": fix,
        "fix_by": date.fromisoformat(fix["by"]) if fix else None,
    }


def _way(case: Case, view: dict[str, Any], lang: showing.Lang) -> dict[str, Any]:
    """The steps of the law, what was decided, what happened."""
    standing = following.progress(case.kept, case.bills, case.tasks)
    return {
        "steps": list(following.steps(case.kept, case.procedure, standing, case.bills, case.tasks, lang)),
        "decisions": [_decision(case, one, lang) for one in view["decisions"] if one["verdict"] != Verdict.APPROVE],
        "history": following.events(view["happened"], case.procedure, people=False),
    }


def _sent(case: Case, lang: showing.Lang) -> dict[str, Any]:
    """What the applicant sent."""
    asked_at = case.asking.closed_at if case.asking else None
    return {
        "sections": following.sections(case.form, case.kept.answers, lang, masked=True),
        "documents": following.papers(case.kept, case.form, case.procedure, case.files, asked_at, lang),
    }


async def _papers(desk: Desk, case: Case) -> dict[str, Any]:
    """What the agency gave out."""
    kept = case.kept
    return {
        "granted": await _granted(desk, kept),
        "bills": [one for one in case.bills if one.status in ("open", "paid")],
        "reports": [paper for task in case.tasks if (paper := case.paper_of(task.id, "inspection"))],
        "acknowledgement": await _has_paper(desk, kept, "acknowledgement"),
        "letter": kept.status if await _has_paper(desk, kept, kept.status) else "",
    }


# --- what stands in them ---


def _todo(case: Case, stands: Status) -> Text:
    """What the applicant has to do: more than his turn, where an inspector waits for his word."""
    if case.kept.waiting_for == views.FIXES:
        return wording.FIX_AND_TELL
    visit = _visit(case)
    proposed = visit is not None and visit.standing == Visit.PROPOSED
    return wording.CONFIRM_VISIT if proposed else wording.NEXT[stands]


def _visit(case: Case) -> Appointment | None:
    """The latest appointment at the premises of an inspection that is under way."""
    under_way = {task.id for task in case.tasks if task.closed_at is None}
    return next((one for one in reversed(case.visits) if one.task in under_way), None)


def _next(case: Case, may: list[str]) -> list[Link]:
    """The one thing (seldom two) that this reader is to do now."""
    found = []
    if Action.PAY in may:
        found += [Link(f"{case.address}/bills/{one.ref1}", _pay(one)) for one in case.bills if one.status == "open"]
    if Action.RESUBMIT in may:
        found.append(Link(f"{case.address}/answer", Text(th="ดูและแก้ไขตามที่ขอ", en="Answer what was asked")))
    if Action.APPEAL in may:
        found.append(Link(f"/cases/new?act=appeal&about={case.kept.number}", Text(th="อุทธรณ์", en="Appeal")))
    if Action.SIGN in may:
        found.append(Link(f"{case.address}/sign", Text(th="ลงนามในฐานะกรรมการ", en="Sign as a director")))
    return found


def _look_at(case: Case, bill: Bill) -> Link:
    return Link(f"{case.address}/bills/{bill.ref1}", Text(th="ดูการชำระเงิน", en="Look at the payment"))


def _pay(bill: Bill) -> Text:
    th, en = showing.money(bill.satang, "th"), showing.money(bill.satang, "en")
    return Text(th=f"ชำระเงิน {th}", en=f"Pay {en}")


async def _granted(desk: Desk, kept: Application) -> dict[str, Any] | None:
    if kept.status != Status.ISSUED or not kept.licence_number:
        return None
    async with desk.database.reading() as session:
        holding = await register.holding(session, kept.licence_number)
    return {
        "number": kept.licence_number,
        "valid_until": holding.valid_until if holding else None,
        "document": bool(holding and holding.document),
    }


async def _has_paper(desk: Desk, kept: Application, kind: str) -> bool:
    async with desk.database.reading() as session:
        found = await papers.get(session, f"{kept.number}:{kind}")
    return found is not None and bool(found.sealed_key)


def _decision(case: Case, one: dict[str, Any], lang: showing.Lang) -> dict[str, Any]:
    appeal = case.procedure.appeal
    refused = case.kept.status == Status.REFUSED and one["verdict"] == Verdict.REFUSE and one["kind"] != "opinion"
    return {
        "title": wording.verdict(one["kind"], one["verdict"]),
        "paper": case.paper_of(one["task"]),
        "reason": one["reason"],
        "answered": one["verdict"] == Verdict.ASK and changes.answered(case),
        "conditions": one["conditions"],
        "items": [
            {
                **item,
                "title": following.title_of(item["field"], case.form, case.procedure, lang),
                "by": showing.day(by, lang) if (by := following.item_by(item, case.kept)) else "",
            }
            for item in one["items"]
        ],
        "appeal": Text(
            th=f"อุทธรณ์ต่อ{appeal.to.th}ได้ภายใน {appeal.days} วันนับแต่วันที่ทราบคำสั่ง",
            en=f"You may appeal to the {appeal.to.en.removeprefix('The ')} within {appeal.days} days of being told.",
        )
        if refused
        else None,
    }


@router.get("/applications/{number}/state")
async def state(request: Request, who: Applicant, now: Now, number: str) -> PlainTextResponse:
    """One word that changes when the page should be read again."""
    case = await visible(request, who, number, now)
    return PlainTextResponse(following.state(case.kept, case.bills))


@router.get("/applications/{number}/papers/{kind}")
async def paper(request: Request, who: Applicant, files: TheFiles, number: str, kind: str) -> Response:
    """A sealed paper of this application."""
    return await door.paper(request, number, kind, who, files)
