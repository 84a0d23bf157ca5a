"""What goes wrong with another office. Neither of these is ever the applicant's fault."""


class OfficeDown(Exception):
    """The office gave no usable answer: unreachable, too slow, broken, or unreadable. Asking again later may help."""

    def __init__(self, office: str, words: str) -> None:
        super().__init__(f"{office}: {words}")
        self.office, self.words = office, words


class OfficeRefused(Exception):
    """The office answered and will not do it: credentials, rights, or its own rules. Asking again will not help.

    `code` is the office's own code when it gave one ("" otherwise).
    """

    def __init__(self, office: str, words: str, code: str = "") -> None:
        super().__init__(f"{office}: {words}" + (f" [{code}]" if code else ""))
        self.office, self.words, self.code = office, words, code
