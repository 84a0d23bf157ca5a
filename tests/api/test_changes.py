"""What an officer sees beside an answer that is otherwise than before: what was said then, or what the licence says."""

from typing import Any

from api import changes
from forms import form as forms

FORM = forms.load("food-sale-large")
AMENDMENT = forms.load("food-sale-large-amendment")


def answers(form: forms.Form, seed: int = 1, **other: Any) -> dict[str, Any]:
    checked = forms.check(form, forms.example(form, seed) | other, attachments=forms.example_attachments(form))
    return checked.as_json()


def test_only_what_says_something_else_now_is_shown_with_what_it_said() -> None:
    before = answers(FORM, seats=50, toilets=3)

    assert changes._differing(FORM, before, before | {"seats": 42}, "th") == {"seats": "50 ที่นั่ง"}


def test_a_personal_answer_that_changed_shows_and_stays_masked() -> None:
    before = answers(FORM, contact_phone="0812345678")

    was = changes._differing(FORM, before, before | {"contact_phone": "0899999999"}, "th")

    assert was.keys() == {"contact_phone"} and "2345" not in was["contact_phone"]


def test_a_list_that_changed_shows_every_line_that_it_had() -> None:
    before = answers(FORM)
    fewer = before | {"food_handlers": [{**before["food_handlers"][0], "trained": False}]}

    was = changes._differing(FORM, before, fewer, "th")

    assert {changes.carried_by(field) for field in was} == {"food_handlers"}


def test_what_the_licence_says_stands_beside_the_new_answer() -> None:
    derived = forms.load("amendment:lao-market")
    said = {"now_trade_name": "ตลาดเก่า", "changes": ["trade_name"], "trade_name": "ตลาดใหม่"}

    assert changes.stated(derived, said, "th") == {"trade_name": "ตลาดเก่า"}
    assert changes.stated(derived, said | {"trade_name": "ตลาดเก่า"}, "th") == {}
    assert changes.stated(derived, {"now_trade_name": "ตลาดเก่า"}, "th") == {}


def test_nothing_is_shown_where_nothing_was_before() -> None:
    assert changes._differing(FORM, {}, answers(FORM), "th") == {}
    assert changes.stated(AMENDMENT, answers(AMENDMENT), "en") == {}


def test_what_was_sent_back_as_it_was_is_not_called_changed() -> None:
    before = answers(FORM, seats=50)
    asked = ["seats", "food_handlers[0].trained", "attachments.map"]

    assert changes.otherwise(asked, before, before) == set()
    assert changes.otherwise(asked, before, before | {"seats": 42}) == {"seats"}
