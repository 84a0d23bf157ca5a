"""Photographs, statements and sealed reports of a verification; and files that are built to harm whoever reads them."""

import io
import json
import subprocess
import zlib
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from api_examples import Caller, Json, a_problem, until
from PIL import Image, ImageFilter

from api.verifying import CannotJudge, Verifier, load
from licences import log
from local import System
from signing.trust import Trust
from signing.verify import verify


@pytest.fixture
async def pdf(granted: Json, stranger: Caller) -> bytes:
    return (await stranger.get(f"/api/v1/register/{granted['licence_number']}/document")).content


async def provable(stranger: Caller, pdf: bytes) -> Json:
    """What a verification says once a signed head of the log covers the entry: heads are signed every ten seconds."""

    async def ask() -> Json:
        said: Json = (await stranger.http.post("/api/v1/verify", content=pdf)).json()
        return said

    return await until(ask, lambda said: said["proof"] is not None)


def photographed(pdf: bytes, kind: str) -> bytes:
    """The page as a phone would take it: a little askew, a little soft."""
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=3).to_pil().convert("RGB")
    taken = page.rotate(4, expand=True, fillcolor="white").filter(ImageFilter.GaussianBlur(0.6))
    out = io.BytesIO()
    taken.save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
async def test_a_photograph_of_a_licence_is_checked_by_its_code(
    granted: Json, stranger: Caller, pdf: bytes, kind: str
) -> None:
    said = (await stranger.http.post("/api/v1/verify", content=photographed(pdf, kind))).json()

    assert (said["verdict"], said["exit"], said["file"]["is"]) == ("in-force", 0, "current")
    assert said["statement"]["n"] == granted["licence_number"] == said["register"]["licence_number"]
    assert said["seal"]["sealed_by"]["agency"] == "lao"


async def test_the_words_of_a_code_are_checked_and_a_changed_word_is_seen(
    granted: Json, stranger: Caller, pdf: bytes
) -> None:
    (code,) = zxingcpp.read_barcodes(pypdfium2.PdfDocument(pdf)[0].render(scale=3).to_pil())
    text = code.text.partition("#")[2]
    changed = text[:60] + ("A" if text[60] != "A" else "B") + text[61:]

    whole = (await stranger.http.post("/api/v1/verify", content=text.encode())).json()
    false = (await stranger.http.post("/api/v1/verify", content=changed.encode())).json()

    assert (whole["verdict"], whole["file"]["is"]) == ("in-force", "current")
    assert (false["verdict"], false["exit"], false["register"]) == ("altered", 1, None)


async def test_a_picture_without_a_code_is_told_what_to_do(stranger: Caller) -> None:
    out = io.BytesIO()
    Image.new("RGB", (300, 300), "white").save(out, "PNG")

    for content in (out.getvalue(), b"\x89PNG\r\n\x1a\n" + b"\0" * 500):
        a_problem(await stranger.http.post("/api/v1/verify", content=content), 422, "no-code")


async def test_every_question_has_its_own_line_and_the_proof_of_the_log_travels_along(
    granted: Json, stranger: Caller, pdf: bytes
) -> None:
    said = await provable(stranger, pdf)

    lines = {line["id"]: line["said"] for line in said["lines"]}
    assert set(lines) == {"unchanged", "sealed-by", "key-then", "register-now", "which-file"}
    assert lines["unchanged"]["en"] == "none since it was sealed" and "in force" in lines["register-now"]["en"]
    proof = said["proof"]
    path, root = [bytes.fromhex(one) for one in proof["path"]], bytes.fromhex(proof["head"]["root"])
    assert log.is_included(bytes.fromhex(proof["leaf"]), proof["seq"] - 1, proof["head"]["size"], path, root)


async def test_a_report_is_sealed_by_the_register_and_holds_what_was_found(
    granted: Json, stranger: Caller, pdf: bytes, system: System
) -> None:
    await provable(stranger, pdf)
    answer = await stranger.http.post("/api/v1/verify/report", content=pdf)

    assert answer.status_code == 200, answer.text
    report = await verify(answer.content, Trust.load(Path(system.env["BIZ_TRUST_DIR"])))
    assert report.indication == "TOTAL-PASSED"
    assert report.sealed_by is not None and report.sealed_by.agency == "register"
    assert report.record["verdict"] == "in-force"
    assert report.record["register"]["licence_number"] == granted["licence_number"]
    assert report.record["seal"]["indication"] == "TOTAL-PASSED"
    assert report.record["proof"]["head"]["statement"]


