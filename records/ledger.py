"""Money: bills, what the bank told, payments, postings, receipts. Every satang that came in is in the books.

A bill is what we asked for; a payment is money that arrived, whether or not it was asked for. What is short, over,
twice or too late is booked as owed to the payer, and is somebody's to give back. Receipts have no gap within an
agency's fiscal year; postings are linked by their hashes.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import case, exists, func, not_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from licences import ledger as book
from licences import register, thai
from licences.calendar import BANGKOK
from licences.errors import Conflict, NotFound
from licences.fees import QuoteLine
from licences.settlement import HASHED
from records import chains, counters
from records.rows import changed, day_of, table_of, write_once
from records.tables import Application, BankNotification, BasketPart, Bill, Payment, Posting, Receipt

BILLS, PAYMENTS, POSTINGS = table_of(Bill), table_of(Payment), table_of(Posting)
NOTIFICATIONS, RECEIPTS, APPLICATIONS = table_of(BankNotification), table_of(Receipt), table_of(Application)
PARTS = table_of(BasketPart)
BOOK = "postings"
BATCH = 1000
SETTLES = ("full", "late", "over")


class UnknownBill(NotFound):
    """There is no bill with this reference."""

    def __init__(self, ref1: str) -> None:
        super().__init__(f"ไม่พบใบแจ้งชำระ {ref1}", f"there is no bill {ref1}")


class BillPaid(Conflict):
    """A bill that was paid cannot be cancelled: the money would have to be given back."""

    def __init__(self, ref1: str) -> None:
        super().__init__(f"ใบแจ้งชำระ {ref1} ชำระแล้ว ยกเลิกไม่ได้", f"bill {ref1} is paid and cannot be cancelled")


# --- bills ---


@dataclass(frozen=True)
class WantedBill:
    """What is to be asked for. `lines` are the quote's, with law, payee and rate; `due` says when it is owed."""

    application: str
    due: str
    lines: tuple[QuoteLine, ...]
    pay_by: date
    ref2: str = ""
    provisional: bool = False
    replaces: str = ""  # the bill that this one is written for anew

    @property
    def satang(self) -> int:
        """All of it."""
        return sum(line.satang for line in self.lines)


async def raise_bill_once(
    session: AsyncSession, wanted: WantedBill, ways: Callable[[str], tuple[str, str]], at: datetime
) -> Bill:
    """Ask for money; the same application and `due` again gives the bill that stands for it.

    `ways` makes the texts of QR code and barcode from the reference that the bill is given.
    """
    rows = await session.execute(select(BILLS).where(BILLS.c.application == wanted.application))
    bills = [Bill(**row) for row in rows.mappings()]
    if raised := next((bill for bill in bills if bill.due == wanted.due and bill.status != "replaced"), None):
        return raised
    ref1 = register.ref1(register.bill_number(wanted.application, len(bills) + 1))
    bill = _bill(wanted, ref1, ways(ref1), at)
    return bill if await write_once(session, bill) else await raise_bill_once(session, wanted, ways, at)


def _bill(wanted: WantedBill, ref1: str, ways: tuple[str, str], at: datetime) -> Bill:
    return Bill(
        ref1=ref1,
        ref2=wanted.ref2,
        application=wanted.application,
        due=wanted.due,
        satang=wanted.satang,
        lines=[line.model_dump(mode="json") for line in wanted.lines],
        provisional=wanted.provisional,
        qr=ways[0],
        barcode=ways[1],
        raised_at=at,
        pay_by=wanted.pay_by,
        status="open",
        replaces=wanted.replaces,
    )


async def replace(
    session: AsyncSession, wanted: WantedBill, ways: Callable[[str], tuple[str, str]], at: datetime
) -> Bill:
    """Write an open bill anew (`wanted.replaces`): the old one is dead from then on. One that is not open any more
    gives the bill that stands for it, as it is."""
    old = (BILLS.c.ref1 == wanted.replaces, BILLS.c.status == "open")
    await session.execute(update(BILLS).where(*old).values(status="replaced"))
    return await raise_bill_once(session, wanted, ways, at)


