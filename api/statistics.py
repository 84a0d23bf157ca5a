"""The public statistics as sheets: each one is a picture, a table and a CSV of the same figures.

Counted anew at most every few seconds, so that many readers cost no more than one.
"""

import asyncio
import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from licences.calendar import BANGKOK
from licences.catalogue import Catalogue
from licences.procedure import Text
from records import statistics
from records.database import Database
from records.statistics import Asked, Decided, Month, Satisfied

MONTHS = 12
TOP = 10
FEW = 5
"""From so many opinions on, their mean is shown: below it, the figure would tell what one person said."""
FRESH_FOR = timedelta(seconds=10)
BOM = "\ufeff"  # spreadsheets read Thai only with it

AGENCY = Text(th="หน่วยงาน", en="Agency")
SERVICE = Text(th="บริการ", en="Service")
TOO_FEW = Text(th=f"น้อยกว่า {FEW} คำตอบ", en=f"fewer than {FEW} answers")


@dataclass(frozen=True)
class Bar:
    """One row of a picture: what, how much of the whole (0 to 1), and the same in words."""

    label: Text
    share: float
    says: Text


@dataclass(frozen=True)
class Sheet:
    """Figures under one name. `columns` carry (id, words); the ids head the CSV."""

    name: str
    title: Text
    explained: Text
    columns: tuple[tuple[str, Text], ...]
    rows: tuple[tuple[Text | str | int | float | date, ...], ...]
    bars: tuple[Bar, ...] = ()


@dataclass(frozen=True)
class Figures:
    """Everything that was counted at one moment."""

    at: datetime
    since: date
    in_force: int
    received: int
    decided: int
    on_time: int
    months: tuple[Month, ...]
    sheets: tuple[Sheet, ...]


class Counted:
    """The newest figures, counted once for all who ask at the same time."""

    def __init__(self) -> None:
        self._figures: Figures | None = None
        self._counting = asyncio.Lock()

    async def figures(self, database: Database, catalogue: Catalogue, at: datetime) -> Figures:
        """The figures, not older than a few seconds."""
        async with self._counting:
            if self._figures is None or at - self._figures.at > FRESH_FOR:
                self._figures = await count(database, catalogue, at)
            return self._figures


