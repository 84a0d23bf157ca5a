"""The draft of an order: facts, law and consideration, out of what was noted (Administrative Procedure Act s.37)."""

from licences.applications import Finding, Item, Verdict
from licences.letters import CONSIDERED, NOTHING_NOTED, Wrong, drafted

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
