"""How often one caller may ask the public questions that cost something (search, verify, sign-in tokens nobody knows).

A token bucket in this process's memory: with several processes each counts for itself, which only makes it looser. Bulk
readers are pointed to the open data instead (thai-rules 8.3, PRIV-2).
"""

import time
from collections import OrderedDict
from collections.abc import Callable

from fastapi import Request

from licences.errors import NotAllowed

MOST_CALLERS = 10_000


class TooOften(NotAllowed):
    """More questions than one caller may ask."""

    status = 429


class Throttle:
    """`burst` questions at once, `per_second` after that, for each caller; the least recent callers are forgotten."""

    def __init__(self, burst: int, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.burst, self.per_second, self._clock = burst, per_second, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str) -> None:
        """Count one question of the caller. Raises TooOften."""
        now = self._clock()
        left, at = self._buckets.pop(caller, (float(self.burst), now))
        left = min(self.burst, left + (now - at) * self.per_second)
        self._buckets[caller] = (left - 1 if left >= 1 else left, now)
        if len(self._buckets) > MOST_CALLERS:
            self._buckets.popitem(last=False)
        if left < 1:
            raise TooOften(
                "สอบถามถี่เกินไป โปรดรอสักครู่ หากต้องการข้อมูลจำนวนมากใช้ /api/v1/register/export",
                "too many questions at once: please wait a moment; for bulk data use /api/v1/register/export",
            )


def caller(request: Request) -> str:
    """Whose bucket: the address that the request came from (a proxy of ours is told to uvicorn, which then says it)."""
    return request.client.host if request.client else "unknown"
