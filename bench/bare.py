"""The floor of an application: what no design can do without.

`Bare` is a journey that only waits for people (submit, then three tracked messages, each with a week's timer): no
effect, no record, no paper. Its worker is a process of its own: `python -m bench.bare ADDRESS NAMESPACE`, the codec's
key in BIZ_CODEC_KEY.
"""

import asyncio
import os
import sys
from datetime import timedelta

from temporalio import workflow
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

QUEUE = "bare"
WAITS = 3
"""Two officers and one payment."""
A_WEEK = timedelta(days=7)

with workflow.unsafe.imports_passed_through():
    from workflows.messages import connect


@workflow.defn(name="Bare")
class Bare:
    """Waits for so many words of people, and ends."""

    def __init__(self) -> None:
        self.said: list[str] = []

    @workflow.run
    async def run(self, number: str) -> str:
        """Wait for each word, a week at a time."""
        for n in range(WAITS):
            await workflow.wait_condition(lambda n=n: len(self.said) > n, timeout=A_WEEK)  # type: ignore[misc]
        return number

    @workflow.update
    async def say(self, word: str) -> str:
        """One person's word."""
        self.said.append(word)
        return word

    @say.validator
    def _may_say(self, word: str) -> None:
        if not word:
            raise ValueError("an empty word")


async def serve(address: str, namespace: str) -> None:
    """Work until the process is ended."""
    client = await connect(address, namespace, os.environ["BIZ_CODEC_KEY"])
    async with Worker(
        client,
        task_queue=QUEUE,
        workflows=[Bare],
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_cached_workflows=2000,
    ):
        print("ready", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:3]))
