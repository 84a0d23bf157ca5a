"""The tools that the doors use, as `app.py` lays them out on `app.state`; each is asked for by its name."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, TypeVar, cast

from fastapi import Depends, Request

from api.apart import Apart
from api.engine import Engine
from api.previews import Viewer
from api.throttle import Throttle, caller
from api.tokens import Issuer
from exchange.bank import Bank
from exchange.gdx import Gdx
from licences.calendar import BANGKOK
from licences.catalogue import Catalogue
from records.database import Database
from records.files import Files
from records.people import PersonalKeys
from settings import Settings
from signing.trust import Trust, TrustFolder

Tool = TypeVar("Tool")


def settings(request: Request) -> Settings:
    """What this process was told."""
    return cast(Settings, request.app.state.settings)


def database(request: Request) -> Database:
    """The way to the records."""
    return cast(Database, request.app.state.database)


def engine(request: Request) -> Engine:
    """The way to the journeys."""
    return cast(Engine, request.app.state.engine)


def files(request: Request) -> Files:
    """The object store."""
    return cast(Files, request.app.state.files)


def catalogue(request: Request) -> Catalogue:
    """The law, as read when the process started."""
    return cast(Catalogue, request.app.state.catalogue)


def gdx(request: Request) -> Gdx:
    """The government exchange."""
    return cast(Gdx, request.app.state.gdx)


def bank(request: Request) -> Bank:
    """The bank."""
    return cast(Bank, request.app.state.bank)


def issuer(request: Request) -> Issuer:
    """Who signs people in."""
    return cast(Issuer, request.app.state.issuer)


def personal_keys(request: Request) -> PersonalKeys:
    """The keys of personal numbers."""
    return cast(PersonalKeys, request.app.state.personal_keys)


def apart(request: Request) -> Apart:
    """The processes in which strangers' files are opened."""
    return cast(Apart, request.app.state.apart)


def viewer(request: Request) -> Viewer:
    """Who draws attached files."""
    return cast(Viewer, request.app.state.viewer)


def trust(request: Request) -> Trust:
    """The roots and published keys that a seal is judged by."""
    return cast(TrustFolder, request.app.state.trust).now()


def throttled(request: Request) -> None:
    """Count one public question of this caller. Raises TooOften."""
    cast(Throttle, request.app.state.throttle).take(caller(request))


def now() -> datetime:
    """This moment in Bangkok, to the millisecond: the clock of the door (thai-rules EGA-10a)."""
    at = datetime.now(BANGKOK)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def lent(tool: Callable[[Request], Tool]) -> Callable[[Request], Awaitable[Tool]]:
    """The same as FastAPI wants it: what cannot be awaited it hands to a thread, for each tool of each request."""

    async def lend(request: Request) -> Tool:
        return tool(request)

    return lend


async def _this_moment() -> datetime:
    return now()


TheSettings = Annotated[Settings, Depends(lent(settings))]
TheDatabase = Annotated[Database, Depends(lent(database))]
TheEngine = Annotated[Engine, Depends(lent(engine))]
TheFiles = Annotated[Files, Depends(lent(files))]
TheCatalogue = Annotated[Catalogue, Depends(lent(catalogue))]
TheGdx = Annotated[Gdx, Depends(lent(gdx))]
TheBank = Annotated[Bank, Depends(lent(bank))]
TheViewer = Annotated[Viewer, Depends(lent(viewer))]
TheTrust = Annotated[Trust, Depends(lent(trust))]
Now = Annotated[datetime, Depends(_this_moment)]
Throttled = Depends(lent(throttled))
