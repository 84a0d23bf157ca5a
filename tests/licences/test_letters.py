"""The draft of an order: facts, law and consideration, out of what was noted (Administrative Procedure Act s.37)."""

import pytest

from licences import acts, catalogue
from licences.acts import Kind
from licences.applications import Finding, Item, Verdict
from licences.letters import CONSIDERED, NOTHING_NOTED, Told, Wrong, drafted, drafted_act

LAWS = ("พ.ร.บ.การสาธารณสุข พ.ศ. 2535 ม.56", "พ.ร.บ.การสาธารณสุข พ.ศ. 2535 ม.38")
FINDINGS = (
    Finding(item="บ่อดักไขมัน", result="fail", note="ไม่มีฝาปิด"),
    Finding(item="ห้องน้ำ", result="pass", note="สะอาด"),
    Finding(item="ทางหนีไฟ", result="fail", note=""),
)
SEATS = Wrong("จำนวนที่นั่ง", Item(field="seats", wrong="ไม่ตรงกับแผนผัง", wanted="จำนวนตามแผนผัง"))


def test_a_refusal_states_what_failed_the_provisions_and_the_consideration() -> None:
    lines = drafted(Verdict.REFUSE, LAWS, FINDINGS, ()).splitlines()

    assert lines[:3] == ["ข้อเท็จจริง", "- บ่อดักไขมัน: ไม่ผ่าน (ไม่มีฝาปิด)", "- ทางหนีไฟ: ไม่ผ่าน"]
    assert lines[3] == f"ข้อกฎหมาย {LAWS[0]} และ {LAWS[1]}"
    assert lines[4].startswith("ข้อพิจารณา") and "ไม่อนุญาต" in lines[4]


def test_a_request_states_each_item_and_a_provision_once() -> None:
    text = drafted(Verdict.ASK, (LAWS[0], LAWS[0]), (), (SEATS,))

    assert "- จำนวนที่นั่ง: ไม่ตรงกับแผนผัง" in text and text.count(LAWS[0]) == 1


def test_where_nothing_was_noted_the_officer_has_to_say_it() -> None:
    assert NOTHING_NOTED in drafted(Verdict.REFUSE, LAWS, FINDINGS[1:2], ())


def test_an_approval_needs_no_reason() -> None:
    assert drafted(Verdict.APPROVE, LAWS, FINDINGS, ()) == ""


def test_every_verdict_that_needs_a_reason_has_its_consideration() -> None:
    assert CONSIDERED.keys() == set(Verdict) - {Verdict.APPROVE}


# --- acts after the grant ---

FOOD = catalogue.load().licence("lao-food-sale-large")


@pytest.mark.parametrize("act", list(Kind))
@pytest.mark.parametrize("verdict", [Verdict.APPROVE, Verdict.REFUSE])
def test_every_act_has_a_draft_with_its_facts_provision_and_consideration(act: Kind, verdict: Verdict) -> None:
    rules = acts.procedure(act, FOOD)
    for stage in rules.stages:
        lines = drafted_act(rules, stage, verdict, Told()).splitlines()
        law, considered = lines[-2:]

        assert lines[0] == "ข้อเท็จจริง" and len(lines) >= 4
        assert law.startswith("ข้อกฎหมาย ") and rules.law in law and considered.startswith("ข้อพิจารณา ")


def test_an_order_says_what_the_holder_said_or_that_he_was_asked() -> None:
    rules = acts.procedure(Kind.SUSPENSION, FOOD)
    heard = drafted_act(rules, rules.stages[0], Verdict.APPROVE, Told(objection="ปรับปรุง\nแล้ว"))
    silent = drafted_act(rules, rules.stages[0], Verdict.APPROVE, Told())

    assert "- ผู้รับใบอนุญาตชี้แจงว่า ปรับปรุง แล้ว" in heard and "จึงเห็นชอบเรื่องพักใช้ใบอนุญาต" in heard
    assert "ไม่ได้ชี้แจงภายในกำหนด" in silent and NOTHING_NOTED not in heard + silent  # the ground was proposed


def test_what_a_holder_asks_for_is_answered_in_the_deciders_own_words() -> None:
    rules = acts.procedure(Kind.APPEAL, FOOD)
    first, last = (drafted_act(rules, one, Verdict.REFUSE, Told(asked="คำสั่งไม่ชอบ")) for one in rules.stages)

    assert "- ผู้อุทธรณ์โต้แย้งว่า คำสั่งไม่ชอบ" in first and NOTHING_NOTED in first
    assert "รายงานผู้มีอำนาจพิจารณาอุทธรณ์" in first and "ให้ยกอุทธรณ์" in last
