"""Somebody who has a keyboard and nothing else: every press goes where the focus is, and Tab alone moves the focus."""

from collections.abc import Mapping
from typing import Any

from browser_walk import Walker

from forms import places
from forms.question import Question

MOST_TABS = 120
AT = "document.activeElement && document.activeElement.matches(selector)"


class Typist(Walker):
    """A walker without a mouse. A control that Tab does not lead to cannot be used, and fails."""

    def reach(self, selector: str) -> None:
        """Press Tab until the focus stands there."""
        for _ in range(MOST_TABS):
            if self.page.evaluate(f"(selector) => Boolean({AT})", selector):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{self.page.url}: Tab does not lead to {selector}")

    def enter(self, selector: str) -> None:
        """Go there, and press Enter."""
        self.reach(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.look()

    def write(self, selector: str, text: str) -> None:
        """Go there, and type over what stands in it."""
        self.reach(selector)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, name: str, value: str) -> None:
        """Go to a group of radios, and to the one that is wanted by the arrow keys."""
        wanted = f'[name="{name}"][value="{value}"]'
        self.reach(f'[name="{name}"]')
        self.page.keyboard.press("Space")
        for _ in range(20):
            if self.page.is_checked(wanted):
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrow keys do not lead to {wanted}")

    def tick(self, selector: str) -> None:
        """Go to a box, and tick it unless it is."""
        self.reach(selector)
        if not self.page.is_checked(selector):
            self.page.keyboard.press("Space")

    def pick(self, selector: str, value: str) -> None:
        """Go to a list, and down to the one that is wanted."""
        self.reach(selector)
        for _ in range(100):
            if self.page.input_value(selector) == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{value} is not in {selector}")

    def type(self, one: Question, value: Any) -> None:
        """Answer one question."""
        name = one.id
        match one.kind.name:
            case "yes-no" | "choice":
                word = ("yes" if value else "no") if isinstance(value, bool) else str(value)
                if self.page.locator(f'select[name="{name}"]').count():
                    return self.pick(f'select[name="{name}"]', word)
                self.choose(name, word)
            case "choices" | "declaration":
                for each in value if isinstance(value, list) else ["yes"]:
                    self.tick(f'[name="{name}"][value="{each}"]')
            case "date" | "address" | "place" | "person" | "file":
                raise AssertionError(f"{one.kind.name} is typed by its parts")
            case kind:
                self.write(f'[name="{name}"]', f"{value / 100:.2f}" if kind == "money" else str(value))

    def address(self, name: str, value: Mapping[str, Any]) -> None:
        """The parts that every address has, in the order in which Tab comes to them."""
        found = places.by_code(value["subdistrict_code"])
        assert found
        if self.page.locator(f'[name="{name}.house_no"]').count():
            self.write(f'[name="{name}.house_no"]', str(value["house_no"]))
        self.write(f'[name="{name}.postcode"]', found.subdistrict.postal_codes[0])
        self.page.keyboard.press("Tab")
        choice = f'[name="{name}.subdistrict_code"] option[value="{value["subdistrict_code"]}"]'
        self.page.wait_for_selector(choice, state="attached")
        self.page.keyboard.press("Shift+Tab")
        self.pick(f'[name="{name}.subdistrict_code"]', value["subdistrict_code"])
