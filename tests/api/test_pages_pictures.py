"""Pictures: every procedure of the catalogue drawn in both languages; QR codes that read back."""

import io

import pytest
import zxingcpp
from lxml import etree
from PIL import Image

from api import pictures
from licences import catalogue
from licences.procedure import Operation, Procedure

DAY = catalogue.date(2026, 11, 20)


def procedures() -> list[Procedure]:
    """Every procedure there is."""
    law = catalogue.load()
    return [law.procedure(one.code, operation, DAY) for one in law.licences for operation in one.operations]


def food() -> Procedure:
    """A long one."""
    return catalogue.load().procedure("lao-food-sale-large", Operation.NEW, DAY)


@pytest.mark.parametrize("lang", ["th", "en"])
def test_every_procedure_has_a_picture_of_its_phases(lang: pictures.Lang) -> None:
    for procedure in procedures():
        svg = etree.fromstring(pictures.lanes(procedure, lang))
        boxes = svg.findall(".//{*}rect[@class='p-box']")

        assert len(boxes) == len(pictures.phases(procedure, lang)) >= 2
        said, beside = svg.get("aria-label", ""), [one for one in pictures.phases(procedure, lang) if one.beside]
        assert (said.count("→"), said.count("∥")) == (len(boxes) - 1 - len(beside), len(beside))


@pytest.mark.parametrize("lang", ["th", "en"])
def test_titles_fit_their_boxes(lang: pictures.Lang) -> None:
    for procedure in procedures():
        for phase in pictures.phases(procedure, lang):
            lines = pictures.broken("✓ " + phase.title, lang)

            assert 1 <= len(lines) <= 3, phase.title


def test_those_who_are_heard_at_the_same_time_stand_beside_each_other_and_a_committee_says_how_many_vote() -> None:
    power = catalogue.load().procedure("erc-generation", Operation.NEW, DAY)
    drawn = {one.name: one for one in pictures.phases(power, "en")}

    assert [name for name, one in drawn.items() if one.beside] == ["building-opinion"]
    assert (drawn["committee"].who, drawn["factory-opinion"].who) == ("Committee of 3", "Opinion")
    assert pictures.lanes(power, "en").count("v16 M") == 1


def test_where_it_stands_and_what_is_behind_look_different() -> None:
    svg = pictures.lanes(food(), "th", now="inspection", done=("submit", "completeness"))

    assert svg.count('class="p-now"') == 1
    assert svg.count('class="p-done"') == 2
    assert svg.count("✓") == 2


def test_a_picture_standing_alone_carries_its_colours_and_needs_no_stylesheet() -> None:
    svg = pictures.lanes(food(), "en", standing_alone=True)

    assert "class=" not in svg and "style" not in svg
    assert etree.fromstring(svg) is not None


def test_a_title_is_escaped() -> None:
    title = food().title.model_copy(update={"th": '<b>"&'})

    assert etree.fromstring(pictures.lanes(food().model_copy(update={"title": title}), "th")) is not None


def test_the_qr_reads_back_as_the_text_of_the_bill() -> None:
    text = "00020101021230650016A00000067701011201150999999999999000212BP69000001230306LIC2895303764540710"

    (read,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(pictures.qr_png(text))))

    assert read.text == text
    assert etree.fromstring(pictures.qr_svg(text, "QR")).get("role") == "img"
