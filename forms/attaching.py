"""Questions answered with a document."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from forms import sentences
from forms.question import Context, Fields, Invalid, Kind, Question
from forms.words import Lang


class File(Kind):
    """A document, by the id that the portal gave when it was uploaded. Never a copy of what an agency holds (EGA-9)."""

    name = "file"
    asks = "attach"
    keys = frozenset({"accept", "max_files"})
    usual = ("application/pdf", "image/jpeg", "image/png", "image/heic")
    longest = 200

    def from_fields(self, question: Question, fields: Fields, name: str) -> Any:
        """One id, or the ids of several."""
        sent = fields.get(name)
        several = list(sent) if isinstance(sent, Sequence) and not isinstance(sent, str) else [sent] if sent else []
        several = [identifier for identifier in several if identifier]
        return several[0] if len(several) == 1 else several or None

    def check(self, question: Question, value: Any, at: str, context: Context) -> Any:
        """The id when one file is asked, a list of ids when several may be sent; each is a file of the applicant's."""
        ids = value if isinstance(value, list) else [value]
        if not ids or not all(isinstance(i, str) and 0 < len(i) <= self.longest and i.isprintable() for i in ids):
            raise sentences.wrong_type(question, at, "รหัสเอกสารแนบที่ระบบให้", "the id of an uploaded attachment")
        if len(ids) > question.max_files:
            raise sentences.too_large(question, at, f"{question.max_files} ไฟล์", f"{question.max_files} files")
        if len(set(ids)) < len(ids):
            raise sentences.refuse(
                question, at, "repeated", "{n}มีไฟล์เดียวกันซ้ำ ลบไฟล์ที่ซ้ำ", "The {n} has the same file twice. Remove one"
            )
        for identifier in ids if context.attachments is not None else ():
            self._known(question, at, context.attachments.get(identifier) if context.attachments else None)
        return ids[0] if question.max_files == 1 else ids

    def _known(self, question: Question, at: str, media_type: str | None) -> None:
        if media_type is None:
            raise sentences.refuse(
                question,
                at,
                "no-such-file",
                "ไม่พบไฟล์ของ{n} แนบไฟล์ใหม่อีกครั้ง",
                "The file for the {n} was not found. Attach it again",
            )
        if media_type not in self.accepted(question):
            readable = ", ".join(one.rpartition("/")[2].upper() for one in self.accepted(question))
            raise sentences.refuse(
                question,
                at,
                "wrong-file-type",
                f"{{n}}ต้องเป็นไฟล์ {readable}",
                f"The {{n}} must be a {readable} file",
            )

    def accepted(self, question: Question) -> tuple[str, ...]:
        """The media types it may have."""
        return question.accept or self.usual

    def schema(self, question: Question) -> dict[str, Any]:
        """The id of an attachment, or a list of them."""
        identifier = {"type": "string", "minLength": 1, "maxLength": self.longest}
        accepted = {"x-accept": list(self.accepted(question))}
        if question.max_files == 1:
            return identifier | accepted
        return {"type": "array", "items": identifier, "minItems": 1, "maxItems": question.max_files} | accepted

    def type(self, question: Question) -> Any:
        """str, or a list of them."""
        return str if question.max_files == 1 else list[str]

    def example(self, question: Question, rng: Random) -> Any:
        """An id that says what it is; whoever files the example puts uploaded ids in its place."""
        identifier = f"example-{question.id}"
        return identifier if question.max_files == 1 else [identifier]

    def invalid(self, question: Question) -> Iterator[Invalid]:
        """A file nobody uploaded, a wrong type, too many."""
        yield Invalid("nobody-uploaded-this", "no-such-file")
        yield Invalid(7, "wrong-type")
        yield Invalid([f"example-{question.id}"] * 2, "too-large" if question.max_files == 1 else "repeated")

    def show(self, question: Question, value: Any, lang: Lang) -> str:
        """How many are attached; the page itself links to them."""
        count = len(value) if isinstance(value, list) else 1
        return f"แนบแล้ว {count} ไฟล์" if lang == "th" else f"{count} file{'s' if count > 1 else ''} attached"

    def attributes(self, question: Question) -> dict[str, str]:
        """What may be chosen. No `capture`: it would block choosing a file."""
        return {"accept": ",".join(self.accepted(question))} | ({"multiple": ""} if question.max_files > 1 else {})
