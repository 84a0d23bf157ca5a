"""Apply for a licence (ขอใหม่)."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.journey import Journey
    from workflows.messages import Outcome, Submission


@workflow.defn
class NewLicence(Journey):
    """The story most applications tell: who asks, what is owed, what is decided, what is issued."""

    @workflow.run
    async def run(self, submission: Submission) -> Outcome:
        """Walk the steps."""
        return await self.through(submission, self.usual)
