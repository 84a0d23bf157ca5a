"""The statement in a licence's QR code: signed once, beside the keys, and never a step of the application's history."""

from pathlib import Path

import pypdfium2
import zxingcpp
from driving import Driver

from signing.statement import check_statement, record_digest
from signing.trust import Trust
from signing.verify import verify


async def test_the_code_on_a_licence_proves_what_the_licence_says_without_a_network(driver: Driver) -> None:
    number = await driver.filed("lao-food-sale-large")
    granted = (await driver.walked(number)).licence_number
    pdf = await driver.document(number, "licence")
    trust = Trust.load(Path(driver.settings.trust_dir))

    (code,) = zxingcpp.read_barcodes(pypdfium2.PdfDocument(pdf)[0].render(scale=3).to_pil())
    address, _, statement = code.text.partition("#")
    said = check_statement(statement, trust.published_keys())
    record = (await verify(pdf, trust)).record

    assert address == f"{driver.settings.public_url}/v/{granted}"
    assert (said["n"], said["k"], said["h"]) == (granted, record["licence"], record["holder"]["name"])
    assert (said["f"], said["u"]) == (record["valid_from"], record["valid_until"])
    assert said["s"] == record_digest(record)
    assert (await driver.reserved(number)).statement == statement


async def test_a_statement_adds_nothing_to_the_history_of_an_application(driver: Driver) -> None:
    number = await driver.filed("lao-food-sale-large")
    await driver.walked(number)

    history = await driver.client.get_workflow_handle(number).fetch_history()

    scheduled = {e.activity_task_scheduled_event_attributes.activity_type.name for e in history.events} - {""}
    assert scheduled == {"acknowledge", "draw_up", "seal_paper"}
