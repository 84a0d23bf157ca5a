"""The pages for people, together: their routes, their static files, and how a refusal looks.

What a page does, the JSON door beside it does too, by the same functions; a page adds words and a way on.
"""

from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.responses import Response
from starlette.types import Scope

from api import (
    pages_agencies,
    pages_answering,
    pages_applications,
    pages_audit,
    pages_begin,
    pages_cases,
    pages_desk,
    pages_documents,
    pages_files,
    pages_filing,
    pages_finder,
    pages_lists,
    pages_log,
    pages_money,
    pages_my_data,
    pages_office,
    pages_operations,
    pages_opinion,
    pages_paying,
    pages_powers,
    pages_public,
    pages_register,
    pages_repairs,
    pages_reveal,
    pages_sending,
    pages_signin,
    pages_statistics,
    pages_together,
    pages_verify,
    pages_visits,
)
from api.bodies import ATTACHMENT_BYTES, ENVELOPE_BYTES, VERIFY_BYTES
from api.frame import problem_page
from api.showing import HERE
from exchange.safexml import MOST_BYTES as STATEMENT_BYTES

ROUTERS: tuple[APIRouter, ...] = (
    pages_public.router,
    pages_agencies.router,
    pages_finder.router,
    pages_register.router,
    pages_log.router,
    pages_statistics.router,
    pages_verify.router,
    pages_signin.router,
    pages_begin.router,
    pages_together.router,
    pages_filing.router,
    pages_documents.router,
    pages_sending.router,
    pages_lists.router,
    pages_applications.router,
    pages_paying.router,
    pages_money.router,
    pages_answering.router,
    pages_files.router,
    pages_cases.router,
    pages_office.router,
    pages_visits.router,
    pages_desk.router,
    pages_operations.router,
    pages_repairs.router,
    pages_opinion.router,
    pages_my_data.router,
    pages_powers.router,
    pages_reveal.router,
    pages_audit.router,
)
UPLOADS = {
    "/operations/money/statements": STATEMENT_BYTES + ENVELOPE_BYTES,
    "/verify": VERIFY_BYTES + ENVELOPE_BYTES,
    "/drafts/": ATTACHMENT_BYTES + ENVELOPE_BYTES,
}
"""Pages that take files, by how their address begins, and the bytes each takes."""
A_YEAR = "public, max-age=31536000, immutable"


class Static(StaticFiles):
    """Our own files; their address carries their digest, so they may be kept for ever."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, with leave to keep it."""
        answer = await super().get_response(path, scope)
        if answer.status_code == 200:
            answer.headers["Cache-Control"] = A_YEAR
        return answer


def hang(app: FastAPI) -> None:
    """Put every page into the application."""
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", Static(directory=HERE / "static"), name="static")


__all__ = ["UPLOADS", "hang", "problem_page"]
