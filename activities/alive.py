"""How a longer effect shows that its worker lives: without it, work that died with its worker waits out its timeout."""

import asyncio
from typing import Any

from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

BEATS = 4
"""Signs of life within the silence that counts as death."""


class _SayAlive(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        silence = activity.info().heartbeat_timeout
        if not silence:
            return await super().execute_activity(input)
        beating = asyncio.create_task(_beat(silence.total_seconds() / BEATS))
        try:
            return await super().execute_activity(input)
        finally:
            beating.cancel()


async def _beat(pause: float) -> None:
    while True:
        await asyncio.sleep(pause)
        activity.heartbeat()


class SayAlive(Interceptor):
    """Tells the worker once: every effect that the order gives a silence says in time that it is still at it."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Stand in front of every activity."""
        return _SayAlive(next)