async def standing_bill(session: AsyncSession, ref1: str) -> Bill | None:
    """The bill of that reference, or the newest that was written for it; None: that reference is not ours."""
    bill = await bill_by_ref1(session, ref1)
    if bill is None or bill.status != "replaced":
        return bill
    same = (BILLS.c.application == bill.application, BILLS.c.due == bill.due, BILLS.c.status != "replaced")
    row = (await session.execute(select(BILLS).where(*same))).mappings().first()
    return Bill(**row) if row else bill


async def claim_paid(session: AsyncSession, ref1: str, at: datetime) -> None:
    """The payer says that it is paid; nothing is believed yet."""
    await session.execute(update(BILLS).where(BILLS.c.ref1 == ref1, BILLS.c.status == "open").values(claimed_at=at))


async def bill_by_ref1(session: AsyncSession, ref1: str) -> Bill | None:
    """One bill; None: that reference is not ours."""
    row = (await session.execute(select(BILLS).where(BILLS.c.ref1 == ref1))).mappings().first()
    return Bill(**row) if row else None


async def bills_of(session: AsyncSession, application: str) -> tuple[Bill, ...]:
    """Everything that was asked for on an application, in order."""
    rows = await session.execute(
        select(BILLS).where(BILLS.c.application == application).order_by(BILLS.c.raised_at, BILLS.c.ref1)
    )
    return tuple(Bill(**row) for row in rows.mappings())


async def open_bills(
    session: AsyncSession, older_than: datetime, limit: int = 100, after: str = ""
) -> tuple[Bill, ...]:
    """Bills asked for before that moment and not paid, to ask the bank about; `after` is the last reference seen."""
    old = (BILLS.c.status == "open", BILLS.c.raised_at < older_than, BILLS.c.ref1 > after)
    rows = await session.execute(select(BILLS).where(*old).order_by(BILLS.c.ref1).limit(limit))
    return tuple(Bill(**row) for row in rows.mappings())


async def open_bills_to_requote(session: AsyncSession, limit: int = 100, after: str = "") -> tuple[Bill, ...]:
    """Open bills with a line that is worked out anew when its rate changes; `after` is the last reference seen."""
    anew = BILLS.c.lines.contains([{"rate_change": "requote"}])
    asked = select(BILLS).where(BILLS.c.status == "open", BILLS.c.ref1 > after, anew).order_by(BILLS.c.ref1)
    return tuple(Bill(**row) for row in (await session.execute(asked.limit(limit))).mappings())


async def paid_and_waiting(session: AsyncSession, before: datetime, limit: int = 100) -> tuple[Bill, ...]:
    """Bills that are paid, and whose application still waits for its payment: its journey did not hear of it."""
    open_ = BILLS.alias("open_bill")
    owes = exists().where(open_.c.application == BILLS.c.application, open_.c.status == "open")
    waits = (APPLICATIONS.c.ended_at.is_(None), APPLICATIONS.c.waiting_for == "payment", not_(owes))
    asked = select(BILLS).join(APPLICATIONS, APPLICATIONS.c.number == BILLS.c.application)
    paid = (BILLS.c.status == "paid", BILLS.c.paid_at < before, BILLS.c.paid_at > before - TOLD_LATELY)
    rows = await session.execute(asked.where(*paid, *waits).order_by(BILLS.c.paid_at).limit(limit))
    return tuple(Bill(**row) for row in rows.mappings())


async def cancel_bill(session: AsyncSession, ref1: str) -> Bill:
    """No longer asked for; money that comes all the same is a payment of a dead bill.

    Cancelling again changes nothing. Raises BillPaid, UnknownBill.
    """
    open_ = (BILLS.c.ref1 == ref1, BILLS.c.status == "open")
    cancelled = update(BILLS).where(*open_).values(status="cancelled").returning(BILLS)
    row = (await session.execute(cancelled)).mappings().first()
    if row:
        return Bill(**row)
    bill = await bill_by_ref1(session, ref1)
    if bill is None:
        raise UnknownBill(ref1)
    if bill.status == "paid":
        raise BillPaid(ref1)
    return bill


