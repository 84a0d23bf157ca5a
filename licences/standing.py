"""What an agency must have said before it serves people electronically, each from a day on (E-Government Act).

The channel it receives by (s.10), how a holder may show a licence electronically (s.13), and the system in which its
officials act in writing (s.16). Without the last, what an officer writes here is not written, so nothing is decided.
"""

from collections.abc import Iterator
from datetime import date

from licences.errors import Conflict
from licences.procedure import Agency, Standing, StandingKind

SECTIONS = {StandingKind.CHANNEL: "10", StandingKind.DISPLAY: "13", StandingKind.SYSTEM: "16"}


class NoDesignation(Conflict):
    """The agency has no order in force that designates the system its officials act in."""


def in_force(agency: Agency, kind: StandingKind, on: date) -> Standing | None:
    """The newest announcement or order of a kind that is in force on that day."""
    running = [one for one in agency.standing if one.kind is kind and one.covers(on)]
    return max(running, key=lambda one: one.since, default=None)


def check_designated(agency: Agency, on: date, *, provisional: bool) -> None:
    """Raise NoDesignation unless a designation is in force; `provisional`: one that nobody has confirmed will do."""
    found = in_force(agency, StandingKind.SYSTEM, on)
    if found is not None and (provisional or not found.provisional):
        return
    why = (
        ("ยังไม่มีคำสั่งที่มีผลใช้บังคับ", "no order in force")
        if found is None
        else ("คำสั่งยังไม่ยืนยัน", "an order nobody has confirmed")
    )
    raise NoDesignation(
        f"{agency.title.th} {why[0]} ให้เจ้าหน้าที่ปฏิบัติงานในระบบนี้ "
        "(พ.ร.บ.การปฏิบัติราชการทางอิเล็กทรอนิกส์ พ.ศ. 2565 ม.16) จึงยังบันทึกผลพิจารณาไม่ได้ "
        "ให้หัวหน้าหน่วยงานมีคำสั่ง แล้วให้ผู้ดูแลระบบบันทึกไว้ในข้อมูลของหน่วยงาน",
        f"{agency.title.en} has {why[1]} that its officials act in this system (E-Government Act s.16), so nothing can "
        "be decided here: its head makes the order, and the operator writes it into the agency's data",
    )  # fmt: skip


def faults(agency: Agency, on: date) -> Iterator[str]:
    """What is missing on that day, and what contradicts itself."""
    for kind, section in SECTIONS.items():
        if in_force(agency, kind, on) is None:
            yield f"{agency.code}: no {kind} in force (E-Government Act s.{section})"
    for one in agency.standing:
        if one.until is not None and one.until < one.since:
            yield f"{agency.code}: a {one.kind} ends before it begins"
        if not one.provisional and not one.instrument:
            yield f"{agency.code}: a {one.kind} is called confirmed and names no instrument"
