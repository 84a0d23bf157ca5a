"""One asked document on a page of its own: one button saves and uploads, an error keeps the page, the file is shown."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from browser_walk import ATTACH, Walker, beside
from driving import settings_of
from playwright.sync_api import Browser
from sqlalchemy import select

from licences import catalogue
from licences.procedure import Procedure
from local import System
from records import register
from records.database import Database
from records.people import PEOPLE
from records.register import NewEntry

PERSONA, NUMBER = "outsider", "LAO-2568-0000901-0"


def asks_for_a_document() -> Procedure:
    """An amendment that a natural person may ask for, and for which a paper is wanted."""
    law, on = catalogue.load(), datetime.now(UTC).date()
    every = (law.procedure(one.code, "amend", on) for one in law.licences if "amend" in one.operations)
    return next(one for one in every if one.documents and one.applicant == "both" and not one.prerequisites)


def held(system: System, procedure: Procedure) -> str:
    """The persona holds such a licence since a year; its number."""

    async def enter() -> str:
        database = Database(settings_of(system).database_url)
        today = datetime.now(UTC).date()
        async with database.transaction() as session:
            asked = select(PEOPLE.c.pid_digest).where(PEOPLE.c.subject == PERSONA)
            holder = (await session.execute(asked)).scalar_one()
            entry = NewEntry(
                licence_number=NUMBER, kind="grant", application="a-year-ago", licence=procedure.licence,
                agency=procedure.agency, facts={"title": procedure.title.model_dump(), "particulars": []},
                holder_kind="natural", holder_key=holder, valid_from=today - timedelta(days=365),
            )  # fmt: skip
            await register.append_once(session, entry, datetime.now(UTC))
        await database.close()
        return NUMBER

    return beside(enter())


def test_a_document_is_attached_shown_and_taken_away(
    browser: Browser, web: str, shots: Path, plan: Path, system: System
) -> None:
    procedure = asks_for_a_document()
    walker = Walker(browser, web, shots=shots)
    walker.sign_in(PERSONA)
    walker.go(f"/apply/{procedure.licence}/amend?licence_number={held(system, procedure)}")
    walker.press("เริ่มกรอกคำขอ")
    walker.page.locator("main .tasks a[href*='/documents/']").first.click()
    walker.look()
    walker.also_in_english()

    if procedure.documents[0].required:
        walker.press(ATTACH)
        assert walker.page.locator("#problems").count()
    walker.page.set_input_files("#file", str(plan))
    walker.press(ATTACH)
    walker.page.go_back()
    walker.page.reload()

    assert plan.name in walker.page.locator("main").inner_text()
    picture = walker.page.locator(".doc img").first
    picture.scroll_into_view_if_needed()
    picture.evaluate("picture => picture.decode()")  # throws when it cannot be shown
    walker.look()
    handed_over = walker.context.request.get(web + str(walker.page.locator("main .notice a").get_attribute("href")))
    assert handed_over.headers["content-disposition"].startswith("attachment;")
    assert handed_over.headers["content-security-policy"].startswith("sandbox")