async def cancel_bills(session: AsyncSession, application: str, at: datetime) -> int:
    """The application is over: what is still open is no longer asked for; how many bills that were."""
    del at  # the end of the application is in its own row and history
    open_ = (BILLS.c.application == application, BILLS.c.status == "open")
    return changed(await session.execute(update(BILLS).where(*open_).values(status="cancelled")))


# --- what the bank tells ---


async def hear(
    session: AsyncSession, transaction_id: str, ref1: str, satang: int, body: Mapping[str, Any], at: datetime
) -> BankNotification:
    """Keep what somebody told in the bank's name, and count how often.

    Nobody signs it, so the first word is not believed more than the second: as long as the bank itself has not
    confirmed the transfer, another word about it is heard afresh.
    """
    told = {"ref1": ref1, "satang": satang, "body": dict(body)}
    new = insert(NOTIFICATIONS).values(
        transaction_id=transaction_id, times=1, heard_at=at, handled_at=None, finding="", **told
    )
    sure = NOTIFICATIONS.c.finding == "confirmed"
    same = (NOTIFICATIONS.c.ref1 == ref1) & (NOTIFICATIONS.c.satang == satang)
    same &= NOTIFICATIONS.c.finding != "not-at-bank"  # told too early: another word asks the bank again
    later: dict[str, Any] = {
        name: case((sure | same, NOTIFICATIONS.c[name]), else_=new.excluded[name]) for name in told
    }
    later["handled_at"] = case((sure | same, NOTIFICATIONS.c.handled_at), else_=None)
    later["finding"] = case((sure | same, NOTIFICATIONS.c.finding), else_="")
    later["times"] = NOTIFICATIONS.c.times + 1
    kept = new.on_conflict_do_update(index_elements=["transaction_id"], set_=later).returning(NOTIFICATIONS)
    return BankNotification(**(await session.execute(kept)).mappings().one())


async def handled(session: AsyncSession, transaction_id: str, finding: str, at: datetime) -> None:
    """What became of a notification: confirmed, unknown-bill, not-at-bank, amount-differs, second-payment."""
    open_ = (NOTIFICATIONS.c.transaction_id == transaction_id, NOTIFICATIONS.c.handled_at.is_(None))
    await session.execute(update(NOTIFICATIONS).where(*open_).values(handled_at=at, finding=finding))


async def handled_all(session: AsyncSession, ref1: str, finding: str, at: datetime) -> None:
    """The same for everything told about one bill."""
    open_ = (NOTIFICATIONS.c.ref1 == ref1, NOTIFICATIONS.c.handled_at.is_(None))
    await session.execute(update(NOTIFICATIONS).where(*open_).values(handled_at=at, finding=finding))


async def unhandled_notifications(
    session: AsyncSession, older_than: datetime, limit: int = 100
) -> tuple[BankNotification, ...]:
    """Told before that moment, and nobody has asked the bank yet; those about no bill of ours too."""
    waiting = (NOTIFICATIONS.c.handled_at.is_(None), NOTIFICATIONS.c.heard_at < older_than)
    rows = await session.execute(select(NOTIFICATIONS).where(*waiting).order_by(NOTIFICATIONS.c.heard_at).limit(limit))
    return tuple(BankNotification(**row) for row in rows.mappings())


async def days_told(session: AsyncSession, ref1: str) -> tuple[date, ...]:
    """The days (in Thailand) on which somebody told of money for a bill."""
    rows = await session.execute(select(NOTIFICATIONS.c.heard_at).where(NOTIFICATIONS.c.ref1 == ref1))
    return tuple(sorted({at.astimezone(BANGKOK).date() for at in rows.scalars()}))


TOLD_LATELY = timedelta(days=3)
"""How long a word that the bank does not bear out counts as a payment that may be on its way."""


def claimed(bill: Bill, at: datetime) -> bool:
    """Whether its payer has said of late that it is paid."""
    return bill.claimed_at is not None and bill.claimed_at > at - TOLD_LATELY


