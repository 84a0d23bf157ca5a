"""Several applications filled in together: what two of their forms both ask is asked once, by its `reuse` key.

Each stays an application of its own, with its own officer, clock and licence. An answer given in one is taken over by
the others until it is changed there; what does not pass another form's rules is not taken over.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api import drafting
from api.drafting import Work
from api.filing import Desk
from api.people import Person
from forms.asking import empty
from forms.errors import Problems
from forms.form import Form
from forms.question import Context, Question
from records import attachments, drafts
from records.drafts import DraftGone
from records.tables import Draft

FILE = "file"


@dataclass(frozen=True)
class Counted:
    """How much of a set was asked once only."""

    questions: int
    asked: int

    @property
    def spared(self) -> int:
        """The questions that nobody has to answer a second time."""
        return self.questions - self.asked


async def opened(desk: Desk, person: Person, together: str, at: datetime) -> list[Work]:
    """One's own set, ready to work on, in the order in which it was begun. Raises DraftGone when it is empty."""
    async with desk.database.reading() as session:
        found = await drafts.of_set(session, person.id, together)
    if not found:
        raise DraftGone
    return [await drafting.opened(desk, person, draft.id, at) for draft in found]


def counted(works: Sequence[Work]) -> Counted:
    """All questions of the set, and how many different ones there are."""
    everything = [one for work in works for one in _questions(work.form) if one.kind.name != "fact"]
    alone = sum(not one.reuse for one in everything)
    return Counted(len(everything), alone + len({one.reuse for one in everything if one.reuse}))


def _questions(form: Form) -> Iterator[Question]:
    for page in form.pages:
        if not page.each:
            yield from (one for one in page.questions if one.kind.answered)


async def share(desk: Desk, person: Person, draft_id: str, before: Mapping[str, Any], at: datetime) -> None:
    """Take what was just answered in one draft over into the others of its set. `before`: its answers until now."""
    work = await drafting.opened(desk, person, draft_id, at)
    if not work.draft.together:
        return
    for other in await opened(desk, person, work.draft.together, at):
        if other.draft.id != draft_id and (taken := await _taken(desk, work, other, before)):
            await drafting.save(desk, _with(other.draft, taken), at)


async def _taken(desk: Desk, work: Work, other: Work, before: Mapping[str, Any]) -> dict[str, Any]:
    """What the other draft takes over: only where it has nothing of its own."""
    given = {one.reuse: one for one in _questions(work.form) if one.reuse and one.applies(work.draft.answers)}
    found: dict[str, Any] = {}
    for question in _questions(other.form):
        asked = given.get(question.reuse) if question.reuse else None
        new = work.draft.answers.get(asked.id) if asked else None
        mine = other.draft.answers.get(question.id)
        if asked is None or new is None or empty(new) or mine == new:
            continue
        if question.kind.name == FILE:
            if mine is None:
                found[question.id] = await _copies(desk, work, question, new)
        elif (mine is None or mine == before.get(asked.id)) and _fits(other, question, new):
            found[question.id] = new
    return found


def _fits(other: Work, question: Question, value: Any) -> bool:
    try:
        question.kind.check(question, value, question.id, Context(other.media_types, other.facts))
    except Problems:
        return False
    return True


async def _copies(desk: Desk, work: Work, question: Question, given: Any) -> Any:
    """The same files once more: one application's proof is never another's."""
    named = given if isinstance(given, list) else [given]
    async with desk.database.transaction() as session:
        copies = [(await attachments.copied(session, work.files[one])).id for one in named if one in work.files]
    return copies[: question.max_files] if isinstance(given, list) else copies[0]


def _with(draft: Draft, answers: Mapping[str, Any]) -> Draft:
    return Draft(**draft.model_dump() | {"answers": {**draft.answers, **answers}})
