"""The whole way to the register through the real doors, and what strangers can see and check there."""

import hashlib
import json
from xml.etree import ElementTree

import pytest
from api_examples import As, Caller, Json, a_pdf, a_problem

from licences import register as book


async def document(stranger: Caller, number: str) -> bytes:
    return (await stranger.get(f"/api/v1/register/{number}/document")).content


async def test_a_granted_licence_stands_in_the_register_in_force(granted: Json, stranger: Caller) -> None:
    answer = await stranger.get(f"/api/v1/register/{granted['licence_number']}")

    said = answer.json()
    assert answer.status_code == 200
    assert (said["status"], said["facts"]["licence"], said["agency"]) == ("in-force", "lao-food-sale-large", "lao")
    assert said["facts"]["particulars"] and said["th"] and said["en"]
    assert [entry["kind"] for entry in said["entries"]] == ["grant"]


async def test_what_a_licence_was_worth_on_a_chosen_day_is_told(granted: Json, stranger: Caller) -> None:
    number = granted["licence_number"]
    now = (await stranger.get(f"/api/v1/register/{number}")).json()

    async def on(day: str) -> Json:
        return (await stranger.get(f"/api/v1/register/{number}", on=day)).json()["on"]

    assert "on" not in now
    assert (await on("2020-02-29"))["status"] == "not-yet"
    assert await on(now["valid_from"]) == {
        "day": now["valid_from"], "status": "in-force", "valid_from": now["valid_from"], "th": now["th"],
        "en": now["en"], "valid_until": now["valid_until"], "document_sha256": now["document_sha256"], "stayed": [],
    }  # fmt: skip
    assert (await on("2999-01-01"))["status"] == "expired"
    a_problem(await stranger.get(f"/api/v1/register/{number}", on="yesterday"), 422, "request-wrong")

    page = (await stranger.http.get(f"/v/{number}?on=2/1/2574")).text
    assert 'value="2/1/2574"' in page, "a day typed in the Buddhist era is shown as it was typed"
    assert (await stranger.http.get(f"/v/{number}?on=yesterday")).status_code == 200


async def test_nothing_private_is_in_the_register(granted: Json, stranger: Caller) -> None:
    answers = granted["answers"]

    text = (await stranger.get(f"/api/v1/register/{granted['licence_number']}")).text

    for private in (answers["contact_email"], answers["contact_phone"], "APP-"):
        assert private not in text


async def test_its_document_is_the_one_whose_digest_the_register_gives(granted: Json, stranger: Caller) -> None:
    number = granted["licence_number"]
    entry = (await stranger.get(f"/api/v1/register/{number}")).json()

    answer = await stranger.get(f"/api/v1/register/{number}/document")

    assert answer.headers["content-type"] == "application/pdf"
    assert hashlib.sha256(answer.content).hexdigest() == entry["document_sha256"]
    assert answer.headers["etag"] == f'"{entry["document_sha256"]}"'
    assert number in answer.headers["content-disposition"]


async def test_a_number_typed_by_hand_is_found(granted: Json, stranger: Caller) -> None:
    typed = granted["licence_number"].lower().replace("2569", "๒๕๖๙")

    answer = await stranger.get(f"/api/v1/register/{typed}")

    assert answer.json()["licence_number"] == granted["licence_number"]


async def test_the_genuine_document_is_verified_as_a_file_and_as_a_body(granted: Json, stranger: Caller) -> None:
    pdf = await document(stranger, granted["licence_number"])

    as_file = await stranger.http.post("/api/v1/verify", files={"file": ("l.pdf", pdf, "application/pdf")})
    as_body = await stranger.http.post("/api/v1/verify", content=pdf, headers={"Content-Type": "application/pdf"})

    for said in (as_file.json(), as_body.json()):
        assert (said["verdict"], said["exit"], said["genuine"], said["in_force"]) == ("in-force", 0, True, True)
        assert said["file"]["is"] == "current"
        assert said["register"]["licence_number"] == granted["licence_number"]
        assert said["seal"]["sealed_by"]["agency"] == "lao"


