"""One example of everything a procedure says: answers as its form makes them up, the office, what it would grant.

Pure: the same values that the doors and the activities work out, from the same rules, without any of the machinery.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from activities import facts
from api import filing
from forms import form as forms
from licences import catalogue, places
from licences.procedure import Effect, Licence, Operation, Procedure

HOLDERS = {
    "juristic": facts.Holder("juristic", "บริษัท ตัวอย่างอุตสาหกรรม จำกัด (มหาชน)", "0107999000018"),
    "natural": facts.Holder("natural", "นายสมชาย ใจดี", "x-xxxx-xxxxx-01-3"),
}
ACCOUNT = {"account.email": "applicant@example.test"}


@dataclass(frozen=True)
class Specimen:
    """One procedure with example answers: what would be filed, where, and what stood before."""

    procedure: Procedure
    answers: Mapping[str, Any]
    office: str
    before: facts.Facts | None = None

    @property
    def form(self) -> forms.Form:
        """What was asked."""
        return forms.load(self.procedure.form)


def procedures(on: date) -> Iterator[Procedure]:
    """Every procedure of the catalogue as it stands on that day."""
    known = catalogue.load()
    for licence in known.licences:
        for operation in licence.operations:
            yield known.procedure(licence.code, operation, on)


def base_of(procedure: Procedure) -> str:
    """The licence whose entry a procedure touches; "" where it touches none that stands already."""
    if procedure.effect is Effect.ISSUE:
        return ""
    if procedure.effect is Effect.NONE and procedure.acts_on is None:
        return ""
    return procedure.acts_on or procedure.licence


def answered(name: str, seed: int = 0, **entry: Any) -> forms.Answers:
    """The example answers of a form, checked. `entry`: what the register says of the licence acted on."""
    form = forms.load(name)
    known = {**ACCOUNT, **{f"entry.{key}": value for key, value in entry.items()}}
    return forms.check(form, forms.example(form, seed), attachments=forms.example_attachments(form), facts=known)


def specimen(procedure: Procedure, on: date) -> Specimen:
    """A procedure with example answers; one that acts on a licence has its grant before it."""
    licence = catalogue.load().licence(procedure.licence)
    base = base_of(procedure)
    if not base:
        answers = _new_answers(procedure.form)
        return Specimen(procedure, answers, _office(licence, procedure, answers))
    before = granted_before(base, granted_on(base, on, renewable=procedure.effect is Effect.EXTEND))
    stated = {item["id"]: item["value"] for item in before["particulars"]}
    answers = answered(procedure.form, **stated | {"licence_number": before["licence_number"]}).as_json()
    return Specimen(procedure, answers, str(before["authority"]), before)


@cache
def _new_answers(name: str) -> dict[str, Any]:
    return answered(name).as_json()


def _office(licence: Licence, procedure: Procedure, answers: Mapping[str, Any]) -> str:
    """As the door finds it: of the place, or of that of the licence there which must come first."""
    place = filing.premises_of(forms.load(procedure.form), answers)
    first = next((needed.any_of[0] for needed in procedure.prerequisites if needed.binds == "premises"), "")
    if place is None and first:
        place = granted_before(first, date(2026, 1, 5))["premises"]
    return places.route(licence, place)


def granted_on(base: str, on: date, *, renewable: bool = False) -> date:
    """The day on which what stands already was granted: lately, or so long ago that a renewal is in its window."""
    validity = catalogue.load().licence(base).validity
    if not renewable or validity is None:
        return on - timedelta(days=1)
    if validity.ends == "31-december":
        return date(on.year - max(validity.years, 1) + 1, 1, 5)
    length = 365 * validity.years + 30 * validity.months + validity.days
    return on - timedelta(days=max(length - 20, 0))


@cache
def granted_before(base: str, on: date) -> facts.Facts:
    """The facts of a licence granted on that day, as its entry has them."""
    new = specimen(catalogue.load().procedure(base, Operation.NEW, max(on, date(2020, 1, 1))), on)
    return granted(new, on)


def grant(one: Specimen, on: date) -> facts.Grant:
    """Everything that decides what is granted."""
    procedure = one.procedure
    premises = one.answers.get("premises")
    return facts.Grant(
        procedure=procedure,
        agency=catalogue.load().agency(places.agency_of(one.office)),
        office=one.office,
        office_title=places.office_title(one.office),
        holder=HOLDERS["natural" if procedure.applicant == "natural" else "juristic"],
        premises=premises if isinstance(premises, Mapping) else None,
        printed=tuple((p[0], p[1], p[2], p[3]) for p in forms.printed(one.form, one.answers)),
        conditions=("ปฏิบัติตามกฎหมายและเงื่อนไขที่ผู้อนุญาตกำหนด",),
        granted_on=on,
        before=one.before,
        ruled_out=forms.ruled_out(one.form, one.answers),
    )


def granted(one: Specimen, on: date) -> facts.Facts:
    """What would be granted on that day, under an example number."""
    made = grant(one, on)
    number = str(one.before["licence_number"]) if one.before else f"{made.agency.abbreviation}-2569-0000001-X"
    return facts.granted(made, number)