async def told_lately(session: AsyncSession, references: Collection[str], at: datetime) -> bool:
    """Whether somebody told of money under these references, and the bank has neither confirmed nor explained it."""
    open_ = (NOTIFICATIONS.c.ref1.in_(references), NOTIFICATIONS.c.finding.in_(("", "not-at-bank")))
    asked = exists().where(*open_, NOTIFICATIONS.c.heard_at > at - TOLD_LATELY)
    return bool((await session.execute(select(asked))).scalar_one())


@dataclass(frozen=True)
class Unheard:
    """A journey that has not heard of money."""

    transaction_id: str
    ref1: str
    application: str


async def unheard(session: AsyncSession, older_than: datetime, limit: int = 100) -> tuple[Unheard, ...]:
    """The same, for those that name a bill of ours (or a basket: each of its bills): the journeys to be told."""
    waiting = (NOTIFICATIONS.c.handled_at.is_(None), NOTIFICATIONS.c.heard_at < older_than)
    asked = select(NOTIFICATIONS.c.transaction_id, BILLS.c.ref1, BILLS.c.application, NOTIFICATIONS.c.heard_at)
    alone = asked.join(BILLS, BILLS.c.ref1 == NOTIFICATIONS.c.ref1).where(*waiting)
    together = asked.join(PARTS, PARTS.c.basket == NOTIFICATIONS.c.ref1).join(BILLS, BILLS.c.ref1 == PARTS.c.bill)
    known = alone.union_all(together.where(*waiting)).subquery()
    rows = await session.execute(select(known).order_by(known.c.heard_at, known.c.ref1).limit(limit))
    return tuple(Unheard(*row[:3]) for row in rows)


async def strangers(session: AsyncSession, older_than: datetime, limit: int = 100) -> tuple[BankNotification, ...]:
    """The same, for those that name neither a bill of ours nor a basket."""
    waiting = (NOTIFICATIONS.c.handled_at.is_(None), NOTIFICATIONS.c.heard_at < older_than)
    bill = exists().where(BILLS.c.ref1 == NOTIFICATIONS.c.ref1)
    basket = exists().where(PARTS.c.basket == NOTIFICATIONS.c.ref1)
    asked = select(NOTIFICATIONS).where(*waiting, not_(bill), not_(basket)).order_by(NOTIFICATIONS.c.heard_at)
    return tuple(BankNotification(**row) for row in (await session.execute(asked.limit(limit))).mappings())


async def unknown_of(session: AsyncSession, transaction_ids: Collection[str]) -> frozenset[str]:
    """Those of the bank's transfers that are not in our books."""
    asked = select(PAYMENTS.c.transaction_id).where(PAYMENTS.c.transaction_id.in_(transaction_ids))
    return frozenset(transaction_ids) - frozenset((await session.execute(asked)).scalars())


# --- payments ---


@dataclass(frozen=True)
class Transfer:
    """Money that arrived, as the bank itself (or an officer who took it) says."""

    transaction_id: str
    ref1: str
    satang: int
    paid_at: datetime
    recorded_by: str = ""


@dataclass(frozen=True)
class Books:
    """Into whose books a payment goes: the agency, its letters on receipts, the local authority of the place."""

    agency: str
    abbreviation: str
    authority: str = ""


def kind_of(transfer: Transfer, bill: Bill | None) -> str:
    """What a transfer is to its bill: full, late, over, short, second, dead-bill."""
    if bill is None or bill.status in ("cancelled", "replaced"):
        return "dead-bill"
    if bill.status == "paid":
        return "second"
    return kind_by_amount(transfer, bill.satang, bill.pay_by)


def kind_by_amount(transfer: Transfer, satang: int, pay_by: date) -> str:
    """What a transfer is to an open demand of that amount: full, late (after its last day), over, short."""
    if transfer.satang != satang:
        return "short" if transfer.satang < satang else "over"
    return "late" if transfer.paid_at.astimezone(BANGKOK).date() > pay_by else "full"


