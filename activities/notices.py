"""The postman: what the outbox holds goes out, in the applicant's language, the same Message-ID however often."""

import asyncio
import logging
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from exchange import post
from exchange.errors import OfficeDown, OfficeRefused
from licences import acts, thai
from licences.catalogue import load
from licences.register import is_case
from records import notices, papers
from records.database import Database
from records.files import Files
from records.tables import Notice

log = logging.getLogger("postman")

EVERY_S = 1.0
AT_ONCE = 20


class Postman:
    """Goes round between the outbox and the mail server."""

    def __init__(self, database: Database, host: str, port: int, sender: str, public_url: str, files: Files) -> None:
        self.database, self.host, self.port = database, host, port
        self.sender, self.public_url, self.files = sender, public_url, files

    async def rounds(self) -> None:
        """Go round until cancelled; a round that fails is logged and made again."""
        while True:
            try:
                done = await self.round()
            except Exception:
                log.exception("a round failed and will be made again")
                done = 0
            if done < AT_ONCE:
                await asyncio.sleep(EVERY_S)

    async def round(self) -> int:
        """Send what is due; answers how many were taken."""
        async with self.database.transaction() as session:
            taken = await notices.due(session, datetime.now(UTC), AT_ONCE)
        async with post.Post(self.host, self.port, self.sender) as line:
            for notice in taken:
                await self._send(notice, line)
        return len(taken)

    async def _send(self, notice: Notice, line: post.Post) -> None:
        """SMTP may take a mail and die before it says so: then it goes again, under the same Message-ID."""
        try:
            await line.send(await self._enclosed(notice))
        except (OfficeDown, OfficeRefused) as trouble:
            async with self.database.transaction() as session:
                again = await notices.failed(session, notice, str(trouble), datetime.now(UTC))
            log.warning("%s: %s; again at %s", notice.key, trouble, again)
            return
        async with self.database.transaction() as session:
            await notices.sent(session, notice.key, datetime.now(UTC))

    async def _enclosed(self, notice: Notice) -> post.Mail:
        """The letter, with the sealed paper that it brings."""
        letter = self.letter(notice)
        if not (named := str(notice.said.get("paper", ""))):
            return letter
        async with self.database.reading() as session:
            paper = await papers.get(session, named)
        assert paper is not None
        content = await self.files.get(paper.sealed_key, paper.sealed_sha256, paper.sealed_version)
        return replace(letter, enclosure=content, enclosure_name=f"{named.partition(':')[2]}.pdf")

    def letter(self, notice: Notice) -> post.Mail:
        """The words of one notice, in its language."""
        words, lang = texts()[notice.what], notice.language
        shown = {key: _shown(value, lang) for key, value in notice.said.items()}
        filled = {**self._common(notice), **shown, **_act(notice)}
        return post.Mail(
            to=notice.to,
            subject=words["subject"][lang].format(**filled),
            text=words["text"][lang].format(**filled),
            message_id=notice.message_id.strip("<>"),
        )

    def _common(self, notice: Notice) -> dict[str, Any]:
        said, lang = notice.said, notice.language
        folder = "cases" if is_case(notice.application) else "applications"
        licence = said.get("licence")
        title = load().licence(str(licence)).title if licence else None
        return {
            "number": notice.application,
            "granted": "",  # a bill says so where it was decided before
            "site": self.public_url,
            "url": f"{self.public_url}/{folder}/{notice.application}",
            "licences_url": f"{self.public_url}/my-licences",
            "title": (title.th if lang == "th" else title.en) if title else "",
            "licence_url": f"{self.public_url}/v/{said.get('licence_number', '')}",
            "office_url": f"{self.public_url}/desk/office",
            "task_url": f"{self.public_url}/desk/{said.get('task', '')}",
            "draft_url": f"{self.public_url}/drafts/{said.get('draft', '')}",
        }


def _act(notice: Notice) -> dict[str, str]:
    """What a case does, by its name in the notice's language."""
    title = acts.titles().get(str(notice.said.get("act")))
    return {"act": title.th if notice.language == "th" else title.en} if title else {}


def _shown(value: Any, lang: str) -> Any:
    """A date as people read it; anything else as it is."""
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        return value
    return thai.long_date(day) if lang == "th" else thai.date_in_english(day)


@cache
def texts() -> Mapping[str, Any]:
    """Every notice we may write, by what it tells."""
    return tomllib.loads((Path(__file__).parent / "notices.toml").read_text("utf-8"))
