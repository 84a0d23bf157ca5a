"""Lists, page by page: `items` and `next`, which asks for the page after it ("" when there is none)."""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import Query
from pydantic import AfterValidator

from api.bodies import check_plain
from licences.errors import NotAllowed
from records.rows import CursorUnreadable, cursor, read_cursor

MOST = 100
Limit = Annotated[int, Query(ge=1, le=MOST, description="how many at once")]


def _readable(after: str) -> str:
    """Raise CursorUnreadable for a cursor that carries what no database could be asked."""
    try:
        place = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)) or b"[]")
        check_plain(place)
    except (ValueError, NotAllowed) as error:
        raise CursorUnreadable from error
    return after


After = Annotated[str, Query(max_length=500, description="`next` of the page before"), AfterValidator(_readable)]


def a_page(items: Sequence[Mapping[str, Any]], after: str, limit: int, *, key: str) -> dict[str, Any]:
    """One page of a list that is whole in memory; `key` names each item. Raises CursorUnreadable."""
    start = 0
    if after:
        (last,) = read_cursor(after, 1)
        places = [place for place, item in enumerate(items) if item[key] == last]
        if not places:
            raise CursorUnreadable
        start = places[0] + 1
    shown = items[start : start + limit]
    more = start + limit < len(items)
    return {"items": list(shown), "next": cursor(shown[-1][key]) if more else ""}
