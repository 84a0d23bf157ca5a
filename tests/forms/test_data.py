"""Every form and block that is kept: it loads, cites its law, speaks both languages, and its examples are true."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from forms import form
from forms.definition import ROOM, read
from forms.errors import Problems
from forms.examples import wrong_answers

NAMES = form.names()
BLOCKS = sorted(path.stem for path in (ROOM / "blocks").glob("*.toml"))


def of_blocks() -> list[form.Form]:
    """Each block as a form of its own."""
    title = {"th": "ทดลอง", "en": "Trial"}
    return [read(block, {"title": title, "law": "ม.1", "page": [{"block": block}]}) for block in BLOCKS]


DERIVED = [f"{rule}:oap-radioactive-possess" for rule in form.rules()]
"""Each rule over one form with a list of items; `test_derived.py` looks at all of them, less closely."""
FORMS = [*(form.load(name) for name in (*NAMES, *DERIVED)), *of_blocks()]
every_form = pytest.mark.parametrize("asked", FORMS, ids=lambda asked: asked.id)


@every_form
def test_conditions_look_back_and_every_question_cites_its_law(asked: form.Form) -> None:
    assert form.faults(asked) == []


@every_form
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 100_000))
def test_every_example_is_valid_and_fits_the_schema(asked: form.Form, seed: int) -> None:
    sent = form.example(asked, seed)

    answers = form.check(asked, sent, attachments=form.example_attachments(asked))

    assert answers.dropped == ()
    assert form.check(asked, answers, attachments=form.example_attachments(asked)) == answers
    validator = Draft202012Validator(form.json_schema(asked), format_checker=FormatChecker())
    validator.validate(sent)
    validator.validate(answers.as_json())


@every_form
def test_the_schema_is_one_of_the_2020_dialect(asked: form.Form) -> None:
    Draft202012Validator.check_schema(form.json_schema(asked))


@every_form
def test_every_wrong_answer_is_refused_by_name_and_reason(asked: form.Form) -> None:
    told, attachments = set(), form.example_attachments(asked)
    for answers, field, kind in wrong_answers(asked):
        with pytest.raises(Problems) as found:
            form.check(asked, answers, attachments=attachments)
        assert (field, kind) in {(problem.field, problem.kind) for problem in found.value.problems}
        told.add(re.sub(r"\[0\]|\..*", "", field))
    must = {one.id for page, one in asked.everything() if one.kind.answered and not page.each}
    assert must <= told, "a question that no example asks is a question nobody has tried"


@every_form
def test_the_model_takes_what_the_form_takes(asked: form.Form) -> None:
    form.model(asked).model_validate(form.example(asked))


@every_form
def test_every_summary_can_be_read_in_both_languages(asked: form.Form) -> None:
    answers = form.check(asked, form.example(asked), attachments=form.example_attachments(asked))

    for lang in ("th", "en"):
        assert form.summary(asked, answers, lang) or asked.id == "company"
        assert all(line.value for line in form.printed(asked, answers, lang))


def texts(raw: Any) -> Iterator[tuple[str, str]]:
    """Every pair of Thai and English words in a parsed file."""
    if isinstance(raw, dict):
        if {"th", "en"} <= raw.keys():
            yield raw["th"], raw["en"]
        raw = list(raw.values())
    if isinstance(raw, list):
        for inner in raw:
            yield from texts(inner)


FILES = sorted([*(ROOM / "data").glob("*.toml"), *(ROOM / "blocks").glob("*.toml")])
every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


@every_file
def test_thai_words_are_thai_and_english_words_are_english(path: Path) -> None:
    for th, en in texts(tomllib.loads(path.read_text(encoding="utf-8"))):
        assert re.search(r"[ก-๙]", th) and not re.search(r"[ก-๙]", en), (th, en)
        assert th == th.strip() and en == en.strip()


@every_file
def test_a_title_that_is_a_question_has_a_name_for_sentences(path: Path) -> None:
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    for page in raw["page"]:
        for one in page.get("question", ()):
            asks = re.search(r"(หรือไม่|อย่างไร|เท่าใด|ใด|ไหน)$", one["title"]["th"]) or one["title"]["en"].endswith("?")
            assert "name" in one or not asks, one["id"]


# E-Government Act s. 7 and s. 9, and the Digital Government Act s. 12: what an agency holds or can see is never asked
# for as a document, and no copy has to be certified by hand.
NEVER_ASKED = re.compile(
    r"สำเนาบัตร|บัตรประจำตัวประชาชน|ทะเบียนบ้าน|สำเนาถูกต้อง|หนังสือรับรองบริษัท|หนังสือรับรองนิติบุคคล|หนังสือรับรองการจดทะเบียน"
    r"|ใบทะเบียนพาณิชย์|ภ\.พ\.20|โฉนด|เล่มทะเบียน|ID card|house registration|certified (true )?cop"
    r"|affidavit of (the )?company|title deed|registration book",
    re.IGNORECASE,
)


@every_form
def test_no_document_is_asked_that_an_agency_has(asked: form.Form) -> None:
    for _, one in asked.everything():
        if one.kind.name == "file":
            said = f"{one.title} {one.name} {one.hint if one.hint and 'ไม่ต้องแนบ' not in one.hint.th else ''}"
            assert not NEVER_ASKED.search(said), one.id


@every_file
def test_no_copy_is_certified_by_hand(path: Path) -> None:
    for th, en in texts(tomllib.loads(path.read_text(encoding="utf-8"))):
        assert not re.search(r"สำเนาถูกต้อง|รับรองสำเนา|certified (true )?cop", f"{th} {en}", re.IGNORECASE)


@every_form
def test_nothing_masked_is_printed(asked: form.Form) -> None:
    for _, one in asked.everything():
        assert not (one.printed and one.sensitive), one.id


@every_form
def test_the_once_only_key_of_a_question_is_used_once_in_a_form(asked: form.Form) -> None:
    keys = [one.reuse for _, one in asked.everything() if one.reuse]

    assert len(keys) == len(set(keys))


def test_one_once_only_key_means_one_kind_of_answer() -> None:
    kinds: dict[str, set[str]] = {}
    for asked in FORMS:
        for _, one in asked.everything():
            if one.reuse:
                kinds.setdefault(one.reuse, set()).add(one.kind.name)

    assert all(len(found) == 1 for found in kinds.values()), kinds


def test_whoever_files_electronically_says_how_to_be_answered() -> None:
    assert all("reply_channel" in form.load(name).by_id for name in NAMES)
