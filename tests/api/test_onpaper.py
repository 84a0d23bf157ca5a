"""What no paper can print is refused while its writer can still change it. Pure."""

import pytest

from activities.facts import one_line
from api import onpaper
from bench import specimens
from forms import form as forms
from forms.errors import Problems
from licences.applications import Decision, Item, Verdict
from signing.fitting import UnfitText

FORM = forms.load("food-sale-large")
ANSWERS = specimens.answered("food-sale-large").as_json()


def a_decision(verdict: Verdict, **said: object) -> Decision:
    return Decision.model_validate({"task_id": "t", "verdict": verdict, "officer": "o", **said})


@pytest.mark.parametrize("name", ["ครัวคุณย่า", "Café Größe Łódź 2569", "ร้าน “มะลิ” ฯลฯ"])
def test_what_the_papers_can_print_is_taken(name: str) -> None:
    onpaper.check_answers(FORM, ANSWERS | {"trade_name": name})


@pytest.mark.parametrize("name", ["寿司 จำกัด", "ครัว 🍣", "Ресторан ⁠"])
def test_an_answer_that_no_paper_can_print_is_refused_beside_its_field(name: str) -> None:
    with pytest.raises(Problems) as refused:
        onpaper.check_answers(FORM, ANSWERS | {"trade_name": name})

    (problem,) = refused.value.problems
    assert (problem.field, problem.kind) == ("trade_name", "unprintable")
    assert "U+" in problem.th and "U+" in problem.en


def test_what_is_not_printed_may_be_in_any_letters() -> None:
    unprinted = next(one.id for one in FORM.by_id.values() if one.kind.name in ("text", "textarea") and not one.printed)

    onpaper.check_answers(FORM, ANSWERS | {unprinted: "寿司"})


@pytest.mark.parametrize(
    ("decision", "field"),
    [
        (a_decision(Verdict.APPROVE, conditions=("ห้าม 🍣",)), "conditions"),
        (a_decision(Verdict.APPROVE, conditions=("บรรทัดแรก\nบรรทัดสอง",)), "conditions"),
        (a_decision(Verdict.REFUSE, reason="ไม่ผ่าน\n寿司"), "reason"),
        (a_decision(Verdict.REFUSE, reason="ก" * 2_001), "reason"),
        (a_decision(Verdict.ASK, reason="แก้", items=(Item(field="a", wrong="ผิด", wanted="🍣"),)), "items"),
        (a_decision(Verdict.APPROVE, number="12/寿"), "number"),
        (a_decision(Verdict.APPROVE, conditions=("ก" * 2_000,) * 11), "conditions"),
        (a_decision(Verdict.REFUSE, reason="ก\n" * 201), "reason"),
        (a_decision(Verdict.ASK, reason="แก้", items=(Item(field="a", wrong="ก" * 500, wanted="ข"),) * 41), "items"),
    ],
)
def test_an_officers_words_are_looked_at_too(decision: Decision, field: str) -> None:
    with pytest.raises(UnfitText) as refused:
        onpaper.check_decision(decision)

    assert refused.value.field == field


def test_a_reason_may_have_many_lines_and_an_approval_any_reason() -> None:
    onpaper.check_decision(a_decision(Verdict.REFUSE, reason="ข้อเท็จจริง\nข้อกฎหมาย\n\nข้อพิจารณา"))
    onpaper.check_decision(a_decision(Verdict.APPROVE, reason="🍣"))


def test_what_is_printed_may_be_typed_in_several_lines() -> None:
    form, answers = forms.load("dip-trademark"), specimens.answered("dip-trademark").as_json()
    lines = "เสื้อ \n\nกางเกง\nรองเท้า"

    onpaper.check_answers(form, answers | {"goods_list": lines})

    assert one_line(lines) == "เสื้อ; กางเกง; รองเท้า"