def outcome(bill: Bill, booked: Payment, *, settled: bool) -> str:
    """What a transfer was to one bill. `part`: a basket paid it, and it was not open any more; `after-end`: its
    application is over. In a basket, what came above it belongs to no bill."""
    if booked.ref1 != bill.ref1 and booked.kind in SETTLES:
        return ("late" if booked.kind == "late" else "full") if settled else "part"
    return "after-end" if booked.kind == "dead-bill" and bill.status == "cancelled" else booked.kind


def postings_of(kind: str, transfer: Transfer, bill: Bill | None, books: Books) -> tuple[book.Posting, ...]:
    """The movements of a payment. What does not settle a bill is owed to the payer, to the last satang."""
    if kind in SETTLES and bill is not None:
        lines = [QuoteLine.model_validate(line) for line in bill.lines]
        return book.postings(transfer.satang, lines, agency=books.agency, authority=books.authority)
    if kind == "short":
        memo = f"less than {transfer.ref1} asks for, owed to the payer"
        return (book.Posting(debit=book.BANK, credit=book.OVERPAID, satang=transfer.satang, memo=memo),)
    return book.second_payment(transfer.satang, transfer.ref1)


async def pay_once(session: AsyncSession, transfer: Transfer, books: Books, at: datetime) -> Payment:
    """Book a transfer that the bank confirmed; the same transaction again gives the first payment.

    Whether it settles the bill is in `kind`: full or over pays the bill and makes a receipt; short, second and
    dead-bill leave the bill as it is, and all of the money is owed to the payer.
    """
    row = (
        (await session.execute(select(BILLS).where(BILLS.c.ref1 == transfer.ref1).with_for_update())).mappings().first()
    )
    bill = Bill(**row) if row else None
    payment = Payment(
        transaction_id=transfer.transaction_id,
        ref1=transfer.ref1,
        satang=transfer.satang,
        paid_at=transfer.paid_at,
        confirmed_at=at,
        kind=kind_of(transfer, bill),
        recorded_by=transfer.recorded_by,
    )
    if not await write_once(session, payment):
        return await payment_of(session, transfer.transaction_id)
    moves = postings_of(payment.kind, transfer, bill, books)
    key = f"payment:{transfer.transaction_id}"
    await append(session, key, moves, transfer.ref1, transfer.transaction_id, at)
    if payment.kind in SETTLES and bill is not None:
        await settle(session, bill, payment, books, at)
    return payment


async def settle(session: AsyncSession, bill: Bill, payment: Payment, books: Books, at: datetime) -> None:
    """The bill is paid, and its receipt has the next number of the agency's fiscal year."""
    paid = {"status": "paid", "paid_at": payment.paid_at}
    await session.execute(update(BILLS).where(BILLS.c.ref1 == bill.ref1).values(paid))
    year = thai.fiscal_year(at.astimezone(BANGKOK).date())
    running = await counters.next_of(session, f"receipts:{books.agency}:{year}")
    receipt = Receipt(
        number=f"{books.abbreviation}-R{year}-{running:07d}",
        ref1=bill.ref1,
        application=bill.application,
        agency=books.agency,
        satang=bill.satang,
        at=at,
        transaction_id=payment.transaction_id,
    )
    if not await write_once(session, receipt):
        raise RuntimeError(f"bill {bill.ref1} has a receipt, and was open")


def by_transfer() -> Any:
    """What the receipts of one transfer say together: `transfer`, `satang`. A basket's transfer has several."""
    said = (RECEIPTS.c.transaction_id.label("transfer"), func.sum(RECEIPTS.c.satang).label("satang"))
    return select(*said).group_by(RECEIPTS.c.transaction_id).subquery()


async def payment_of(session: AsyncSession, transaction_id: str) -> Payment:
    """One payment, by the bank's own number. Raises NoResultFound."""
    asked = select(PAYMENTS).where(PAYMENTS.c.transaction_id == transaction_id)
    return Payment(**(await session.execute(asked)).mappings().one())


async def payments_of(session: AsyncSession, ref1: str) -> tuple[Payment, ...]:
    """All money that arrived under one reference."""
    rows = await session.execute(
        select(PAYMENTS).where(PAYMENTS.c.ref1 == ref1).order_by(PAYMENTS.c.confirmed_at, PAYMENTS.c.transaction_id)
    )
    return tuple(Payment(**row) for row in rows.mappings())


