"""Faults put into our stories on purpose, and the `bizportal` command of a release that has them.

`python planted.py forgetful replay NUMBER …` types a command on code where a paid bill is followed by a bug;
`hasty` leaves out a step that the recorded runs have taken; `dearer` reckons every fee twice as high.
"""

import sys
from datetime import timedelta
from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from workflows.journey import Journey
    from workflows.messages import Outcome, Submission


ONE_IN = 6


@workflow.defn(name="NewLicence")
class Forgetful(Journey):
    """Does not know what to do with money."""

    @workflow.run
    async def run(self, submission: Submission) -> Outcome:
        """Walk the steps."""
        return await self.through(submission, self.usual)

    async def rumour(self, seen: dict[str, int]) -> str:
        """Hear of the payment, and stumble."""
        await super().rumour(seen)
        raise KeyError("the payee")


@workflow.defn(name="NewLicence")
class Hasty(Journey):
    """Bills before it considers: another order than the recorded one."""

    @workflow.run
    async def run(self, submission: Submission) -> Outcome:
        """Walk the steps in the wrong order."""
        return await self.through(submission, self.issue)


@workflow.defn(name="NewLicence")
class Stumbling(Journey):
    """Falls before its first step."""

    @workflow.run
    async def run(self, submission: Submission) -> Outcome:
        """Walk nowhere."""
        raise KeyError(submission.number)


@workflow.defn(name="NewLicence")
class HalfMended(Journey):
    """A mended release in which one in six still falls: a number that six divides."""

    @workflow.run
    async def run(self, submission: Submission) -> Outcome:
        """Be over at once, or fall."""
        if still_falls(submission.number):
            raise KeyError(submission.number)
        return Outcome(status="withdrawn")


@workflow.defn(name="NewLicence")
class Unsealed(Journey):
    """Grants without a paper: it leaves out the drawing and the seal."""

    @workflow.run
    async def run(self, submission: Submission) -> Outcome:
        """Walk the steps, but one."""
        return await self.through(submission, self.usual)

    async def document(self, draw: Any, asked: Any, name: str) -> None:
        """Nothing is drawn."""


@workflow.defn(name="NewLicence")
class Renaming(Journey):
    """Draws the paper under another name."""

    @workflow.run
    async def run(self, submission: Submission) -> Outcome:
        """Walk the steps, one of them under another name."""
        return await self.through(submission, self.usual)

    async def document(self, draw: Any, asked: Any, name: str) -> None:
        """Draw something else."""
        await super().document(draw, asked, "letter")


@workflow.defn(name="NewLicence")
class Sleepy(Journey):
    """Waits a day before it begins."""

    @workflow.run
    async def run(self, submission: Submission) -> Outcome:
        """Sleep, and then walk."""
        await workflow.sleep(timedelta(days=1))
        return await self.through(submission, self.usual)


def still_falls(number: str) -> bool:
    """Whether the half mended release falls on it too (`APP-2569-0000012-…`: yes)."""
    return int(number.split("-")[2]) % ONE_IN == 0


PLANTED = {"forgetful": Forgetful, "hasty": Hasty, "sleepy": Sleepy}


def dearer() -> None:
    """A release that reckons every fee twice as high."""
    from licences import fees

    right = fees.amount
    fees.amount = lambda rule, answers: 2 * right(rule, answers)


def main() -> int:
    """One command of the faulty release."""
    import cli
    import worker

    if sys.argv[1] == "dearer":
        dearer()
    else:
        worker.WORKFLOWS = (PLANTED[sys.argv[1]], *worker.WORKFLOWS[1:])  # type: ignore[assignment]
    return cli.main(sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
