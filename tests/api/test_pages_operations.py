"""The operator's page, as far as it is plain functions: causes in words, a long list of applications cut short."""

from datetime import UTC, datetime, timedelta

import pytest
from lxml import html

from api import repair_words
from api.pages_operations import SHOWN, shown
from api.showing import Lang, Visit, filled
from control import causes
from control.causes import Case, Kind
from control.repair import Act, State

NOW = datetime(2026, 11, 20, 5, tzinfo=UTC)
NOTHING = {"causes": [], "more": False, "at": NOW, "repairs": []}
WAITING = [
    Case(f"APP-2569-{nth:07}-X", Kind.OFFICE, "company-register", since=NOW - timedelta(hours=1), error="OfficeDown")
    for nth in range(SHOWN + 5)
]


@pytest.mark.parametrize(("lang", "says"), [("th", "รอทะเบียนนิติบุคคล"), ("en", "waiting for the company register")])
def test_a_cause_is_said_with_its_applications(lang: Lang, says: str) -> None:
    listed = [shown(cause, NOW) for cause in causes.group(WAITING)]

    page = filled(
        "operations.html", Visit("/operations", "?"), lang, {"causes": listed, "more": False, "at": NOW, "repairs": []}
    )

    assert says in html.document_fromstring(page).text_content()
    assert page.count(">APP-2569-") == SHOWN
    assert ("5 more" if lang == "en" else "อีก 5") in page


def test_what_holds_up_no_application_says_what_to_do_and_a_run_of_our_own_is_no_application() -> None:
    cases = [Case("", Kind.SEAL, "seal", "fda", NOW), Case("daily:2026-11-20", Kind.STEP, "look_after_due", since=NOW)]
    listed = [shown(cause, NOW) for cause in causes.group(cases)]

    page = filled("operations.html", Visit("/operations", "?"), "en", NOTHING | {"causes": listed})

    assert "Make a key in the token" in page and " · seal" in page
    assert "daily:2026-11-20" in page and "/operations/cases/daily" not in page


def test_nothing_stuck_is_said() -> None:
    page = filled(
        "operations.html", Visit("/operations", "?"), "en", {"causes": [], "more": True, "at": NOW, "repairs": []}
    )

    assert "Nothing is stuck." in page and "more runs than could be asked" in page


def test_every_act_state_and_kind_has_its_words() -> None:
    assert set(repair_words.ACTS) == set(repair_words.MEANS) == set(Act)
    assert set(repair_words.STATES) == set(State)
    assert set(repair_words.TO_DO) == set(Kind)
