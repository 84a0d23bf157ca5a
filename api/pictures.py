"""Pictures drawn on the server as SVG: a procedure as phase lanes, and a bill's QR.

A column is a phase. The main row is the way to the licence; the lower row is where an application waits for its person
or ends without a licence. Colours come from classes of our stylesheet; `standing_alone` writes them into the picture
instead, for a README. No script, no `style=`.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape, quoteattr

import segno

from forms.words import Lang
from licences.procedure import PAPERS, Due, Effect, Level, Procedure, Stage

WIDE, GAP, HIGH, TOP, LOW = 136, 24, 116, 12, 168
MARGIN, TALL = 12, 222
TEXT, SMALL, LINE = 15, 13, 21
LETTERS_TH, LETTERS_EN = 16, 15
ONWARD, BESIDE = " → ", " ∥ "
"""Between two phases, in words for who does not see the picture."""
NOT_WIDE = frozenset("ัิีึืฺุู็่้๊๋์ํ๎")
"""Thai marks that stand above or below a letter and take no room."""

# Where a Thai title may be broken: before one of these words. Thai has no spaces between words.
BREAK_BEFORE = (
    "การ", "ความ", "และ", "หรือ", "ของ", "ผู้", "ตาม", "คำขอ", "เอกสาร", "สถานที่", "ใบอนุญาต", "พิจารณา", "ตรวจ",
    "อนุญาต", "เสนอ", "โดย", "เพื่อ", "ใน", "ที่", "ก่อน", "หลัง", "ออก", "ลงนาม", "ชำระ", "ค่าธรรมเนียม", "คณะกรรมการ",
    "หน่วยงาน", "ครบถ้วน", "ความเห็น", "ยื่น", "รับ", "ทะเบียน", "เจ้าหน้าที่", "ผู้ยื่น", "แก้ไข", "เพิ่มเติม",
)  # fmt: skip

PLAIN = {
    "p-box": 'fill="#ffffff" stroke="#5c6b78"',
    "p-now": 'fill="#103a5e" stroke="#103a5e"',
    "p-done": 'fill="#edf7f3" stroke="#0b6b4f"',
    "p-side": 'fill="#f2f5f8" stroke="#c6d0d9"',
    "p-line": 'stroke="#5c6b78"',
    "p-head": 'fill="#5c6b78"',
    "p-text": 'fill="#16222e"',
    "p-small": 'fill="#4a5866"',
    "p-now-text": 'fill="#ffffff"',
}


@dataclass(frozen=True)
class Phase:
    """One box of the main row. `name` is the word the records use for it: `pay`, `issue`, or a stage's name."""

    name: str
    title: str
    who: str
    time: str = ""
    asks: bool = False  # from here the application may go back to its applicant
    provisional: bool = False  # nobody has confirmed this step
    beside: bool = False  # at the same time as the one before it


def lanes(
    procedure: Procedure, lang: Lang, *, now: str = "", done: Sequence[str] = (), standing_alone: bool = False
) -> str:
    """The procedure as an SVG picture.

    `now` and `done` are names of phases (`submit`, `pay-on-submission`, a stage's name, `pay-before-issue`, `issue`).
    """
    drawn = phases(procedure, lang)
    width = MARGIN * 2 + len(drawn) * (WIDE + GAP) - GAP
    body = "".join(_row(drawn, lang, now, frozenset(done)))
    title = f"{procedure.title.th if lang == 'th' else procedure.title.en}"
    says = "".join(map(_said, drawn)).removeprefix(ONWARD)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {TALL}" width="{width}" height="{TALL}" '
        f'role="img" aria-label={quoteattr(f"{title}: {says}")} font-family="Sarabun, Noto Sans Thai, sans-serif">'
        f"{body}</svg>"
    )
    return _plain(svg, width) if standing_alone else svg


def _said(phase: Phase) -> str:
    words = " ".join(filter(None, (phase.title, phase.who, phase.time)))
    return f"{BESIDE if phase.beside else ONWARD}{words}"


def phases(procedure: Procedure, lang: Lang) -> list[Phase]:
    """The main row: submit, pay, the stages in order, pay, issue."""
    th = lang == "th"
    row = [Phase("submit", "ยื่นคำขอ" if th else "Apply", "ท่าน" if th else "You")]
    row += _payment(procedure, Due.ON_SUBMISSION, lang)
    for before, stage in zip(("", *(one.together for one in procedure.stages)), procedure.stages, strict=False):
        row.append(replace(_stage(stage, lang), beside=stage.together != "" and before == stage.together))
    row += _payment(procedure, Due.BEFORE_ISSUE, lang)
    if procedure.level is not Level.SEAL and procedure.effect in PAPERS:
        row.append(Phase("record-number", "หน่วยงานออกหนังสือ" if th else "Agency's own paper", _officer(lang)))
    return [*row, Phase("issue", _result(procedure.effect, lang), "ระบบ" if th else "The system")]


