"""Once a day: what falls due by the calendar alone. Paged by key, so that a licence costs nothing until its day."""

from datetime import date, timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.upkeep import ScanPage, Upkeep
    from workflows.messages import Message
    from workflows.steps import PATIENT, SILENCE

PAGES_A_RUN = 200
"""After so many pages the story begins afresh, so that its history stays short."""


class Today(Message):
    """The day whose licences are looked at, and where to go on."""

    on: date
    after: str = ""
    looked: int = 0


def daily_story(on: date) -> str:
    """Its id: one scan a day, however many sweeps ask for it."""
    return f"daily:{on.isoformat()}"


@workflow.defn
class DailyScan:
    """Page by page, until nothing more is due."""

    @workflow.run
    async def run(self, today: Today) -> int:
        """How many licences were looked at."""
        after, looked = today.after, today.looked
        for nth in range(PAGES_A_RUN):
            scanned = await workflow.execute_activity_method(
                Upkeep.look_after,
                ScanPage(on=today.on, at=workflow.now(), after=after),
                activity_id=f"page:{nth}",
                start_to_close_timeout=timedelta(minutes=5),
                heartbeat_timeout=SILENCE,
                retry_policy=PATIENT,
            )
            after, looked = scanned.next, looked + scanned.looked
            if not after:
                return looked
        workflow.continue_as_new(Today(on=today.on, after=after, looked=looked))