async def receipt(session: AsyncSession, number: str) -> Receipt:
    """One receipt by its number. Raises NoResultFound."""
    return Receipt(**(await session.execute(select(RECEIPTS).where(RECEIPTS.c.number == number))).mappings().one())


async def receipts_not_begun(session: AsyncSession, limit: int) -> tuple[Receipt, ...]:
    """Receipts whose paper nobody has asked for yet, the oldest first."""
    asked = select(RECEIPTS).where(RECEIPTS.c.begun_at.is_(None)).order_by(RECEIPTS.c.at).limit(limit)
    return tuple(Receipt(**row) for row in (await session.execute(asked)).mappings())


async def receipt_begun(session: AsyncSession, number: str, at: datetime) -> None:
    """Somebody makes its paper now."""
    await session.execute(update(RECEIPTS).where(RECEIPTS.c.number == number).values(begun_at=at))


async def cancel_receipt(session: AsyncSession, number: str, at: datetime) -> None:
    """It no longer stands for money: it stays in its series, and says so. The first moment stays."""
    stands = (RECEIPTS.c.number == number, RECEIPTS.c.cancelled_at.is_(None))
    await session.execute(update(RECEIPTS).where(*stands).values(cancelled_at=at))


async def receipt_of(session: AsyncSession, ref1: str) -> Receipt | None:
    """The receipt of a bill; None: it is not paid."""
    row = (await session.execute(select(RECEIPTS).where(RECEIPTS.c.ref1 == ref1))).mappings().first()
    return Receipt(**row) if row else None


# --- the books ---


async def post_once(
    session: AsyncSession, key: str, moves: Sequence[book.Posting], at: datetime, *, ref1: str = "", transfer: str = ""
) -> bool:
    """Book movements that are no payment (a refund, a settlement), once per key; True: they were booked now."""
    await chains.lock(session, BOOK)
    if not moves or await is_booked(session, key):
        return False
    await append(session, key, moves, ref1, transfer, at)
    return True


async def append(
    session: AsyncSession, key: str, moves: Sequence[book.Posting], ref1: str, transfer: str, at: datetime
) -> None:
    """Add movements at the end of the books, each line linked to the one before. Whoever calls has seen to `key`."""
    seq, last = await chains.lock(session, BOOK)
    lines = []
    for n, move in enumerate(moves):
        line = Posting(
            seq=seq + n + 1, key=f"{key}:{n}", bill=ref1, transaction_id=transfer, at=at, previous_hash=last, hash="",
            **move.model_dump(),
        )  # fmt: skip
        line.hash = last = register.link(last, body(line))
        lines.append(line.model_dump())
    adding = chains.with_end(insert(POSTINGS).values(lines), BOOK)
    await session.execute(adding, chains.end(seq + len(lines), last))


async def is_booked(session: AsyncSession, key: str) -> bool:
    """Whether movements were booked under this key."""
    return bool((await session.execute(select(exists().where(POSTINGS.c.key == f"{key}:0")))).scalar_one())


def body(line: Posting) -> bytes:
    """What the hash of a posting covers: everything but the two hashes."""
    return register.canonical({name: getattr(line, name) for name in HASHED} | {"at": line.at.astimezone(UTC)})


async def postings_for(session: AsyncSession, ref1: str) -> tuple[Posting, ...]:
    """What was booked on one bill, in order."""
    rows = await session.execute(select(POSTINGS).where(POSTINGS.c.bill == ref1).order_by(POSTINGS.c.seq))
    return tuple(Posting(**row) for row in rows.mappings())


async def balances(session: AsyncSession, before: datetime) -> dict[str, int]:
    """Account → what it held for its owner at that moment: credits less debits, whole satang; zero is left out."""
    credit = select(POSTINGS.c.credit.label("account"), POSTINGS.c.satang).where(POSTINGS.c.at < before)
    debit = select(POSTINGS.c.debit, -POSTINGS.c.satang).where(POSTINGS.c.at < before)
    both = credit.union_all(debit).subquery()
    total = func.sum(both.c.satang)
    rows = await session.execute(
        select(both.c.account, total).group_by(both.c.account).having(total != 0).order_by(both.c.account)
    )
    return {account: int(satang) for account, satang in rows}


