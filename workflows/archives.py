"""A day's round of archive stamps: page after page of sealed papers, renewed before the stamp that they have ends.

Its id is `archives:<day>`. A page that nobody answers for is tried for as long as it takes; the next day's round does
not wait for it.
"""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.archives import Archives, Round
    from workflows.messages import SEALING
    from workflows.steps import PATIENT, SILENCE

PAGES_A_RUN = 200
"""After so many pages the story goes on with an empty history."""


@workflow.defn
class RenewArchives:
    """One round; what it says at its end is how many papers were renewed, and how many could not be."""

    @workflow.run
    async def run(self, going: Round) -> Round:
        """Go on from where the round stands."""
        if not going.after:
            await workflow.execute_activity_method(
                Archives.note_seals,
                going,
                activity_id="seals",
                task_queue=SEALING,
                start_to_close_timeout=timedelta(minutes=1),
                heartbeat_timeout=SILENCE,
                retry_policy=PATIENT,
            )
        for page in range(PAGES_A_RUN):
            going = await workflow.execute_activity_method(
                Archives.renew_archives,
                going,
                activity_id=f"page:{page}",
                task_queue=SEALING,
                start_to_close_timeout=timedelta(minutes=10),
                heartbeat_timeout=SILENCE,
                retry_policy=PATIENT,
            )
            if going.over:
                return going
        workflow.continue_as_new(going)