def _payment(procedure: Procedure, due: Due, lang: Lang) -> list[Phase]:
    """Paid here by QR, or (level L1) at the agency, whose officer records it."""
    th = lang == "th"
    if not any(fee.due is due for fee in procedure.fees):
        return []
    if procedure.level is Level.APPLY:
        return [Phase("record-payment", "ชำระที่หน่วยงาน" if th else "Pay at the agency", "ท่าน" if th else "You")]
    return [Phase(f"pay-{due.value}", "ชำระค่าธรรมเนียม" if th else "Pay the fee", "ท่าน" if th else "You")]


def _officer(lang: Lang) -> str:
    return "เจ้าหน้าที่" if lang == "th" else "Officer"


def _stage(stage: Stage, lang: Lang) -> Phase:
    th = lang == "th"
    roles = {
        "officer": ("เจ้าหน้าที่", "Officer"),
        "inspector": ("ผู้ตรวจ", "Inspector"),
        "supervisor": ("ผู้มีอำนาจอนุญาต", "Authority"),
    }
    days = stage.working_days
    time = "" if not days else f"{days} วันทำการ" if th else f"{days} working day{'s' if days > 1 else ''}"
    title = stage.title.th if th else stage.title.en
    who = _who(stage, lang) or roles[stage.role][0 if th else 1]
    return Phase(stage.name, title, who, time, asks=True, provisional=stage.provisional)


def _who(stage: Stage, lang: Lang) -> str:
    """Those who do not decide alone."""
    if stage.kind == "committee":
        return f"กรรมการ {stage.votes} เสียง" if lang == "th" else f"Committee of {stage.votes}"
    if stage.kind == "opinion":
        return "ให้ความเห็น" if lang == "th" else "Opinion"
    return ""


def _result(effect: Effect, lang: Lang) -> str:
    words = {
        Effect.ISSUE: ("ออกใบอนุญาต", "Licence issued"),
        Effect.EXTEND: ("ต่ออายุแล้ว", "Licence renewed"),
        Effect.REPLACE: ("ออกใบอนุญาตที่แก้ไข", "Amended licence issued"),
        Effect.END: ("ยกเลิกใบอนุญาต", "Licence cancelled"),
        Effect.NOTE: ("บันทึกในทะเบียน", "Noted in the register"),
        Effect.NONE: ("ออกเอกสาร", "Document issued"),
    }
    return words[effect][0 if lang == "th" else 1]


def _row(drawn: Sequence[Phase], lang: Lang, now: str, done: frozenset[str]) -> Iterator[str]:
    yield _lower_row(drawn, lang)
    for place, phase in enumerate(drawn):
        left = MARGIN + place * (WIDE + GAP)
        if place:
            yield _beside(left - GAP, left) if phase.beside else _arrow(left - GAP, left)
        yield _box(phase, left, "p-now" if phase.name == now else "p-done" if phase.name in done else "p-box", lang)


def _box(phase: Phase, left: int, look: str, lang: Lang) -> str:
    text = "p-now-text" if look == "p-now" else "p-text"
    small = "p-now-text" if look == "p-now" else "p-small"
    sign = "✓ " if look == "p-done" else ""
    lines = broken(sign + phase.title, lang)
    under = [words for words in (phase.who, phase.time) if words]
    at = TOP + HIGH / 2 - (len(lines) * LINE + len(under) * LINE) / 2 + TEXT
    middle, below = left + WIDE / 2, at + len(lines) * LINE
    said = "".join(_text(middle, at + i * LINE, line, text, TEXT, bold=True) for i, line in enumerate(lines))
    said += "".join(_text(middle, below + i * LINE - 2, line, small, SMALL) for i, line in enumerate(under))
    rect = f'<rect class="{look}" x="{left}" y="{TOP}" width="{WIDE}" height="{HIGH}" rx="6" stroke-width="2"/>'
    return rect + said


