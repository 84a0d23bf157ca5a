"""Every fully digital licence drawn once, side by side, for somebody to look at.

    python -m bench.contact [CODE ...]

Each paper is drawn from its form's example answers by the same facts and sheets that a journey uses, unsealed. Leaves
`out/contact/<code>.pdf`, the paper itself, `out/contact/sheet-NN.png` with their first pages, nine to a
sheet, and `out/contact/pages.csv` with how many pages each has.
"""

import csv
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pypdfium2
from PIL import Image, ImageDraw

from activities import sheets
from bench import specimens
from licences import catalogue
from licences.calendar import BANGKOK
from licences.procedure import PAPERS, Effect, Level, Operation, Procedure
from signing.document import render, sheet_of

OUT = Path("out/contact")
ON = date(2026, 11, 20)
MADE_AT = datetime(2026, 11, 20, 9, 30, tzinfo=BANGKOK)
WITH_A_PAPER = PAPERS | {Effect.NONE}
ACROSS, DOWN, WIDE, TALL = 3, 3, 620, 877


@dataclass(frozen=True)
class Drawn:
    """One licence on paper: its first page as a picture, and what to look out for."""

    code: str
    pdf: bytes
    first: Image.Image
    pages: int
    rows: int
    longest: int
    seconds: float


def drawn(procedure: Procedure) -> Drawn:
    """One licence as it would be granted on its example. Raises what the drawing room raises."""
    began = time.perf_counter()
    one = specimens.specimen(procedure, ON)
    said = specimens.granted(one, ON)
    agency = specimens.grant(one, ON).agency
    number, url = str(said["licence_number"]), f"http://localhost/v/{said['licence_number']}"
    if procedure.effect is Effect.NONE:
        sheet = sheets.completed(procedure, agency, number, facts=said, made_at=MADE_AT, url=url)
    else:
        sheet = sheets.licence(said, agency, made_at=MADE_AT, url=url)
    pdf = render(sheet_of(sheet))
    document = pypdfium2.PdfDocument(pdf)
    first = document[0].render(scale=WIDE / document[0].get_width()).to_pil().convert("RGB")
    longest = max(len(row["value"]) for row in sheet["rows"])
    took = round(time.perf_counter() - began, 2)
    return Drawn(procedure.licence, pdf, first, len(document), len(sheet["rows"]), longest, took)


def sealed_ones(codes: Sequence[str] = ()) -> list[Procedure]:
    """The filings that end in a sealed paper; a note and an end are entries only, and have none."""
    known = catalogue.load()
    found = [known.procedure(one.code, Operation.NEW, ON) for one in known.licences if one.level is Level.SEAL]
    return [one for one in found if one.effect in WITH_A_PAPER and (not codes or one.licence in codes)]


def contact_sheets(papers: Sequence[Drawn]) -> Iterator[Image.Image]:
    """Nine first pages on one picture, each under its code."""
    for start in range(0, len(papers), ACROSS * DOWN):
        picture = Image.new("RGB", (ACROSS * (WIDE + 10), DOWN * (TALL + 30)), "white")
        pen = ImageDraw.Draw(picture)
        for nth, paper in enumerate(papers[start : start + ACROSS * DOWN]):
            left, top = nth % ACROSS * (WIDE + 10), nth // ACROSS * (TALL + 30)
            pen.text((left + 8, top + 4), f"{paper.code} ({paper.pages} p.)", fill="black", font_size=18)
            picture.paste(paper.first, (left, top + 28))
        yield picture


def main() -> int:
    """Draw what is asked for; exit 1 when one cannot be drawn."""
    OUT.mkdir(parents=True, exist_ok=True)
    papers, failed = list[Drawn](), 0
    for procedure in sealed_ones(sys.argv[1:]):
        try:
            papers.append(drawn(procedure))
        except Exception as error:
            failed += 1
            print(f"{procedure.licence}: {error!r}")
    for nth, picture in enumerate(contact_sheets(papers), start=1):
        picture.save(OUT / f"sheet-{nth:02d}.png")
    for paper in papers:
        (OUT / f"{paper.code}.pdf").write_bytes(paper.pdf)
    _table(papers)
    seconds = sorted(paper.seconds for paper in papers) or [0.0]
    print(f"contact: {len(papers)} drawn, {failed} not; {sum(p.pages > 1 for p in papers)} of more than one page")
    print(f"contact: median {seconds[len(seconds) // 2]:.2f} s, longest {seconds[-1]:.2f} s a paper")
    return 1 if failed else 0


def _table(papers: Sequence[Drawn]) -> None:
    with (OUT / "pages.csv").open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file)
        write.writerow(["code", "pages", "rows", "longest value", "bytes", "seconds"])
        write.writerows([p.code, p.pages, p.rows, p.longest, len(p.pdf), p.seconds] for p in papers)


if __name__ == "__main__":
    sys.exit(main())
