"""Have the register's log signed: one errand to the process with the keys, for as long as it takes."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.log import Log, NextHead
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
