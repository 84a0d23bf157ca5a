"""Show in the records where a journey stands, take new answers, and write down how it ended."""

from temporalio import activity

from activities import wanted
from activities.telling import happened, tell
from licences.applications import Status
from records import applications, drafts, ledger, refunds, tasks
from records.database import Database


class Applications:
    """Effects on the application's own row. Only a journey asks for them."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @activity.defn(name="wait_for_office")
    async def wait(self, wait: wanted.Wait) -> None:
        """Say which office is silent, and since when."""
        async with self.database.transaction() as session:
            await applications.show(
                session, wait.number, Status.CHECKING.value, waiting_for=wait.waiting_for, since=wait.at
            )
            key, said = f"wait:{wait.waiting_for}:{wait.at.isoformat()}", {"for": wait.waiting_for}
            await happened(session, wait.number, key, "application:wait:begin", wait.at, said)

    @activity.defn(name="take_over")
    async def take_over(self, taken: wanted.TakenOver) -> None:
        """An officer goes on without the silent office, and why."""
        async with self.database.transaction() as session:
            said = {"reason": taken.reason}
            tag = "application:wait:take-over"
            await happened(session, taken.number, "take-over", tag, taken.at, said, by=taken.officer)

    @activity.defn(name="accept_answers")
    async def accept_answers(self, answered: wanted.Answered) -> None:
        """Put the applicant's new answers in place of the old; the history keeps both by their digests."""
        async with self.database.transaction() as session:
            draft = await drafts.get(session, answered.draft)
            await applications.replace_answers(
                session,
                answered.number,
                draft.answers,
                draft.attachments,
                key=f"answers:{answered.draft}",
                answers_digest=draft.digest,
                by=answered.by,
                at=answered.at,
            )

    @activity.defn(name="tell_fixed")
    async def tell_fixed(self, told: wanted.ToldFixed) -> None:
        """The applicant has put right what an inspection found: it is looked at again."""
        async with self.database.transaction() as session:
            key = f"fixed:{told.at.isoformat()}"
            await happened(session, told.number, key, applications.FIXED, told.at, {}, by=told.by)

    @activity.defn(name="end_application")
    async def end(self, ending: wanted.Ending) -> None:
        """Close what is open, write the end, tell the applicant: all of it, or none."""
        async with self.database.transaction() as session:
            application = await applications.get(session, ending.number)
            await tasks.close_all(session, ending.number, ending.at)
            await ledger.cancel_bills(session, ending.number, ending.at)
            await refunds.owe_end(session, application, ending.status, ending.at)
            await applications.end(session, ending.number, ending.status, ending.status, ending.at)
            told = ending.told or ending.status
            tag = f"application:end:{told}"
            await happened(session, ending.number, "end", tag, ending.at, {}, by=ending.by)
            await tell(session, application, told, "1", ending.at, {"licence": application.licence})
