"""Applications, tasks and bills as JSON: what each reader may see, from the records alone, never from the engine."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from typing import Any

from api.people import Person, covers
from forms import form as forms
from licences import applications as law
from licences.applications import Action, Status, Turn, Verdict
from licences.calendar import BANGKOK
from licences.procedure import Procedure
from records import applications, history, ledger, papers, people, results, tasks, visits
from records.database import Database
from records.tables import Application, Appointment, Bill, Paper, Payment, Task

LINE = (
    "number", "licence", "operation", "agency", "office", "holder_name", "licence_number", "status", "waiting_for",
    "waiting_until", "entered_at", "received_at", "due_on", "ended_at",
)  # fmt: skip


FIXES = "fixes"
"""What an application waits for while its premises are put right."""


def line(kept: Application | applications.Line) -> dict[str, Any]:
    """One application in a list."""
    shown = {name: getattr(kept, name) for name in LINE}
    return shown | {"turn": law.turn(Status(kept.status)).value, "holder": holder(kept)}


def holder(kept: Application | applications.Line) -> dict[str, Any]:
    """Who would be granted: a company by its public number, or the applicant himself."""
    if kept.holder_kind == "juristic":
        return {"kind": "juristic", "juristic_id": kept.holder_id, "name": kept.holder_name}
    return {"kind": "natural", "self": True, "name": kept.holder_name}


def plain(value: Any) -> Any:
    """The same in JSON's own types: moments are RFC 3339 in Bangkok's time to the millisecond, days ISO 8601."""
    if isinstance(value, datetime):
        return value.astimezone(BANGKOK).isoformat(timespec="milliseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return plain(vars(value))
    return [plain(one) for one in value] if isinstance(value, list | tuple) else value


async def application(database: Database, kept: Application, reader: Person) -> dict[str, Any]:
    """One application whole: where it stands, whose turn it is, what is asked, bills, decisions, what happened."""
    async with database.reading() as session:
        bills = await ledger.bills_of(session, kept.number)
        desk = await tasks.of(session, kept.number)
        happened = await history.of(session, kept.number)
        made = await papers.of(session, kept.number)
        appointments = await visits.of(session, kept.number)
        procedure = await applications.procedure_of(session, kept.version)
        names = await people.names(session, {one.by for one in happened} | {task.officer for task in desk})
        decided_at, told_at = await results.told_in_time(session, kept)
    return line(kept) | {
        "decided_at": decided_at,
        "told_at": told_at,
        "bill": bill(bills[-1]) if bills else None,
        "bills": [bill(one) for one in bills],
        "asked": asked_of(kept, desk),
        "to_fix": to_fix(kept, desk),
        "decisions": [decision(task, names) for task in desk if task.verdict],
        "happened": [event(one, names) for one in happened],
        "may": may(kept, reader, desk),
        "outcome": kept.outcome,
        "visits": [visit(one) for one in appointments],
        "attachments": kept.attachments,
        "papers": [{"kind": one.kind, "href": paper_address(kept, one)} for one in made if one.sealed_key],
        **(_for_officer(procedure, kept) if deskside(kept, reader, desk) else {"answers": kept.answers}),
    }


def deskside(kept: Application, reader: Person, desk: Sequence[Task] = ()) -> bool:
    """Whether the reader looks at it as an officer or auditor, and not as one whose own it is."""
    return reader.id != kept.applicant and (reader.sees(kept.agency, kept.office) or advises(reader, desk))


def advises(reader: Person, desk: Sequence[Task]) -> bool:
    """Whether a task among these lies on a desk of the reader's: another agency's, asked for its opinion."""
    seats = [(seat, task) for seat in reader.desks for task in desk if seat.role == task.role]
    return any(covers(seat, task.agency, task.office) for seat, task in seats)


def _for_officer(procedure: Procedure, kept: Application) -> dict[str, Any]:
    """The answers as people read them, what is personal masked; in full only on the desk."""
    pages = forms.sections(forms.load(procedure.form, procedure.version), kept.answers, "th")
    rows = [row._asdict() for page in pages for row in page.rows]
    return {"summary": rows}


def paper_address(kept: Application, paper: Paper) -> str:
    """Where a sealed paper of an application is fetched."""
    return f"/api/v1/applications/{kept.number}/papers/{paper.kind}"


def may(kept: Application, reader: Person, desk: Sequence[Task] = ()) -> list[str]:
    """What this reader may do with it now; the pages show these and no others."""
    who = Turn.OFFICER if deskside(kept, reader, desk) else Turn.APPLICANT
    lawful = law.allowed(Status(kept.status), who)
    if kept.waiting_for == FIXES and Action.RESUBMIT in lawful:
        lawful = lawful - {Action.RESUBMIT} | {Action.REPORT_FIXED}
    return sorted(action.value for action in lawful)


def bill(kept: Bill) -> dict[str, Any]:
    """A bill as its payer sees it: amount, lines with their law, the texts of QR code and barcode."""
    return {
        "ref1": kept.ref1,
        "ref2": kept.ref2,
        "due": kept.due,
        "amount_satang": kept.satang,
        "lines": [_bill_line(one) for one in kept.lines],
        "provisional": kept.provisional,
        "qr": kept.qr,
        "barcode": kept.barcode,
        "pay_by": kept.pay_by,
        "status": kept.status,
        "raised_at": kept.raised_at,
        "paid_at": kept.paid_at,
    }


def _bill_line(quoted: Mapping[str, Any]) -> dict[str, Any]:
    return {**{name: value for name, value in quoted.items() if name != "satang"}, "amount_satang": quoted["satang"]}


def asked_of(kept: Application, desk: Sequence[Task]) -> list[dict[str, Any]]:
    """The items that the applicant has to answer now; none when it is not his turn."""
    if kept.status != Status.INCOMPLETE or kept.waiting_for == FIXES:
        return []
    asking = [task for task in desk if task.verdict == Verdict.ASK]
    latest = max(asking, key=lambda task: task.closed_at or task.opened_at, default=None)
    return list(latest.items) if latest else []


def visit(kept: Appointment) -> dict[str, Any]:
    """One appointment at the premises, for both sides."""
    return kept.model_dump(exclude={"proposed_by", "said_by"})


def to_fix(kept: Application, desk: Sequence[Task]) -> dict[str, Any] | None:
    """What the applicant has to put right at the premises, and by when; None when nothing is."""
    if kept.waiting_for != FIXES:
        return None
    latest = max((one for one in desk if one.verdict == Verdict.FIX), key=lambda one: one.closed_at or one.opened_at)
    failed = [
        {"item": one["item"], "note": one["note"]} for one in latest.report["findings"] if one["result"] == "fail"
    ]
    return {"task": latest.id, "by": latest.report["fix_by"], "items": failed}


def decision(kept: Task, names: Mapping[str, str]) -> dict[str, Any]:
    """One decision: who, what, why."""
    return {
        "task": kept.id,
        "stage": kept.stage,
        "kind": kept.kind,
        "verdict": kept.verdict,
        "officer": names.get(kept.officer, kept.officer),
        "reason": kept.reason,
        "conditions": kept.conditions,
        "items": kept.items,
        "number": kept.report.get("number", ""),
        "decided_at": kept.closed_at,
    }


def event(one: history.Happened, names: Mapping[str, str]) -> dict[str, Any]:
    """One thing that happened."""
    return {**asdict(one), "by": names.get(one.by, one.by)}


def task(kept: Task) -> dict[str, Any]:
    """One task on a desk."""
    hidden = {"officer", "reminded"}
    return {name: value for name, value in kept.model_dump().items() if name not in hidden}


def payment(kept: Payment) -> dict[str, Any]:
    """Money that arrived, and what it is to its bill: full, over, short, second, dead-bill."""
    return {
        "transaction_id": kept.transaction_id,
        "amount_satang": kept.satang,
        "kind": kept.kind,
        "paid_at": kept.paid_at,
        "confirmed_at": kept.confirmed_at,
    }
