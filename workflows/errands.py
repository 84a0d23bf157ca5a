"""Errands to the process with the keys, one effect each, tried for as long as it takes.

They are stories of their own because nobody's application waits for them in its own history.
"""

from datetime import timedelta
from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.decision_papers import DecisionDrawing
    from activities.issuing import Sealing
    from activities.log import Log, NextHead
    from activities.receipts import MoneyDrawing, Receipts
    from activities.settling import SettlementPaper, Settling
    from activities.wanted import BillPaper, DecisionPaper, ReceiptPaper
    from workflows.messages import DRAWING, SEALING
    from workflows.steering import AT_HAND, QUICK
    from workflows.steps import PATIENT, SILENCE


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
class MakeReceipt:
    """The paper of a receipt: drawn beside no key, sealed beside no applicant's text, and sent to its payer."""

    @workflow.run
    async def run(self, receipt: ReceiptPaper) -> None:
        """Until it is in the outbox."""
        drawn = await _effect(MoneyDrawing.draw_receipt, receipt, "draw", DRAWING)
        await _effect(Sealing.seal_paper, drawn, "seal", SEALING)
        await workflow.execute_local_activity_method(
            Receipts.send, receipt, activity_id="send", start_to_close_timeout=QUICK, local_retry_threshold=AT_HAND
        )


@workflow.defn
class MakePaper:
    """The paper that sets out a decision, for both sides: nobody waits for it, and it is made however long it takes."""

    @workflow.run
    async def run(self, paper: DecisionPaper) -> None:
        """Until it is sealed and kept."""
        drawn = await _effect(DecisionDrawing.draw, paper, "draw", DRAWING)
        await _effect(Sealing.seal_paper, drawn, "seal", SEALING)


@workflow.defn
class DrawBill:
    """A bill to print, when somebody asks for it."""

    @workflow.run
    async def run(self, bill: BillPaper) -> None:
        """Until it lies in the store."""
        await _effect(MoneyDrawing.draw_bill, bill, "draw", DRAWING)


@workflow.defn
class SealSettlement:
    """The statement of what one payee is handed over."""

    @workflow.run
    async def run(self, settlement: SettlementPaper) -> None:
        """Until it is signed, stamped and kept."""
        await _effect(Settling.seal, settlement, "seal", SEALING)


async def _effect(effect: Any, said: Any, name: str, queue: str) -> Any:
    return await workflow.execute_activity_method(
        effect,
        said,
        activity_id=name,
        task_queue=queue,
        start_to_close_timeout=timedelta(minutes=1),
        heartbeat_timeout=SILENCE,
        retry_policy=PATIENT,
    )
