"""Lines of a bill that the tests of money share."""

from datetime import date
from typing import Any

from licences.fees import QuoteLine
from licences.procedure import Due, Payee, Share, Text

SHARED = (Share(payee=Payee.AGENCY, basis_points=6_667), Share(payee=Payee.TREASURY, basis_points=3_333))


def a_line(satang: int, **said: Any) -> QuoteLine:
    """One line of a quote; the fee goes to the treasury unless `shares` or `payee` say otherwise."""
    plain: dict[str, Any] = {
        "line": "licence",
        "title": Text(th="ค่าธรรมเนียม", en="Fee"),
        "satang": satang,
        "law": "Act, s. 1",
        "since": date(2026, 1, 1),
        "payee": Payee.TREASURY,
        "shares": (),
        "provisional": False,
        "rate_day": "filing",
        "rate_change": "keep",
        "due": Due.BEFORE_ISSUE,
        "refundable": False,
        "rule_version": "0" * 64,
    }
    return QuoteLine(**plain | said)
