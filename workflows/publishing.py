"""What the register says under its own seal: verification reports, and each day's files. Tried as long as it takes."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.dailies import Dailies, Day
    from activities.issuing import Sealing
    from activities.reports import Reports
    from activities.wanted import Facts, Sealed
    from workflows.messages import DRAWING, SEALING
    from workflows.steps import PATIENT, SILENCE


@workflow.defn
class MakeReport:
    """A verification report: drawn away from the keys, then sealed by the register."""

    @workflow.run
    async def run(self, asked: Facts) -> Sealed:
        """Draw what was found, and seal it."""
        drawn = await workflow.execute_activity_method(
            Reports.draw_report,
            asked,
            activity_id="draw",
            task_queue=DRAWING,
            start_to_close_timeout=timedelta(minutes=1),
            heartbeat_timeout=SILENCE,
            retry_policy=PATIENT,
        )
        return await workflow.execute_activity_method(
            Sealing.seal_paper,
            drawn,
            activity_id="seal",
            task_queue=SEALING,
            start_to_close_timeout=timedelta(minutes=1),
            heartbeat_timeout=SILENCE,
            retry_policy=PATIENT,
        )


@workflow.defn
class PublishDay:
    """The register's files of one day. Its id is `open-data:<day>`."""

    @workflow.run
    async def run(self, wanted: Day) -> int:
        """Write, store, sign; how many entries they hold."""
        return await workflow.execute_activity_method(
            Dailies.publish_day,
            wanted,
            activity_id="publish",
            task_queue=SEALING,
            start_to_close_timeout=timedelta(minutes=10),
            heartbeat_timeout=SILENCE,
            retry_policy=PATIENT,
        )
