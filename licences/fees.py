"""What is owed, for what, to whom, under which law. Whole satang, worked out in decimals, never guessed.

A fee is data (`procedure.FeeRule`): it names a word this file knows (*flat*, *per-unit*, *tiers*, *kinds*, *percent*)
and a question whose answer it needs. An answer that is not there is asked for, never assumed.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal
from typing import Literal

from pydantic import Field

from licences import rates, thai
from licences.errors import NotAllowed
from licences.procedure import Due, FeeRule, Payee, Procedure, Shape, Share, Text

LineKind = Literal["application", "review", "licence", "yearly", "surcharge", "deposit"]
SATANG = Decimal(100)
WHOLE = Decimal(1)
ALL_OF_IT = rates.ALL_OF_IT
PARTS = {"up": ROUND_CEILING, "over-half": ROUND_HALF_DOWN}
PLAIN_NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,6})?")

TITLES: Mapping[str, Text] = {
    "application": Text(th="ค่าคำขอ", en="Application fee"),
    "review": Text(th="ค่าใช้จ่ายในการตรวจพิจารณา", en="Review charge"),
    "licence": Text(th="ค่าธรรมเนียมใบอนุญาต", en="Licence fee"),
    "yearly": Text(th="ค่าธรรมเนียมรายปี", en="Yearly fee"),
    "surcharge": Text(th="เงินเพิ่ม", en="Surcharge"),
    "deposit": Text(th="หลักประกัน", en="Security deposit"),
}


class UnitMissing(NotAllowed):
    """The fee depends on an answer that is not there."""


class UnitUnreadable(NotAllowed):
    """The fee depends on an answer that is not a size of zero or more."""


class SizeNotCovered(NotAllowed):
    """The fee table says nothing about so large a size."""


class KindNotCovered(NotAllowed):
    """The fee table says nothing about that kind."""


class QuoteLine(Shape):
    """One line of what is owed, with everything that a bill, a receipt and a court would ask about it."""

    line: LineKind
    title: Text
    satang: int = Field(ge=0)
    law: str
    since: date
    payee: Payee
    shares: tuple[Share, ...]
    provisional: bool
    rate_day: Literal["filing", "decision", "issue"]
    rate_change: Literal["keep", "requote"]
    due: Due
    refundable: bool
    per: str = ""  # the questions whose answers were used, "" when none
    units: str = ""  # those answers as they were read
    rate_on: date | None = None  # the legal day whose rate this is (`rate_day` says which day that is)
    owner: str = ""  # the agency whose money it is, where another collects it; "" = the licence's own
    rule_version: str  # SHA-256 of the rule, hex


class Quote(Shape):
    """Everything that is owed at one moment. No lines: nothing is owed."""

    lines: tuple[QuoteLine, ...]
    satang: int = Field(ge=0)
    provisional: bool  # at least one amount is not known for sure


def unconfirmed(procedure: Procedure, on: date) -> bool:
    """Whether an amount that may be asked for on that day is provisional: not known for sure, so not to be billed."""
    return any(rule.provisional and rule.since <= on <= (rule.until or on) for rule in procedure.fees)


def owed(
    procedure: Procedure,
    answers: Mapping[str, object],
    *,
    on: date,
    authority: str | None = None,
    due: Due | None = None,
    late: bool = False,
    days: Mapping[str, date] | None = None,
    system_fee: int = 0,
) -> Quote:
    """What is owed under the rates of that day, whole satang.

    `days` are the legal days that rules may name instead (`rate_day`: filing, decision, issue); one it does not name
    is `on`. `system_fee` is the part of each fee, in basis points, that keeps this system going.

    `authority` is the local authority whose ordinance applies; `due` keeps one moment of asking (None: both);
    `late` adds what only a late renewal owes. Raises UnitMissing, UnitUnreadable, SizeNotCovered or KindNotCovered.
    """
    standing = in_effect(procedure.fees, on=on, authority=authority, days=days)
    rules = [rule for rule in standing if late or not rule.late_only]
    plain = {id(rule): amount(rule, answers) for rule in rules if rule.basis != "percent" and _counts(rule, rules, due)}
    lines = [
        _line(
            rule,
            plain[id(rule)] if id(rule) in plain else _percent(rule, rules, plain),
            answers,
            rates.day_of(rule, on, days),
            system_fee,
        )
        for rule in rules
        if due is None or rule.due is due
    ]
    return Quote(
        lines=tuple(lines),
        satang=sum(line.satang for line in lines),
        provisional=any(line.provisional for line in lines),
    )


def in_effect(
    rules: Iterable[FeeRule], *, on: date, authority: str | None, days: Mapping[str, date] | None = None
) -> tuple[FeeRule, ...]:
    """The rules that stand on that day there. An authority's own ordinance takes the place of the general line."""
    standing = [rule for rule in rules if rates.stands(rule, rates.day_of(rule, on, days))]
    own = {_subject(rule) for rule in standing if rule.authority is not None and rule.authority == authority}
    return tuple(
        rule
        for rule in standing
        if rule.authority == authority or (rule.authority is None and _subject(rule) not in own)
    )