def first_days(today: date) -> list[date]:
    """The first days of the last twelve months, the oldest first."""
    months = [today.year * 12 + today.month - 1 - back for back in range(MONTHS)]
    return [date(month // 12, month % 12 + 1, 1) for month in reversed(months)]


async def count(database: Database, catalogue: Catalogue, at: datetime) -> Figures:
    """Count everything of the last twelve months."""
    months = first_days(at.astimezone(BANGKOK).date())
    since = datetime.combine(months[0], datetime.min.time(), BANGKOK)
    async with database.reading() as session:
        agencies = await statistics.by_agency(session, since)
        monthly = await statistics.by_month(session, months, since)
        asked = await statistics.top_services(session, since, TOP)
        by_agency = await statistics.satisfaction(session, since, each_service=False)
        by_service = await statistics.satisfaction(session, since, each_service=True)
        in_force = await statistics.in_force(session)
    names = _Names(catalogue)
    sheets = (
        _on_time(agencies, names), _months(monthly), _services(asked, names), _satisfied(by_agency, names),
        _satisfied_services(by_service, names), _in_force(in_force, names),
    )  # fmt: skip
    return Figures(
        at, months[0], sum(in_force.values()), sum(one.received for one in monthly),
        sum(one.decided for one in agencies), sum(one.on_time for one in agencies), monthly, sheets,
    )  # fmt: skip


class _Names:
    """Codes as people know them."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def agency(self, code: str) -> Text:
        known = self._catalogue.agencies.get(code)
        return known.title if known else Text(th=code, en=code)

    def licence(self, code: str) -> Text:
        versions = self._catalogue.versions.get(code)
        return versions[-1].title if versions else Text(th=code, en=code)


def _on_time(agencies: Sequence[Decided], names: _Names) -> Sheet:
    return Sheet(
        "on-time",
        Text(th="ทันกำหนดตามกฎหมาย รายหน่วยงาน", en="Decided within the legal time, by agency"),
        Text(
            th="นับคำขอที่หน่วยงานพิจารณาแล้ว ไม่นับที่ผู้ยื่นถอน วันที่พิจารณาต้องไม่เกินวันครบกำหนดที่แจ้งผู้ยื่นไว้",
            en="Of the applications decided, without those given up: how many by the due date told to the applicant.",
        ),
        (
            ("agency", AGENCY), ("decided", Text(th="พิจารณาแล้ว", en="Decided")),
            ("on_time", Text(th="ทันกำหนด", en="On time")), ("per_cent", Text(th="ร้อยละ", en="Per cent")),
            ("median_days", Text(th="วันที่ใช้ (มัธยฐาน)", en="Median days")),
        ),
        tuple(_on_time_row(names.agency(a.agency), a) for a in agencies),
        tuple(Bar(names.agency(a.agency), a.on_time / a.decided, _of(a.on_time, a.decided)) for a in agencies),
    )  # fmt: skip


def _on_time_row(name: Text, one: Decided) -> tuple[Text | int | float, ...]:
    return name, one.decided, one.on_time, per_cent(one.on_time, one.decided), one.median_days


def per_cent(part: int, whole: int) -> float:
    """To one place; nothing of nothing is nothing."""
    return round(100 * part / whole, 1) if whole else 0.0


def _of(part: int, whole: int) -> Text:
    share = f"{per_cent(part, whole):g}"
    return Text(th=f"ร้อยละ {share} ({part:,} จาก {whole:,})", en=f"{share} % ({part:,} of {whole:,})")


def _months(monthly: Sequence[Month]) -> Sheet:
    return Sheet(
        "months",
        Text(th="จำนวนคำขอรายเดือน", en="Applications by month"),
        Text(th="ที่ได้รับ และที่พิจารณาเสร็จ ในแต่ละเดือน", en="Received, and decided, in each month."),
        (
            ("month", Text(th="เดือน", en="Month")), ("received", Text(th="ได้รับ", en="Received")),
            ("decided", Text(th="พิจารณาแล้ว", en="Decided")),
        ),
        tuple((one.first_day, one.received, one.decided) for one in monthly),
    )  # fmt: skip


def _services(asked: Sequence[Asked], names: _Names) -> Sheet:
    most = max((one.received for one in asked), default=1)
    return Sheet(
        "services",
        Text(th="บริการที่ขอมากที่สุด", en="Services asked for most"),
        Text(th="นับคำขอทุกประเภท: ขอใหม่ ต่ออายุ แก้ไข ยกเลิก", en="Every application counts: new, renewal, change, end."),
        (("service", SERVICE), ("agency", AGENCY), ("received", Text(th="คำขอ", en="Applications"))),
        tuple((names.licence(one.licence), names.agency(one.agency), one.received) for one in asked),
        tuple(Bar(names.licence(one.licence), one.received / most, _times(one.received)) for one in asked),
    )


def _times(many: int) -> Text:
    return Text(th=f"{many:,} คำขอ", en=f"{many:,} application{'' if many == 1 else 's'}")


SATISFIED_COLUMNS = (
    ("answers", Text(th="คำตอบ", en="Answers")),
    ("good_or_very_good", Text(th="พอใจหรือพอใจมาก", en="Good or very good")),
    ("mean_of_5", Text(th="เฉลี่ย (เต็ม 5)", en="Mean (of 5)")),
)  # fmt: skip
ASKED_AT_THE_END = Text(
    th=f"ถามผู้ยื่นหนึ่งข้อเมื่อคำขอสิ้นสุด แสดงเมื่อมีตั้งแต่ {FEW} คำตอบ",
    en=f"One question at the end of each case; shown from {FEW} answers on.",
)


def _satisfied(said: Sequence[Satisfied], names: _Names) -> Sheet:
    return Sheet(
        "satisfaction",
        Text(th="ความพึงพอใจ รายหน่วยงาน", en="Satisfaction, by agency"),
        ASKED_AT_THE_END,
        (("agency", AGENCY), *SATISFIED_COLUMNS),
        tuple((names.agency(one.agency), one.said, *_enough(one)) for one in said),
        tuple(
            Bar(names.agency(one.agency), one.good / one.said, _of(one.good, one.said))
            for one in said
            if one.said >= FEW
        ),
    )


def _satisfied_services(said: Sequence[Satisfied], names: _Names) -> Sheet:
    return Sheet(
        "satisfaction-services",
        Text(th="ความพึงพอใจ รายบริการ", en="Satisfaction, by service"),
        ASKED_AT_THE_END,
        (("service", SERVICE), ("agency", AGENCY), *SATISFIED_COLUMNS),
        tuple((names.licence(one.licence), names.agency(one.agency), one.said, *_enough(one)) for one in said),
    )


def _enough(one: Satisfied) -> tuple[Text | int | float, Text | int | float]:
    return (one.good, one.mean) if one.said >= FEW else (TOO_FEW, TOO_FEW)


def _in_force(agencies: Mapping[str, int], names: _Names) -> Sheet:
    ordered = sorted(agencies.items(), key=lambda one: (-one[1], one[0]))
    most = max(agencies.values(), default=1)
    return Sheet(
        "in-force",
        Text(th="ใบอนุญาตที่ใช้ได้อยู่ รายหน่วยงาน", en="Licences in force, by agency"),
        Text(th="นับจากทะเบียนสาธารณะในขณะนี้", en="Counted in the public register as it now stands."),
        (("agency", AGENCY), ("in_force", Text(th="ใช้ได้อยู่", en="In force"))),
        tuple((names.agency(code), many) for code, many in ordered),
        tuple(Bar(names.agency(code), many / most, Text(th=f"{many:,} ใบ", en=f"{many:,}")) for code, many in ordered),
    )


def as_csv(sheet: Sheet) -> str:
    """The sheet as CSV: both languages where there are words, ISO dates, figures as they are."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    worded = {place for row in sheet.rows for place, cell in enumerate(row) if isinstance(cell, Text)}
    heads = [[f"{name}_th", f"{name}_en"] if at in worded else [name] for at, (name, _) in enumerate(sheet.columns)]
    writer.writerow([name for head in heads for name in head])
    for row in sheet.rows:
        writer.writerow([text for at, cell in enumerate(row) for text in _cells(cell, at in worded)])
    return BOM + written.getvalue()


def _cells(cell: Text | str | int | float | date, worded: bool) -> list[str]:
    if isinstance(cell, Text):
        return [cell.th, cell.en]
    return [str(cell), str(cell)] if worded else [str(cell)]
