"""Paying as a program does it: several bills with one QR, "I have paid", and a new bill for one past its day."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from api import paying, views
from api.applications import desk_of
from api.idempotency import ACall
from api.people import Applicant
from api.tools import Now, TheDatabase, TheEngine, TheSettings
from records import baskets, ledger
from records.database import Database
from records.idempotency import Answer
from records.tables import Basket

router = APIRouter(prefix="/api/v1", tags=["payments"])
REFERENCE = "^[A-Z0-9]{1,20}$"
Ref1 = Annotated[str, Path(pattern=REFERENCE)]


class Chosen(BaseModel):
    """The bills to pay together."""

    model_config = ConfigDict(extra="forbid")

    bills: list[Annotated[str, Field(pattern=REFERENCE)]] = Field(min_length=2, max_length=100)


@router.post("/baskets", status_code=201)
async def raise_basket(
    request: Request, chosen: Chosen, call: ACall, who: Applicant, settings: TheSettings, now: Now
) -> Any:
    """One QR and one payment for several of my open bills; each agency still makes out its own receipt."""

    async def make() -> Answer:
        basket = await paying.together(desk_of(request), who, settings.biller_id, chosen.bills, now)
        return Answer(201, await shown(call.database, basket))

    return await call.once(chosen.model_dump(), make)


@router.get("/baskets/{ref1}")
async def basket(who: Applicant, database: TheDatabase, ref1: Ref1) -> dict[str, Any]:
    """A basket that I made, and where each of its bills stands."""
    return await shown(database, await paying.basket_of(database, who, ref1))


async def shown(database: Database, kept: Basket) -> dict[str, Any]:
    """A basket as JSON; amounts are whole satang."""
    async with database.reading() as session:
        parts = await baskets.parts_of(session, kept.ref1)
    said: dict[str, Any] = views.plain(
        {
            "ref1": kept.ref1,
            "amount_satang": kept.satang,
            "qr": kept.qr,
            "barcode": kept.barcode,
            "pay_by": kept.pay_by,
            "status": kept.status,
            "paid_at": kept.paid_at,
            "bills": [
                {
                    "ref1": one.bill.ref1,
                    "application": one.bill.application,
                    "amount_satang": one.satang,
                    "status": one.bill.status,
                }
                for one in parts
            ],
        }
    )
    return said


@router.post("/bills/{ref1}/inquiry")
async def inquire(request: Request, call: ACall, who: Applicant, engine: TheEngine, now: Now, ref1: Ref1) -> Any:
    """I say that I have paid: the bank is asked now. The answer says only that it is being asked."""

    async def ask() -> Answer:
        desk = desk_of(request)
        await paying.say_paid(desk, engine, await paying.own_bill(desk, who, ref1, now), now)
        return Answer(200, {"ref1": ref1, "being_processed": True})

    return await call.once({}, ask)


@router.post("/bills/{ref1}/reissue")
async def reissue(request: Request, call: ACall, who: Applicant, engine: TheEngine, now: Now, ref1: Ref1) -> Any:
    """A new bill for one whose last day has passed; the old one is dead from then on."""

    async def again() -> Answer:
        desk = desk_of(request)
        await paying.anew(engine, await paying.own_bill(desk, who, ref1, now), now.date())
        async with desk.database.reading() as session:
            newer = await ledger.standing_bill(session, ref1)
        return Answer(200, views.plain(views.bill(newer)) if newer else {})

    return await call.once({}, again)
