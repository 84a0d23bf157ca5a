"""What operators did to an application, in its history and its row: held, let go on, corrected, moved, handed over."""

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.telling import happened
from activities.wanted import Step
from records import applications, drafts
from records.database import Database


class Steered(Step):
    """Which repair, who asked, who agreed ("" = one word was enough), and why."""

    repair: str
    by: str
    agreed: str
    reason: str


class Correcting(Steered):
    """The corrected answers wait in a draft."""

    draft: str


class Moving(Steered):
    """The version of the rules to go on under; its text is kept already."""

    version: str


class Steering:
    """Effects of operators' words. Only a journey asks for them."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @activity.defn(name="suspend_application")
    async def suspend(self, said: Steered) -> None:
        """An operator holds it."""
        async with self.database.transaction() as session:
            await applications.suspend(session, said.number, said.at)
            await self._happened(session, said, "application:repair:suspend")

    @activity.defn(name="resume_application")
    async def resume(self, said: Steered) -> None:
        """An operator lets it go on."""
        async with self.database.transaction() as session:
            await applications.suspend(session, said.number, None)
            await self._happened(session, said, "application:repair:resume")

    @activity.defn(name="hand_application")
    async def hand(self, said: Steered) -> None:
        """An officer is to look instead of the silent office."""
        async with self.database.transaction() as session:
            await self._happened(session, said, "application:repair:hand")

    @activity.defn(name="correct_application")
    async def correct(self, said: Correcting) -> None:
        """Put the corrected answers in place of the old; the history keeps both by their digests."""
        async with self.database.transaction() as session:
            draft = await drafts.get(session, said.draft)
            await applications.replace_answers(
                session,
                said.number,
                draft.answers,
                draft.attachments,
                key=f"answers:{said.draft}",
                answers_digest=draft.digest,
                by=said.by,
                at=said.at,
                tag="application:answers:corrected",
            )
            await self._happened(session, said, "application:repair:correct")

    @activity.defn(name="move_application")
    async def move(self, said: Moving) -> None:
        """From here on the newer rules are asked."""
        async with self.database.transaction() as session:
            before = (await applications.get(session, said.number)).version
            await applications.move(session, said.number, said.version)
            told = {"version": said.version, "before": before}
            await self._happened(session, said, "application:repair:move", told)

    async def _happened(
        self, session: AsyncSession, said: Steered, tag: str, told: dict[str, str] | None = None
    ) -> None:
        words = {"repair": said.repair, "reason": said.reason, "agreed": said.agreed, **(told or {})}
        await happened(session, said.number, f"{tag}:{said.repair}", tag, said.at, words, by=said.by)
