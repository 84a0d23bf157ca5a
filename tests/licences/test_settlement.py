"""A payee's statement: recomputed from its own lines alone, edge to edge with the one before."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licences import register, settlement
from licences.settlement import Line, Statement

PAYEE = "payable:treasury:fda"
AT = datetime(2026, 11, 20, 3, tzinfo=UTC)


def lines(*amounts: int, after: int = 0) -> tuple[Line, ...]:
    """Lines as they stand in the books; a negative amount is one that was set aside for a refund."""
    found, last = [], register.GENESIS
    for seq, amount in enumerate(amounts, start=after + 1):
        sides = ("bank", PAYEE) if amount > 0 else (PAYEE, "owed-to-payer")
        line = Line(
            seq=seq, key=f"payment:T-{seq}:0", debit=sides[0], credit=sides[1], satang=abs(amount), bill=f"B{seq}",
            transaction_id=f"T-{seq}", memo="Act", at=AT, previous_hash=last, hash="",
        )  # fmt: skip
        last = register.link(last, line.body())
        found.append(line.model_copy(update={"hash": last}))
    return tuple(found)


def a_statement(*amounts: int, before: Statement | None = None) -> Statement:
    after = before.upto_seq if before else 0
    return Statement(
        settlement=f"ST-{after}", payee=PAYEE, until=date(2026, 11, 20), after_seq=after, upto_seq=after + len(amounts),
        satang=sum(amounts), previous=before.settlement if before else "",
        previous_digest=before.digest() if before else "", lines=lines(*amounts, after=after),
    )  # fmt: skip


def test_a_true_statement_holds_and_survives_the_way_through_a_file() -> None:
    first = a_statement(100_000, 50_001, -20_000)
    second = a_statement(7, before=first)

    there = settlement.read(second.model_dump(mode="json"))

    assert settlement.faults(first) == ()
    assert settlement.faults(there, settlement.read(first.model_dump(mode="json"))) == ()
    assert there.digest() == second.digest()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda s: s.model_copy(update={"satang": s.satang + 1}), "come to"),
        (lambda s: s.model_copy(update={"lines": s.lines[1:]}), "come to"),
        (lambda s: s.model_copy(update={"lines": s.lines[::-1]}), "out of its place"),
        (lambda s: s.model_copy(update={"payee": "payable:agency:fda"}), "does not move this account"),
        (
            lambda s: s.model_copy(update={"lines": (s.lines[0].model_copy(update={"satang": 1}), *s.lines[1:])}),
            "not what its hash says",
        ),
    ],
)
def test_whatever_was_changed_is_named(change: object, says: str) -> None:
    changed = change(a_statement(100_000, 50_000))  # type: ignore[operator]

    assert any(says in fault for fault in settlement.faults(changed))


def test_what_lies_between_two_statements_is_named() -> None:
    first = a_statement(100_000)
    second = a_statement(50_000, before=first)

    hole = second.model_copy(update={"after_seq": 2})
    other = second.model_copy(update={"previous_digest": "0" * 64})

    assert any("in neither statement" in fault for fault in settlement.faults(hole, first))
    assert any("does not follow" in fault for fault in settlement.faults(other, first))


def test_the_payees_own_list_is_held_against_it_bill_by_bill() -> None:
    said = a_statement(100, 200)

    assert settlement.against_own(said, {"B1": 100, "B2": 200}) == ()
    assert settlement.against_own(said, {"B1": 99, "B3": 5}) == (
        "B1: 100 satang in the statement, 99 in your list",
        "B2: 200 satang in the statement, 0 in your list",
        "B3: 0 satang in the statement, 5 in your list",
    )


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=20), st.data())
def test_no_single_satang_can_be_moved_unseen(amounts: list[int], data: st.DataObject) -> None:
    said = a_statement(*amounts)
    at = data.draw(st.integers(0, len(amounts) - 1))
    line = said.lines[at]

    moved = line.model_copy(update={"satang": line.satang + 1})
    changed = said.model_copy(
        update={"lines": (*said.lines[:at], moved, *said.lines[at + 1 :]), "satang": said.satang + 1}
    )

    assert settlement.faults(said) == ()
    assert settlement.faults(changed) != ()


@pytest.mark.parametrize(
    ("rhythm", "today", "last"),
    [
        ("daily", date(2026, 11, 20), date(2026, 11, 19)),
        ("daily", date(2027, 1, 1), date(2026, 12, 31)),
        ("monthly", date(2026, 11, 20), date(2026, 10, 31)),
        ("monthly", date(2026, 12, 1), date(2026, 11, 30)),
    ],
)
def test_a_period_is_settled_when_it_is_over(rhythm: settlement.Rhythm, today: date, last: date) -> None:
    assert settlement.last_day(rhythm, today) == last
