"""An application's page in every state that it can be in, from values like those the records keep."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from lxml import html

from api import following, showing, wording
from forms import form as forms
from licences import catalogue
from licences.applications import Status
from licences.procedure import Operation, Procedure
from records.tables import Application, Bill, Task

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
VISIT = showing.Visit(path="/applications/APP-2569-0000001-0", switch="?lang=en", person="นายสมชาย ใจดี", csrf="t")


def procedure() -> Procedure:
    """The food licence's first operation."""
    return catalogue.load().procedure("lao-food-sale-large", Operation.NEW, date(2026, 11, 20))


def answers() -> dict[str, Any]:
    """The form's example, checked."""
    form = forms.load(procedure().form)
    return dict(forms.check(form, forms.example(form), attachments=forms.example_attachments(form)))


def application(status: Status, **more: Any) -> Application:
    """One application that stands there."""
    rules = procedure()
    values = {
        "number": "APP-2569-0000001-0", "licence": rules.licence, "operation": "new", "version": rules.version,
        "agency": "lao", "office": "lao@5001", "applicant": "p-1", "holder_kind": "natural", "holder_id": "p-1",
        "answers": answers(), "attachments": {}, "answers_digest": "d", "status": status.value, "entered_at": AT,
        "received_at": AT, "due_on": date(2027, 1, 8),
        "ended_at": AT if following.is_over(status) else None,
    }  # fmt: skip
    return Application(**values | more)


def task(stage: str, verdict: str = "", closed: bool = False) -> Task:
    """One task of it."""
    return Task(
        id=f"APP-2569-0000001-0:{stage}:1", application="APP-2569-0000001-0", step=f"{stage}:1", stage=stage,
        kind="review", role="officer", agency="lao", office="lao", asks_th="ก", asks_en="a", opened_at=AT,
        due_on=date(2026, 11, 24), closed_at=AT if closed else None, verdict=verdict, conditions=[], items=[],
        report={},
    )  # fmt: skip


def bill(status: str) -> Bill:
    """Its bill."""
    return Bill(
        ref1="APP1", ref2="1", application="APP-2569-0000001-0", due="before-issue", satang=200_000, lines=[], qr="x",
        barcode="x", raised_at=AT, pay_by=date(2026, 12, 15), status=status, paid_at=AT if status == "paid" else None,
    )  # fmt: skip


@pytest.mark.parametrize("lang", ["th", "en"])
@pytest.mark.parametrize("status", list(Status))
def test_the_page_says_whose_turn_it_is_in_every_state(status: Status, lang: following.Lang) -> None:
    kept, rules = application(status), procedure()
    standing = following.progress(kept, (), (task("completeness"),))
    values = {
        "number": kept.number, "just_sent": False, "thanks": False, "may_say": following.over(kept),
        "operation": wording.OPERATIONS[Operation.NEW], "title": rules.title,
        "standing": wording.STATUSES[status], "todo": wording.NEXT[status], "waiting": following.waiting(kept),
        "look_again": following.moves_by_itself(kept), "state": following.state(kept, ()), "actions": [],
        "granted": None, "decisions": [],
        "steps": list(following.steps(kept, rules, standing, (), (task("completeness"),), lang)),
        "history": [], "sections": following.sections(forms.load(rules.form), kept.answers, lang, masked=True),
        "documents": [], "over": following.over(kept), "due_on": kept.due_on, "ended_at": kept.ended_at,
        "today": date(2026, 11, 20), "entered_at": AT, "received_at": AT, "acknowledgement": True, "letter": "",
        "agency": rules.title, "holder": "ก", "may_withdraw": False, "appointment": None, "to_fix": None, "reports": [],
        "bills": [bill("paid")],
    }  # fmt: skip

    page = html.document_fromstring(showing.filled("application.html", VISIT, lang, values))

    said = page.xpath("string(//main)")
    assert showing.in_words(wording.NEXT[status], lang) in said
    assert "-" not in status.value or status.value not in said
    assert page.xpath("//aside//a[contains(@href, '/bills/APP1')]"), "its receipt is found from it"


def test_progress_goes_from_stage_to_stage_to_the_bill_to_the_end() -> None:
    first = following.progress(application(Status.IN_REVIEW), (), (task("completeness"),))
    assert (first.now, first.done) == ("completeness", frozenset({"submit"}))

    done = (task("completeness", "approve", closed=True), task("inspection"))
    assert following.progress(application(Status.IN_REVIEW), (), done).now == "inspection"

    owed = following.progress(application(Status.TO_PAY), (bill("open"),), done[:1])
    assert owed.now == "pay-before-issue"

    over = following.progress(application(Status.ISSUED), (bill("paid"),), done[:1])
    assert {"submit", "completeness", "pay-before-issue", "issue"} <= over.done and over.now == ""


def test_a_refused_application_stops_where_it_was_refused() -> None:
    kept, tasks = application(Status.REFUSED), (task("completeness", "refuse", closed=True),)

    steps = list(following.steps(kept, procedure(), following.progress(kept, (), tasks), (), tasks, "en"))

    assert [step.look for step in steps[:3]] == ["done", "stopped", ""]


def test_the_watched_word_changes_when_the_bill_is_paid() -> None:
    kept = application(Status.TO_PAY)

    assert following.state(kept, (bill("open"),)) != following.state(kept, (bill("paid"),))


def test_only_what_the_manual_asks_for_may_be_asked_about() -> None:
    rules = procedure()
    form = forms.load(rules.form)

    fields = {one.field for one in following.fields(form, rules, answers(), "th")}

    assert "seats" in fields and "food_handlers" in fields
    assert not fields & {one.id for one in form.by_id.values() if one.kind.name in ("fact", "declaration")}
    assert following.title_of("premises.postcode", form, rules, "th") == form.by_id["premises"].title.th
