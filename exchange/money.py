"""Money as other offices write it, to and from whole satang. Integers only: no float ever holds money."""

import re

_BAHT = re.compile(r"(-?)([0-9]{1,13})(?:\.([0-9]{1,2}))?")


def satang(baht: str) -> int:
    """Whole satang from baht as text: `"1070.50"` → 107050. ValueError for anything else than plain digits."""
    match = _BAHT.fullmatch(baht)
    if match is None:
        raise ValueError(f"not an amount of baht: {baht[:40]!r}")
    sign, whole, part = match.groups()
    amount = int(whole) * 100 + int((part or "").ljust(2, "0"))
    return -amount if sign else amount


def baht(satang: int) -> str:
    """Baht with two decimals and no thousands mark, as QR and bank interfaces want it: 107050 → `"1070.50"`."""
    whole, part = divmod(abs(satang), 100)
    return f"{'-' if satang < 0 else ''}{whole}.{part:02d}"
