"""Verification reports: what a file proved at one moment, drawn out of facts that the door kept, for a seal.

The facts hold what the register and our own sentences say, the file's digest, and the proof from the register's log;
nothing of the file itself is drawn.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from temporalio import activity

from activities import sheets, wanted
from activities.issuing import PDF, Draw
from activities.sheets import Sheet, row
from licences.calendar import BANGKOK
from licences.registrar import REGISTRAR
from licences.thai import long_date
from records import papers
from records.database import Database
from records.files import Files

REPORT = "report"
TITLE = ("รายงานผลการตรวจสอบเอกสาร", "Verification report")


class Reports:
    """No key is near."""

    def __init__(self, database: Database, files: Files, draw: Draw, public_url: str) -> None:
        self.database, self.files, self.draw, self.public_url = database, files, draw, public_url

    @activity.defn(name="draw_report")
    async def draw_report(self, asked: wanted.Facts) -> wanted.Drawn:
        """One report out of its facts: intended, drawn, stored, its digest recorded."""
        said: Mapping[str, Any] = json.loads(await self.files.get(asked.key, asked.sha256))
        identifier = f"{asked.number}:{REPORT}"
        async with self.database.transaction() as session:
            await papers.intend_once(session, identifier, asked.number, REPORT, REGISTRAR.code)
        pdf = await self.draw(sheet(said, asked, self.public_url))
        stored = await self.files.put_once(f"papers/{REPORT}", pdf, PDF)
        async with self.database.transaction() as session:
            paper = await papers.drawn(session, identifier, stored.key, stored.sha256, asked.at)
        return wanted.Drawn(
            number=asked.number, at=asked.at, paper=identifier, key=paper.drawn_key, sha256=paper.drawn_sha256
        )


def sheet(said: Mapping[str, Any], asked: wanted.Facts, public_url: str) -> Sheet:
    """The report on paper: separate lines, each for one question, and our sentences; all of it again as its record."""
    known, seal = said.get("register") or {}, said["seal"]
    number = str(known.get("licence_number") or "")
    return {
        **sheets.head("letter", REGISTRAR, *TITLE, asked.number, "", asked.at),
        "rows": [
            row("ไฟล์ที่ตรวจ", "File checked, SHA-256", said["file"]["sha256"]),
            row("ตรวจเมื่อ", "Checked at", _moment(asked.at)),
            *([row("เลขที่ใบอนุญาต", "Licence number", number)] if number else []),
            *(row(line["what"]["th"], line["what"]["en"], _both(line["said"])) for line in said["lines"]),
            row("ผลตาม ETSI", "ETSI EN 319 102-1", _indication(seal)),
            *_log_rows(said.get("proof")),
        ],
        "paragraphs": list(zip(said["th"], said["en"], strict=True)),
        "qr": f"{public_url}/v/{number}" if number else f"{public_url}/verify",
        "record": {"agency": REGISTRAR.code, "report": asked.number, "at": asked.at.isoformat(), **said},
    }


def _both(text: Mapping[str, str]) -> str:
    return text["th"] if text["th"] == text["en"] else f"{text['th']} / {text['en']}"


def _indication(seal: Mapping[str, Any]) -> str:
    return " ".join(filter(None, (seal["indication"], seal["sub_indication"])))


def _moment(at: datetime) -> str:
    there = at.astimezone(BANGKOK)
    return f"{long_date(there.date())} {there:%H:%M} น. / {there:%Y-%m-%d %H:%M} (+07:00)"


def _log_rows(proof: Mapping[str, Any] | None) -> list[dict[str, str]]:
    """Where the entry stands in the register's log; the whole proof lies in the record."""
    if not proof:
        return []
    place = f"รายการที่ {proof['seq']} จาก {proof['head']['size']} / entry {proof['seq']} of {proof['head']['size']}"
    return [row("บัญชีทะเบียน", "In the register's log", place)]
