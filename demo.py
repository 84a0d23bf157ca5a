"""`make demo`: one real company, all the way, through the public HTTP interface, checked from outside.

Starts the whole system on loopback with a fresh state, takes a juristic person through *new, renew, amend, cancel*,
runs the clinic pair and the SME register, and checks every result as a stranger would, with other people's tools.
Leaves the sealed PDFs, `trust/` and `summary.json` in `out/demo/`. Last line `demo: passed`, or
`demo: failed: <which step, why>`.
"""

import json
import os
import shutil
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from commands.catalogue import example
from forms import form
from licences import catalogue
from licences.calendar import BANGKOK
from licences.procedure import Operation
from local import System

OUT = Path("out/demo")
COMPANY = "0107999000018"  # any one director signs
SMALL_COMPANY = "0105999000016"  # two directors sign together
PATIENCE_S = 30.0
A_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
"""A small file that really is a PDF, for every document that is asked for."""
PDF = "application/pdf"


@cache
def a_picture() -> bytes:
    """A small file that really is a PNG."""
    out = BytesIO()
    Image.new("RGB", (300, 400), "#dfe8ee").save(out, "PNG")
    return out.getvalue()


class Failed(Exception):
    """One step did not do what it must."""


class Story:
    """The steps taken, each printed as it happens, with its time."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.steps: list[dict[str, Any]] = []

    @contextmanager
    def step(self, says: str) -> Iterator[None]:
        """One step: its words, then how long it took."""
        began = time.monotonic()
        print(f"  {began - self.began:6.1f} s  {says} … ", end="", flush=True)
        try:
            yield
        except Exception as error:
            print("FAILED")
            raise Failed(f"{says}: {error}") from error
        took = time.monotonic() - began
        self.steps.append({"step": says, "seconds": round(took, 3)})
        print(f"{took:.2f} s", flush=True)


class Visitor:
    """Somebody at the door, known by a token or not at all."""

    def __init__(self, base: str, token: str = "") -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.http = httpx.Client(base_url=base, headers=headers, timeout=30)
        self.keys = 0

    def get(self, path: str, **query: Any) -> Any:
        """What a GET answers, as JSON."""
        return self._read(self.http.get(path, params=query))

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        """What a POST answers, as JSON; each call has its own Idempotency-Key."""
        self.keys += 1
        key = {"Idempotency-Key": f"demo-{id(self)}-{self.keys}"}
        return self._read(self.http.post(path, json=body, headers=key, **more))

    def _read(self, answer: httpx.Response) -> Any:
        if answer.status_code >= 400:
            raise Failed(
                f"{answer.request.method} {answer.request.url.path} → {answer.status_code}: {answer.text[:500]}"
            )
        return answer.json() if "json" in answer.headers.get("content-type", "") else answer.content


def wait_for(says: str, look: Callable[[], Any], patience_s: float = PATIENCE_S) -> Any:
    """Look until there is something, or the patience is over."""
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.1)
    raise Failed(f"{says}: nothing after {patience_s:.0f} s")


class Demo:
    """The whole demonstration, from outside: public HTTP, other people's checkers, the example offices."""

    def __init__(self, system: System, story: Story) -> None:
        self.system, self.story = system, story
        self.base = system.addresses["web"]
        self.bank, self.mailbox = system.addresses["bank"], system.addresses["mailbox"]
        self.public = Visitor(self.base)
        self.known: dict[str, Visitor] = {}
        self.summary: dict[str, Any] = {"applications": [], "licences": []}
        self.filed_by: dict[str, str] = {}

    def person(self, name: str) -> Visitor:
        """Somebody who has signed in, by the real code flow."""
        if name not in self.known:
            env = {**os.environ, **self.system.env}
            asked = [sys.executable, "-m", "cli", "token", name, "--data", str(self.system.folder)]
            token = subprocess.run(asked, env=env, capture_output=True, text=True, check=True).stdout.strip()
            self.known[name] = Visitor(self.base, token)
        return self.known[name]

    # What an applicant does

    def file(self, who: str, licence: str, operation: str, **more: Any) -> dict[str, Any]:
        """Fill in the form with example answers, bring the files, submit."""
        person = self.person(who)
        answers = {**example(licence, Operation(operation)), **more.pop("answers", {})}
        files = self.upload(person, licence, operation)
        body = {"licence": licence, "operation": operation, "answers": put_files(answers, files), "attachments": files}
        filed: dict[str, Any] = person.post("/api/v1/applications", {**body, **more})
        self.summary["applications"].append({k: filed[k] for k in ("number", "status", "received_at", "due_on")})
        self.filed_by[filed["number"]] = who
        return filed

    def upload(self, person: Visitor, licence: str, operation: str) -> dict[str, str]:
        """Bring every document that the procedure and its form ask for."""
        asked = documents(licence, Operation(operation))
        return {document: self._bring(person, document, kind) for document, kind in asked.items()}

    def _bring(self, person: Visitor, document: str, kind: str) -> str:
        file = (f"{document}.pdf", A_PDF, PDF) if kind == PDF else (f"{document}.png", a_picture(), "image/png")
        answer = person.post("/api/v1/attachments", files={"file": file}, data={"document": document})
        return str(answer["id"])

    def now(self, number: str, who: str = "applicant") -> dict[str, Any]:
        """The application as its applicant sees it."""
        seen: dict[str, Any] = self.person(who).get(f"/api/v1/applications/{number}")
        return seen

    def until(self, number: str, status: str, who: str = "applicant") -> dict[str, Any]:
        """Wait until the application stands there."""

        def look() -> dict[str, Any] | None:
            seen = self.now(number, who)
            if seen["status"] in OVER and seen["status"] != status:
                raise Failed(f"{number} ended as {seen['status']}, not {status}")
            return seen if seen["status"] == status else None

        return dict(wait_for(f"{number} to be {status}", look))

    def pay(self, number: str, who: str = "applicant") -> None:
        """Scan the QR with the bank's app; the bank notifies us, and we ask the bank itself."""
        bill = self.until(number, "to-pay", who)["bill"]
        httpx.post(f"{self.bank}/pay", json={"qr": bill["qr"]}, timeout=30).raise_for_status()
        wait_for(f"bill {bill['ref1']} to be paid", lambda: self.now(number, who)["status"] != "to-pay")

    # What officers do

    def decide(self, who: str, number: str, verdict: str = "approve", **more: Any) -> dict[str, Any]:
        """Take the task from the inbox and decide it."""
        officer = self.person(who)

        def look() -> dict[str, Any] | None:
            found = officer.get("/api/v1/tasks", limit=100)["items"]
            return next((task for task in found if task["application"] == number), None)

        task = wait_for(f"a task of {number} for {who}", look)
        body = {"verdict": verdict, "reason": "", **more}
        officer.post(f"/api/v1/tasks/{task['id']}/decision", body)
        return dict(task)

    # What the public sees

    def issued(self, number: str, who: str = "applicant") -> str:
        """Wait for the licence, fetch it as a stranger, and check it with other people's tools."""
        licence = self.until(number, "issued", who)["licence_number"]
        entry = self.public.get(f"/api/v1/register/{licence}")
        if entry["status"] != "in-force":
            raise Failed(f"the register says {entry['status']} of {licence}")
        page = self.public.http.get(f"/v/{licence}")
        if page.status_code != 200 or licence not in page.text:
            raise Failed(f"the register's page does not show {licence}")
        pdf = self.public.get(f"/api/v1/register/{licence}/document")
        path = OUT / f"{number}-{licence}.pdf"
        path.write_bytes(pdf)
        check_pdf(path, self.system)
        self.summary["licences"].append({"number": licence, "application": number, "file": path.name})
        return str(licence)

    def mails(self) -> list[dict[str, Any]]:
        """Every letter that arrived, whomever it was for."""
        found: list[dict[str, Any]] = httpx.get(f"{self.mailbox}/messages", timeout=10).json()["messages"]
        return found

    # The stories

    def food(self) -> None:
        """Food premises over 200 sq m: two officers and an inspector, a fee by size, all four operations."""
        step = self.story.step
        company = {"holder": {"juristic_id": COMPANY}}
        with step("the company applies for a food premises licence; its facts come from the company register"):
            number = self.file("applicant", FOOD, "new", **company)["number"]
        with step("the same application twice is refused, and nothing is half-made"):
            self.refused(409, lambda: self.file("applicant", FOOD, "new", **company))
        with step("an officer confirms how the company signs"):
            self.decide("officer-lao", number)
        self.review(number)
        with step("the fee is paid by QR; the bank is asked, not believed"):
            self.pay(number)
        with step("the licence is sealed, registered, downloaded and verified by a stranger"):
            licence = self.issued(number)
        with step("the acknowledgement names both times and is sealed"):
            paper = self.person("applicant").get(f"/api/v1/applications/{number}/acknowledgement")
            (OUT / f"{number}-acknowledgement.pdf").write_bytes(paper)
            check_pdf(OUT / f"{number}-acknowledgement.pdf", self.system, in_register=False)
        with step("amend: the new entry supersedes"):
            amended = self.file("applicant", FOOD, "amend", licence_number=licence, **company)["number"]
        self.finish(amended)
        with step("cancel: the licence ends"):
            ended = self.file("applicant", FOOD, "cancel", licence_number=licence, **company)["number"]
        self.finish(ended, expect="ended")
        self.renewal(company)

    def renewal(self, company: dict[str, Any]) -> None:
        """A licence that was granted on paper last year and ends soon is taken into the register, and renewed here."""
        with self.story.step("a licence granted on paper last year is imported into the register"):
            old = import_paper_licence(self.system)
        with self.story.step("renew: a new entry with a later end"):
            number = self.file("applicant", FOOD, "renew", licence_number=old, **company)["number"]
        self.finish(number)

    def review(self, number: str) -> None:
        """The stages of the food licence."""
        with self.story.step("an officer asks for what is missing, item by item; the applicant answers"):
            asked = [{"field": "trade_name", "wrong": "ชื่อไม่ตรงกับป้าย", "wanted": "ชื่อตามป้ายหน้าร้าน"}]
            self.decide("officer-lao", number, "ask", reason="โปรดแก้ไขชื่อร้าน", items=asked)
            self.until(number, "incomplete")
            answer = {"answers": {"trade_name": "ครัวคุณยายน้ำ"}, "attachments": {}}
            self.person("applicant").post(f"/api/v1/applications/{number}/resubmission", answer)
        with self.story.step("completeness, inspection with a report, approval"):
            self.decide("officer-lao", number)
            report = [{"item": "ที่ล้างมือและบ่อดักไขมัน", "result": "pass", "note": "เรียบร้อย"}]
            self.decide("inspector-lao", number, report=report)
            self.decide("supervisor-lao", number, conditions=["ต้องจัดให้มีถังดับเพลิงพร้อมใช้งาน"])

    def finish(self, number: str, expect: str = "in-force", who: str = "applicant") -> None:
        """Whatever stands in the way is decided and paid, until the application is over."""
        with self.story.step(f"{number}: officers decide and the fee is paid, until the register has it"):
            end = time.monotonic() + 60
            while (seen := self.now(number, who))["status"] not in OVER:
                if time.monotonic() > end:
                    raise Failed(f"{number} stands at {seen['status']}, waiting for {seen.get('waiting_for')}")
                self.one_turn(seen, who)
            if seen["status"] != "issued":
                raise Failed(f"{number} ended as {seen['status']}")
            entry = self.public.get(f"/api/v1/register/{seen['licence_number']}")
            if entry["status"] != expect:
                raise Failed(f"the register says {entry['status']}, not {expect}")
            if expect == "in-force":
                self.issued(number, who)

    def one_turn(self, seen: dict[str, Any], who: str) -> None:
        """Whoever's turn it is does what is asked of them."""
        if seen["status"] == "to-pay":
            self.pay(seen["number"], who)
        elif seen["status"] == "in-review":
            for name in officers_of(seen):
                found = self.person(name).get("/api/v1/tasks", limit=100)["items"]
                if any(task["application"] == seen["number"] for task in found) and self.tried(name, seen["number"]):
                    return
        time.sleep(0.1)

    def tried(self, name: str, number: str) -> bool:
        """Decide, unless the law wants another officer than the one who decided before."""
        try:
            self.decide(name, number)
        except Failed as no:
            if "same-officer" in str(no):
                return False
            raise
        return True

    def refused(self, status: int, attempt: Callable[[], Any]) -> None:
        """The attempt must be answered by a problem document in both languages."""
        try:
            attempt()
        except Failed as no:
            if f"→ {status}" in str(no) and '"th"' in str(no) and '"en"' in str(no):
                return
            raise
        raise Failed("it was accepted")

    def clinic(self) -> None:
        """The company runs the clinic, a natural person operates it; two different officers; ends on 31 December."""
        with self.story.step("the company applies to run a clinic"):
            number = self.file("applicant", "dhss-clinic-business", "new", holder={"juristic_id": COMPANY})["number"]
        self.finish(number)
        business = self.now(number)["licence_number"]
        with self.story.step("a practitioner applies to operate it, by the number of its licence"):
            answers = {"clinic_licence_no": business}
            filed = self.file("practitioner", "dhss-clinic-operate", "new", holder={"self": True}, answers=answers)
        self.finish(filed["number"], who="practitioner")

    def sme(self) -> None:
        """No fee, no officer: rules decide at once on register data, once both directors have signed."""
        with self.story.step("a small company registers as an SME; an officer confirms how it signs"):
            number = self.file("applicant", "osmep-sme-register", "new", holder={"juristic_id": SMALL_COMPANY})[
                "number"
            ]
            self.decide("officer-osmep", number)
        with self.story.step("the second director signs in and signs; rules decide at once"):
            self.until(number, "waiting-signatures")
            self.person("director-2").post(f"/api/v1/applications/{number}/signature")
            self.issued(number)

    def post(self) -> None:
        """The e-mails arrived, one of each kind."""
        with self.story.step("the e-mails arrived, each once"):
            told = wait_for("the last letter", lambda: self.all_told() and self.mails())
            ids = [mail["message_id"] for mail in told]
            if len(set(ids)) != len(ids):
                raise Failed("a letter came twice")
            self.summary["letters"] = len(ids)

    def all_told(self) -> bool:
        """Whether each licence that was issued has been told of by mail."""
        subjects = " ".join(mail["subject"] for mail in self.mails())
        return all(licence["number"] in subjects for licence in self.summary["licences"])

    def money(self) -> None:
        """The day's money, held against the bank's own statement by the operators' command."""
        with self.story.step("bank = payments = postings = receipts, to the satang"):
            today = str(datetime.now(BANGKOK).date())
            asked = [sys.executable, "-m", "cli", "money", "prove", "--day", today, "--json"]
            asked += ["--data", str(self.system.folder)]
            done = subprocess.run(asked, capture_output=True, text=True, check=False)
            if done.returncode:
                raise Failed(done.stdout + done.stderr)
            self.summary["money"] = json.loads(done.stdout)

    def offline(self) -> None:
        """The trust folder with the signed list of what died: without a network it says what the register says."""
        trust, data = OUT / "trust", ["--data", str(self.system.folder)]
        with self.story.step("offline, with the signed list: the ended licence is told from one in force"):
            shutil.copytree(Path(self.system.env["BIZ_TRUST_DIR"]), trust)
            files = [OUT / self.summary["licences"][nth]["file"] for nth in (0, -1)]

            def as_online() -> bool:
                if bizportal("register", "snapshot", str(trust), *data):
                    return False
                alone = ["--offline", "--trust", str(trust)]
                return [bizportal("verify", str(one), *alone) for one in files] == [3, 0]

            wait_for("a signed list that has everything", as_online)

    def tell(self) -> None:
        """Everything, in order."""
        self.food()
        self.clinic()
        self.sme()
        self.post()
        self.money()
        self.offline()
        for filed in self.summary["applications"]:
            filed["status"] = self.now(filed["number"], self.filed_by[filed["number"]])["status"]


