from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from licences import visits
from licences.errors import NotAllowed
from licences.visits import Visit

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)
SOON, BEFORE = NOW + timedelta(hours=2), NOW - timedelta(hours=2)


@pytest.mark.parametrize(
    ("when", "moves", "why", "wrong"),
    [
        (SOON, False, "", None),
        (SOON, True, "ฝนตก", None),
        (SOON, True, " ", visits.WhyMissing),
        (NOW, False, "", visits.WhenWrong),
        (NOW + timedelta(days=181), False, "", visits.WhenWrong),
    ],
)
def test_a_time_lies_ahead_and_moving_one_has_a_reason(
    when: datetime, moves: bool, why: str, wrong: type[NotAllowed] | None
) -> None:
    check(lambda: visits.check_proposal(when, NOW, moves=moves, why=why), wrong)


@pytest.mark.parametrize(
    ("standing", "when", "wrong"),
    [
        (Visit.PROPOSED, SOON, None),
        (Visit.MOVE_ASKED, SOON, None),  # he can be there after all
        (Visit.PROPOSED, BEFORE, visits.VisitPassed),
        (Visit.MOVED, SOON, visits.VisitOver),
        (Visit.MISSED, SOON, visits.VisitOver),
        (Visit.KEPT, BEFORE, visits.VisitOver),
    ],
)
def test_the_applicant_answers_what_stands_and_lies_ahead(
    standing: Visit, when: datetime, wrong: type[NotAllowed] | None
) -> None:
    check(lambda: visits.check_confirmation(standing, when, NOW), wrong)
    check(lambda: visits.check_wish_to_move(standing, when, NOW, "ไม่อยู่"), wrong)
    check(lambda: visits.check_wish_to_move(standing, when, NOW, ""), wrong or visits.WhyMissing)


@pytest.mark.parametrize(
    ("standing", "when", "why", "wrong"),
    [
        (Visit.CONFIRMED, BEFORE, "ปิดร้าน", None),
        (Visit.PROPOSED, BEFORE, "ปิดร้าน", None),
        (Visit.PROPOSED, SOON, "ปิดร้าน", visits.VisitAhead),
        (Visit.PROPOSED, BEFORE, "", visits.WhyMissing),
        (Visit.MISSED, BEFORE, "ปิดร้าน", visits.VisitOver),
    ],
)
def test_what_was_missed_is_past_and_still_stood(
    standing: Visit, when: datetime, why: str, wrong: type[NotAllowed] | None
) -> None:
    check(lambda: visits.check_missed(standing, when, NOW, why), wrong)


def check(rule: Any, wrong: type[NotAllowed] | None) -> None:
    if wrong is None:
        rule()
        return
    with pytest.raises(wrong) as no:
        rule()
    assert no.value.th and no.value.en
