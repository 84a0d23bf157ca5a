"""When a licence that runs out is looked at: reminders before its end, and the first day after it. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta

from licences.calendar import DAY
from licences.register import Entry, next_change

REMINDERS = (60, 30, 7)
"""Days before the last day on which its holder is reminded, once each."""


def reminder_on(last_day: date, on: date) -> int | None:
    """Which reminder is owed on that day: how many days before the end it speaks of; None: none.

    Whoever looks late sends the nearest one, not those that were missed.
    """
    owed = [days for days in REMINDERS if last_day - timedelta(days=days) <= on <= last_day]
    return min(owed) if owed else None


def next_look(
    last_day: date | None, entries: Sequence[Entry], after: date, *, pending: bool = False, closes: date | None = None
) -> date | None:
    """The first day after `after` on which somebody has to look: a reminder is owed, or the licence changes by itself.

    While a renewal is being decided (`pending`), the licence is looked at every day after its last one. `closes`: the
    last day to file one in time; the day after it the end is certain.
    """
    days = {last_day - timedelta(days=before) for before in REMINDERS} | {last_day + DAY} if last_day else set()
    if closes:
        days.add(closes + DAY)
    if change := next_change(entries, after):
        days.add(change)
    if pending and last_day and after >= last_day:
        days.add(after + DAY)
    return min((day for day in days if day > after), default=None)
