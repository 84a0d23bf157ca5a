"""Builds the web application: lays out the tools, puts up the fences, hangs the doors.

`uvicorn api.app:create_app --factory` runs it. Tools connect when they are first needed, so that a part which is down
takes down only what needs it, and `/health/ready` says which.
"""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

import seen
from api import (
    acts,
    agencies,
    applications,
    attachments,
    baskets,
    bodies,
    codec,
    covers,
    csrf,
    dailies,
    desks,
    finder,
    headers,
    health,
    licences,
    log,
    pages,
    payments,
    problems,
    refunds,
    register,
    reports,
    tasks,
    visits,
)
from api.apart import Apart
from api.engine import Engine
from api.health import Figures
from api.people import Remembered, cookie_name
from api.previews import Viewer
from api.throttle import Throttle
from api.tokens import Issuer
from api.verifying import Verifier, load
from control.keys import case_keys
from exchange.bank import Bank
from exchange.gdx import Gdx
from licences import catalogue
from records.database import Database
from records.files import Files
from records.people import PersonalKeys
from settings import Role, Settings

TITLE = "Biz Portal"
ABOUT = (
    "ระบบใบอนุญาต: ยื่น ชำระ พิจารณา ออกใบอนุญาต และทะเบียนสาธารณะ / Licences: apply, pay, decide, issue, and the register"
)
ROUTERS = (
    licences.router,
    agencies.router,
    finder.router,
    attachments.router,
    applications.router,
    tasks.router,
    visits.router,
    desks.router,
    covers.router,
    acts.router,
    payments.router,
    baskets.router,
    refunds.router,
    log.router,
    dailies.router,
    register.router,
    reports.router,
    health.router,
    codec.router,
)
PUBLIC_BURST, PUBLIC_PER_SECOND = 120, 20.0
"""What one caller may ask of the public search and verification; bulk readers take the export."""
REPORTS_BURST, REPORTS_PER_SECOND = 10, 0.2
"""Sealed reports cost a key and two time stamps each."""


def create_app(told: Settings | None = None) -> FastAPI:
    """The application for these settings (BIZ_… of the environment when none are given).

    Raises DefaultsRefused outside the local profile when a setting is not fit for it.
    """
    told = told or Settings()
    told.refuse_defaults(Role.WEB)
    seen.log_as_lines(Role.WEB, told.log_level)
    seen.trace_to(Role.WEB, told.otlp_endpoint)
    app = FastAPI(title=TITLE, description=ABOUT, version="1", lifespan=_lifespan, docs_url=None, redoc_url=None)
    app.state.settings = told
    app.state.figures = Figures()
    _put_up_fences(app, told)
    problems.install(app, pages.problem_page)
    for router in ROUTERS:
        app.include_router(router)
    pages.hang(app)
    return app


def _put_up_fences(app: FastAPI, told: Settings) -> None:
    """The last one added is met first: headers on everything, then the count, the size, and where it comes from."""
    app.add_middleware(csrf.SameOrigin, public_url=told.public_url, cookie=cookie_name(told.public_url))
    app.add_middleware(bodies.Limits, pages=pages.UPLOADS)
    app.add_middleware(health.Measured, figures=app.state.figures)
    app.add_middleware(headers.SafeHeaders, public_url=told.public_url, sign_in=told.oidc_issuer)
    app.add_middleware(seen.Traced)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Lay out the tools; put them away at the end."""
    told: Settings = app.state.settings
    _lay_out(app, told)
    gc.collect()
    gc.freeze()  # what is loaded stays for good: nothing is found there by going through it again and again
    yield
    for tool in (app.state.database, app.state.gdx, app.state.bank, app.state.issuer):
        await tool.close()
    app.state.files.close()
    app.state.verifier.close()
    app.state.apart.close()


def _lay_out(app: FastAPI, told: Settings) -> None:
    tools = app.state
    tools.catalogue = catalogue.load()
    tools.database = Database(told.database_url)
    cases = case_keys(tools.database, told.codec_key)
    where = (told.temporal_address, told.temporal_namespace, told.codec_key)
    tools.engine = Engine(*where, cases, seen.on_the_wire())
    tools.files = _files(told)
    tools.gdx = Gdx(told.gdx_url, told.gdx_consumer_key, told.gdx_consumer_secret, told.gdx_agent_id)
    tools.bank = Bank(told.bank_url, told.bank_key, told.bank_secret, told.biller_id)
    tools.issuer = Issuer(told.oidc_issuer, told.oidc_client_id)
    tools.personal_keys = PersonalKeys.parse(told.person_key)
    tools.trust = load(told.trust_dir)
    tools.verifier = Verifier(tools.trust)
    tools.apart = Apart()
    tools.viewer = Viewer(tools.apart)
    tools.throttle = Throttle(PUBLIC_BURST, PUBLIC_PER_SECOND)
    tools.reports_throttle = Throttle(REPORTS_BURST, REPORTS_PER_SECOND)
    tools.remembered = Remembered()


def _files(told: Settings) -> Files:
    return Files.connect(
        told.s3_endpoint, told.s3_access_key, told.s3_secret_key, secure=told.s3_secure, buckets=told.shelves
    )