async def accounts(session: AsyncSession) -> tuple[str, ...]:
    """Every account that something was ever booked on."""
    both = select(POSTINGS.c.credit.label("account")).union(select(POSTINGS.c.debit))
    return tuple(sorted((await session.execute(both)).scalars()))


async def balances_now(session: AsyncSession) -> dict[str, int]:
    """The same over everything that is booked, whatever moment a line carries."""
    return await balances(session, datetime.max.replace(tzinfo=UTC))


async def check_chain(session: AsyncSession) -> int | None:
    """The first posting that does not stand where the chain says, or the one missing at its end; None: all do."""
    seq, last = 0, register.GENESIS
    while True:
        asked = select(POSTINGS).where(POSTINGS.c.seq > seq).order_by(POSTINGS.c.seq).limit(BATCH)
        lines = [Posting(**row) for row in (await session.execute(asked)).mappings()]
        for line in lines:
            linked = register.link(last, body(line))
            if (line.seq, line.previous_hash, line.hash) != (seq + 1, last, linked):
                return line.seq
            seq, last = line.seq, line.hash
        if len(lines) < BATCH:
            return None if (seq, last) == await chains.end_of(session, BOOK) else seq + 1


# --- the day's proof ---


@dataclass(frozen=True)
class DayProof:
    """The day's sums, whole satang, and what does not agree (nothing, on a good day)."""

    day: date
    received_satang: int
    booked_satang: int
    receipts_satang: int
    kinds: dict[str, int] = field(default_factory=dict)  # payment kind → satang
    adrift: tuple[str, ...] = ()  # transfers whose postings are not the amount that arrived
    without_receipt: tuple[str, ...] = ()  # references paid in full, and no receipt

    @property
    def holds(self) -> bool:
        """Every satang that arrived is booked, and everything settled has its receipt."""
        return self.received_satang == self.booked_satang and not self.adrift and not self.without_receipt


async def prove(session: AsyncSession, day: date) -> DayProof:
    """The sums of the payments confirmed on one day in Thailand, against the books and the receipts."""
    begins, ends = day_of(day)
    within = (PAYMENTS.c.confirmed_at >= begins, PAYMENTS.c.confirmed_at < ends)
    into_bank = POSTINGS.c.satang.label("satang"), POSTINGS.c.transaction_id.label("transfer")
    moved = select(*into_bank).where(POSTINGS.c.debit == book.BANK).subquery()
    booked = func.coalesce(func.sum(moved.c.satang), 0)
    receipted = by_transfer()
    each = (
        select(
            PAYMENTS.c.transaction_id, PAYMENTS.c.ref1, PAYMENTS.c.kind, PAYMENTS.c.satang, booked, receipted.c.satang
        )
        .outerjoin(moved, moved.c.transfer == PAYMENTS.c.transaction_id)
        .outerjoin(receipted, receipted.c.transfer == PAYMENTS.c.transaction_id)
        .where(*within)
        .group_by(PAYMENTS.c.transaction_id, receipted.c.satang)
    )
    return _proof(day, (await session.execute(each)).all())


def _proof(day: date, payments: Sequence[Any]) -> DayProof:
    kinds: dict[str, int] = {}
    for _, _, kind, satang, _, _ in payments:
        kinds[kind] = kinds.get(kind, 0) + satang
    return DayProof(
        day=day,
        received_satang=sum(satang for _, _, _, satang, _, _ in payments),
        booked_satang=sum(int(booked) for _, _, _, _, booked, _ in payments),
        receipts_satang=sum(int(receipt or 0) for *_, receipt in payments),
        kinds=kinds,
        adrift=tuple(sorted(name for name, _, _, satang, booked, _ in payments if satang != booked)),
        without_receipt=tuple(
            sorted(r for _, r, kind, _, _, receipt in payments if kind in SETTLES and receipt is None)
        ),
    )
