from driving import Driver


async def test_an_application_goes_from_the_door_to_the_register(driver: Driver) -> None:
    number = await driver.filed("lao-ecommerce-register")

    outcome = await driver.walked(number)

    assert outcome.status == "issued"
