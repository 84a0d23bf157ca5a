"""Errands to the process with the keys, one effect each, tried for as long as it takes.

They are stories of their own because nobody's application waits for them in its own history.
"""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.issuing import Sealing
    from activities.log import Log, NextHead
    from activities.wanted import Step
    from workflows.journey import PATIENT, SILENCE
    from workflows.messages import SEALING


@workflow.defn
class SignTreeHead:
    """Its id is the head's place, so that two sweeps ask for one head."""

    @workflow.run
    async def run(self, wanted: NextHead) -> int:
        """Sign; answers the size of the signed log."""
        return await workflow.execute_activity_method(
            Log.sign_tree_head,
            wanted,
            activity_id="sign",
            task_queue=SEALING,
            start_to_close_timeout=timedelta(minutes=1),
            heartbeat_timeout=SILENCE,
            retry_policy=PATIENT,
        )


@workflow.defn
class SignStatement:
    """The statement that a licence's QR code will carry: asked for by the pen, before it draws."""

    @workflow.run
    async def run(self, step: Step) -> None:
        """Sign what was reserved."""
        await workflow.execute_activity_method(
            Sealing.sign_statement,
            step,
            activity_id="sign",
            task_queue=SEALING,
            start_to_close_timeout=timedelta(minutes=1),
            heartbeat_timeout=SILENCE,
            retry_policy=PATIENT,
        )