async def test_an_altered_document_is_told_from_a_genuine_one(granted: Json, stranger: Caller) -> None:
    pdf = bytearray(await document(stranger, granted["licence_number"]))
    pdf[len(pdf) // 3] ^= 1

    said = (await stranger.http.post("/api/v1/verify", content=bytes(pdf))).json()

    assert (said["exit"], said["genuine"]) == (1, False)
    assert said["th"] and said["en"]


async def test_the_register_is_described_and_its_changes_are_taken_in_three_forms(
    granted: Json, stranger: Caller
) -> None:
    whole = (await stranger.get("/api/v1/register/export")).text.splitlines()
    since = json.loads(whole[-1])["body"]["seq"] - 1
    described = (await stranger.get("/api/v1/register/metadata")).json()

    assert (await stranger.get("/api/v1/register/export", after=since)).text.splitlines() == whole[-1:]
    (line,) = ElementTree.fromstring((await stranger.get("/api/v1/register/export", format="xml", after=since)).text)
    assert line.findtext("licence_number") == json.loads(whole[-1])["body"]["licence_number"]
    for resource in described["resources"]:
        answer = await stranger.http.get(resource["url"])
        assert (answer.status_code, resource["format"] in described["data_format"]) == (200, True)


@pytest.mark.parametrize("content", [a_pdf(), b"no pdf at all", b"%PDF-" + b"\0" * 100_000])
async def test_what_we_never_sealed_is_not_ours(stranger: Caller, content: bytes) -> None:
    said = (await stranger.http.post("/api/v1/verify", content=content)).json()

    assert (said["verdict"], said["exit"], said["register"]) == ("not-ours", 1, None)


@pytest.mark.parametrize(("content", "status", "code"), [(b"", 422, "no-file"), (b"%" * 6_000_000, 413, "too-large")])
async def test_a_file_to_verify_is_there_and_not_too_large(
    stranger: Caller, content: bytes, status: int, code: str
) -> None:
    answer = await stranger.http.post("/api/v1/verify", content=content)

    assert a_problem(answer, status, code)["field"] == "file"


async def test_the_register_is_searched_by_holder_however_it_is_spelt(granted: Json, stranger: Caller) -> None:
    name = granted["holder"]["name"]

    found = (await stranger.get("/api/v1/register", q=name, agency="lao", status="in-force")).json()

    assert granted["licence_number"] in [line["licence_number"] for line in found["items"]]
    assert set(found["items"][0]) >= {"status", "holder_name", "valid_until", "document"}
    assert all("APP-" not in json.dumps(line) for line in found["items"])


async def test_a_search_is_narrowed_by_kind_place_and_holder_here_and_on_the_page(
    granted: Json, stranger: Caller
) -> None:
    number, place = granted["licence_number"], granted["answers"]["premises"]
    narrowed = {"licence": "lao-food-sale-large", "province": place["subdistrict_code"][:2], "holder_kind": "juristic"}

    async def listed(**asked: str) -> bool:
        answer = (await stranger.get("/api/v1/register", q=number, **asked)).json()
        page = (await stranger.http.get("/register", params={"q": number, **asked})).text
        found = number in [one["licence_number"] for one in answer["items"]]
        assert (f'href="/v/{number}"' in page) is found
        return found

    assert await listed(**narrowed)
    assert await listed(agency="lao", status="in-force")
    for other in ({"licence": "dld-x"}, {"province": "96"}, {"holder_kind": "natural"}, {"status": "revoked"}):
        assert not await listed(**{**narrowed, **other}), other
    page = (await stranger.http.get("/register", params={"q": number, **narrowed})).text
    assert page.count(" selected>") == len(narrowed), "what was chosen stands chosen, without a script"
    a_problem(await stranger.get("/api/v1/register", holder="1999900000013"), 422, "request-wrong")


@pytest.mark.parametrize("number", ["1999900000013", "1-9999-00000-01-3", "๑๙๙๙๙๐๐๐๐๐๐๑๓"])
async def test_nobody_is_looked_up_by_a_citizens_number(stranger: Caller, number: str) -> None:
    answer = await stranger.get("/api/v1/register", q=number)

    assert a_problem(answer, 422, "not-searched-by-number")["field"] == "q"


@pytest.mark.parametrize("number", ["LAO-2569-9999999-X", "nonsense", "LAO-2569-0000001-1", "%3Cscript%3E"])
async def test_a_number_that_is_not_there_is_said_so(stranger: Caller, number: str) -> None:
    for path in ("", "/document"):
        answer = await stranger.get(f"/api/v1/register/{number}{path}")
        assert a_problem(answer, 404, "not-in-register")["field"] == "licence_number"


async def test_a_query_with_control_characters_is_refused(stranger: Caller) -> None:
    a_problem(await stranger.http.get("/api/v1/register?q=%00"), 422, "control-characters")
    a_problem(await stranger.http.get("/api/v1/register/%00"), 422, "control-characters")


async def test_anybody_can_take_the_whole_book_and_check_its_chain(granted: Json, stranger: Caller) -> None:
    lines = [json.loads(line) for line in (await stranger.get("/api/v1/register/export")).text.splitlines()]
    table = (await stranger.get("/api/v1/register/export", format="csv")).text

    rows = [
        book.ChainRow(line["body"].get("seq", place), line["previous_hash"], book.canonical(line["body"]), line["hash"])
        for place, line in enumerate(lines, 1)
    ]
    assert book.verify_chain(rows) == ()
    assert granted["licence_number"] in {line["body"]["licence_number"] for line in lines}
    assert table.startswith("\ufeffseq,") and granted["licence_number"] in table


async def test_a_bill_shows_its_payment_and_receipt_to_its_own_people_only(as_: As, granted: Json) -> None:
    applicant, outsider = await as_("applicant"), await as_("outsider")
    ref1 = granted["bill"]["ref1"]

    seen = (await applicant.get(f"/api/v1/bills/{ref1}")).json()

    assert (seen["status"], seen["amount_satang"]) == ("paid", granted["bill"]["amount_satang"])
    assert seen["receipt"] and [one["kind"] for one in seen["payments"]] == ["full"]
    a_problem(await outsider.get(f"/api/v1/bills/{ref1}"), 404, "unknown-bill")
    a_problem(await applicant.get("/api/v1/bills/NOBILL"), 404, "unknown-bill")
