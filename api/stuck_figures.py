"""What stands still, as Prometheus reads it: one line for each cause that the rounds saw last."""

from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from records import causes
from records.database import Database

LABELS = ("cause", "kind", "waits_for", "agency", "error")


async def of(database: Database) -> bytes:
    """The figures. Where the records do not answer, that is the figure."""
    registry = CollectorRegistry()
    known = Gauge("bizportal_stuck_known", "1 when the records say what stands still", registry=registry)
    cases = Gauge("bizportal_stuck_cases", "applications that stand still", LABELS, registry=registry)
    age = Gauge("bizportal_stuck_oldest_seconds", "how long the first of them has stood", LABELS, registry=registry)
    looked = Gauge("bizportal_stuck_looked_seconds", "how long ago the oldest of these was seen", registry=registry)
    try:
        async with database.reading() as session:
            found = await causes.standing(session)
    except (SQLAlchemyError, OSError):
        return generate_latest(registry)  # bizportal_stuck_known 0
    known.set(1)
    now = datetime.now(UTC)
    for one in found:
        labels = (one.id, one.kind, one.waits_for, one.agency, one.error)
        cases.labels(*labels).set(one.cases)
        age.labels(*labels).set((now - (one.since or one.told_at)).total_seconds())
    looked.set(max(((now - one.seen_at).total_seconds() for one in found), default=0))
    return generate_latest(registry)