def _lower_row(drawn: Sequence[Phase], lang: Lang) -> str:
    """Under the stages: back to the applicant once, or refused, with the way of appeal."""
    stages = [place for place, phase in enumerate(drawn) if phase.asks]
    if not stages:
        return ""
    first, last = (MARGIN + place * (WIDE + GAP) for place in (stages[0], stages[-1]))
    th = lang == "th"
    back = "ขอให้แก้ไข (ได้ครั้งเดียว)" if th else "Asked to correct (once)"
    refused = "ไม่อนุญาต: อุทธรณ์ได้" if th else "Refused: can appeal"
    if first == last:
        middle = first + WIDE // 2
        return _side(first - (WIDE + GAP) // 2, back, middle - 24, up=True) + _side(
            last + (WIDE + GAP) // 2, refused, middle + 24
        )
    return _side(first, back, first + WIDE // 2, up=True) + _side(last, refused, last + WIDE // 2)


def _side(left: int, words: str, at: int, *, up: bool = False) -> str:
    """A box of the lower row, and a curve between it and the stage above at `at`; `up`: it also leads back."""
    middle, top = left + WIDE // 2, LOW
    curve = f"M{at} {TOP + HIGH} C{at} {TOP + HIGH + 24} {middle} {top - 24} {middle} {top}"
    heads = _head(middle, top, down=True) + (_head(at, TOP + HIGH, down=False) if up else "")
    return (
        f'<path class="p-line" fill="none" stroke-width="2" stroke-dasharray="5 4" d="{curve}"/>{heads}'
        f'<rect class="p-side" x="{left - 12}" y="{top}" width="{WIDE + 24}" height="40" rx="6" stroke-width="1.5"/>'
        + _text(middle, top + 25, words, "p-small", SMALL)
    )


def _head(x: float, y: float, *, down: bool) -> str:
    back = -8 if down else 8
    return f'<path class="p-head" d="M{x} {y} l-5 {back} h10 z"/>'


def _arrow(start: int, end: int) -> str:
    y = TOP + HIGH / 2
    line = f'<path class="p-line" fill="none" stroke-width="2" d="M{start} {y} H{end - 6}"/>'
    return f'{line}<path class="p-head" d="M{end} {y} l-8 -5 v10 z"/>'


def _beside(start: int, end: int) -> str:
    """Two lines across the way: at the same time."""
    x, y = (start + end) / 2, TOP + HIGH / 2
    return f'<path class="p-line" fill="none" stroke-width="2" d="M{x - 3:g} {y - 8} v16 M{x + 3:g} {y - 8} v16"/>'


def _text(x: float, y: float, words: str, look: str, size: int, *, bold: bool = False) -> str:
    weight = ' font-weight="700"' if bold else ""
    said = escape(words)
    return f'<text class="{look}" x="{x:g}" y="{y:g}" font-size="{size}"{weight} text-anchor="middle">{said}</text>'


def broken(words: str, lang: Lang) -> list[str]:
    """A title in at most three lines that fit a box: English at spaces, Thai before known words."""
    pieces = [f"{word} " for word in words.split(" ")]
    if lang == "th":
        pieces = [part for piece in pieces for part in _thai_pieces(piece)]
    lines, most = [""], LETTERS_TH if lang == "th" else LETTERS_EN
    for piece in pieces:
        if lines[-1] and _width(lines[-1] + piece.rstrip()) > most:
            lines.append("")
        lines[-1] += piece
    lines = [line.strip() for line in lines if line.strip()]
    return lines if len(lines) <= 3 else [*lines[:2], lines[2][: most - 1] + "…"]


def _width(words: str) -> int:
    return sum(character not in NOT_WIDE for character in words)


def _thai_pieces(words: str) -> list[str]:
    """The words cut before each known word, the longest known word first at every place."""
    pieces, known = [""], sorted(BREAK_BEFORE, key=len, reverse=True)
    place = 0
    while place < len(words):
        found = next((word for word in known if words.startswith(word, place)), "")
        if found:
            pieces.append(found)
        else:
            pieces[-1] += words[place]
        place += len(found) or 1
    return [piece for piece in pieces if piece]


def _plain(svg: str, width: int) -> str:
    """The same picture with its colours written in, on white."""
    for name, look in PLAIN.items():
        svg = svg.replace(f'class="{name}"', look)
    paper = f'<rect width="{width}" height="{TALL}" fill="#ffffff"/>'
    return svg.replace('sans-serif">', f'sans-serif">{paper}', 1)


def qr_svg(text: str, title: str) -> str:
    """A QR as SVG that fills its place, black on white with its quiet zone; level M, as on screens."""
    made = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(
        made,
        kind="svg",
        xmldecl=False,
        omitsize=True,
        border=4,
        title=title,
        svgclass=None,
        lineclass=None,
        light="#fff",
    )
    return made.getvalue().decode().replace("<svg ", '<svg role="img" ', 1).strip()


def qr_png(text: str) -> bytes:
    """The same QR as a PNG to save on the phone that will pay."""
    made = io.BytesIO()
    segno.make(text, error="m", micro=False).save(made, kind="png", scale=10, border=4)
    return made.getvalue()
