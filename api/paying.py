"""What a payer may do with bills: pay several at once, say that one is paid, ask for a new one, look at what came.

The pages and the JSON door do it by these functions. Nothing here believes that money came: only the bank says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from activities import receipts
from activities.wanted import BillPaper
from api import access
from api.engine import Engine
from api.filing import Desk
from api.payments import tell
from api.people import Person
from exchange.bank import barcode_text, qr_text
from licences.calendar import BANGKOK
from licences.errors import Conflict, NotAllowed
from licences.procedure import Text
from licences.register import REF1
from records import baskets, ledger, papers, refunds
from records.database import Database
from records.ledger import UnknownBill
from records.tables import Basket, Bill, Paper, Payment, Receipt, Refund
from workflows.messages import Rebill


class StillGood(Conflict):
    """The bill may still be paid as it is."""


class NothingToPay(NotAllowed):
    """None, or only one, of these bills waits for payment."""


class UnknownBasket(UnknownBill):
    """There is no such basket, or it is not this person's."""


@dataclass(frozen=True)
class Came:
    """One transfer that came for a bill: what it was, and what of it goes back."""

    payment: Payment
    kind: str
    refunds: tuple[Refund, ...]


async def bill_of(desk: Desk, who: Person, ref1: str, at: datetime) -> Bill:
    """A bill of an application that one may see. Raises UnknownBill."""
    if not REF1.fullmatch(ref1):
        raise UnknownBill("")
    async with desk.database.reading() as session:
        kept = await ledger.bill_by_ref1(session, ref1)
    if kept is None:
        raise UnknownBill(ref1)
    try:
        await access.visible(desk, who, kept.application, at)
    except NotAllowed as hidden:
        raise UnknownBill(ref1) from hidden
    return kept


async def own_bill(desk: Desk, who: Person, ref1: str, at: datetime) -> Bill:
    """A bill of an application that this person filed or may act in. Raises UnknownBill."""
    kept = await bill_of(desk, who, ref1, at)
    try:
        await access.own(desk, who, kept.application, at)
    except NotAllowed as hidden:
        raise UnknownBill(ref1) from hidden
    return kept


async def say_paid(desk: Desk, engine: Engine, bill: Bill, at: datetime) -> None:
    """The payer says that it is paid: the bank is asked now, and again by the sweeps until it is clear."""
    async with desk.database.transaction() as session:
        await ledger.claim_paid(session, bill.ref1, at)
    await tell(engine, [bill])


async def anew(engine: Engine, bill: Bill, today: date) -> None:
    """A new bill for one whose last day has passed. Raises StillGood, or what the journey says against it."""
    if bill.status == "open" and today <= bill.pay_by:
        raise StillGood("ใบแจ้งชำระนี้ยังใช้ชำระได้ ไม่ต้องออกใบใหม่", "this bill can still be paid: no new one is needed")
    await engine.update(bill.application, "rebill", Rebill(ref1=bill.ref1), key=f"rebill:{bill.ref1}")


async def together(desk: Desk, who: Person, biller_id: str, ref1s: Sequence[str], at: datetime) -> Basket:
    """One QR for several open bills of this person. Raises UnknownBill, NothingToPay."""
    found = [await own_bill(desk, who, ref1, at) for ref1 in dict.fromkeys(ref1s)]
    still = [bill for bill in found if bill.status == "open"]
    if len(still) < 2 or len(still) < len(found):
        raise NothingToPay(
            "โปรดเลือกใบแจ้งชำระที่ยังรอชำระตั้งแต่สองใบขึ้นไป",
            "please choose two or more bills that still wait for payment",
            field="bills",
        )

    def ways(ref1: str, satang: int) -> tuple[str, str]:
        return qr_text(biller_id, ref1, "", satang), barcode_text(biller_id, ref1, "", satang)

    async with desk.database.transaction() as session:
        return await baskets.raise_once(session, who.id, still, ways, at)


async def basket_of(database: Database, who: Person, ref1: str) -> Basket:
    """A basket that this person made. Raises UnknownBasket."""
    async with database.reading() as session:
        basket = await baskets.get(session, ref1)
    if basket is None or basket.person != who.id:
        raise UnknownBasket(ref1)
    return basket


async def came_for(database: Database, bill: Bill) -> tuple[Came, ...]:
    """Every transfer that came for a bill, alone or in a basket, with what became of it."""
    async with database.reading() as session:
        references = (bill.ref1, *await baskets.holding(session, bill.ref1))
        paid = [one for ref1 in references for one in await ledger.payments_of(session, ref1)]
        receipt = await ledger.receipt_of(session, bill.ref1)
        owed = await refunds.of_application(session, bill.application)
    settled = receipt.transaction_id if receipt else ""
    return tuple(
        Came(
            one,
            ledger.outcome(bill, one, settled=one.transaction_id == settled),
            tuple(back for back in owed if back.transaction_id == one.transaction_id),
        )
        for one in paid
    )


