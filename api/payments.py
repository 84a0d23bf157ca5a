"""Bills, and what somebody tells us in the bank's name: kept, answered in the bank's format, believed by nobody yet."""

import json
import logging
import secrets
from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from api import access, people, tools, views
from api.applications import desk_of
from api.engine import Engine, EngineDown
from api.people import Applicant
from api.tools import TheDatabase, TheEngine
from exchange import bank, bank_signature
from exchange.bank import NotANotification, Notification
from exchange.bank_signature import NotTheBank
from licences.errors import NotAllowed
from records import baskets, ledger
from records.database import Database
from records.ledger import UnknownBill
from records.tables import Bill

router = APIRouter(prefix="/api/v1", tags=["payments"])
log = logging.getLogger("bizportal.api")

REFUSED, UNSIGNED = "01", "02"
"""Any code but 00 has the bank tell us again; a body that is none of theirs will not get better by it."""


@router.get("/bills/{ref1}")
async def bill(request: Request, ref1: str, person: Applicant) -> dict[str, Any]:
    """A bill, its payments and its receipt, for whoever may see its application."""
    async with tools.database(request).reading() as session:
        kept = await ledger.bill_by_ref1(session, ref1)
        paid = await ledger.payments_of(session, ref1)
        receipt = await ledger.receipt_of(session, ref1)
    if kept is None:
        raise UnknownBill(ref1)
    try:
        await access.visible(desk_of(request), person, kept.application, tools.now())
    except NotAllowed as hidden:
        raise UnknownBill(ref1) from hidden
    said: dict[str, Any] = views.plain(
        views.bill(kept)
        | {
            "application": kept.application,
            "payments": [views.payment(one) for one in paid],
            "receipt": receipt.number if receipt else None,
        }
    )
    return said


@router.post("/bank/notifications", dependencies=[Depends(people.the_bank)])
async def notified(request: Request, database: TheDatabase, engine: TheEngine) -> JSONResponse:
    """Money may have arrived. Written down first; then the journey asks the bank itself. Telling twice is fine."""
    body = await request.body()
    settings = tools.settings(request)
    try:
        if settings.bank_signs:
            bank_signature.check(body, request.headers.get(bank_signature.HEADER, ""), settings.bank_secret)
        told = bank.read_notification(body)
    except NotTheBank as refusal:
        log.warning("somebody told of money in the bank's name: %s", refusal.en)
        return JSONResponse({"resCode": UNSIGNED, "resDesc": refusal.en}, refusal.status)
    except NotANotification as refusal:
        return JSONResponse({"resCode": REFUSED, "resDesc": refusal.en}, refusal.status)
    confirm_id = secrets.token_hex(8)
    await hear(database, engine, told, json.loads(body))
    return JSONResponse(bank.acknowledgement(told.transaction_id, confirm_id))


async def hear(database: Database, engine: Engine, told: Notification, body: dict[str, Any]) -> None:
    """Keep what was told, and tell the journey of that bill. An engine that is down hears of it from the sweep."""
    async with database.transaction() as session:
        await ledger.hear(session, told.transaction_id, told.ref1, told.satang, body, tools.now())
        known = await baskets.bills_told(session, told.ref1)
    await tell(engine, known)


async def tell(engine: Engine, bills: Iterable[Bill]) -> None:
    """Tell the journeys of these bills that money may be there. An engine that is down hears of it from the sweep."""
    for bill in bills:
        try:
            await engine.signal(bill.application, "paid", bill.ref1)
        except EngineDown as down:
            log.warning("bill %s may be paid and its journey does not know yet: %s", bill.ref1, down)
