"""Two versions of a procedure side by side: what changed, in words, and what becomes of those who filed under the old.

A running application keeps the procedure it was filed under, its form's text too. What a change may still ask of it is
declared: by the new version itself (`on_change`, part by part), for an amount by the fee (`rate_change`), and where
neither says anything by the part's usual policy. `carried` is what the declarations come to.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from licences.catalogue import named, resolve
from licences.procedure import FeeRule, Licence, Operation, Policy, Procedure, Shape, Text


class Change(Shape):
    """One thing that changed: where, what it was and is, in words, and the policy for what has begun."""

    part: str
    said: Text
    policy: Policy


class Difference(Shape):
    """One change of a licence, and the operations that it changes."""

    operations: tuple[Operation, ...]
    change: Change


POLICIES: Mapping[str, Policy] = {
    "form": Policy.ASK_AGAIN,
    "documents": Policy.ASK_AGAIN,
    "prerequisites": Policy.ASK_AGAIN,
    "applicant": Policy.ASK_AGAIN,
    "assurance": Policy.ASK_AGAIN,
}  # every other part: grandfather

PARTS: Mapping[str, Text] = {
    "title": Text(th="ชื่อใบอนุญาต", en="The title"),
    "agency": Text(th="หน่วยงาน", en="The agency"),
    "law": Text(th="กฎหมาย", en="The law"),
    "level": Text(th="ระดับบริการ", en="The service level"),
    "routing": Text(th="ผู้รับคำขอ", en="Who receives it"),
    "applicant": Text(th="ผู้มีสิทธิยื่น", en="Who may apply"),
    "assurance": Text(th="ระดับการพิสูจน์ตัวตน", en="The identity assurance"),
    "display_required": Text(th="การแสดงใบอนุญาต", en="The duty to display it"),
    "digits": Text(th="ตัวเลขบนใบอนุญาต", en="The digits on its face"),
    "form": Text(th="แบบคำขอ", en="The form"),
    "effect": Text(th="ผลต่อทะเบียน", en="What it does to the register"),
    "acts_on": Text(th="ใบอนุญาตที่เกี่ยวข้อง", en="The licence it acts on"),
    "validity": Text(th="อายุใบอนุญาต", en="How long it lasts"),
    "renewal_window": Text(th="ช่วงเวลาต่ออายุ", en="When it may be renewed"),
    "one_per": Text(th="จำนวนที่ถือได้", en="How many one may hold"),
    "prerequisites": Text(th="ใบอนุญาตที่ต้องมีก่อน", en="The licences needed first"),
    "appeal": Text(th="การอุทธรณ์", en="The appeal"),
    "pauses": Text(th="การหยุดนับเวลา", en="When its clock may stand still"),
    "decision_days": Text(th="ระยะเวลาพิจารณา", en="The working days promised"),
    "automatic": Text(th="การพิจารณาอัตโนมัติ", en="The automatic decision"),
}
ROWS: Mapping[str, tuple[str, Text]] = {
    "stages": ("name", Text(th="ขั้นตอน", en="Stage")),
    "documents": ("id", Text(th="เอกสาร", en="Document")),
}


def changes(old: Procedure, new: Procedure) -> tuple[Change, ...]:
    """Everything that differs between two versions of one procedure, in the order in which people read it."""
    found = [*_values(old, new), *_questions(old, new), *_rows(old, new), *_fees(old, new)]
    return tuple(_declared(change, new) for change in found)


def _declared(change: Change, new: Procedure) -> Change:
    """The change with the policy that the new version declares for its part, if it does."""
    return change.model_copy(update={"policy": new.on_change.get(change.part, change.policy)})


def _questions(old: Procedure, new: Procedure) -> Iterator[Change]:
    """Another text of the same form; another form is told as such."""
    if old.form == new.form and old.questions and old.questions != new.questions:
        said = Text(th="ข้อคำถามในแบบคำขอเปลี่ยน", en="The questions of the form have changed")
        yield Change(part="form", said=said, policy=POLICIES["form"])


CARRIED: Mapping[str, tuple[str, ...]] = {"form": ("form", "questions"), "documents": ("documents",)}
"""What an application takes over from a later version when that declares to ask again, by the part that changed."""


def carried(old: Procedure, new: Procedure) -> Procedure:
    """The rules under which an undecided application goes on: the old, with what the new declare to ask again.

    Everything else stays as it was on the day of filing; nothing declared, nothing changed.
    """
    again = {change.part for change in changes(old, new) if change.policy is Policy.ASK_AGAIN}
    taken = {name: getattr(new, name) for part in again for name in CARRIED.get(part, ())}
    return named(old.model_copy(update=taken)) if taken else old


def differences(old: Licence | None, new: Licence | None) -> tuple[Difference, ...]:
    """Everything that differs between two versions of one licence; None = there was none, or there is none any more."""
    told: dict[Change, list[Operation]] = {}
    for operation in Operation:
        was, now = (resolve(one, operation) if one and operation in one.operations else None for one in (old, new))
        for change in _of_operation(was, now):
            told.setdefault(change, []).append(operation)
    return tuple(Difference(operations=tuple(names), change=change) for change, names in told.items())


def _of_operation(was: Procedure | None, now: Procedure | None) -> tuple[Change, ...]:
    if was and now:
        return changes(was, now)
    if was is None and now is None:
        return ()
    said = (
        Text(th="เปิดให้ยื่นใหม่", en="It can be applied for now")
        if now
        else Text(
            th="ไม่เปิดให้ยื่นแล้ว คำขอที่ยื่นไว้ดำเนินการต่อ", en="It can no longer be applied for; what was submitted goes on"
        )
    )
    return (Change(part="operation", said=said, policy=Policy.GRANDFATHER),)


def _values(old: Procedure, new: Procedure) -> Iterator[Change]:
    before, after = old.model_dump(mode="json"), new.model_dump(mode="json")
    for part, name in PARTS.items():
        if before[part] != after[part]:
            yield _change(part, name, _shown(before[part]), _shown(after[part]))


def _rows(old: Procedure, new: Procedure) -> Iterator[Change]:
    before, after = old.model_dump(mode="json"), new.model_dump(mode="json")
    for part, (key, noun) in ROWS.items():
        was, now = ({row[key]: row for row in side[part]} for side in (before, after))
        for name in [*was, *(name for name in now if name not in was)]:
            if was.get(name) != now.get(name):
                yield from _row(part, _named(noun, name), was.get(name), now.get(name))
        kept = [name for name in was if name in now]
        if kept != [name for name in now if name in was]:
            said = Text(th=f"ลำดับ{noun.th}เปลี่ยน", en=f"{noun.en}s come in another order")
            yield Change(part=part, said=said, policy=POLICIES.get(part, Policy.GRANDFATHER))


def _row(part: str, name: Text, was: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> Iterator[Change]:
    policy = POLICIES.get(part, Policy.GRANDFATHER)
    if was is None:
        yield Change(part=part, said=Text(th=f"เพิ่ม{name.th}", en=f"{name.en} is new"), policy=policy)
    elif now is None:
        yield Change(part=part, said=Text(th=f"ตัด{name.th}", en=f"{name.en} is gone"), policy=policy)
    else:
        for key in was:
            if was[key] != now[key]:
                here = Text(th=f"{name.th} ({key})", en=f"{name.en} ({key})")
                yield _change(part, here, _shown(was[key]), _shown(now[key]))


def _fees(old: Procedure, new: Procedure) -> Iterator[Change]:
    """A rate that ends and one that begins are two changes: each line carries its own policy."""
    for fee in old.fees:
        if fee not in new.fees:
            yield _fee(fee, Text(th="ตัดค่าธรรมเนียม", en="Fee gone"))
    for fee in new.fees:
        if fee not in old.fees:
            yield _fee(fee, Text(th="เพิ่มค่าธรรมเนียม", en="Fee new"))


def _fee(fee: FeeRule, what: Text) -> Change:
    policy = Policy.REQUOTE if fee.rate_change == "requote" else Policy.GRANDFATHER
    rate = fee.baht or _shown([tier.baht for tier in fee.tiers] or fee.kinds or fee.basis_points)
    until = f" - {fee.until}" if fee.until else ""
    said = Text(
        th=f"{what.th}: {fee.line} {rate} บาท ตั้งแต่ {fee.since}{until} ({fee.law})",
        en=f"{what.en}: {fee.line} {rate} baht from {fee.since}{until} ({fee.law})",
    )
    return Change(part="fees", said=said, policy=policy)


def _change(part: str, name: Text, was: str, now: str) -> Change:
    said = Text(th=f"{name.th}: จาก {was} เป็น {now}", en=f"{name.en}: from {was} to {now}")
    return Change(part=part, said=said, policy=POLICIES.get(part, Policy.GRANDFATHER))


def _named(noun: Text, name: str) -> Text:
    return Text(th=f"{noun.th} {name}", en=f"{noun.en} {name}")


def _shown(value: object) -> str:
    """A value as a person reads it: a text by its English side, a table by its parts, nothing as a dash."""
    if value is None or value == [] or value == "":
        return "-"
    if isinstance(value, Mapping):
        if set(value) == {"th", "en"}:
            return f"{value['th']} ({value['en']})"
        return ", ".join(f"{key} {_shown(one)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return " / ".join(_shown(one) for one in value)
    return str(value)