async def test_an_altered_licence_has_its_report_too_and_it_says_so(
    stranger: Caller, pdf: bytes, system: System
) -> None:
    altered = bytearray(pdf)
    altered[len(altered) // 3] ^= 1

    said = (await stranger.http.post("/api/v1/verify", content=bytes(altered))).json()
    answer = await stranger.http.post("/api/v1/verify/report", content=bytes(altered))

    if (said["seal"]["sealed_by"] or {}).get("agency"):
        report = await verify(answer.content, Trust.load(Path(system.env["BIZ_TRUST_DIR"])))
        assert report.record["verdict"] == "altered"
    else:
        a_problem(answer, 422, "nothing-to-report")


async def test_what_carries_no_seal_of_ours_gets_no_seal_of_ours(stranger: Caller) -> None:
    a_problem(await stranger.http.post("/api/v1/verify/report", content=b"%PDF-1.7 nothing"), 422, "nothing-to-report")


# Hostile files


def a_bomb() -> bytes:
    """An object stream of half a gigabyte in half a megabyte."""
    packed = zlib.compress(b"\0" * 500_000_000, 9)
    stream = b"1 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(packed)
    table = zlib.compress(bytes([2]) + (1).to_bytes(4, "big") + bytes([0]))
    body = b"%PDF-1.7\n" + stream + packed + b"\nendstream endobj\n"
    xref = b"2 0 obj<</Type/XRef/Size 1/W[1 4 1]/Root 0 0 R/Filter/FlateDecode/Length %d>>stream\n" % len(table)
    return body + xref + table + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % len(body)


def a_loop() -> bytes:
    """Every reference leads to itself."""
    body = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 1 0 R/AcroForm 1 0 R/Fields[1 0 R]/Kids[1 0 R]/Parent 1 0 R>>endobj\n"
    )
    return body + b"xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \ntrailer<</Size 2/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (len(body), len(body))  # fmt: skip # noqa: E501


def many_fields() -> bytes:
    """A form of twenty thousand fields that are all one."""
    body = b"%PDF-1.4\n1 0 obj<</Type/Catalog/AcroForm<</Fields[" + b"2 0 R " * 20_000 + b"]>>>>endobj\n"
    second = len(body)
    body += b"2 0 obj<</FT/Sig/T(x)/V 2 0 R/Kids[2 0 R]>>endobj\n"
    table = b"xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n%010d 00000 n \n" % second
    return body + table + b"trailer<</Size 3/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(body)


def nested() -> bytes:
    """A hundred thousand brackets."""
    return b"%PDF-1.7\n1 0 obj" + b"[" * 100_000 + b"]" * 100_000 + b"endobj\nstartxref\n9\n%%EOF\n"


def a_hundred_megabytes() -> bytes:
    return b"%PDF-1.7\n" + b"\0" * 100_000_000 + b"\n%%EOF\n"


HOSTILE = (a_bomb, a_loop, many_fields, nested, a_hundred_megabytes)


@pytest.fixture(scope="module")
def verifier(system: System) -> Any:
    judge = Verifier(load(system.env["BIZ_TRUST_DIR"]))
    yield judge
    judge.close()


@pytest.mark.parametrize("made", HOSTILE, ids=lambda made: made.__name__)
async def test_a_hostile_file_ends_in_a_sentence_and_the_next_one_is_served(verifier: Verifier, made: Any) -> None:
    try:
        findings = await verifier.findings(made())
        assert findings.indication == "TOTAL-FAILED" and findings.sentences[0].th
    except CannotJudge:
        assert made is a_bomb, "only what asks for more memory or time than any paper ends its process"

    assert (await verifier.findings(b"%PDF-1.7\n%%EOF")).sub_indication == "FORMAT_FAILURE"


async def test_an_encrypted_file_is_not_taken_for_a_licence(
    verifier: Verifier, pdf: bytes, tmp_path: Path, stranger: Caller
) -> None:
    (tmp_path / "in.pdf").write_bytes(pdf)
    command = ["qpdf", "--encrypt", "", "owner", "256", "--", tmp_path / "in.pdf", tmp_path / "out.pdf"]
    subprocess.run(command, check=True, capture_output=True)  # noqa: ASYNC221
    encrypted = (tmp_path / "out.pdf").read_bytes()

    said = (await stranger.http.post("/api/v1/verify", content=encrypted)).json()

    assert said["genuine"] is not True and said["th"], json.dumps(said, ensure_ascii=False)


async def test_more_than_a_file_of_ours_is_refused_while_it_comes_in(stranger: Caller) -> None:
    a_problem(await stranger.http.post("/api/v1/verify", content=a_hundred_megabytes()), 413, "too-large")