OVER = ("issued", "refused", "returned", "withdrawn")
FOOD = "lao-food-sale-large"


def officers_of(seen: dict[str, Any]) -> list[str]:
    """Who sits at the agency that an application lies at."""
    agency = seen["agency"]["code"] if isinstance(seen["agency"], dict) else seen["agency"]
    return [f"{role}-{agency}{nth}" for role in ("officer", "inspector", "supervisor") for nth in ("", "-2")
            if role == "officer" or not nth]  # fmt: skip


def documents(licence: str, operation: Operation) -> dict[str, str]:
    """Every document that a procedure asks for, and every file question of its form: its id and media type."""
    act = catalogue.load().licence(licence).operations[operation]
    asked = form.example_attachments(form.load(act.form))
    questions = {name.removeprefix("example-"): kind for name, kind in asked.items()}
    return {one.id: PDF for one in act.documents} | questions


def put_files(value: Any, files: dict[str, str]) -> Any:
    """The example answers with the uploaded files in place of the examples' names."""
    if isinstance(value, dict):
        return {key: put_files(part, files) for key, part in value.items()}
    if isinstance(value, list):
        return [put_files(part, files) for part in value]
    if isinstance(value, str) and value.startswith("example-"):
        return files[value.removeprefix("example-")]
    return value