async def being_processed(database: Database, bills: Sequence[Bill], at: datetime) -> Bill | None:
    """The open bill of which somebody (the bank, or the payer) says that it is paid, and the bank was not asked yet or
    does not show it yet."""
    async with database.reading() as session:
        for bill in (one for one in bills if one.status == "open"):
            references = (bill.ref1, *await baskets.holding(session, bill.ref1))
            if ledger.claimed(bill, at) or await ledger.told_lately(session, references, at):
                return bill
    return None


def last_day_passed(bill: Bill, at: datetime) -> bool:
    """Whether a bill that nobody has paid is past its day."""
    return bill.status == "open" and bill.pay_by < at.astimezone(BANGKOK).date()


PAYMENTS: dict[str, Text] = {
    "full": Text(th="ชำระครบแล้ว", en="Paid in full"),
    "late": Text(
        th="ชำระหลังวันครบกำหนด เรารับไว้แล้ว ไม่ต้องชำระเพิ่ม", en="Paid after the last day; accepted, nothing more to pay"
    ),
    "over": Text(
        th="ชำระเกิน ค่าธรรมเนียมชำระครบแล้ว ส่วนเกินจะคืนให้", en="More than the fee: the fee is paid, the rest goes back"
    ),
    "short": Text(
        th="ชำระไม่ครบ จึงยังดำเนินการไม่ได้ โปรดชำระเต็มจำนวนในครั้งเดียว เงินที่ชำระแล้วจะคืนให้",
        en="Less than the fee: please pay the whole amount in one payment; what came goes back",
    ),
    "second": Text(th="ชำระซ้ำ จะคืนเงินให้ทั้งจำนวน", en="Paid twice: all of it goes back"),
    "dead-bill": Text(
        th="ชำระด้วยใบแจ้งที่ยกเลิกแล้ว จะคืนเงินให้ โปรดใช้ใบแจ้งใบใหม่",
        en="Paid with a cancelled bill: the money goes back; please use the new bill",
    ),
    "after-end": Text(
        th="ชำระหลังคำขอสิ้นสุดแล้ว จะคืนเงินให้ทั้งจำนวน", en="Paid after the application had ended: all of it goes back"
    ),
    "part": Text(
        th="ชำระรวมกับคำขออื่น แต่รายการนี้ไม่ต้องชำระแล้ว จะคืนเงินส่วนนี้",
        en="Paid with others, and no longer owed: this part goes back",
    ),
}
"""What became of a transfer, in words."""

GOES_BACK: dict[str, Text] = {
    "waiting": Text(th="รอเจ้าหน้าที่อนุมัติคืนเงิน", en="Waiting for approval to return it"),
    "sending": Text(th="ธนาคารกำลังคืนเงิน", en="The bank is returning it"),
    "failed": Text(th="ธนาคารคืนเงินไม่สำเร็จ เจ้าหน้าที่กำลังดำเนินการ", en="The bank could not return it; an officer is on it"),
    "paid": Text(th="คืนเงินแล้ว", en="Returned"),
}
"""Where a refund stands, in words."""

BEING_PROCESSED = Text(
    th="มีการแจ้งว่าชำระแล้ว กำลังตรวจสอบกับธนาคาร ถ้าชำระแล้วไม่ต้องชำระซ้ำ",
    en="We were told that it is paid and are checking with the bank. If you have paid, do not pay again.",
)


class ReceiptUnderWay(Conflict):
    """The receipt is being drawn and sealed, or there is none."""


async def bill_paper(database: Database, engine: Engine, bill: Bill, at: datetime) -> Paper:
    """The bill to print; drawn when it is first asked for. Raises EngineDown."""
    said = BillPaper(number=bill.application, at=at, ref1=bill.ref1)
    await engine.run("DrawBill", said, name=f"{receipts.bill_paper(bill.ref1)}:{bill.application}")
    async with database.reading() as session:
        paper = await papers.get(session, receipts.bill_paper(bill.ref1))
    assert paper is not None
    return paper


async def receipt_paper(database: Database, bill: Bill) -> tuple[Paper, Receipt]:
    """The sealed receipt of a bill. Raises ReceiptUnderWay."""
    async with database.reading() as session:
        receipt = await ledger.receipt_of(session, bill.ref1)
        paper = await papers.get(session, receipts.receipt_paper(receipt.number)) if receipt else None
    if receipt is None or paper is None or not paper.sealed_key:
        raise ReceiptUnderWay(
            "ใบเสร็จกำลังจัดทำ หรือใบแจ้งนี้ยังไม่ได้ชำระ โปรดลองอีกครั้งในอีกสักครู่",
            "the receipt is being made, or this bill is not paid: please try again in a moment",
        )
    return paper, receipt
