"""Money that is owed to payers: the list, and the agreement of those who may give it back."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query

from api import views
from api.idempotency import ACall
from api.paging import After, Limit
from api.people import OPERATORS, SUPERVISOR, ACashier, Person, covers
from api.tools import TheDatabase, TheEngine
from licences.errors import Conflict
from records import applications, refunds
from records.database import Database
from records.idempotency import Answer
from records.refunds import UnknownRefund
from records.tables import Refund
from workflows.messages import Approval, refund_story

router = APIRouter(prefix="/api/v1/refunds", tags=["money"])
Standing = Literal["", "waiting", "sending", "failed", "paid"]


class GivenBackAlready(Conflict):
    """The bank has given the money back."""


@router.get("")
async def listed(
    cashier: ACashier, database: TheDatabase, status: Annotated[Standing, Query()] = "", after: After = "",
    limit: Limit = 25,
) -> dict[str, Any]:  # fmt: skip
    """One page of what is owed to payers, the oldest first; a supervisor sees those of the own offices."""
    async with database.reading() as session:
        page = await refunds.listed(session, status, after, limit)
    seen = [one for one in page.items if await may_see(database, cashier, one)]
    return {"items": [shown(one) for one in seen], "next": page.next}


@router.post("/{refund_id}/approval")
async def approve(
    refund_id: Annotated[str, Path(max_length=100)], call: ACall, cashier: ACashier, engine: TheEngine
) -> Any:
    """Agree that it is given back; above the limit a second person must agree as well. The answer comes when it is
    written down; the bank's transfer follows."""
    refund = await _one(call.database, cashier, refund_id)

    async def say() -> Answer:
        if refund.status == "paid":
            raise GivenBackAlready("รายการนี้คืนเงินแล้ว", "this money has been given back already")
        await engine.update(refund_story(refund.id), "approve", Approval(by=cashier.id), key=call.name({}))
        return Answer(200, shown(await _one(call.database, cashier, refund_id)))

    return await call.once({}, say)


async def _one(database: Database, cashier: Person, refund_id: str) -> Refund:
    async with database.reading() as session:
        refund = await refunds.get(session, refund_id)
    if not await may_see(database, cashier, refund):
        raise UnknownRefund(refund_id)
    return refund


async def may_see(database: Database, cashier: Person, refund: Refund) -> bool:
    """An operator sees all; a supervisor, what belongs to an application of the own offices."""
    if cashier.seats(*OPERATORS):
        return True
    if not refund.application:
        return False
    async with database.reading() as session:
        kept = await applications.get(session, refund.application)
    return any(covers(seat, kept.agency, kept.office) for seat in cashier.seats(SUPERVISOR))


def shown(refund: Refund) -> dict[str, Any]:
    """One refund as JSON; amounts are whole satang."""
    names = ("id", "application", "ref1", "reason", "satang", "persons_needed", "status", "says", "owed_at", "paid_at")
    said: dict[str, Any] = views.plain({name: getattr(refund, name) for name in names})
    return said | {"agreed": len(refund.approved_by)}
