"""Renew a licence (ต่ออายุ): the new entry supersedes the old, with a later end."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from licences.procedure import Due
    from workflows.journey import Journey
    from workflows.messages import Outcome, Submission


@workflow.defn
class Renewal(Journey):
    """Where the Act lets the fee renew, nobody decides; otherwise the usual story."""

    @workflow.run
    async def run(self, submission: Submission) -> Outcome:
        """Walk the steps."""
        return await self.through(submission, self.steps)

    async def steps(self) -> Outcome:
        """Paying renews where a royal decree says so (Licensing Facilitation Act s.12)."""
        if not self.submission.plan.by_fee:
            return await self.usual()
        await self.establish()
        await self.collect(Due.ON_SUBMISSION)
        await self.collect(Due.BEFORE_ISSUE)
        return await self.issue()
