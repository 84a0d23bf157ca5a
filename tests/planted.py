"""Faults put into our stories on purpose, and the `bizportal` command of a release that has them.

`python planted.py forgetful replay NUMBER …` types a command on code where a paid bill is followed by a bug;
`hasty` leaves out a step that the recorded runs have taken.
"""

import sys

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


@workflow.defn(name="NewLicence")
class Hasty(Journey):
    """Bills before it considers: another order than the recorded one."""

    @workflow.run
    async def run(self, submission: Submission) -> Outcome:
        """Walk the steps in the wrong order."""
        return await self.through(submission, self.issue)


PLANTED = {"forgetful": Forgetful, "hasty": Hasty}


def main() -> int:
    """One command of the faulty release."""
    import cli
    import worker

    story = PLANTED[sys.argv[1]]
    worker.WORKFLOWS = (story, *worker.WORKFLOWS[1:])  # type: ignore[assignment]
    return cli.main(sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