def requoted(asked: Iterable[QuoteLine], now: Iterable[QuoteLine]) -> tuple[QuoteLine, ...]:
    """The lines of an open bill after a change of rates: a line is kept, or worked out anew, as its own rule says.

    A line that today's law no longer knows is kept too: a bill is never made smaller by silence.
    """
    new = {(line.line, line.title.en): line for line in now}
    return tuple(new.get((line.line, line.title.en), line) if line.rate_change == "requote" else line for line in asked)


def amount(rule: FeeRule, answers: Mapping[str, object]) -> int:
    """The satang of one rule that is not a percentage."""
    return _bounded(rule, _unbounded(rule, answers))


def rule_version(rule: FeeRule) -> str:
    """The SHA-256 of a rule, hex: two bills with the same version were worked out by the same words."""
    return hashlib.sha256(rule.model_dump_json().encode()).hexdigest()


def answer(answers: Mapping[str, object], question: str) -> object | None:
    """The answer to a question, looked up by its name or along a dotted path into a block; None when not answered."""
    if question in answers:
        return answers[question]
    found: object | None = answers
    for part in question.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _counts(rule: FeeRule, rules: Iterable[FeeRule], due: Due | None) -> bool:
    """Whether an amount is needed: it is asked for now, or something asked for now is a percentage of it."""
    if due is None or rule.due is due:
        return True
    return any(other.basis == "percent" and other.due is due for other in rules) and _is_fee(rule)


def _is_fee(rule: FeeRule) -> bool:
    """Surcharges are reckoned on the fee itself, not on application charges or deposits."""
    return rule.line in ("licence", "yearly") and rule.basis != "percent"


def _percent(rule: FeeRule, rules: Iterable[FeeRule], plain: Mapping[int, int]) -> int:
    fee = sum(plain[id(other)] for other in rules if _is_fee(other))
    return _rounded(Decimal(fee) * rule.basis_points / ALL_OF_IT)


def _subject(rule: FeeRule) -> tuple[str, str]:
    return rule.line, rule.title.en if rule.title else ""


def _line(rule: FeeRule, satang: int, answers: Mapping[str, object], on: date, system_fee: int) -> QuoteLine:
    asked = [question for question in (rule.per, rule.times) if question]
    return QuoteLine(
        line=rule.line,
        title=rule.title or TITLES[rule.line],
        satang=satang,
        law=rule.law,
        since=rule.since,
        payee=rule.payee,
        shares=rates.with_system_fee(rule, system_fee),
        provisional=rule.provisional,
        rate_day=rule.rate_day,
        rate_change=rule.rate_change,
        due=rule.due,
        refundable=rule.refundable,
        per=", ".join(asked),
        units=", ".join(_shown(answer(answers, question)) for question in asked),
        rule_version=rule_version(rule),
        rate_on=on,
        owner=rule.owner,
    )


def _shown(given: object) -> str:
    return " + ".join(map(str, given)) if isinstance(given, list | tuple) else str(given)


