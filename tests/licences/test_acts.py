"""Acts after the grant: what their data say, who may do what, and what the register then comes to."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licences import acts, catalogue, register, renewals
from licences.acts import Kind, StandsOtherwise, Wanted, WantedWrong
from licences.register import Entry, EntryKind, Standing, next_change, status_on, stayed_on

DAY = timedelta(days=1)
TODAY = date(2026, 11, 20)
LAST = date(2026, 12, 31)
DRUG, FOOD, HERBAL = "fda-drug-wholesale", "lao-food-sale-large", "fda-herbal-manufacture"


def rules(act: Kind, code: str = DRUG) -> acts.ActProcedure:
    return acts.procedure(act, catalogue.load().licence(code))


def entry(seq: int, kind: EntryKind, since: date = TODAY, until: date | None = None) -> Entry:
    return Entry(seq, kind, since, until)


GRANT = entry(1, EntryKind.GRANT, TODAY - 30 * DAY, LAST)


@pytest.mark.parametrize("act", list(Kind))
def test_every_licence_has_every_act_with_its_law_and_somebody_who_decides(act: Kind) -> None:
    for licence in catalogue.load().licences:
        told = acts.procedure(act, licence)
        assert told.law and told.stages and told.version and (told.opened_by or act is Kind.STAY)
        assert any("ก" <= letter <= "๛" for letter in told.title.th + told.stages[0].asks.th)


@pytest.mark.parametrize(
    "act",
    [Kind.SUSPENSION, Kind.REVOCATION, Kind.LIFTING, Kind.REINSTATEMENT, Kind.CORRECTION, Kind.STAY, Kind.STAY_END],
)
def test_what_an_officer_proposes_another_decides(act: Kind) -> None:
    for licence in catalogue.load().licences:
        assert all(acts.PROPOSAL in stage.not_same_officer_as for stage in acts.procedure(act, licence).stages)


@pytest.mark.parametrize(
    ("code", "act", "law", "days"),
    [
        (DRUG, Kind.SUSPENSION, "ม.95", 120),
        (HERBAL, Kind.SUSPENSION, "ม.83", 120),
        ("dot-tour-business", Kind.SUSPENSION, "ม.45", 180),
        (FOOD, Kind.SUSPENSION, "ม.59", 15),
        ("dbd-company-register", Kind.SUSPENSION, "ม.30", 180),
    ],
)
def test_a_sectors_act_says_how_long_a_suspension_lasts(code: str, act: Kind, law: str, days: int) -> None:
    told = rules(act, code)

    assert law in told.law and told.longest_days == days
    acts.check_wanted(told, Wanted(reason="x", since=TODAY, until=TODAY + (days - 1) * DAY), TODAY)
    with pytest.raises(WantedWrong) as longer:
        acts.check_wanted(told, Wanted(reason="x", since=TODAY, until=TODAY + days * DAY), TODAY)
    assert longer.value.field == "until"


@pytest.mark.parametrize(
    ("act", "wanted", "field"),
    [
        (Kind.SUSPENSION, Wanted(until=LAST), "reason"),
        (Kind.SUSPENSION, Wanted(reason="x"), "until"),
        (Kind.SUSPENSION, Wanted(reason="x", since=TODAY - DAY, until=LAST), "since"),
        (Kind.REVOCATION, Wanted(reason="x", since=TODAY - DAY), "since"),
        (Kind.CORRECTION, Wanted(reason="x"), "changes"),
        (Kind.CORRECTION, Wanted(reason="x", changes={"trade_name": " "}), "changes"),
        (Kind.CORRECTION, Wanted(reason="x", changes={"unknown": "y"}), "changes.unknown"),
        (Kind.CESSATION, Wanted(reason="x", since=TODAY - 16 * DAY), "since"),
    ],
)
def test_what_is_not_whole_is_refused_beside_its_field(act: Kind, wanted: Wanted, field: str) -> None:
    with pytest.raises(WantedWrong) as wrong:
        acts.check_wanted(rules(act), wanted, TODAY, ["trade_name"])

    assert wrong.value.field == field and wrong.value.th and wrong.value.en


def test_ceasing_is_told_before_or_after_as_the_act_says() -> None:
    acts.check_wanted(rules(Kind.CESSATION), Wanted(reason="x", since=TODAY - 15 * DAY), TODAY)  # Drug Act s.35
    acts.check_wanted(rules(Kind.CESSATION, HERBAL), Wanted(reason="x", since=TODAY + 15 * DAY), TODAY)  # Herbal s.66
    with pytest.raises(WantedWrong):
        acts.check_wanted(rules(Kind.CESSATION, HERBAL), Wanted(reason="x", since=TODAY + 14 * DAY), TODAY)


@pytest.mark.parametrize(
    ("told_on", "last"),
    [
        (date(2026, 4, 2), date(2026, 4, 17)),
        (date(2026, 3, 30), date(2026, 4, 16)),
        (date(2026, 7, 13), date(2026, 7, 31)),
    ],
)
def test_the_days_to_appeal_are_those_of_the_rules_reference(told_on: date, last: date) -> None:
    from licences.calendar import holidays

    appeal = rules(Kind.APPEAL, "dbd-company-register").appeal.model_copy(update={"days": 15})

    assert acts.last_day_to_appeal(told_on, appeal, holidays()) == last
    acts.check_appeal(told_on, appeal, last, holidays())
    with pytest.raises(acts.AppealTooLate):
        acts.check_appeal(told_on, appeal, last + DAY, holidays())


def test_an_authoritys_days_are_not_moved_by_a_holiday() -> None:
    from licences.calendar import authority_deadline

    decider = rules(Kind.APPEAL, FOOD).stages[0]

    assert decider.decider and decider.days == 30
    assert authority_deadline(date(2026, 5, 1), decider.days) == date(2026, 5, 31)  # a Sunday (APA s.64 para 2)


@pytest.mark.parametrize(
    ("wanted", "period"),
    [
        (Wanted(until=TODAY + 14 * DAY), (TODAY + 20 * DAY, TODAY + 34 * DAY)),  # as many days from the order on
        (Wanted(since=TODAY, until=TODAY + 30 * DAY), (TODAY + 20 * DAY, TODAY + 30 * DAY)),
        (Wanted(since=TODAY + 25 * DAY, until=TODAY + 30 * DAY), (TODAY + 25 * DAY, TODAY + 30 * DAY)),
    ],
)
def test_an_order_does_not_reach_back(wanted: Wanted, period: tuple[date, date]) -> None:
    assert acts.period(Kind.SUSPENSION, wanted, TODAY, TODAY + 20 * DAY) == period


def test_a_suspension_whose_days_are_over_before_it_is_ordered_is_proposed_anew() -> None:
    with pytest.raises(StandsOtherwise):
        acts.period(Kind.SUSPENSION, Wanted(since=TODAY, until=TODAY + 9 * DAY), TODAY, TODAY + 20 * DAY)


# --- what the register comes to ---


@pytest.mark.parametrize(
    ("entries", "worth"),
    [
        ((entry(2, EntryKind.SUSPENSION, TODAY, TODAY + 9 * DAY),), Standing.SUSPENDED),
        ((entry(2, EntryKind.SUSPENSION, TODAY - 9 * DAY, TODAY - DAY),), Standing.IN_FORCE),
        ((entry(2, EntryKind.SUSPENSION), entry(3, EntryKind.LIFTING)), Standing.IN_FORCE),
        ((entry(2, EntryKind.REVOCATION),), Standing.REVOKED),
        ((entry(2, EntryKind.REVOCATION), entry(3, EntryKind.REINSTATEMENT)), Standing.IN_FORCE),
        ((entry(2, EntryKind.REVOCATION, TODAY + DAY),), Standing.IN_FORCE),
        # A suspension that still runs is not undone by the reinstatement after a revocation.
        (
            (entry(2, EntryKind.SUSPENSION), entry(3, EntryKind.REVOCATION), entry(4, EntryKind.REINSTATEMENT)),
            Standing.SUSPENDED,
        ),
        ((entry(2, EntryKind.REPLACEMENT, TODAY - 30 * DAY, LAST),), Standing.IN_FORCE),
        ((entry(2, EntryKind.TRANSFER, TODAY, LAST),), Standing.IN_FORCE),
        ((entry(2, EntryKind.CANCELLATION, TODAY + DAY),), Standing.IN_FORCE),
        ((entry(2, EntryKind.CANCELLATION),), Standing.ENDED),
    ],
)
def test_what_a_licence_is_worth_after_an_act(entries: tuple[Entry, ...], worth: Standing) -> None:
    assert status_on((GRANT, *entries), TODAY) is worth


def test_what_a_former_holder_asked_for_is_not_carried_out_any_more() -> None:
    acts.check_hands("a", "a")
    with pytest.raises(StandsOtherwise, match="no longer its holder"):
        acts.check_hands("a", "b")


# --- stays while an order is appealed against (APA s.44) ---

SUSPENDED = entry(2, EntryKind.SUSPENSION, TODAY, TODAY + 20 * DAY)
REVOKED = entry(2, EntryKind.REVOCATION, TODAY)
STAYED, RESUMED = EntryKind.SUSPENSION_STAYED, EntryKind.SUSPENSION_RESUMED


@pytest.mark.parametrize(
    ("entries", "worth"),
    [  # on the day before the stay, on its first day, on the day it ends, and after the order's own last day
        ((SUSPENDED, entry(3, STAYED, TODAY + 5 * DAY)), "suspended in-force* in-force* in-force"),
        (
            (SUSPENDED, entry(3, STAYED, TODAY + 5 * DAY), entry(4, RESUMED, TODAY + 9 * DAY)),
            "suspended in-force* suspended in-force",
        ),
        (  # a stay is of its own order: a licence suspended, and then revoked, stays revoked
            (SUSPENDED, entry(3, EntryKind.REVOCATION, TODAY), entry(4, STAYED, TODAY + 5 * DAY)),
            "revoked revoked* revoked* revoked",
        ),
        (
            (SUSPENDED, entry(3, EntryKind.REVOCATION), entry(4, EntryKind.REVOCATION_STAYED, TODAY + 5 * DAY)),
            "revoked suspended* suspended* in-force*",
        ),
        ((REVOKED, entry(3, EntryKind.REVOCATION_STAYED, TODAY + 5 * DAY)), "revoked in-force* in-force* in-force*"),
        (
            (SUSPENDED, entry(3, STAYED, TODAY + 5 * DAY), entry(4, EntryKind.LIFTING, TODAY + 9 * DAY)),
            "suspended in-force* in-force in-force",
        ),
        (  # ordered to begin later, and stayed before it begins: it never binds
            (entry(2, EntryKind.SUSPENSION, TODAY + 5 * DAY, TODAY + 20 * DAY), entry(3, STAYED, TODAY)),
            "in-force in-force* in-force* in-force",
        ),
    ],
)  # fmt: skip
def test_what_a_licence_is_worth_while_an_order_is_stayed(entries: tuple[Entry, ...], worth: str) -> None:
    days = [TODAY + n * DAY for n in (4, 5, 9, 21)]
    said = [status_on((GRANT, *entries), day) + "*" * bool(stayed_on((GRANT, *entries), day)) for day in days]

    assert " ".join(said) == worth


def test_a_stay_does_not_make_a_suspension_any_longer() -> None:
    entries = (GRANT, SUSPENDED, entry(3, STAYED, TODAY), entry(4, RESUMED, TODAY + 19 * DAY))

    assert next_change(entries, TODAY) == TODAY + 19 * DAY
    assert next_change(entries, TODAY + 19 * DAY) == TODAY + 21 * DAY


@pytest.mark.parametrize(
    ("act", "entries", "appealed", "no"),
    [
        (Kind.STAY, (SUSPENDED,), True, ""),
        (Kind.STAY, (SUSPENDED,), False, "while an appeal"),
        (Kind.STAY, (SUSPENDED, entry(3, STAYED, TODAY + 3 * DAY)), True, "stayed already"),
        (Kind.STAY, (SUSPENDED, entry(3, EntryKind.LIFTING)), True, "binds nobody"),
        (Kind.STAY, (SUSPENDED, entry(3, EntryKind.LIFTING, TODAY + DAY)), True, ""),
        (Kind.STAY, (entry(2, EntryKind.SUSPENSION, TODAY - 9 * DAY, TODAY - DAY),), True, "binds nobody"),
        (Kind.STAY_END, (SUSPENDED,), True, "is not stayed"),
        (Kind.STAY_END, (SUSPENDED, entry(3, STAYED)), False, ""),
        (Kind.STAY_END, (SUSPENDED, entry(3, STAYED), entry(4, RESUMED)), True, "is not stayed"),
    ],
)
def test_an_order_is_stayed_while_it_is_appealed_against_and_once(
    act: Kind, entries: tuple[Entry, ...], appealed: bool, no: str
) -> None:
    assert acts.may_stay(act, Kind.SUSPENSION, (GRANT, *entries), TODAY, appealed=appealed) is not bool(no)
    if no:
        with pytest.raises(StandsOtherwise, match=no):
            acts.check_stay(act, Kind.SUSPENSION, (GRANT, *entries), TODAY, appealed=appealed)


@pytest.mark.parametrize(
    ("act", "entries", "allowed"),
    [  # whoever rules on the appeal undoes the order, stayed or not; and a second of its kind waits for that
        (Kind.LIFTING, (SUSPENDED, entry(3, STAYED)), True),
        (Kind.REINSTATEMENT, (REVOKED, entry(3, EntryKind.REVOCATION_STAYED)), True),
        (Kind.SUSPENSION, (SUSPENDED, entry(3, STAYED)), False),
        (Kind.REVOCATION, (REVOKED, entry(3, EntryKind.REVOCATION_STAYED)), False),
        (Kind.REVOCATION, (SUSPENDED, entry(3, STAYED)), True),
        (Kind.SUSPENSION, (REVOKED, entry(3, EntryKind.REVOCATION_STAYED)), True),
    ],
)
def test_what_may_be_done_to_a_licence_whose_order_is_stayed(
    act: Kind, entries: tuple[Entry, ...], allowed: bool
) -> None:
    if allowed:
        return acts.check_standing(act, (GRANT, *entries), TODAY)
    with pytest.raises(StandsOtherwise, match="stayed"):
        acts.check_standing(act, (GRANT, *entries), TODAY)


def test_where_a_sectors_act_knows_no_stay_nobody_orders_one() -> None:
    acts.check_stay_known(rules(Kind.STAY, FOOD))
    for code in (DRUG, HERBAL):
        with pytest.raises(acts.NoStay):
            acts.check_stay_known(rules(Kind.STAY, code))


KEPT = LAST + 20 * DAY


@pytest.mark.parametrize(
    ("entries", "days", "worth"),
    [  # an entry of an expiry ends nothing: it says from which day the licence was over
        ((entry(2, EntryKind.EXPIRY, LAST + DAY),), (LAST, LAST + DAY), "in-force expired"),
        ((entry(2, EntryKind.EXPIRY, KEPT),), (LAST + DAY, KEPT - DAY, KEPT), "in-force in-force expired"),
        (
            (entry(2, EntryKind.SUSPENSION, LAST), entry(3, EntryKind.EXPIRY, KEPT)),
            (LAST, KEPT - DAY, KEPT),
            "suspended suspended expired",
        ),
        (  # a renewal after a gap: what ended then does not end it, and its own end does not fill the gap
            (
                entry(2, EntryKind.EXPIRY, LAST + DAY),
                entry(3, EntryKind.RENEWAL, KEPT, KEPT + 9 * DAY),
                entry(4, EntryKind.EXPIRY, KEPT + 10 * DAY),
            ),
            (LAST + DAY, KEPT, KEPT + 9 * DAY, KEPT + 10 * DAY),
            "expired in-force in-force expired",
        ),
        (
            (entry(2, EntryKind.RENEWAL, KEPT, KEPT + 9 * DAY), entry(3, EntryKind.EXPIRY, KEPT + 10 * DAY)),
            (LAST + DAY, KEPT),
            "expired in-force",
        ),
        (
            (entry(2, EntryKind.AMENDMENT, LAST, LAST), entry(3, EntryKind.EXPIRY, KEPT)),
            (LAST + DAY, KEPT),
            "in-force expired",
        ),
    ],
)
def test_what_a_licence_was_worth_once_its_end_is_entered(
    entries: tuple[Entry, ...], days: tuple[date, ...], worth: str
) -> None:
    assert " ".join(status_on((GRANT, *entries), day) for day in days) == worth


def test_a_suspension_ends_on_its_day_without_anybody_acting() -> None:
    last = TODAY + 9 * DAY
    entries = (GRANT, entry(2, EntryKind.SUSPENSION, TODAY, last))

    assert [status_on(entries, last), status_on(entries, last + DAY)] == [Standing.SUSPENDED, Standing.IN_FORCE]
    assert next_change(entries, TODAY) == last + DAY


KINDS = st.sampled_from([one for one in EntryKind if one not in (EntryKind.GRANT, EntryKind.REMARK)])
SOME = st.lists(st.tuples(KINDS, st.integers(-20, 60), st.none() | st.integers(0, 40)), max_size=5)


@given(SOME, st.integers(-10, 90))
def test_between_two_looks_nothing_changes(some: list[tuple[EntryKind, int, int | None]], offset: int) -> None:
    entries = [GRANT] + [
        entry(n, kind, TODAY + since * DAY, None if lasts is None else TODAY + (since + lasts) * DAY)
        for n, (kind, since, lasts) in enumerate(some, 2)
    ]
    day = TODAY + offset * DAY
    change = next_change(entries, day)

    until = change or day + 200 * DAY
    same = status_on(entries, day)
    while (day := day + DAY) < until:
        assert status_on(entries, day) is same
    assert change is None or status_on(entries, change) is not same


@pytest.mark.parametrize(
    ("act", "entries", "allowed"),
    [
        (Kind.SUSPENSION, (), True),
        (Kind.SUSPENSION, (entry(2, EntryKind.SUSPENSION),), False),
        (Kind.SUSPENSION, (entry(2, EntryKind.SUSPENSION, TODAY + DAY),), False),
        (Kind.LIFTING, (), False),
        (Kind.LIFTING, (entry(2, EntryKind.SUSPENSION),), True),
        (Kind.REVOCATION, (entry(2, EntryKind.SUSPENSION),), True),
        (Kind.REVOCATION, (entry(2, EntryKind.REVOCATION),), False),
        (Kind.REINSTATEMENT, (entry(2, EntryKind.REVOCATION),), True),
        (Kind.TRANSFER, (entry(2, EntryKind.SUSPENSION),), False),
        (Kind.CORRECTION, (entry(2, EntryKind.CANCELLATION),), False),
        (Kind.CESSATION, (), True),
    ],
)
def test_an_act_is_possible_only_as_the_licence_stands(act: Kind, entries: tuple[Entry, ...], allowed: bool) -> None:
    if allowed:
        return acts.check_standing(act, (GRANT, *entries), TODAY)
    with pytest.raises(StandsOtherwise) as no:
        acts.check_standing(act, (GRANT, *entries), TODAY)
    assert no.value.status == 409 and no.value.th and no.value.en


# --- reminders ---


@pytest.mark.parametrize(
    ("before", "owed"), [(61, None), (60, 60), (59, 60), (30, 30), (29, 30), (8, 30), (7, 7), (0, 7), (-1, None)]
)
def test_a_reminder_is_owed_sixty_thirty_and_seven_days_before_the_end(before: int, owed: int | None) -> None:
    assert renewals.reminder_on(LAST, LAST - before * DAY) == owed


def test_a_licence_is_looked_at_on_four_days_and_no_other() -> None:
    days, day = [], LAST - 365 * DAY
    while nxt := renewals.next_look(LAST, [entry(1, EntryKind.GRANT, LAST - 365 * DAY, LAST)], day):
        days.append((nxt - LAST).days)
        day = nxt

    assert days == [-60, -30, -7, 1]


def test_while_a_renewal_is_decided_it_is_looked_at_every_day() -> None:
    assert renewals.next_look(LAST, [GRANT], LAST, pending=True) == LAST + DAY
    assert renewals.next_look(LAST, [GRANT], LAST + 5 * DAY, pending=True) == LAST + 6 * DAY
    closes = LAST + 2 * DAY
    assert renewals.next_look(LAST, [GRANT], LAST + DAY, closes=closes) == closes + DAY
    assert renewals.next_look(None, [entry(1, EntryKind.GRANT)], TODAY) is None


def test_case_numbers_are_told_from_applications() -> None:
    number = register.case_number(2569, 4)

    assert register.is_case(number) and register.is_valid(number) and number.startswith("CASE-2569-0000004-")
    assert not register.is_case(register.application_number(2569, 4))


@pytest.mark.parametrize(
    ("order", "until", "fine"),
    [
        (Kind.SUSPENSION, TODAY, True),
        (Kind.SUSPENSION, LAST - DAY, True),
        (Kind.SUSPENSION, LAST, False),
        (Kind.SUSPENSION, TODAY - DAY, False),
        (Kind.REVOCATION, TODAY, False),
        (None, TODAY, False),
    ],
)
def test_a_ruling_may_leave_fewer_days_of_a_suspension_and_never_more(
    order: Kind | None, until: date, fine: bool
) -> None:
    if fine:
        return acts.check_varied(order, LAST, until, TODAY)
    with pytest.raises(WantedWrong) as wrong:
        acts.check_varied(order, LAST, until, TODAY)
    assert wrong.value.field == "until"


def test_a_suspension_that_a_ruling_shortened_ends_on_the_day_it_says() -> None:
    suspended = [GRANT, entry(2, EntryKind.SUSPENSION, TODAY, LAST - DAY), entry(3, EntryKind.LIFTING, TODAY + 4 * DAY)]

    assert [status_on(suspended, TODAY + n * DAY) for n in (0, 3, 4)] == [
        Standing.SUSPENDED, Standing.SUSPENDED, Standing.IN_FORCE,
    ]  # fmt: skip
    assert next_change(suspended, TODAY) == TODAY + 4 * DAY


def test_who_asks_for_something_is_asked_why_and_not_for_the_law() -> None:
    def said(act: Kind) -> str:
        with pytest.raises(WantedWrong) as wrong:
            acts.check_wanted(rules(act), Wanted(reason=" "), TODAY)
        return wrong.value.th

    assert said(Kind.REPLACEMENT) == "โปรดระบุเหตุผล"
    assert "ข้อกฎหมาย" in said(Kind.REVOCATION)
