"""What a licence's own page tells before one begins."""

import pytest
from fastapi.routing import APIRoute

from api.pages_filing import router
from api.ready import FOR_EACH, IF_ANY, ONLY_SOMETIMES, files_asked
from forms import form as forms


def test_every_file_that_will_be_asked_for_is_told_before_one_begins() -> None:
    told = {one.title.en: one.when for one in files_asked(forms.load("food-sale-large"))}

    assert told["Floor plan"] is None
    assert told["Power of attorney"] is ONLY_SOMETIMES
    assert IF_ANY in told.values()


@pytest.mark.parametrize("name", forms.names())
def test_no_form_asks_for_a_file_that_its_page_does_not_tell(name: str) -> None:
    form = forms.load(name)
    asked = [(page, one) for page, one in form.everything() if one.kind.name == "file"]
    told = files_asked(form)

    assert [one.title for one in told] == [one.title for _, one in asked]
    always = [one.required and not one.when and not page.when for page, one in asked]
    assert [one.when in (None, FOR_EACH) for one in told] == always


def test_to_add_a_line_is_not_taken_for_the_number_of_a_line() -> None:
    for method in ("GET", "POST"):
        asked = [route.path for route in router.routes if isinstance(route, APIRoute) and method in route.methods]
        line = "/drafts/{draft_id}/questions/{page_id}/"

        assert asked.index(f"{line}add") < asked.index(f"{line}{{number}}"), "the first that fits is taken"
