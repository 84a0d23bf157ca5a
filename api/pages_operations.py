"""What stands still and why, for the operator: the same as `bizportal stuck`, with nothing personal on the page."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from temporalio.service import RPCError

from api import frame
from api.engine import EngineDown
from api.people import AnOperator
from api.repair_words import ACTS, TO_DO
from api.tools import Now, TheDatabase, TheEngine
from control import causes, waits
from control.causes import Cause
from control.repair import Act
from licences.errors import Sentence
from licences.procedure import Text
from records import repairs

router = APIRouter(include_in_schema=False, prefix="/operations")

STILL_FOR = timedelta(minutes=1)
"""How long something must stand before it is called stuck."""
LATELY = 10
SHOWN = 20
"""How many application numbers of a cause are shown."""


@dataclass(frozen=True)
class Shown:
    """One cause on the page: in words, with the first of the applications that it holds up."""

    id: str
    says: Sentence
    kind: str
    to_do: Text
    since: datetime | None
    next_try: datetime | None
    numbers: tuple[str, ...]
    more: int


@router.get("")
async def stuck(request: Request, who: AnOperator, database: TheDatabase, engine: TheEngine, now: Now) -> HTMLResponse:
    """Every cause, the most serious first. Raises EngineDown."""
    try:
        found = await waits.look(database, await engine.client(), STILL_FOR)
    except RPCError as error:
        raise EngineDown(str(error)) from error
    listed = [shown(cause, now) for cause in causes.group(found.cases)]
    async with database.reading() as session:
        lately = [(one, ACTS[Act(one.act)]) for one in await repairs.latest(session, LATELY)]
    return await frame.show(request, "operations.html", causes=listed, more=found.more, at=now, repairs=lately)


def shown(cause: Cause, now: datetime) -> Shown:
    """A cause as the page says it."""
    numbers = cause.numbers[:SHOWN]
    rest = len(cause.numbers) - len(numbers)
    to_do = TO_DO[cause.kind]
    return Shown(cause.id, causes.sentence(cause, now), cause.kind, to_do, cause.since, cause.next_try, numbers, rest)
