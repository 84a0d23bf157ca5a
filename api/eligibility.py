"""Who may ask for what: for whom, how well identified, holding which licences. Pure: values in, refusals out."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Literal

from pydantic import Field, model_validator

from api.bodies import Body
from api.people import Person
from licences import calendar, fees, thai
from licences.errors import Forbidden, NotAllowed, NotFound
from licences.procedure import Effect, Prerequisite, Procedure
from records.register import AtPlace
from records.tables import Holding

JURISTIC, NATURAL = "juristic", "natural"
COMPANY_FIELD = "holder.juristic_id"
OPEN_ENDED = frozenset({Effect.NOTE, Effect.NONE})
"""What changes nothing in the register may be asked for as often as one likes."""


class HolderNotEligible(NotAllowed):
    """This licence is for companies only, or for natural persons only."""


class AssuranceTooLow(Forbidden):
    """The sign-in did not look closely enough at the person for this licence."""


class FeeNotConfirmed(NotAllowed):
    """Nobody has confirmed an amount of it, so it could not be billed: said before the form is begun."""


class LicenceNotHeld(NotFound):
    """No such licence number among the holder's own: whose it is otherwise is nobody's business."""


class LicenceNotActive(NotAllowed):
    """The licence to be renewed, amended or cancelled is over already."""


class PrerequisiteMissing(NotAllowed):
    """Another licence must be in force first."""


class NumberWrong(NotAllowed):
    """Not a number that the company register could have given out."""


class Holder(Body):
    """For whom: a company by its number, or oneself."""

    juristic_id: str | None = None
    oneself: Literal[True] | None = Field(None, alias="self")

    @model_validator(mode="after")
    def _one_of_both(self) -> "Holder":
        if (self.juristic_id is None) == (self.oneself is None):
            raise HolderNotEligible(
                "ระบุผู้ขออย่างใดอย่างหนึ่ง: เลขทะเบียนนิติบุคคล หรือตนเอง",
                'say for whom: {"juristic_id": "…"} or {"self": true}, one of the two',
                field="holder",
            )
        return self


def check_assurance(procedure: Procedure, person: Person) -> None:
    """Raise AssuranceTooLow unless the sign-in was as strong as the licence asks (E-Government Act s.8)."""
    wanted, had = assurance(procedure.assurance), assurance(person.row.assurance)
    if had < wanted:
        raise AssuranceTooLow(
            f"คำขอนี้ต้องยืนยันตัวตนระดับ {procedure.assurance} โปรดเข้าสู่ระบบด้วยวิธีที่ยืนยันตัวตนในระดับนั้น",
            f"this needs an identity proven at {procedure.assurance}: please sign in with a means of that level",
        )


def assurance(text: str) -> int:
    """The level in `IAL2`, `2.3` or ""."""
    digits = text.upper().removeprefix("IAL").split(".")[0]
    return int(digits) if digits.isascii() and digits.isdigit() else 0


def check_eligible(procedure: Procedure, holder: Holder) -> None:
    """Raise HolderNotEligible for a company where only people may apply, and the other way round."""
    if procedure.applicant in ("both", JURISTIC if holder.juristic_id else NATURAL):
        return
    th, en = ("นิติบุคคล", "companies") if procedure.applicant == JURISTIC else ("บุคคลธรรมดา", "natural persons")
    raise HolderNotEligible(f"ใบอนุญาตนี้ออกให้เฉพาะ{th}", f"this licence is for {en} only", field="holder")


def juristic_number(text: str) -> str:
    """The thirteen digits of a company's number. Raises NumberWrong (its check digit included)."""
    digits = thai.ascii_digits(text).replace("-", "").replace(" ", "")
    if len(digits) != 13 or not digits.isascii() or not digits.isdigit() or not _check_digit_fits(digits):
        raise NumberWrong(
            "เลขทะเบียนนิติบุคคลไม่ถูกต้อง ต้องมี 13 หลักและหลักสุดท้ายต้องตรงกับสูตรตรวจสอบ",
            "this is not a juristic person's number: thirteen digits, the last of which checks the others",
            field=COMPANY_FIELD,
        )
    return digits


