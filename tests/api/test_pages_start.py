"""What a licence's own page tells before one begins."""

import pytest

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
