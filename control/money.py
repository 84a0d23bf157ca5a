"""Proving the money of a day: bank = payments = postings = receipts = settlements, or which satang differ.

Nothing is repaired here and nothing is explained away: every difference is named with its transfer, and with the two
books that do not agree. Money that arrived and was not asked about yet is a difference too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from control import settled
from control.settled import HandedOver
from exchange.bank import Bank, Transfer
from records import ledger, proof
from records.database import Database
from records.proof import Kept


@dataclass(frozen=True)
class Difference:
    """Two books that do not agree on one transfer (or one series, or the chain); whole satang."""

    what: str  # the bank's number of the transfer; the receipts' series; "postings"
    between: str  # "bank, payments" …: the two sides, in the order of the two amounts
    left_satang: int
    right_satang: int
    says: str


@dataclass(frozen=True)
class Proof:
    """The day's sums, whole satang, and every difference (none, on a good day)."""

    day: date
    bank_in: int
    payments: int
    postings_in: int
    receipts: int
    owed_to_payers: int  # of the postings: over, short, second, dead-bill
    bank_out: int
    postings_out: int
    settled: int  # handed over for that day
    held: int  # of what stood on payees' accounts at its end, what was not handed over for it
    on_its_way: int  # handed over, and not on the bank's statement yet
    kinds: dict[str, int]  # payment kind → satang
    differences: tuple[Difference, ...]

    @property
    def holds(self) -> bool:
        """Whether every satang is in every book."""
        return not self.differences


async def prove(database: Database, bank: Bank, day: date) -> Proof:
    """Hold our books against the bank's statement of one day in Thailand. Raises OfficeDown, OfficeRefused."""
    came, went = await bank.statement(day), await bank.given_back(day)
    async with database.reading() as session:
        kept = await proof.payments(session, day, [one.transaction_id for one in came])
        stray = await proof.booked_for_nothing(session, day)
        out = await proof.given_back(session, day, [one.transaction_id for one in went])
        gaps, broken = await proof.receipt_gaps(session), await ledger.check_chain(session)
        handed = await settled.look(session, day)
    differences = (
        *_arrivals(came, kept),
        *(difference for one in kept.values() for difference in _books(one)),
        *(_stray(*one) for one in stray.items()),
        *_departures(went, out),
        *(_gap(*one) for one in gaps.items()),
        *(Difference(**vars(one)) for one in handed.off),
        *_chain(broken),
    )
    return _sums(day, came, went, kept, stray, out, handed, differences)


def _sums(
    day: date, came: Sequence[Transfer], went: Sequence[Transfer], kept: Mapping[str, Kept],
    stray: Mapping[str, int], out: Mapping[str, int], handed: HandedOver, differences: tuple[Difference, ...],
) -> Proof:  # fmt: skip
    kinds: dict[str, int] = {}
    for one in kept.values():
        kinds[one.kind] = kinds.get(one.kind, 0) + one.satang
    return Proof(
        day=day,
        bank_in=sum(one.satang for one in came),
        payments=sum(one.satang for one in kept.values()),
        postings_in=sum(one.booked_satang for one in kept.values()) + sum(stray.values()),
        receipts=sum(one.receipt_satang or 0 for one in kept.values()),
        owed_to_payers=sum(one.owed_satang for one in kept.values()),
        bank_out=sum(one.satang for one in went),
        postings_out=sum(out.values()),
        settled=handed.settled,
        held=handed.held,
        on_its_way=handed.on_its_way,
        kinds=dict(sorted(kinds.items())),
        differences=differences,
    )


def _arrivals(came: Sequence[Transfer], kept: Mapping[str, Kept]) -> Iterator[Difference]:
    """The bank's credits against our payments, both ways."""
    sides = "bank, payments"
    at_bank = {one.transaction_id: one for one in came}
    for name, transfer in at_bank.items():
        ours = kept.get(name)
        if ours is None:
            yield Difference(name, sides, transfer.satang, 0, f"arrived for {transfer.ref1}, and is not in our books")
        elif (ours.satang, ours.ref1) != (transfer.satang, transfer.ref1):
            yield Difference(name, sides, transfer.satang, ours.satang, f"for {transfer.ref1}, kept for {ours.ref1}")
    for name in kept.keys() - at_bank.keys():
        ours = kept[name]
        yield Difference(name, sides, 0, ours.satang, f"kept for {ours.ref1}, and the bank does not know it")


def _books(one: Kept) -> Iterator[Difference]:
    """One payment against its postings and its receipt."""
    name = one.transaction_id
    if one.satang != one.booked_satang:
        yield Difference(name, "payments, postings", one.satang, one.booked_satang, f"a {one.kind} payment")
    earned = one.booked_satang - one.owed_satang
    if earned != (one.receipt_satang or 0):
        says = "paid and kept, and no receipt says so" if one.receipt_satang is None else "the receipt says otherwise"
        yield Difference(name, "postings, receipts", earned, one.receipt_satang or 0, f"{one.ref1}: {says}")
    elif one.settles and one.receipt_satang is None:
        yield Difference(name, "payments, receipts", one.satang, 0, f"{one.ref1} is settled without a receipt")


def _stray(name: str, satang: int) -> Difference:
    return Difference(name, "payments, postings", 0, satang, "postings of money that no payment stands for")


def _departures(went: Sequence[Transfer], out: Mapping[str, int]) -> Iterator[Difference]:
    """The bank's debits against what we booked as given back, both ways."""
    sides = "bank given back, postings"
    at_bank = {one.transaction_id: one for one in went}
    for name in sorted(at_bank.keys() | out.keys()):
        gone, booked = at_bank[name].satang if name in at_bank else 0, out.get(name, 0)
        if gone != booked:
            yield Difference(name, sides, gone, booked, f"for {at_bank[name].ref1}" if name in at_bank else "unknown")


def _gap(series: str, missing: int) -> Difference:
    return Difference(series, "receipts, receipts", 0, 0, f"{missing} numbers are missing in this series")


def _chain(broken: int | None) -> Iterator[Difference]:
    if broken is not None:
        yield Difference("postings", "postings, postings", 0, 0, f"the chain is broken at posting {broken}")
