"""Faults put into our stories on purpose."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.journey import Journey
    from workflows.messages import Outcome, Submission


@workflow.defn(name="NewLicence")
class Forgetful(Journey):
    """Does not know what to do with money."""

    @workflow.run
    async def run(self, submission: Submission) -> Outcome:
        """Walk the steps."""
        return await self.through(submission, self.usual)

    async def rumour(self, ref1: str, seen: int) -> int:
        """Hear of the payment, and stumble."""
        await super().rumour(ref1, seen)
        raise KeyError("the payee")
