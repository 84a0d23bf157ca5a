"""Who may act for a company: names compared, signing texts read, signatures counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licences import representation
from licences.representation import Alternative, Matched, Name, SigningRule

A, B, C = "นายสมชาย ใจดี", "นางสาวสมหญิง รักดี", "นางมาลี ศรีสุข"
SOMCHAI = Name(title="นาย", given="สมชาย", family="ใจดี")


def any_of() -> tuple[Alternative, ...]:
    return (Alternative(others=1),)


@pytest.mark.parametrize(
    ("person", "directors", "matched"),
    [
        (SOMCHAI, [SOMCHAI], Matched.ONE),
        (SOMCHAI, [], Matched.NONE),
        (SOMCHAI, [Name(title="นาย", given="สมชาย", family="ใจร้าย")], Matched.NONE),
        (Name(given=" สมชาย\u200b", family="ใจดี "), [SOMCHAI], Matched.ONE),  # no title, a zero-width space
        (Name(title="น.ส.", given="สมหญิง", family="รักดี"), [Name(title="นางสาว", given="สมหญิง", family="รักดี")], "one"),
        (
            Name(title="นาง", given="สมหญิง", family="รักดี"),
            [Name(title="นางสาว", given="สมหญิง", family="รักดี")],
            "ambiguous",
        ),
        (SOMCHAI, [SOMCHAI, SOMCHAI], Matched.AMBIGUOUS),
        (SOMCHAI, [SOMCHAI, Name(title="พันเอก", given="สมชาย", family="ใจดี")], Matched.ONE),
        (Name(given="สมชาย", family="ใจดี"), [SOMCHAI, Name(given="สมชาย", family="ใจดี")], Matched.AMBIGUOUS),
        (Name(given="กำพล", family="ดำ"), [Name(given="กํ\u0e32พล", family="ด\u0e4d\u0e32")], Matched.ONE),
        (Name(given="แก้ว", family="ดี"), [Name(given="เเก้ว", family="ดี")], Matched.ONE),
        (
            Name(title="Mr.", given="JOHN", family="Smith"),
            [Name(title="mr", given="John", family="SMITH")],
            Matched.ONE,
        ),
    ],
)
def test_a_person_is_matched_with_a_director_by_name(person: Name, directors: list[Name], matched: str) -> None:
    assert representation.names_match(person, directors).matched == matched


def test_an_ambiguous_match_says_who_it_could_be() -> None:
    assert len(representation.names_match(SOMCHAI, [SOMCHAI, SOMCHAI]).directors) == 2


@pytest.mark.parametrize(
    ("text", "kind", "alternatives", "seal"),
    [
        ("กรรมการคนใดคนหนึ่งลงลายมือชื่อ", "any_of", any_of(), False),
        ("กรรมการคนใดคนหนึ่งลงลายมือชื่อและประทับตราสำคัญของบริษัท/", "any_of", any_of(), True),
        ("กรรมการหนึ่งคนลงลายมือชื่อ และประทับตราสำคัญของบริษัท", "any_of", any_of(), True),
        ("กรรมการ 1 คน ลงลายมือชื่อ", "any_of", any_of(), False),
        ("กรรมการสองคนลงลายมือชื่อร่วมกัน", "n_of", (Alternative(others=2),), False),
        ("กรรมการสองคนลงลายมือชื่อร่วมกันและประทับตราสำคัญของบริษัท", "n_of", (Alternative(others=2),), True),
        ("กรรมการ ๓ ท่าน ลงลายมือชื่อร่วมกัน", "n_of", (Alternative(others=3),), False),
        (f"{A} ลงลายมือชื่อ", "named", (Alternative(names=(A,)),), False),
        (
            f"{A} หรือ {B} คนใดคนหนึ่งลงลายมือชื่อและประทับตราสำคัญของบริษัท",
            "named",
            (Alternative(names=(A,)), Alternative(names=(B,))),
            True,
        ),
        (f"{A} และ {B} ลงลายมือชื่อร่วมกัน", "named", (Alternative(names=(A, B)),), False),
        (
            f"{A} และ {B} หรือ {A} และ {C} ลงลายมือชื่อร่วมกัน",
            "named",
            (Alternative(names=(A, B)), Alternative(names=(A, C))),
            False,
        ),
        (
            f"{A} ลงลายมือชื่อร่วมกับ {B} หรือ {C} ลงลายมือชื่อ",
            "named",
            (Alternative(names=(A, B)), Alternative(names=(A, C))),
            False,
        ),
        (
            f"{A} ลงลายมือชื่อร่วมกับกรรมการอื่นอีกหนึ่งคน ลงลายมือชื่อและประทับตราสำคัญของบริษัท",
            "named",
            (Alternative(names=(A,), others=1),),
            True,
        ),
        (
            f"{A} {B} {C} สองในสามคนนี้ลงลายมือชื่อร่วมกัน",
            "named",
            (Alternative(names=(A, B)), Alternative(names=(A, C)), Alternative(names=(B, C))),
            False,
        ),
    ],
)
def test_common_texts_of_the_register_are_read(
    text: str, kind: str, alternatives: tuple[Alternative, ...], seal: bool
) -> None:
    assert representation.read_signing_text(text) == SigningRule(
        kind=kind, alternatives=alternatives, seal_required=seal
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ตามที่ที่ประชุมกำหนด",
        f"{A} และ {B} หรือ {C} ลงลายมือชื่อร่วมกัน",  # can be read in two ways
        f"{A} {B} สองในสามคนนี้ลงลายมือชื่อร่วมกัน",  # three are announced, two named
        "กรรมการสองคนลงลายมือชื่อร่วมกัน เว้นแต่การกู้ยืมเงินต้องลงลายมือชื่อสามคน",
        "สมชาย ลงลายมือชื่อ",  # neither a title nor a family name
        f"{A} ลงลายมือชื่อร่วมกัน",  # jointly with whom?
    ],
)
def test_a_text_not_wholly_understood_is_left_to_an_officer(text: str) -> None:
    assert representation.read_signing_text(text) is None


def test_signatures_are_counted_once_each() -> None:
    rule = SigningRule(kind="n_of", alternatives=(Alternative(others=2),))

    assert not representation.satisfied(rule, [A])
    assert not representation.satisfied(rule, [A, A + " "])
    assert representation.satisfied(rule, [A, B])


def test_what_is_missing_is_said_for_the_nearest_way() -> None:
    rule = SigningRule(
        kind="named", alternatives=(Alternative(names=(A, B)), Alternative(names=(C,), others=2)), seal_required=True
    )

    assert representation.missing(rule, [A]) == representation.Missing(names=(B,))
    assert representation.missing(rule, [C]) == representation.Missing(others=2)
    assert representation.missing(rule, [C, "นายอื่น คนหนึ่ง"]) == representation.Missing(others=1)
    assert representation.satisfied(rule, [B, A])


@pytest.mark.parametrize(
    ("text", "director"),
    [
        ("นาย สมชาย ใจดี ลงลายมือชื่อ", SOMCHAI),
        ("ดร.สมชาย ใจดี ลงลายมือชื่อ", Name(title="ดร.", given="สมชาย", family="ใจดี")),
        ("Mr.John Smith ลงลายมือชื่อ", Name(title="Mr.", given="John", family="Smith")),
    ],
)
def test_a_space_after_the_title_makes_nobody_another(text: str, director: Name) -> None:
    rule = representation.read_signing_text(text)

    assert rule and representation.satisfied(rule, [str(director)])


@given(st.text(max_size=120))
def test_no_text_breaks_the_reader(text: str) -> None:
    representation.read_signing_text(text + "ลงลายมือชื่อร่วมกัน")
