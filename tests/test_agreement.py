"""Whether the law and the questions fit together, as `bizportal catalogue check` says; each fault when it is put in."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from commands import agreement
from commands.catalogue import origin
from forms import form as forms
from forms.conditions import Comparison
from forms.form import Form
from forms.question import Question
from licences import catalogue
from licences.catalogue import Catalogue
from licences.procedure import Licence, Operation

LOADED = catalogue.load()
CINEMA = LOADED.licence("dcp-cinema")


def having(*changed: Licence) -> Catalogue:
    return Catalogue(LOADED.agencies, LOADED.versions | {licence.code: (licence,) for licence in changed}, {})


def cinema(operation: str, **changes: object) -> Licence:
    act = CINEMA.operations[Operation(operation)].model_copy(update=changes)
    return CINEMA.model_copy(update={"operations": {**CINEMA.operations, Operation(operation): act}})


def test_the_catalogue_and_its_forms_fit_together() -> None:
    assert agreement.faults(LOADED) == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda: cinema("new", form="lao-market"), "form dcp-cinema: no procedure asks it"),
        (lambda: cinema("new", form="lao-market"), "form lao-market: licences of dcp, lao share it"),
        (lambda: cinema("new", stages=()), "dcp/dcp-cinema new: nobody reads the answer exits"),
        (lambda: cinema("renew", form="renewal:lao-market"), "no licence states entry.market_type"),
    ],
)
def test_a_fault_is_found_and_named(wrong: Callable[[], Licence], told: str) -> None:
    assert [fault for fault in agreement.faults(having(wrong())) if told in fault]


def test_an_answer_that_something_reads_is_not_called_unread() -> None:
    found = [fault for fault in agreement.faults(having(cinema("new", stages=()))) if "nobody reads" in fault]

    # `screens` is printed, `age_check` is looked at by a condition, the e-mail address is where replies go.
    assert not [fault for fault in found if fault.endswith((" screens", " age_check", " contact_email"))]


def _changed(one: Question, when: dict[str, Any]) -> Question:
    return replace(one, **when) if one.id == "age_check_how" else one


def asking(**when: Any) -> Form:
    """The cinema's form with one question asked on another condition."""
    first = forms.load("dcp-cinema")
    pages = tuple(replace(page, questions=tuple(_changed(one, when) for one in page.questions)) for page in first.pages)
    return replace(first, pages=pages)


@pytest.mark.parametrize("never", [Comparison("cinema_kind", "is", "ship"), Comparison("age_check", "is", "yes")])
def test_a_question_behind_an_answer_that_cannot_be_given_is_found(never: Comparison) -> None:
    assert forms.out_of_reach(asking(when=never)) == [f"age_check_how: {never.question} is never {never.value!r}"]
    assert forms.out_of_reach(forms.load("dcp-cinema")) == []


def test_what_is_written_and_what_is_provisional_adds_up() -> None:
    counts = agreement.written(LOADED)

    assert counts["procedures with a written form"] + counts["procedures with a provisional form"] == 871
    named = {act.form for one in LOADED.licences for act in one.operations.values()}
    assert sum(
        number for name, number in counts.items() if name.endswith(("forms", "written one", "provisional one"))
    ) == (len(named))


@pytest.mark.parametrize(
    ("path", "comes_from"),
    [
        ("title.th", "dcp-cinema.toml"),
        ("appeal.days", "archetypes/premises-licence.toml"),
        ("operations.new.stages[inspection].working_days", "dcp-cinema.toml"),
        ("operations.new.stages[inspection].checklist[0].th", "archetypes/premises-licence.toml"),
        ("operations.new.fees[0].law", "dcp-cinema.toml, law"),
        ("operations.new.fees[0].since", "dcp-cinema.toml, effective_from"),
        ("code", "the place of dcp-cinema.toml"),
    ],
)
def test_a_shown_value_says_where_it_comes_from(path: str, comes_from: str) -> None:
    assert origin(path, LOADED.sources(CINEMA.code), CINEMA.code) == comes_from
