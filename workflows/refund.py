"""One refund: enough persons agree, the bank gives the money back, or people hear why it does not.

Its id is `refund:<id>`. The row in the records is what people look at; this story only keeps the order, and that two
who agree are two.
"""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.refunding import Agreed, Refunding
    from activities.refusals import final
    from licences.errors import Conflict
    from workflows.messages import REFUND, Approval
    from workflows.steps import PATIENT, SILENCE


class AgreedAlready(Conflict):
    """The same person agreed before: two persons are two."""


class BeingGivenBack(Conflict):
    """Enough persons have agreed, and the bank is at it."""


@workflow.defn
class GiveBack:
    """Waits for people without end; the bank is asked for as long as it takes."""

    def __init__(self) -> None:
        self.persons: tuple[str, ...] = ()
        self.enough = False

    @workflow.run
    async def run(self, refund: str) -> None:
        """Until the money is given back."""
        while True:
            await workflow.wait_condition(lambda: self.enough)
            agreed = Agreed(refund=refund, persons=self.persons)
            failed = await workflow.execute_activity_method(
                Refunding.give_back,
                agreed,
                start_to_close_timeout=timedelta(minutes=1),
                heartbeat_timeout=SILENCE,
                retry_policy=PATIENT,
            )
            if not failed:
                break
            self.persons, self.enough = (), False
        await workflow.wait_condition(workflow.all_handlers_finished)

    @workflow.update
    async def approve(self, approval: Approval) -> bool:
        """One more person agrees; answers whether they are enough."""
        self.persons = (*self.persons, approval.by)
        agreed = Agreed(refund=workflow.info().workflow_id.removeprefix(REFUND), persons=self.persons)
        enough = await workflow.execute_activity_method(
            Refunding.agree,
            agreed,
            start_to_close_timeout=timedelta(minutes=1),
            heartbeat_timeout=SILENCE,
            retry_policy=PATIENT,
        )
        self.enough = self.enough or enough
        return enough

    @approve.validator
    def check_approval(self, approval: Approval) -> None:
        """Raises what the rules say against it, as the engine carries it."""
        if self.enough:
            raise final(BeingGivenBack("รายการนี้อนุมัติครบแล้วและกำลังคืนเงิน", "enough persons have agreed already"))
        if approval.by in self.persons:
            raise final(AgreedAlready("ท่านอนุมัติรายการนี้แล้ว ต้องเป็นบุคคลอื่น", "you agreed already; another person must"))
