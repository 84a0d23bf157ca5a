"""How a row is written once, and how a long list is read page by page."""

import base64
import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import CursorResult, Table
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from licences.calendar import BANGKOK
from licences.errors import NotAllowed

Item = TypeVar("Item")


class CursorUnreadable(NotAllowed):
    """The cursor was not one that a list of ours gave out."""

    def __init__(self) -> None:
        super().__init__(
            "ตัวชี้หน้าถัดไปไม่ถูกต้อง โปรดเริ่มจากหน้าแรก",
            "This cursor is not one we gave out; start from the first page.",
            field="after",
        )


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of a list; `next` is the cursor of the page after it, "" when there is none."""

    items: tuple[Item, ...]
    next: str = ""


def table_of(row: type[SQLModel]) -> Table:
    """The table that a row class stands for."""
    return cast(Table, row.__table__)  # type: ignore[attr-defined]


def values_of(row: SQLModel) -> dict[str, Any]:
    """The columns of a row that is not yet written."""
    return {name: value for name, value in vars(row).items() if not name.startswith("_")}


def new_id(prefix: str) -> str:
    """A name nobody can guess, for a row that has none of its own."""
    return f"{prefix}-{secrets.token_hex(10)}"


@cache
def insert_once(row: type[SQLModel]) -> Insert:
    """The statement that writes a row unless one with the same key stands."""
    return insert(table_of(row)).on_conflict_do_nothing()


async def write_once(session: AsyncSession, row: SQLModel) -> bool:
    """Write the row unless one with any of its keys stands; True when it was written. One round trip."""
    done = await session.execute(insert_once(type(row)), values_of(row))
    return changed(done) == 1


async def write_all_once(session: AsyncSession, rows: Sequence[SQLModel]) -> None:
    """The same for several rows of one table, in one batch."""
    if rows:
        await session.execute(insert_once(type(rows[0])), [values_of(row) for row in rows])


def changed(result: Any) -> int:
    """How many rows a write touched."""
    return cast("CursorResult[Any]", result).rowcount


def cursor(*place: Any) -> str:
    """The place of the last row of a page, as a word that travels in an address."""
    plain = [value.isoformat() if hasattr(value, "isoformat") else value for value in place]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def read_cursor(text: str, size: int) -> list[Any]:
    """The place that a cursor names. Raises CursorUnreadable."""
    try:
        place = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError as unreadable:
        raise CursorUnreadable from unreadable
    if not isinstance(place, list) or len(place) != size:
        raise CursorUnreadable
    return place


def moment_of(text: Any) -> datetime:
    """A moment out of a cursor. Raises CursorUnreadable."""
    try:
        return datetime.fromisoformat(str(text))
    except ValueError as unreadable:
        raise CursorUnreadable from unreadable


def page(items: Sequence[Item], limit: int, place: Callable[[Item], tuple[Any, ...]]) -> Page[Item]:
    """A page out of `limit + 1` items; `place` says where an item stands in the order."""
    if len(items) <= limit:
        return Page(tuple(items))
    return Page(tuple(items[:limit]), cursor(*place(items[limit - 1])))


def day_of(day: date) -> tuple[datetime, datetime]:
    """The first moment of a day in Thailand, and the first of the day after."""
    return datetime.combine(day, time.min, BANGKOK), datetime.combine(day + timedelta(days=1), time.min, BANGKOK)
