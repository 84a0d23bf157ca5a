"""What is given back to a payer, why, and how many persons must say yes. Pure rules; nobody decides an amount by hand.

Two sorts: money that never settled anything (above the bill, twice, too late, too little), and a fee that its own rule
calls refundable when the application is refused or withdrawn. A fee is given back by the mirror of the postings that
took it in, to the satang, however the rule has changed since.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from licences.fees import QuoteLine
from licences.ledger import BANK, OVERPAID, Posting
from licences.rates import apportion

ONE_PERSON_UP_TO = 500_000
"""Satang: what one person may give back alone; above it two different persons agree."""
FEES_BACK = ("refused", "withdrawn")
"""How an application ends when a refundable fee goes back."""


class Reason(StrEnum):
    """Why money is a payer's."""

    OVER = "over"
    SHORT = "short"
    SECOND = "second"
    DEAD_BILL = "dead-bill"
    FEE = "fee"
    PART = "part"  # a basket's bill whose application had ended before the basket was paid
    RETURNED = "returned"  # a part of a fee that an officer returns under a law that he names


def persons_needed(satang: int) -> int:
    """How many different persons must agree."""
    return 1 if satang <= ONE_PERSON_UP_TO else 2


def refund_id(transaction_id: str, reason: Reason, part: str = "") -> str:
    """The refund's own name, and its key at the bank: a payment (or its `part` for one bill of a basket) is given
    back once for each reason."""
    return f"{transaction_id}-{reason}-{part}" if part else f"{transaction_id}-{reason}"


def of_refundable_lines(lines: Sequence[QuoteLine], booked: Sequence[Posting]) -> tuple[Posting, ...]:
    """Of the postings that took a payment in, those of its refundable lines. `booked` is in the order of the books.

    Raises ValueError when the postings are not those of these lines.
    """
    waiting, found = list(booked), []
    for line in lines:
        left = line.satang
        while left > 0:
            if not waiting or waiting[0].satang > left:
                raise ValueError(f"the postings do not follow the bill's lines at {line.law}")
            left -= waiting[0].satang
            found += [waiting[0]] if line.refundable else []
            del waiting[0]
    return tuple(found)


def part_of(held: Mapping[str, int], satang: int, why: str) -> tuple[Posting, ...]:
    """The movements that make a part of a paid fee the payer's again: out of each account that the bill's money is on,
    in the proportion of what is left of it there. `held` is account -> satang of that bill.

    Raises ValueError when less is left.
    """
    accounts = [account for account in sorted(held) if held[account] > 0]
    if not 0 < satang <= sum(held[account] for account in accounts):
        raise ValueError(f"{satang} satang are not left of this bill")
    parts = apportion(satang, [held[account] for account in accounts])
    return tuple(
        Posting(debit=account, credit=OVERPAID, satang=part, memo=why)
        for account, part in zip(accounts, parts, strict=True)
        if part
    )


def set_aside(taken_in: Sequence[Posting], why: str) -> tuple[Posting, ...]:
    """The movements that make a fee the payer's again: out of each account it went to, by the same satang."""
    return tuple(
        Posting(debit=one.credit, credit=OVERPAID, satang=one.satang, memo=f"{why} ({one.memo})") for one in taken_in
    )


def given_back(satang: int, why: str) -> tuple[Posting, ...]:
    """The movement of money that the bank has given back."""
    return (Posting(debit=OVERPAID, credit=BANK, satang=satang, memo=why),)


def short_of(moves: Sequence[Posting], held: Mapping[str, int]) -> str:
    """The first account that would give more than it holds ("" for none): nobody's account goes below zero."""
    taken: dict[str, int] = {}
    for one in moves:
        taken[one.debit] = taken.get(one.debit, 0) + one.satang
    return next((account for account, satang in taken.items() if held.get(account, 0) < satang), "")
