"""Amend a licence (แก้ไข): the new entry supersedes the old, with other facts."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.journey import Journey
    from workflows.messages import Outcome, Submission


@workflow.defn
class Amendment(Journey):
    """Told as a new licence is; what differs is in the data: the effect on the register."""

    @workflow.run
    async def run(self, submission: Submission) -> Outcome:
        """Walk the steps."""
        return await self.through(submission, self.usual)
