"""How "the rules say no" crosses the engine: as a final failure with both sentences, never tried again."""

from typing import Any

from temporalio.exceptions import ApplicationError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from licences.errors import NotAllowed


def final(no: NotAllowed) -> ApplicationError:
    """The same answer as the engine carries it: type = its code; details = th, en, field, HTTP status."""
    return ApplicationError(str(no), no.th, no.en, no.field, no.status, type=no.code, non_retryable=True)


class _PassOn(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        try:
            return await super().execute_activity(input)
        except NotAllowed as no:
            raise final(no) from no


class PassOnRefusals(Interceptor):
    """Tells the worker once: what the law refuses is not to be tried again."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Stand in front of every activity."""
        return _PassOn(next)
