"""The books: postings for a payment, a refund, a settlement. Every satang that comes in is given to somebody.

A posting moves money from an account to an account: it debits one and credits the other by the same whole satang, so
the books balance by their shape. Shares are split by the largest remainder, so that no satang is lost or made.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from pydantic import Field

from licences import register
from licences.errors import NotAllowed
from licences.fees import ALL_OF_IT, QuoteLine
from licences.procedure import Payee, Shape, Share
from licences.rates import apportion

BANK = "bank"
OVERPAID = "owed-to-payer"
PAYABLE = "payable:"
DEPOSIT = "deposit:"


class AmountShort(NotAllowed):
    """Less arrived than the bill says: a part of an amount never issues a licence (PAY-4)."""


class Posting(Shape):
    """One movement from an account to an account, whole satang."""

    debit: str
    credit: str
    satang: int = Field(gt=0)
    memo: str


def payee_account(payee: Payee, *, agency: str, authority: str = "") -> str:
    """The account of money that is a payee's and still with us. State revenue is handed over by its agency."""
    match payee:
        case Payee.TREASURY:
            return f"{PAYABLE}treasury:{agency}"
        case Payee.AGENCY:
            return f"{PAYABLE}agency:{agency}"
        case Payee.LOCAL:
            return f"{PAYABLE}local-authority:{authority or agency}"
        case Payee.SYSTEM:
            return f"{PAYABLE}system"


def postings(
    received_satang: int, lines: Sequence[QuoteLine], *, agency: str, authority: str = ""
) -> tuple[Posting, ...]:
    """The movements for a payment of a bill with those lines; what came in above the bill is owed back to the payer.

    `authority` is the local authority that the place belongs to ("" where none is owed). Raises AmountShort.
    """
    owed = sum(line.satang for line in lines)
    if received_satang < owed:
        raise AmountShort(
            f"ยอดชำระไม่ครบ ขาด {owed - received_satang} สตางค์",
            f"the payment is {owed - received_satang} satang short of the bill",
        )
    moved = [posting for line in lines for posting in _of_line(line, agency, authority)]
    if received_satang > owed:
        moved.append(_in(OVERPAID, received_satang - owed, "overpayment, owed to the payer"))
    return tuple(moved)


def second_payment(received_satang: int, ref1: str) -> tuple[Posting, ...]:
    """The movement for money against a bill that is paid or dead already: all of it is owed to the payer."""
    return (_in(OVERPAID, received_satang, f"nothing was owed on {ref1}"),)


def _of_line(line: QuoteLine, agency: str, authority: str) -> list[Posting]:
    if line.line == "deposit":  # held for the payer, nobody's revenue
        return [_in(f"{DEPOSIT}{agency}", line.satang, line.law)] if line.satang else []
    agency = line.owner or agency  # collected for another agency: its money, whoever took it
    shares = line.shares or (Share(payee=line.payee, basis_points=ALL_OF_IT),)
    parts = zip(shares, apportion(line.satang, [share.basis_points for share in shares]), strict=True)
    return [
        _in(payee_account(share.payee, agency=agency, authority=authority), satang, line.law)
        for share, satang in parts
        if satang
    ]


def _in(account: str, satang: int, memo: str) -> Posting:
    return Posting(debit=BANK, credit=account, satang=satang, memo=memo)


def mirror(moved: Iterable[Posting], reason: str) -> tuple[Posting, ...]:
    """The movements that undo those movements: a refund is never worked out anew."""
    return tuple(
        Posting(debit=one.credit, credit=one.debit, satang=one.satang, memo=f"{reason} ({one.memo})") for one in moved
    )


def balances(moved: Iterable[Posting]) -> dict[str, int]:
    """What each account holds for its owner after those movements: credits less debits, accounts at zero left out."""
    held: Counter[str] = Counter()
    for one in moved:
        held[one.credit] += one.satang
        held[one.debit] -= one.satang
    return {account: satang for account, satang in sorted(held.items()) if satang}


def settlement(held: Mapping[str, int], memo: str) -> tuple[Posting, ...]:
    """The movements that hand every payee what is his. Deposits and overpayments stay: they are the payers'."""
    return tuple(
        Posting(debit=account, credit=BANK, satang=satang, memo=memo)
        for account, satang in sorted(held.items())
        if account.startswith(PAYABLE) and satang > 0
    )


def link(previous_hash: str, posting: Posting, key: str) -> str:
    """The hash that binds a posting, under its key, to the one before: the register's own rule."""
    return register.link(previous_hash, register.canonical({"key": key, **posting.model_dump()}))
