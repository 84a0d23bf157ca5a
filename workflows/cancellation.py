"""Cancel a licence (ยกเลิก): the holder ends it."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.journey import Journey
    from workflows.messages import Outcome, Submission


@workflow.defn
class Cancellation(Journey):
    """Told as a new licence is; what differs is in the data: the entry ends what stood before."""

    @workflow.run
    async def run(self, submission: Submission) -> Outcome:
        """Walk the steps."""
        return await self.through(submission, self.usual)
