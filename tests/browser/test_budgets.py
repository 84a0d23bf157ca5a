"""What the first page costs on a poor line: its bytes, and the moment when something is seen (told, not judged)."""

from browser_walk import Counted, Walker
from playwright.sync_api import Browser, Page

SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
SLOWER_PROCESSOR = 4
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"


def painted_ms(page: Page) -> float:
    """When something was seen. Asked from outside: the page's own policy lets no text be run in it."""
    while not (at := float(page.evaluate(PAINTED))):
        page.wait_for_timeout(20)
    return at


def test_the_first_paint_on_a_poor_line_is_counted(browser: Browser, web: str, counted: Counted) -> None:
    for path, named in (("/", "the first page"), ("/licences/lao-food-sale-large", "a licence's page")):
        walker = Walker(browser, web)
        line = walker.context.new_cdp_session(walker.page)
        line.send("Network.enable")
        line.send("Network.emulateNetworkConditions", SLOW_4G)
        line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_PROCESSOR})

        walker.page.goto(web + path)

        counted.add(f"first paint of {named} on slow 4G: seconds", painted_ms(walker.page) / 1000)
        assert walker.page.locator("main h1").is_visible()
        walker.context.close()  # a slowed page spins for as long as it is open


def test_the_first_page_is_light(browser: Browser, web: str, counted: Counted) -> None:
    walker = Walker(browser, web)
    sizes: list[int] = []
    walker.page.on("response", lambda answer: sizes.append(len(answer.body())))

    walker.go("/")

    assert len(sizes) >= 3
    counted.add("first page: bytes, before compression", sum(sizes))
    assert sum(sizes) <= 50_000, sizes
