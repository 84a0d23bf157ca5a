"""Whether the law and the questions fit together: `licences` and `forms` do not know each other, so it is seen here.

Every form that a procedure names is there and sound; nothing is asked that nobody reads; what a form takes from the
register was printed by the licence that it acts on; no two agencies share a form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forms.form import Form
    from licences.catalogue import Catalogue
    from licences.procedure import Act, Licence

ENTRY = "entry."
STATED = frozenset({"licence_number"})
"""What an entry says besides what its form printed."""


def questions(catalogue: Catalogue) -> dict[str, frozenset[str]]:
    """Every form and the questions it asks; a form that a procedure names and that is not there is left out."""
    return {name: frozenset(form.by_id) for name, form in _forms(catalogue).items()}


def faults(catalogue: Catalogue) -> list[str]:
    """Everything that does not fit, in words that name the form or the licence."""
    forms = _forms(catalogue)
    return [
        *_unsound(forms),
        *_never_asked(forms),
        *_unread(catalogue, forms),
        *_blank(catalogue, forms),
        *_shared(catalogue),
    ]


def written(catalogue: Catalogue) -> dict[str, int]:
    """How much is thought through from the law, and how much is provisional until somebody has: forms, and what the
    procedures are made of. A derived form is as good as the first form from which it follows."""
    forms = _forms(catalogue)
    acts = [act for _, _, act in _acts(catalogue)]
    own = [form for form in forms.values() if not form.derived]
    return {
        "written fees": sum(not fee.provisional for act in acts for fee in act.fees),
        "written stages": sum(not stage.provisional for act in acts for stage in act.stages),
        "written documents": sum(not document.provisional for act in acts for document in act.documents),
        "written forms": sum(not form.provisional for form in own),
        "provisional forms": sum(form.provisional for form in own),
        "forms derived from a written one": sum(form.derived and not form.provisional for form in forms.values()),
        "forms derived from a provisional one": sum(form.derived and form.provisional for form in forms.values()),
        "procedures with a written form": sum(not forms[act.form].provisional for act in acts if act.form in forms),
        "procedures with a provisional form": sum(forms[act.form].provisional for act in acts if act.form in forms),
    }


def _forms(catalogue: Catalogue) -> dict[str, Form]:
    from forms import form

    found: dict[str, Form] = {}
    for name in sorted({act.form for _, _, act in _acts(catalogue)} | set(form.names())):
        with suppress(KeyError):  # the catalogue's own check says which form is not there
            found[name] = form.load(name)
    return found


def _acts(catalogue: Catalogue) -> Iterator[tuple[Licence, str, Act]]:
    for licence in catalogue.licences:
        for operation, act in licence.operations.items():
            yield licence, operation.value, act


def _unsound(forms: Mapping[str, Form]) -> Iterator[str]:
    """What is wrong inside a form: conditions that look at nothing, a question without its law."""
    from forms import form

    for one in forms.values():
        yield from (f"form {fault}" for fault in form.faults(one))


def _never_asked(forms: Mapping[str, Form]) -> Iterator[str]:
    """A condition that no answer can satisfy: the question behind it is never asked."""
    from forms import form

    for one in forms.values():
        yield from (f"form {one.id}: {fault}" for fault in form.out_of_reach(one))


def _unread(catalogue: Catalogue, forms: Mapping[str, Form]) -> Iterator[str]:
    """What nobody reads: a form that no procedure asks, an answer that no officer, fee, paper or condition sees."""
    named = {act.form for _, _, act in _acts(catalogue)}
    for name in sorted(set(forms) - named):
        yield f"form {name}: no procedure asks it"
    for licence, operation, act in _acts(catalogue):
        if act.form in forms and not act.stages:
            for question in sorted(_ids(forms[act.form]) - _read(forms[act.form], act)):
                yield f"{licence.agency}/{licence.code} {operation}: nobody reads the answer {question}"


def _ids(form: Form) -> set[str]:
    return {
        one.id for _, one in form.everything() if one.kind.answered and one.kind.name not in ("fact", "declaration")
    }


def _read(form: Form, act: Act) -> set[str]:
    """The answers that something reads where no officer does: the paper, the fees, conditions, the mail."""
    looked_at = {
        path.split(".")[0]
        for page, one in form.everything()
        for when in (page.when, one.when)
        if when
        for path in when.questions()
    }
    printed = {one.id for _, one in form.everything() if one.printed or one.reuse.startswith("contact.")}
    return looked_at | printed | {name for fee in act.fees for name in (fee.per, fee.times) if name}


def _blank(catalogue: Catalogue, forms: Mapping[str, Form]) -> Iterator[str]:
    """A fact of the entry acted on that no licence of that kind states: the line would always be empty."""
    for licence, operation, act in _acts(catalogue):
        base = catalogue.versions.get(act.acts_on or licence.code)
        form, first = forms.get(act.form), _first(base[-1], forms) if base else None
        if form is None or first is None:
            continue
        stated = {page.id if page.each else one.id for page, one in first.everything() if one.printed} | STATED
        for _, one in form.everything():
            if one.prefill.startswith(ENTRY) and one.prefill.removeprefix(ENTRY) not in stated:
                where = f"{licence.agency}/{licence.code} {operation}"
                yield f"{where}: no licence states {one.prefill}, which {one.id} shows"


def _first(licence: Licence, forms: Mapping[str, Form]) -> Form | None:
    return forms.get(next(iter(licence.operations.values())).form)


def _shared(catalogue: Catalogue) -> Iterator[str]:
    """One form for the licences of two agencies would be an all-purpose box."""
    agencies: dict[str, set[str]] = {}
    for licence, _, act in _acts(catalogue):
        agencies.setdefault(act.form, set()).add(licence.agency)
    for name in sorted(name for name, those in agencies.items() if len(those) > 1):
        those = ", ".join(sorted(agencies[name]))
        yield f"form {name}: licences of {those} share it: each subject has its own questions"