def _unbounded(rule: FeeRule, answers: Mapping[str, object]) -> int:
    if rule.basis == "flat":
        return _satang(rule.baht)
    if rule.basis == "kinds":
        one = sum(_of_kind(rule, kind) for kind in _kinds(rule, answers))
        return _rounded(one * _units(rule, _size(rule, rule.times, answers))) if rule.times else one
    size = _size(rule, rule.per, answers)
    if rule.basis == "per-unit":
        return _rounded(_satang(rule.baht) * _units(rule, size))
    return _of_tier(rule, size)


def _bounded(rule: FeeRule, satang: int) -> int:
    if rule.at_least is not None:
        satang = max(satang, _satang(rule.at_least))
    return satang if rule.at_most is None else min(satang, _satang(rule.at_most))


def _units(rule: FeeRule, size: Decimal) -> Decimal:
    """How many units a size is: above a threshold, in units of some size, a part a whole where the law says so."""
    over = max(size - Decimal(rule.above or 0), Decimal(0))
    units = over / Decimal(rule.unit_size or 1)
    return units if rule.parts == "exact" else units.to_integral_value(rounding=PARTS[rule.parts])


def _satang(baht: str | None) -> int:
    """Whole satang from baht as text. A third decimal is a fault of the data, not something to round away."""
    satang = Decimal(baht or "0") * SATANG
    if satang != satang.to_integral_value() or satang < 0:
        raise ValueError(f"a fee of {baht!r} baht is not whole satang of zero or more")
    return int(satang)


def _rounded(satang: Decimal) -> int:
    return int(satang.quantize(WHOLE, rounding=ROUND_HALF_UP))


def _answered(question: str | None, answers: Mapping[str, object]) -> object:
    given = answer(answers, question or "")
    if given is None or given == "" or given == [] or given == ():
        raise UnitMissing(
            f"ค่าธรรมเนียมขึ้นกับคำตอบข้อ {question} โปรดกรอกข้อนี้",
            f"the fee depends on the answer to {question}: please give it",
            field=question or "",
        )
    return given


def _size(rule: FeeRule, question: str | None, answers: Mapping[str, object]) -> Decimal:
    """A size from an answer: a number, or text as people write it (๑,๒๐๐.๕๐). Raises UnitMissing, UnitUnreadable."""
    given = _answered(question, answers)
    text = "" if isinstance(given, bool) else thai.ascii_digits(str(given)).replace(",", "").strip()
    if not PLAIN_NUMBER.fullmatch(text):
        raise UnitUnreadable(
            f"คำตอบข้อ {question} ต้องเป็นจำนวนตั้งแต่ศูนย์ขึ้นไป",
            f"the answer to {question} must be a number of zero or more",
            field=question or "",
        )
    return Decimal(text)


def _of_tier(rule: FeeRule, size: Decimal) -> int:
    for tier in rule.tiers:
        if tier.up_to is None or size <= Decimal(str(tier.up_to)):
            return _rounded(_satang(tier.baht) * size) if tier.each else _satang(tier.baht)
    raise SizeNotCovered(
        f"ตารางค่าธรรมเนียมไม่มีอัตราสำหรับขนาด {size} โปรดติดต่อหน่วยงาน",
        f"the fee table has no rate for a size of {size}: please ask the agency",
        field=rule.per or "",
    )


def _kinds(rule: FeeRule, answers: Mapping[str, object]) -> tuple[str, ...]:
    given = _answered(rule.per, answers)
    if isinstance(given, bool):
        return ("yes" if given else "no",)
    return tuple(map(str, given)) if isinstance(given, list | tuple) else (str(given),)


def _of_kind(rule: FeeRule, kind: str) -> int:
    if kind not in rule.kinds:
        raise KindNotCovered(
            f"ตารางค่าธรรมเนียมไม่มีอัตราสำหรับ {kind} โปรดเลือกจากรายการ",
            f"the fee table has no rate for {kind}: please choose one from the list",
            field=rule.per or "",
        )
    return _satang(rule.kinds[kind])
