"""Which day's rate a fee has, whose it is in parts, and what a change of rate does to a bill that nobody has paid.

The day of the rule decides, never the day on which a rate reached our data: a rule names the legal day whose rate
counts (`rate_day`: filing, decision, issue), and whether an open bill keeps its rate when that rate changes (`keep`)
or is worked out anew (`requote`).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from licences.procedure import FeeRule, Payee, Share

ALL_OF_IT = 10_000  # basis points


def day_of(rule: FeeRule, on: date, days: Mapping[str, date] | None) -> date:
    """The legal day whose rate a rule takes; a day that is not known yet is the day of asking."""
    return (days or {}).get(rule.rate_day, on)


def stands(rule: FeeRule, on: date) -> bool:
    """Whether a rule stands on that day."""
    return rule.since <= on and (rule.until is None or on <= rule.until)


def rules_for(filed: Iterable[FeeRule], today: Iterable[FeeRule]) -> tuple[FeeRule, ...]:
    """The rules that an application is billed by: those of its own procedure where filing decides the rate.

    Where a later day decides, they are those of today's law, which may have been made after it was filed.
    """
    return (
        *(rule for rule in filed if rule.rate_day == "filing"),
        *(rule for rule in today if rule.rate_day != "filing"),
    )


def apportion(satang: int, parts: Sequence[int]) -> tuple[int, ...]:
    """The amount split in those proportions, by the largest remainder (the earlier part first when equal).

    Raises ValueError when no part is above zero.
    """
    whole = sum(parts)
    if whole <= 0 or min(parts) < 0:
        raise ValueError(f"cannot split by {list(parts)}: parts are zero or more, one at least above zero")
    given = [satang * part // whole for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda n: (-(satang * parts[n] % whole), n))
    for n in by_remainder[: satang - sum(given)]:
        given[n] += 1
    return tuple(given)


def with_system_fee(rule: FeeRule, basis_points: int) -> tuple[Share, ...]:
    """Whose money a fee is in parts, when a part of it keeps this system going. A deposit is nobody's revenue."""
    if not basis_points or rule.line == "deposit":
        return rule.shares
    shares = rule.shares or (Share(payee=rule.payee, basis_points=ALL_OF_IT),)
    left = apportion(ALL_OF_IT - basis_points, [share.basis_points for share in shares])
    kept = (Share(payee=share.payee, basis_points=part) for share, part in zip(shares, left, strict=True) if part)
    return (*kept, Share(payee=Payee.SYSTEM, basis_points=basis_points))
