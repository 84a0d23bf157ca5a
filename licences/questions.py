"""What is asked belongs to the definition: the text of a form, hashed, so that another text is another version.

This room does not know what a form is, only where the texts lie that one is made of: its own, those of the blocks it
uses, and the rule by which it follows from another (`<rule>:<form>`). `records` keeps the texts under the version.
"""

import hashlib
import re
from functools import cache
from pathlib import Path

HOME = Path(__file__).parent.parent / "forms"
_BLOCK = re.compile(r'^\s*block\s*=\s*"([^"]+)"', re.MULTILINE)


def texts(form: str, home: Path = HOME) -> dict[str, str]:
    """The texts that a form is made of, by their place below `home`; nothing when there is no such form."""
    rule, _, name = form.rpartition(":")
    places = [f"data/{name}.toml", *([f"rules/{rule}.toml"] if rule else [])]
    found = {place: _read(home / place) for place in places}
    if not all(found.values()):
        return {}
    blocks = sorted({block for text in found.values() for block in _BLOCK.findall(text)})
    return found | {f"blocks/{block}.toml": _read(home / f"blocks/{block}.toml") for block in blocks}


@cache
def digest(form: str, home: Path = HOME) -> str:
    """SHA-256 (hex) of those texts; "" when there is no such form."""
    read = texts(form, home)
    body = "".join(f"{place}\0{text}\0" for place, text in sorted(read.items()))
    return hashlib.sha256(body.encode()).hexdigest() if read else ""


@cache
def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
