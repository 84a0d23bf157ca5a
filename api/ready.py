"""The files to have at hand before one begins: those that the questions of a form ask for."""

from dataclasses import dataclass

from api.showing import InBoth
from forms.definition import Form, Page
from forms.question import Question
from licences.procedure import Text

ONLY_SOMETIMES = Text(th="(บางกรณี ตามคำตอบ)", en="(in some cases, by your answers)")
IF_ANY = Text(th="(ถ้ามี)", en="(if any)")
FOR_EACH = Text(th="(ทุกรายการ)", en="(for each item)")


@dataclass(frozen=True)
class Ready:
    """A file to have at hand before one begins: a question of the form asks for it. `when`: not of everybody."""

    title: InBoth
    when: Text | None


def files_asked(form: Form) -> tuple[Ready, ...]:
    """Every file that the form asks for, in its order."""
    asked = [(page, one) for page, one in form.everything() if one.kind.name == "file"]
    return tuple(Ready(one.title, _of_whom(page, one)) for page, one in asked)


def _of_whom(page: Page, question: Question) -> Text | None:
    """When a file is asked for; None: always."""
    if page.when or question.when:
        return ONLY_SOMETIMES
    if not question.required:
        return IF_ANY
    return FOR_EACH if page.each else None
