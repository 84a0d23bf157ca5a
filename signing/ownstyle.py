"""WeasyPrint's own style sheet (that of HTML 5), without what no paper of ours has: notes under the page.

It gives five pseudo-elements to every element there is, and their styles are then worked out each time. List items keep
their markers. A paper drawn with either has the same bytes.
"""

from functools import lru_cache
from typing import Any

import weasyprint
from weasyprint.css.counters import CounterStyle
from weasyprint.html import UA

EVERYWHERE = ("::footnote-call", "::footnote-marker", "::note-call", "::note-marker", "::note-callback")
MARKER = "::marker "


class OtherStyle(Exception):
    """The style sheet of this WeasyPrint is not the one that we know."""


@lru_cache(maxsize=1)
def own_style() -> weasyprint.CSS:
    """The style sheet that stands before a paper's own. Raises OtherStyle."""
    lines = [line for line in UA.splitlines() if not line.startswith(EVERYWHERE)]
    left_out, markers = len(UA.splitlines()) - len(lines), [line for line in lines if line.startswith(MARKER)]
    if left_out != len(EVERYWHERE) or len(markers) != 1:
        raise OtherStyle(f"{left_out} lines about notes and {len(markers)} about markers: look at html5_ua.css again")
    text = "\n".join(f"li{line}" if line in markers else line for line in lines)
    return weasyprint.CSS(string=text, counter_style=CounterStyle())  # its counters are known already


class Page(weasyprint.HTML):  # type: ignore[misc]
    """The HTML of one paper."""

    def _ua_stylesheets(self, forms: bool = False) -> list[Any]:
        return [own_style()]
