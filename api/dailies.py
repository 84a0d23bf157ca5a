"""The register's daily files: what changed since the day before, in three forms, signed and stamped by the register."""

import base64
from datetime import date
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from api import people, tools
from api.paging import After, Limit
from api.tools import TheDatabase, TheFiles, TheSettings
from licences.errors import NotFound
from records import dailies
from records.database import Database
from records.opendata import MEDIA_TYPES, Format
from records.tables import DailyFiles

router = APIRouter(prefix="/api/v1/register/days", tags=["register"], dependencies=[people.Public, tools.Throttled])


class NoFiles(NotFound):
    """No files were published for that day (yet)."""


@router.get("")
async def days(database: TheDatabase, settings: TheSettings, after: After = "", limit: Limit = 20) -> dict[str, Any]:
    """The days that have files, the latest first: from which entry to which, and where each form is fetched."""
    async with database.reading() as session:
        page = await dailies.days(session, after, limit)
    return {"items": [_line(one, settings.public_url) for one in page.items], "next": page.next}


@router.get("/{day}")
async def day(day: date, database: TheDatabase, settings: TheSettings) -> dict[str, Any]:
    """One day: its files and their digests, and the signed statement (JWS) that says the same, with its time stamp."""
    found = await _of(database, day)
    signed = {"statement": found.statement, "stamp": base64.b64encode(found.stamp).decode()}
    return _line(found, settings.public_url) | signed


@router.get("/{day}/{form}")
async def file(day: date, form: Format, database: TheDatabase, files: TheFiles) -> Response:
    """One file; it never changes, and its digest is in the statement and in the header `Repr-Digest` (RFC 9530)."""
    kept = (await _of(database, day)).files[form]
    content = await files.get(kept["key"], kept["sha256"], kept["version_id"])
    said = {
        "Content-Disposition": f'attachment; filename="register-{day.isoformat()}.{form}"',
        "Repr-Digest": f"sha-256=:{base64.b64encode(bytes.fromhex(kept['sha256'])).decode()}:",
        "Cache-Control": "public, max-age=86400, immutable",
    }
    return Response(content, media_type=MEDIA_TYPES[form], headers=said)


async def _of(database: Database, day: date) -> DailyFiles:
    async with database.reading() as session:
        found = await dailies.of_day(session, day)
    if found is None:
        raise NoFiles(
            "ยังไม่มีไฟล์ของวันนั้น ดูรายการวันที่ /api/v1/register/days",
            "there are no files of that day: /api/v1/register/days lists those that have some",
            field="day",
        )
    return found


def _line(one: DailyFiles, public_url: str) -> dict[str, Any]:
    where = f"{public_url}/api/v1/register/days/{one.day.isoformat()}"
    files = {form: {"url": f"{where}/{form}", "sha256": said["sha256"]} for form, said in sorted(one.files.items())}
    return {"day": one.day.isoformat(), "first": one.first, "last": one.last, "at": one.at.isoformat(), "files": files}
