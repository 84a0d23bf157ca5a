"""What the rules say when they say no, and what each floor does with it.

A `NotAllowed` is an answer of the law, not a fault of the system. It is never tried again: the worker passes it on as
final, and the door shows it to the person in both languages, beside the field it speaks of. Any other exception means
that something broke: the engine tries again, the log has it, the person sees an apology.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sentence:
    """One thing said to people, in both languages."""

    th: str
    en: str


class NotAllowed(Exception):
    """The rules say no. Says what, which one, and the way out, in Thai and in English.

    `field` names the question, document or parameter it speaks of ("" when none); `status` is the HTTP status that
    a door answers with (RFC 9110): 422 by default, 404/403/409 where a subclass says so.
    """

    status = 422

    def __init__(self, th: str, en: str, *, field: str = "") -> None:
        super().__init__(f"{en} / {th}")
        self.th, self.en, self.field = th, en, field

    @property
    def code(self) -> str:
        """The name of this answer in problem documents: the class name in kebab case."""
        name = type(self).__name__
        return "".join(f"-{c.lower()}" if c.isupper() else c for c in name).lstrip("-")


class NotFound(NotAllowed):
    """There is no such thing, or it is not for you to see: the answer is the same."""

    status = 404


class Forbidden(NotAllowed):
    """You are known, and you may not do this."""

    status = 403


class Conflict(NotAllowed):
    """Somebody else was first, or the thing has moved on."""

    status = 409
