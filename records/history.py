"""What happened to an application or a licence: appended, hash-linked per subject, never changed."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from licences import register
from records.rows import table_of, write_once
from records.tables import Action

ACTIONS = table_of(Action)
BATCH = 1000


@dataclass(frozen=True)
class Happened:
    """One action, as pages show it."""

    seq: int
    key: str
    tag: str
    by: str
    on_behalf_of: str
    at: datetime
    said: dict[str, Any]


async def record(
    session: AsyncSession,
    subject: str,
    key: str,
    tag: str,
    by: str,
    at: datetime,
    said: Mapping[str, Any],
    on_behalf_of: str = "",
) -> Action:
    """Append what happened to `subject`; the same `key` again gives the first action.

    `said` holds no float and nothing that would have to be erased one day: this line stays for ever.
    """
    action, _ = await record_first(session, subject, key, tag, by, at, said, on_behalf_of)
    return action


async def record_first(
    session: AsyncSession,
    subject: str,
    key: str,
    tag: str,
    by: str,
    at: datetime,
    said: Mapping[str, Any],
    on_behalf_of: str = "",
) -> tuple[Action, bool]:
    """The same, and whether this call was the one that wrote it."""
    while True:
        last, same = await _last(session, subject, key)
        if same:
            return same, False
        seq, previous = (last.seq, last.hash) if last else (0, register.GENESIS)
        action = _linked(subject, seq + 1, previous, key=key, tag=tag, by=by, at=at, said=said, behalf=on_behalf_of)
        # The unique place in the chain is the lock: whoever comes second waits here, writes nothing, and looks again.
        if await write_once(session, action):
            return action, True


async def begin(
    session: AsyncSession, subject: str, key: str, tag: str, by: str, at: datetime, said: Mapping[str, Any]
) -> Action:
    """The first action of a subject that this transaction itself has brought into being."""
    action = _linked(subject, 1, register.GENESIS, key=key, tag=tag, by=by, at=at, said=said, behalf="")
    if not await write_once(session, action):
        raise RuntimeError(f"{subject} has a history already")
    return action


async def of(session: AsyncSession, subject: str) -> tuple[Happened, ...]:
    """Everything that happened to it, in order."""
    shown = (ACTIONS.c[name] for name in Happened.__dataclass_fields__)
    rows = await session.execute(select(*shown).where(ACTIONS.c.subject == subject).order_by(ACTIONS.c.seq))
    return tuple(Happened(*row) for row in rows)


async def find(session: AsyncSession, subject: str, key: str) -> Action | None:
    """What happened to it under that key, if it did."""
    return (await _last(session, subject, key))[1]


async def came_after(session: AsyncSession, subject: str, key: str, *tags: str) -> bool:
    """Whether something of these sorts happened after the action with that key."""
    then = select(ACTIONS.c.seq).where(ACTIONS.c.subject == subject, ACTIONS.c.key == key).scalar_subquery()
    later = select(ACTIONS.c.seq).where(ACTIONS.c.subject == subject, ACTIONS.c.tag.in_(tags), ACTIONS.c.seq > then)
    return (await session.execute(later.limit(1))).first() is not None


async def check(session: AsyncSession, subject: str | None = None) -> Action | None:
    """The first action that does not stand where its chain says, of one subject or of all; None: every one does."""
    expected = ("", 0, register.GENESIS)
    async for action in _in_order(session, subject):
        if action.subject != expected[0]:
            expected = (action.subject, 0, register.GENESIS)
        _, seq, previous = expected
        linked = register.link(action.previous_hash, body(action))
        if (action.seq, action.previous_hash, action.hash) != (seq + 1, previous, linked):
            return action
        expected = (action.subject, action.seq, action.hash)
    return None


def body(action: Action) -> bytes:
    """What the hash of an action covers: everything but the two hashes."""
    covered = ("subject", "seq", "key", "tag", "by", "on_behalf_of", "said")
    return register.canonical({name: getattr(action, name) for name in covered} | {"at": action.at.astimezone(UTC)})


def _linked(
    subject: str, seq: int, previous: str, *, key: str, tag: str, by: str, at: datetime, said: Any, behalf: str
) -> Action:
    action = Action(
        id=f"{subject}#{seq}",
        subject=subject,
        seq=seq,
        key=key,
        tag=tag,
        by=by,
        on_behalf_of=behalf,
        at=at,
        said=dict(said),
        previous_hash=previous,
        hash="",
    )
    action.hash = register.link(previous, body(action))
    return action


async def _last(session: AsyncSession, subject: str, key: str) -> tuple[Action | None, Action | None]:
    """The last action of a subject, and the one with this key."""
    newest = select(func.max(ACTIONS.c.seq)).where(ACTIONS.c.subject == subject).scalar_subquery()
    either = or_(ACTIONS.c.key == key, ACTIONS.c.seq == newest)
    rows = await session.execute(
        select(ACTIONS).where(ACTIONS.c.subject == subject, either).order_by(ACTIONS.c.seq.desc())
    )
    found = [Action(**row) for row in rows.mappings()]
    return (found[0] if found else None), next((a for a in found if a.key == key), None)


async def _in_order(session: AsyncSession, subject: str | None) -> AsyncIterator[Action]:
    place: tuple[str, int] = ("", 0)
    ordered = select(ACTIONS).order_by(ACTIONS.c.subject, ACTIONS.c.seq).limit(BATCH)
    if subject is not None:
        ordered = ordered.where(ACTIONS.c.subject == subject)
    while True:
        rows = await session.execute(ordered.where(tuple_(ACTIONS.c.subject, ACTIONS.c.seq) > place))
        batch = [Action(**row) for row in rows.mappings()]
        for action in batch:
            yield action
        if len(batch) < BATCH:
            return
        place = (batch[-1].subject, batch[-1].seq)
