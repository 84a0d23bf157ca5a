"""Every page of every form as HTML: labels, problems beside fields, what was typed comes back."""

from typing import Any

import pytest
from lxml import html

from api import questions, showing
from api.questions import Sheet
from forms import form as forms
from forms.definition import Form, Page
from forms.errors import Problems
from forms.question import Context
from forms.words import Lang

DERIVED = [f"{rule}:{first}" for rule in forms.rules() for first in ("dcp-cinema", "oap-radioactive-possess")]
PAGES = [(name, page.id) for name in (*forms.names(), *DERIVED) for page in forms.load(name).pages]
VISIT = showing.Visit(path="/drafts/w-1/questions/x", switch="?lang=en", person="นายสมชาย ใจดี", csrf="t")


def shown(page: Page, sheet: Sheet) -> html.HtmlElement:
    """One page of questions, as the reader gets it."""
    values = {
        "heading": page.title.say(sheet.lang), "hint": "", "step": "", "back_to": "/x", "return_to": "", "source": None,
        "questions": questions.shown(page.questions, sheet), "has_files": False,
        "problems": showing.beside(sheet.problems, sheet.lang),
    }  # fmt: skip
    return html.document_fromstring(showing.filled("questions.html", VISIT, sheet.lang, values))


def wrong(form: Form, page: Page, fields: dict[str, Any]) -> Problems:
    """The problems of a page sent that way."""
    with pytest.raises(Problems) as found:
        forms.check_page(form, page.id, fields)
    return found.value


@pytest.mark.parametrize("lang", ["th", "en"])
@pytest.mark.parametrize(("name", "page_id"), PAGES)
def test_every_field_of_every_form_has_a_label_and_every_page_one_heading(name: str, page_id: str, lang: Lang) -> None:
    page = forms.load(name).page(page_id)

    seen = shown(page, Sheet(lang, forms.example(forms.load(name))))

    labelled = set(seen.xpath("//label/@for"))
    fields = seen.xpath("//main//*[self::input or self::select or self::textarea][not(@type='hidden')]")
    assert {one.get("id") for one in fields} <= labelled
    assert len(seen.xpath("//h1")) == 1
    ids = seen.xpath("//@id")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("name", "page_id"), PAGES)
def test_every_problem_stands_beside_its_field_and_in_the_summary(name: str, page_id: str) -> None:
    form = forms.load(name)
    page = form.page(page_id)
    if page.when or not any(
        one.required and one.kind.answered and one.kind.name != "fact" and not one.when for one in page.questions
    ):
        return
    found = wrong(form, page, {})

    seen = shown(page, Sheet("th", {}, found.problems, typed={}))

    ids = set(seen.xpath("//@id"))
    links = seen.xpath("//*[@id='problems']//a/@href")
    assert links and all(link.removeprefix("#") in ids for link in links)
    assert len(seen.xpath("//p[@class='error']")) == len(found.problems)
    assert seen.xpath("//title/text()")[0].startswith("มีข้อผิดพลาด: ")


def test_what_was_saved_comes_back_as_people_write_it() -> None:
    form = forms.load("food-sale-large")
    answers = forms.example(form)

    seen = shown(form.page("place"), Sheet("th", answers))

    assert seen.xpath("//input[@name='premises.house_no']/@value") == [answers["premises"]["house_no"]]
    chosen = seen.xpath("//select[@name='premises.subdistrict_code']/option[@selected]/@value")
    assert chosen == [answers["premises"]["subdistrict_code"]]


def test_what_was_typed_comes_back_as_it_was_typed() -> None:
    form = forms.load("food-sale-large")
    typed = {"premises.postcode": "๑๐๑๑๐", "floor_area_sqm": "<b>มาก"}

    seen = shown(form.page("place"), Sheet("th", {}, typed=typed))

    assert seen.xpath("//input[@name='floor_area_sqm']/@value") == ["<b>มาก"]
    assert len(seen.xpath("//select[@name='premises.subdistrict_code']/option")) > 1


def test_a_postcode_that_does_not_exist_is_named() -> None:
    form = forms.load("food-sale-large")

    seen = shown(form.page("place"), Sheet("th", {}, typed={"premises.postcode": "99999"}))

    said = seen.xpath("string(//select[@name='premises.subdistrict_code'])")
    assert said == "ไม่มีรหัสไปรษณีย์ 99999 ตรวจแล้วค้นหาใหม่"


@pytest.mark.parametrize("lang", ["th", "en"])
@pytest.mark.parametrize("kept", ["+66812345678", "+6621234567;ext=12"])
def test_a_telephone_number_stands_in_its_field_as_people_write_it_and_comes_back_the_same(
    kept: str, lang: Lang
) -> None:
    form = forms.load("food-sale-large")
    page = form.page("contact")
    asked = next(one for one in page.questions if one.kind.name == "phone")

    seen = shown(page, Sheet(lang, {**forms.example(form), asked.id: kept}))
    (typed,) = seen.xpath(f"//input[@name='{asked.id}']/@value")

    assert typed.startswith(("081-234-5678", "02-123-4567")) and "+66" not in typed
    assert asked.kind.check(asked, typed, asked.id, Context(None, {})) == kept
