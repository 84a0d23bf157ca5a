"""Applications, tasks and bills as JSON: what each reader may see, from the records alone, never from the engine."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from fastapi.encoders import jsonable_encoder

from api.people import Person
from licences import applications as law
from licences.applications import Status, Turn, Verdict
from records import applications, history, ledger, people, tasks
from records.database import Database
from records.tables import Application, Bill, Payment, Task

LINE = (
    "number", "licence", "operation", "agency", "office", "holder_name", "licence_number", "status", "waiting_for",
    "waiting_until", "entered_at", "received_at", "due_on", "ended_at",
)  # fmt: skip


def line(kept: Application | applications.Line) -> dict[str, Any]:
    """One application in a list."""
    shown = {name: getattr(kept, name) for name in LINE}
    return shown | {"turn": law.turn(Status(kept.status)).value, "holder": holder(kept)}


def holder(kept: Application | applications.Line) -> dict[str, Any]:
    """Who would be granted: a company by its public number, or the applicant himself."""
    if kept.holder_kind == "juristic":
        return {"kind": "juristic", "juristic_id": kept.holder_id, "name": kept.holder_name}
    return {"kind": "natural", "self": True, "name": kept.holder_name}


def plain(view: Mapping[str, Any]) -> dict[str, Any]:
    """The same in JSON's own types, fit to be kept: times and days as RFC 3339 texts."""
    said: dict[str, Any] = jsonable_encoder(view)
    return said


async def application(database: Database, kept: Application, reader: Person) -> dict[str, Any]:
    """One application whole: where it stands, whose turn it is, what is asked, bills, decisions, what happened."""
    async with database.reading() as session:
        bills = await ledger.bills_of(session, kept.number)
        desk = await tasks.of(session, kept.number)
        happened = await history.of(session, kept.number)
        names = await people.names(session, {one.by for one in happened} | {task.officer for task in desk})
    return line(kept) | {
        "bill": bill(bills[-1]) if bills else None,
        "bills": [bill(one) for one in bills],
        "asked": asked_of(kept, desk),
        "decisions": [decision(task, names) for task in desk if task.verdict],
        "happened": [event(one, names) for one in happened],
        "may": may(kept, reader),
        "outcome": kept.outcome,
        "answers": kept.answers,
        "attachments": kept.attachments,
        "papers": f"/api/v1/applications/{kept.number}/papers",
    }


def may(kept: Application, reader: Person) -> list[str]:
    """What this reader may do with it now; the pages show these and no others."""
    who = Turn.OFFICER if reader.id != kept.applicant and reader.sees(kept.agency, kept.office) else Turn.APPLICANT
    return sorted(action.value for action in law.allowed(Status(kept.status), who))


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
    if kept.status != Status.INCOMPLETE:
        return []
    asking = [task for task in desk if task.verdict == Verdict.ASK]
    latest = max(asking, key=lambda task: task.closed_at or task.opened_at, default=None)
    return list(latest.items) if latest else []


def decision(kept: Task, names: Mapping[str, str]) -> dict[str, Any]:
    """One decision: who, what, why."""
    return {
        "task": kept.id,
        "stage": kept.stage,
        "verdict": kept.verdict,
        "officer": names.get(kept.officer, kept.officer),
        "reason": kept.reason,
        "conditions": kept.conditions,
        "items": kept.items,
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
