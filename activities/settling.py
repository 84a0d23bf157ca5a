"""The statement of a settlement, signed by the register's key and time-stamped, under lock in the store.

Beside the keys: a statement holds references and amounts, and no applicant's word.
"""

import base64
import json

from temporalio import activity

from activities.log import Desk
from activities.wanted import Value
from licences.settlement import Statement
from records import papers, settlements
from records.database import Database
from records.files import Files, Stored
from records.tables import Settlement

KIND = "settlement"
JSON = "application/json"


class SettlementPaper(Value):
    """Seal the statement of this settlement."""

    settlement: str


def statement_paper(settlement: str) -> str:
    """The paper of a settlement's statement."""
    return f"{KIND}:{settlement}"


class Settling:
    """Effects on statements of what was handed over."""

    def __init__(self, database: Database, files: Files, desk: Desk, retention_years: int) -> None:
        self.database, self.files, self.desk, self.retention_years = database, files, desk, retention_years

    @activity.defn(name="seal_settlement")
    async def seal(self, wanted: SettlementPaper) -> None:
        """Sign, stamp and keep a statement. The first seal stays."""
        name = statement_paper(wanted.settlement)
        async with self.database.transaction() as session:
            row = await settlements.get(session, wanted.settlement)
            assert row is not None
            said = await settlements.statement(session, row)
            paper = await papers.intend_once(session, name, row.id, KIND, row.payee)
        if paper.sealed_key:
            return
        stored = await self._kept(row, said)
        async with self.database.transaction() as session:
            await papers.sealed(session, name, stored.key, stored.sha256, stored.version_id, row.made_at)

    async def _kept(self, row: Settlement, said: Statement) -> Stored:
        """Where it lies: the one that was put there before we died, or a new one."""
        folder = f"licences/{KIND}/{row.id}"
        if before := await self.files.kept_in(folder):
            return before[0]
        content = await self._sealed(row, said)
        until = row.made_at.replace(year=row.made_at.year + self.retention_years, day=min(row.made_at.day, 28))
        return await self.files.put_once(folder, content, JSON, retain_until=until)

    async def _sealed(self, row: Settlement, said: Statement) -> bytes:
        payload = {
            "is": KIND,
            "settlement": row.id,
            "payee": row.payee,
            "until": row.until.isoformat(),
            "satang": row.satang,
            "digest": said.digest(),
            "at": row.made_at.isoformat(),
        }
        statement, stamp = await self.desk.publish(payload)
        sealed = {
            "record": said.model_dump(mode="json"),
            "statement": statement,
            "stamp": base64.b64encode(stamp).decode(),
        }
        return json.dumps(sealed, ensure_ascii=False, indent=1).encode()
