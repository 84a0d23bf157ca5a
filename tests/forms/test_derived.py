"""Forms that follow from another: what is asked again, what may change, what a new answer rules out."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from forms import derived, form
from forms.definition import Form, read
from forms.errors import DefinitionFault, Problems
from licences import catalogue

USED = sorted(
    {act.form for one in catalogue.load().licences for act in one.operations.values() if ":" in act.form},
)


def words(th: str, en: str) -> dict[str, str]:
    return {"th": th, "en": en}


def question(id_: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"id": id_, "kind": kind, "title": words(f"ข้อ {id_}", f"The {id_}"), **more}


def options(*values: str) -> list[dict[str, str]]:
    return [{"value": value, "th": "ก", "en": value} for value in values]


def kennel(**more: Any) -> Form:
    """The first form of a licence that nobody grants: a kennel."""
    kind = question("kind", "choice", options=options("dogs", "cats"), printed=True)
    runs = question("runs", "whole", when={"question": "kind", "is": "dogs"}, printed=True)
    shade = question("shade", "yes-no", when={"question": "kind", "is": "dogs"})
    water = question("water", "choice", options=options("mains", "well"))
    well_m = question("well_m", "decimal", when={"question": "water", "is": "well"})
    well_by = question("well_by", "text", when={"question": "well_m", "more_than": 9})
    shade_how = question("shade_how", "text", when={"question": "shade", "is": True})
    plan = question("plan", "file", when={"question": "shade", "is": True})
    breed = question("breed", "text", printed=True)
    pages = [
        {
            "id": "kennel",
            "title": words("คอก", "Kennel"),
            "question": [kind, runs, shade, shade_how, plan, water, well_m, well_by],
        },
        {
            "id": "breeds",
            "title": words("สายพันธุ์", "Breeds"),
            "each": {"name": words("สายพันธุ์", "breed"), "max": 5},
            "question": [breed, question("note", "text")],
        },
        {"block": "applicant"},
    ]
    return read("kennel", {"title": words("คำขอตั้งคอก", "Kennel licence"), "law": "ม.1", "page": pages, **more})


def amendment(first: Form) -> Form:
    return derived.derive("amendment:kennel", derived.rule("amendment"), first)


def asked(amended: Form, **answers: Any) -> set[str]:
    """The questions that one who gave these answers is asked."""
    return {
        one.id
        for page in amended.pages
        for one in page.questions
        if page.applies(answers) and one.applies(answers) and one.kind.answered and one.kind.name != "fact"
    } - {"contact_email", "contact_phone", "reply_channel", "declare_true", "declare_registers"}


CHOICE = {"changes", "amended_because", "changes_on"}


def test_an_amendment_offers_what_the_licence_says_and_its_holders_name() -> None:
    chosen = amendment(kennel()).by_id["changes"]

    assert [option.value for option in chosen.options] == ["kind", "runs", "breeds", "holder"]


def test_an_amendment_asks_what_was_chosen_and_nothing_else() -> None:
    amended = amendment(kennel())

    assert asked(amended, changes=["runs"]) == CHOICE | {"runs"}
    assert asked(amended, changes=["breeds"]) == CHOICE | {"breed", "note"}


def test_a_new_answer_calls_for_what_depends_on_it() -> None:
    amended = amendment(kennel())

    assert asked(amended, changes=["kind"], kind="cats") == CHOICE | {"kind"}
    assert asked(amended, changes=["kind"], kind="dogs") == CHOICE | {"kind", "runs", "shade"}
    assert asked(amended, changes=["kind"], kind="dogs", shade=True) >= {"shade_how", "plan"}


def test_a_new_answer_rules_out_what_depended_on_the_old_one() -> None:
    amended = amendment(kennel())

    assert form.ruled_out(amended, {"changes": ["kind"], "kind": "cats"}) == ("runs",)
    assert form.ruled_out(amended, {"changes": ["kind"], "kind": "dogs", "runs": 3}) == ()
    assert form.ruled_out(amended, {"changes": ["breeds"], "breeds": []}) == ()
    assert form.ruled_out(kennel(), {"kind": "cats"}) == ()


def test_a_renewal_asks_standards_again_and_shows_what_is_printed() -> None:
    renewed = derived.derive("renewal:kennel", derived.rule("renewal"), kennel())

    # `well_m` is a standard; `water` decides whether it is asked; `shade` hangs on what is printed.
    assert [one.id for one in renewed.page("kennel").questions] == ["water", "well_m", "well_by"]
    shown = {one.id: one.prefill for one in renewed.page("entry").questions}
    assert shown["now_runs"] == "entry.runs" and shown["now_breeds"] == "entry.breeds"
    assert "breeds" not in {page.id for page in renewed.pages}


def test_a_fact_of_the_register_cannot_be_answered() -> None:
    renewed = form.load("renewal:dcp-cinema")

    with pytest.raises(Problems) as refused:
        form.check(renewed, form.example(renewed) | {"now_seats": "9"}, facts={"entry.seats": "1,200"})

    assert [problem.kind for problem in refused.value.problems] == ["not-yours-to-change"]


def test_a_derived_form_is_no_better_than_the_first() -> None:
    assert amendment(kennel(provisional=True)).provisional and not amendment(kennel()).provisional
    assert amendment(kennel()).law == "ม.1" and amendment(kennel()).derived and not kennel().derived


def test_a_rule_with_a_key_that_is_not_explained_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "odd.toml").write_text('frist = "x"\npage = []\n', encoding="utf-8")
    monkeypatch.setattr(derived, "ROOM", tmp_path)

    with pytest.raises(DefinitionFault, match="no key frist"):
        derived.rule("odd")


def test_a_rule_that_derives_something_unknown_is_refused() -> None:
    with pytest.raises(DefinitionFault, match=r"nothing is derived as .all"):
        derived.derive("x", {"title": words("ก", "a"), "page": [{"derived": "all"}]}, kennel())


def test_nothing_follows_from_a_form_that_prints_nothing() -> None:
    bare = read(
        "bare",
        {
            "title": words("ก", "a"),
            "law": "ม.1",
            "page": [{"id": "p", "title": words("ก", "a"), "question": [question("q", "text")]}],
        },
    )

    with pytest.raises(DefinitionFault, match="prints nothing"):
        amendment(bare)


def test_there_is_no_form_by_an_unknown_rule_or_of_an_unknown_form() -> None:
    for name in ("no-such-rule:dcp-cinema", "renewal:no-such-form"):
        with pytest.raises(KeyError):
            form.load(name)


@pytest.mark.parametrize("name", USED)
def test_every_derived_form_holds_together(name: str) -> None:
    asked = form.load(name)

    assert form.faults(asked) == form.out_of_reach(asked) == []
    Draft202012Validator.check_schema(schema := form.json_schema(asked))
    for seed in range(3):
        sent = form.example(asked, seed)
        assert form.check(asked, sent, attachments=form.example_attachments(asked)).dropped == ()
        assert not list(Draft202012Validator(schema).iter_errors(sent))


def test_no_two_licences_share_the_facts_that_their_amendments_change() -> None:
    """An amendment is about its own licence: what it offers is what that licence says, and nothing but the holder."""
    for name in (one for one in USED if one.startswith("amendment:")):
        first = form.load(name.partition(":")[2])
        offered = [option.value for option in form.load(name).by_id["changes"].options]
        assert offered == [id_ for id_, _ in derived.said_by(first)] + ["holder"]