def check_pdf(path: Path, system: System, *, in_register: bool = True) -> None:
    """pdfsig finds the seal valid and the file wholly covered; our own command agrees; one byte changed is refused."""
    seen = subprocess.run(["pdfsig", str(path)], capture_output=True, check=False).stdout.decode(errors="replace")
    if "Signature is Valid" not in seen or "Total document signed" not in seen.rsplit("Signature #", 1)[-1]:
        raise Failed(f"pdfsig does not find {path.name} sealed:\n{seen}")
    if in_register:
        expect_verify(path, system, 0)
        altered = path.with_suffix(".altered.pdf")
        content = bytearray(path.read_bytes())
        content[len(content) // 3] ^= 1
        altered.write_bytes(content)
        expect_verify(altered, system, 1)
        altered.unlink()


def bizportal(*words: str) -> int:
    """Run our own command as anybody would; its exit code."""
    return subprocess.run([sys.executable, "-m", "cli", *words], capture_output=True, check=False).returncode


def expect_verify(path: Path, system: System, code: int) -> None:
    """`bizportal verify` must end with this code."""
    asked = [sys.executable, "-m", "cli", "verify", str(path), "--data", str(system.folder)]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    if done.returncode != code:
        raise Failed(f"bizportal verify {path.name}: {done.returncode}, expected {code}\n{done.stdout}{done.stderr}")


def import_paper_licence(system: System) -> str:
    """A licence on paper, granted ten months ago, taken into the register by the operators' command; its number."""
    granted = date.today() - timedelta(days=310)
    rows = OUT / "paper-licences.csv"
    rows.write_text(
        "paper_number,licence,juristic_id,holder_name,house_no,subdistrict_code,postcode,granted_on,valid_until\n"
        f"12/2568,{FOOD},{COMPANY},บริษัท ตัวอย่างอุตสาหกรรม จำกัด (มหาชน),88,500101,50200,{granted},"
        f"{granted + timedelta(days=364)}\n",
        encoding="utf-8",
    )
    asked = [
        sys.executable,
        "-m",
        "cli",
        "register",
        "import",
        str(rows),
        "--agency",
        "lao",
        "--data",
        str(system.folder),
    ]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(done.stdout + done.stderr)
    return str(json.loads(done.stdout.splitlines()[-1])["licence_number"])


def main() -> int:
    """Run it all; print the last line that CI and people look for."""
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    state = Path(".local/demo")
    shutil.rmtree(state, ignore_errors=True)
    story = Story()
    try:
        with story.step("start the whole system on loopback"):
            system = System(state)
            system.start()
        try:
            demo = Demo(system, story)
            demo.tell()
            demo.summary["steps"] = story.steps
            (OUT / "summary.json").write_text(json.dumps(demo.summary, ensure_ascii=False, indent=1), encoding="utf-8")
        finally:
            system.stop()
    except Exception as error:
        if not isinstance(error, Failed):
            traceback.print_exc()
        print(f"demo: failed: {error}")
        return 1
    print(f"  {OUT}/ has the sealed PDFs, trust/ and summary.json. Verify one as a stranger would, without a network:")
    print(
        f"  .venv/bin/bizportal verify {OUT / demo.summary['licences'][-1]['file']} --trust {OUT / 'trust'} --offline"
    )
    print("demo: passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