def _check_digit_fits(digits: str) -> bool:
    total = sum(int(digit) * (13 - place) for place, digit in enumerate(digits[:12]))
    return (11 - total % 11) % 10 == int(digits[12])


def check_may_act(
    procedure: Procedure, holding: Holding, on: date, closed: frozenset[date] = calendar.holidays()
) -> None:
    """Raise RenewalTooEarly, RenewalTooLate or LicenceNotActive where the rules say so."""
    if holding.status in ("ended", "revoked"):
        raise _not_active()
    if procedure.effect is not Effect.EXTEND:
        if holding.status == "expired" and procedure.effect not in OPEN_ENDED:
            raise _not_active()
        return
    if procedure.renewal_window and holding.valid_until:
        calendar.check_renewal(on, holding.valid_until, procedure.renewal_window, closed)


def _not_active() -> LicenceNotActive:
    return LicenceNotActive(
        "ใบอนุญาตนี้สิ้นสุดแล้ว โปรดยื่นขอใหม่", "this licence is over: please apply for a new one", field="licence_number"
    )


def check_prerequisite(needed: Prerequisite, in_force: Collection[str]) -> None:
    """Raise PrerequisiteMissing unless one of the licences that must come first is in force."""
    if not set(in_force) & set(needed.any_of):
        which = ", ".join(needed.any_of)
        raise PrerequisiteMissing(
            f"ต้องมีใบอนุญาตนี้ที่ยังมีผลก่อน: {which} ({needed.law})",
            f"one of these licences must be in force first: {which} ({needed.law})",
            field="licence",
        )


def check_prerequisite_there(
    needed: Prerequisite,
    known: Sequence[AtPlace],
    *,
    holder_key: str,
    numbers: Collection[str],
    premises: Mapping[str, Any] | None,
) -> AtPlace:
    """The licence that must come first and is in force for this place, whoever holds it. Raises PrerequisiteMissing.

    It is the one whose number was answered, or one at the same house number of the same subdistrict. Where the form
    asks for no place, or the entry names none, it must be the holder's own.
    """
    for one in known:
        if one.licence not in needed.any_of:
            continue
        named = bool({one.licence_number, one.paper_number} & set(numbers))
        placeless = one.holder_key == holder_key and not (premises and one.premises)
        if named or placeless or same_place(one.premises, premises):
            return one
    which = ", ".join(needed.any_of)
    raise PrerequisiteMissing(
        f"ไม่พบใบอนุญาตที่ยังมีผลสำหรับสถานที่นี้: {which} ({needed.law})",
        f"none of these licences is in force for this place: {which} ({needed.law})",
        field="premises" if premises else "licence",
    )


def same_place(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    """Whether two addresses are one place: the same subdistrict, and the same house number where both have one."""
    if not one or not other or one.get("subdistrict_code") != other.get("subdistrict_code"):
        return False
    houses = [re.sub(r"\s", "", thai.ascii_digits(str(place.get("house_no") or ""))) for place in (one, other)]
    return houses[0] == houses[1] or "" in houses


def is_in_force(holding: Holding, on: date) -> bool:
    return holding.status == "in-force" and calendar.in_force(on, holding.valid_from, holding.valid_until)


def acts_on_one(procedure: Procedure) -> bool:
    """Whether the procedure speaks of a licence that is held already (a plain copy or a return does not)."""
    return procedure.effect is not Effect.ISSUE and not (procedure.effect is Effect.NONE and procedure.acts_on is None)


def check_billable(procedure: Procedure, on: date, *, provisional: bool) -> None:
    """Raise FeeNotConfirmed when an amount in force that day is provisional, unless such may be billed here."""
    if not provisional and fees.unconfirmed(procedure, on):
        raise FeeNotConfirmed(
            f"ค่าธรรมเนียมของ{procedure.title.th}ยังไม่ยืนยัน จึงยังยื่นคำขอในระบบนี้ไม่ได้ โปรดยื่นที่หน่วยงานผู้อนุญาต",
            f"a fee of {procedure.title.en} is not confirmed, so it cannot be applied for here yet: "
            "please apply at the agency",
            field="licence",
        )
