"""What can be seen of a process from outside: its log, its traces, its figures, and whether it is fit to work.

Read at the two doors only (`api/app.py`, `worker.py`). A line of the log is one JSON object that names the application
it is about and the trace it belongs to; nothing of a person is written into it.
"""

import asyncio
import json
import logging
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import uvicorn
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.propagate import extract
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from temporalio import activity
from temporalio.contrib.opentelemetry import TracingInterceptor
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from workflows.codec import case_of

PATIENCE_S = 3.0
CHATTY = ("weasyprint.progress", "fontTools", "pyhanko_certvalidator", "httpx", "uvicorn.access")
"""Libraries that say every step of their work as if it were news."""
NUMBERS = ("number", "application", "licence_number", "task")
"""Parts of an address that name what a request is about."""

_about: ContextVar[str] = ContextVar("about", default="")
_asked: ContextVar[Scope | None] = ContextVar("asked", default=None)


@contextmanager
def about(number: str) -> Iterator[None]:
    """Every line that is logged inside names this application."""
    token = _about.set(number)
    try:
        yield
    finally:
        _about.reset(token)


# --- the log ---


class OneLine(logging.Formatter):
    """A record as one JSON object: when, how grave, who says it, what, about which application, in which trace."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self.process = process

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        span = trace.get_current_span().get_span_context()
        said: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "process": self.process,
            "logger": record.name,
            "number": getattr(record, "number", "") or _about.get() or _of_step(record) or _of_request(),
            "said": record.getMessage(),
        }
        if span.is_valid:
            said["trace"] = f"{span.trace_id:032x}"
        if record.exc_info and record.exc_info[1]:
            said["error"] = type(record.exc_info[1]).__name__
            said["trace_back"] = "".join(traceback.format_exception(record.exc_info[1]))
        return json.dumps(said, ensure_ascii=False, default=str)


def _of_step(record: logging.LogRecord) -> str:
    """What the engine's own library says of a step, or of a story."""
    told = getattr(record, "temporal_activity", None) or getattr(record, "temporal_workflow", None) or {}
    return case_of(str(told.get("workflow_id", "")))


def _of_request() -> str:
    """What the request under way is about, once its route is found."""
    scope = _asked.get()
    named: Mapping[str, Any] = scope.get("path_params", {}) if scope else {}
    return next((str(named[name]) for name in NUMBERS if name in named), "")


def log_as_lines(process: str, level: str) -> None:
    """From now on this process logs so, to its standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine(process))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    if level != "DEBUG":
        for name in CHATTY:
            logging.getLogger(name).setLevel(logging.WARNING)


# --- traces ---


def trace_to(process: str, endpoint: str) -> None:
    """Send traces to an OTLP collector (`http://collector:4318`); "" sends none. Once for a process."""
    if not endpoint:
        return
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: f"bizportal-{process}"}))
    provider.add_span_processor(
        BatchSpanProcessor(OTLPSpanExporter(f"{endpoint}/v1/traces"), schedule_delay_millis=1000)
    )
    trace.set_tracer_provider(provider)


def on_the_wire() -> list[TracingInterceptor]:
    """What has calls to the engine carry the trace on; nothing where no traces are sent."""
    return [TracingInterceptor()] if isinstance(trace.get_tracer_provider(), TracerProvider) else []


class Traced:
    """ASGI middleware: a span for every request, named by the route that took it, never by its address."""

    def __init__(self, app: ASGIApp) -> None:
        self.app, self.tracer = app, trace.get_tracer("bizportal.web")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        token = _asked.set(scope)
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        with self.tracer.start_as_current_span(scope["method"], extract(headers), trace.SpanKind.SERVER) as span:

            async def noted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                await send(message)

            try:
                await self.app(scope, receive, noted)
            finally:
                route = getattr(scope.get("route"), "path", "none")
                span.update_name(f"{scope['method']} {route}")
                span.set_attribute("bizportal.number", _of_request())
                _asked.reset(token)


# --- a worker's figures ---


class WorkFigures:
    """What one worker process has done."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ["step", "outcome"]
        self.steps = Counter(
            "bizportal_steps", "attempts of a step, and how they ended", labels, registry=self.registry
        )
        self.seconds = Histogram("bizportal_step_seconds", "how long an attempt took", ["step"], registry=self.registry)
        self.under_way = Gauge("bizportal_steps_under_way", "attempts under way", ["step"], registry=self.registry)


class _Noted(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, figures: WorkFigures) -> None:
        super().__init__(next)
        self.figures = figures

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        info, outcome = activity.info(), "failed"
        step, number = info.activity_type, case_of(info.workflow_id or "")
        trace.get_current_span().set_attribute("bizportal.number", number)
        with about(number), self.figures.under_way.labels(step).track_inprogress():
            try:
                with self.figures.seconds.labels(step).time():
                    answer = await super().execute_activity(input)
                outcome = "done"
                return answer
            except asyncio.CancelledError:
                outcome = "handed-back"
                raise
            finally:
                self.figures.steps.labels(step, outcome).inc()


class Noted(Interceptor):
    """Counts and times every step, and has each line of its log name the application."""

    def __init__(self, figures: WorkFigures) -> None:
        self.figures = figures

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Stand in front of every activity."""
        return _Noted(next, self.figures)


def engine_figures(host: str, port: int) -> Runtime | None:
    """The engine's library with its own figures on a port; 0: the usual one, without."""
    if not port:
        return None
    return Runtime(telemetry=TelemetryConfig(metrics=PrometheusConfig(bind_address=f"{host}:{port}")))


# --- a worker's page ---

Check = Callable[[], Awaitable[object]]


@asynccontextmanager
async def page(host: str, port: int, registry: CollectorRegistry, checks: Mapping[str, Check]) -> AsyncIterator[None]:
    """`/metrics`, `/health/live` and `/health/ready` of a process that is no web server; port 0: none."""
    if not port:
        yield
        return
    server = _Quiet(uvicorn.Config(_app(registry, checks), host, port, log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.should_exit = True
        await serving


class _Quiet(uvicorn.Server):
    """Leaves the signals to the worker."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take none."""
        yield


def _app(registry: CollectorRegistry, checks: Mapping[str, Check]) -> Starlette:
    async def metrics(request: Request) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    async def live(request: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def ready(request: Request) -> Response:
        states = dict(zip(checks, await asyncio.gather(*map(state, checks.values())), strict=True))
        down = [name for name, one in states.items() if one != "up"]
        return JSONResponse({"ready": not down, "down": down, "parts": states}, 503 if down else 200)

    routes = [Route("/metrics", metrics), Route("/health/live", live), Route("/health/ready", ready)]
    return Starlette(routes=routes)


async def state(check: Check) -> str:
    """ "up", or "down" and the sort of error: addresses and secrets stay in the log."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            await check()
    except Exception as error:  # whatever a part says when it is down
        return f"down ({type(error).__name__})"
    return "up"
