"""The catalogue: reads the data once, checks its shape whole, finds a licence, an agency, a procedure.

A licence file states what is its own; the rest comes from its archetype. How the two become one:

* a table is merged key by key, and the licence's value wins;
* `stages` (by `name`) and `documents` (by `id`) are merged row by row: a row changes what it states, a new row comes at
  the end, `drop = true` takes a row away;
* anything else that the licence states takes the archetype's place;
* an operation that the licence does not name does not exist, whatever the archetype says of it;
* `{new}` in the name of a form is the licence's own first form: `renewal:{new}` is its renewal, derived;
* an amount, a stage, a document or a period without `law` (and an amount without `since`) has the file's own.

A file named `<licence>@<date>.toml` is a later version of `<licence>.toml`, in force from that day.
"""

import csv
import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from licences import questions
from licences.errors import NotFound
from licences.procedure import Agency, Licence, Operation, Procedure
from licences.representation import plain

HOME = Path(__file__).parent
ASKED_FOR = {
    "new": ("ใหม่", "new application"),
    "renew": ("ต่ออายุ", "renewal"),
    "amend": ("แก้ไข", "amendment"),
    "cancel": ("ยกเลิก", "cancellation"),
}
ROW_NAMES = {"stages": "name", "documents": "id"}
LAWFUL = ("stages", "documents", "fees")
PERIODS = ("renewal_window", "appeal")

Table = dict[str, Any]


class DataFault(Exception):
    """A data file is wrong: which file, which key, and why. The process does not start."""


class LicenceUnknown(NotFound):
    """There is no such licence in the catalogue on that day."""


class OperationNotOffered(NotFound):
    """The licence exists, and this operation is not one of its own."""


class AgencyUnknown(NotFound):
    """There is no such agency."""


# --- one file and its archetype ---


def merge(archetype: Mapping[str, Any], own: Mapping[str, Any]) -> Table:
    """The licence's table laid over its archetype's. Pure: neither is changed."""
    merged: Table = deepcopy(dict(archetype))
    for key, value in own.items():
        merged[key] = _merged_value(key, merged.get(key), value)
    if "operations" in merged:
        merged["operations"] = {name: merged["operations"][name] for name in own.get("operations", {})}
    return merged


def _merged_value(key: str, below: Any, value: Any) -> Any:
    if key in ROW_NAMES and isinstance(value, list):
        return _merge_rows(ROW_NAMES[key], below or [], value)
    if isinstance(below, dict) and isinstance(value, Mapping):
        return {**below, **{name: _merged_value(name, below.get(name), one) for name, one in value.items()}}
    return deepcopy(value)


def _merge_rows(name: str, below: list[Table], rows: list[Table]) -> list[Table]:
    merged = {row[name]: row for row in below}
    for row in rows:
        merged[row[name]] = {**merged.get(row[name], {}), **row}
    return [row for row in merged.values() if not row.pop("drop", False)]


def with_the_files_law(table: Table) -> Table:
    """Every amount, stage, document and period that states no law of its own gets the file's. Changes `table`."""
    law, since = table.get("law"), table.get("effective_from")
    for act in table.get("operations", {}).values():
        act.setdefault("law", law)
        for kind in LAWFUL:
            for row in act.get(kind, []):
                row.setdefault("law", law)
                if kind == "fees":
                    row.setdefault("since", since)
    for period in PERIODS:
        if period in table:
            table[period].setdefault("law", law)
    return table


def with_derived_forms(table: Table) -> Table:
    """`{new}` in the name of a form stands for the licence's own first form, which it follows. Changes `table`."""
    acts = table.get("operations", {})
    first = str(acts.get("new", {}).get("form", ""))
    for act in acts.values():
        if "form" in act:
            act["form"] = str(act["form"]).replace("{new}", first)
    return table


def sources(archetype: Mapping[str, Any], own: Mapping[str, Any], names: tuple[str, str]) -> dict[str, str]:
    """Where each value comes from: a dotted path to the archetype's or the licence's name in `names`, in that order."""
    mine = dict(_leaves(own))
    return {path: names[1] if path in mine else names[0] for path, _ in _leaves(merge(archetype, own))}


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _leaves(one, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for place, row in enumerate(value):
            yield from _leaves(row, f"{path}.{row.get('name') or row.get('id') or place}")
    else:
        yield path, value


# --- the whole ---


@cache
def business_rows() -> tuple[Mapping[str, str], ...]:
    """The table of kinds of business, a row each, in its order."""
    with (HOME / "business-types.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def kinds_of_business() -> Mapping[str, str]:
    """Each kind of business, and what it is called in both languages."""
    return {row["slug"]: f"{row['name_th']} {row['name_en']}" for row in business_rows()}


class Catalogue:
    """All agencies and licences, as they stand in the data. Never changed after it is read."""

    def __init__(
        self,
        agencies: Mapping[str, Agency],
        versions: Mapping[str, tuple[Licence, ...]],
        origins: Mapping[str, tuple[Table, Table]],
    ) -> None:
        self.agencies = dict(agencies)
        self.versions = dict(versions)
        self._origins = dict(origins)
        self._procedures: dict[tuple[str, date, Operation], Procedure] = {}
        newest = {code: all_versions[-1] for code, all_versions in self.versions.items()}
        self._haystacks = {code: _haystack(licence) for code, licence in newest.items()}
        self._around = {code: f"{self._haystacks[code]} {self._called(licence)}" for code, licence in newest.items()}

    def _called(self, licence: Licence) -> str:
        """What people call its agency and the businesses that need it."""
        agency, kinds = self.agencies.get(licence.agency), kinds_of_business()
        named = [agency.title.th, agency.title.en] if agency else []
        return plain(" ".join([*named, *(kinds[slug] for slug in licence.business_types if slug in kinds)]))

    @property
    def licences(self) -> tuple[Licence, ...]:
        """Every licence in its newest version, in order of agency and code."""
        return tuple(versions[-1] for versions in self.versions.values())

    def agency(self, code: str) -> Agency:
        """One agency. Raises AgencyUnknown."""
        if code not in self.agencies:
            raise AgencyUnknown(f"ไม่มีหน่วยงาน {code}", f"there is no agency {code}", field="agency")
        return self.agencies[code]

    def licence(self, code: str, on: date | None = None) -> Licence:
        """One licence as it stood on that day; the newest version when no day is given. Raises LicenceUnknown."""
        for licence in reversed(self.versions.get(code, ())):
            if on is None or _stands(licence, on):
                return licence
        raise LicenceUnknown(
            f"ไม่มีใบอนุญาต {code} ให้ยื่นในวันนี้ โปรดค้นหาจากรายการใบอนุญาต",
            f"there is no licence {code} to apply for: please look in the list of licences",
            field="licence",
        )

    def procedure(self, code: str, operation: Operation | str, on: date) -> Procedure:
        """The rules for one operation on that day. Raises LicenceUnknown or OperationNotOffered."""
        licence = self.licence(code, on)
        if operation not in licence.operations:
            th, en = ASKED_FOR.get(str(operation), (str(operation), str(operation)))
            raise OperationNotOffered(
                f"{licence.title.th} ไม่มีคำขอ{th}ในระบบนี้",
                f"{licence.title.en} offers no {en} here",
                field="operation",
            )
        key = (code, licence.effective_from, Operation(operation))
        if key not in self._procedures:
            self._procedures[key] = resolve(licence, Operation(operation))
        return self._procedures[key]

    def search(self, q: str = "", *, agency: str = "", business_type: str = "") -> tuple[Licence, ...]:
        """The licences in whose code, titles, law, agency or kinds of business every word of `q` occurs.

        Those that say it themselves come first, the most used of them first; then those whose agency or kind of
        business is called so, the ones that the fewest kinds of business need first.
        """
        words = plain(q).split()
        found = [
            licence
            for licence in self.licences
            if all(word in self._around[licence.code] for word in words)
            and agency in ("", licence.agency)
            and (not business_type or business_type in licence.business_types)
        ]
        return tuple(sorted(found, key=lambda licence: self._rank(licence, words)))

    def _rank(self, licence: Licence, words: list[str]) -> tuple[int, int, str, str]:
        itself = all(word in self._haystacks[licence.code] for word in words)
        needed_by = 0 if itself else 1 + len(licence.business_types)
        return needed_by, -(licence.usage_count or 0), licence.agency, licence.code

    def sources(self, code: str) -> dict[str, str]:
        """Where each value of a licence comes from: its own file or its archetype's."""
        archetype, own = self._origins[code]
        return sources(archetype, own, (f"archetypes/{own['archetype']}.toml", f"{code}.toml"))


def _stands(licence: Licence, on: date) -> bool:
    return licence.effective_from <= on and (licence.effective_to is None or on <= licence.effective_to)


def _haystack(licence: Licence) -> str:
    return plain(" ".join((licence.code, licence.title.th, licence.title.en, licence.law, licence.agency)))


def resolve(licence: Licence, operation: Operation, forms: Path = questions.HOME) -> Procedure:
    """The frozen rules of one operation, named by the hash of their content, the texts of its form in `forms` too.

    Prerequisites are asked for when a licence is new; the licence that a companion service acts on is not one of them,
    because it is looked up and judged (in force, renewable) by itself.
    """
    act = licence.operations[operation]
    facts: dict[str, Any] = {name: getattr(licence, name) for name in Procedure.model_fields if name in _OF_LICENCE}
    facts |= {name: getattr(act, name) for name in _OF_ACT}
    facts |= {
        "licence": licence.code,
        "operation": operation,
        "questions": questions.digest(act.form, forms),
        "decision_days": act.decision_days or licence.decision_days,
        "prerequisites": tuple(
            needed
            for needed in licence.prerequisites
            if operation is Operation.NEW and act.acts_on not in needed.any_of
        ),
    }
    return named(Procedure(version="", **facts))


def named(procedure: Procedure) -> Procedure:
    """The same rules under the hash of their content."""
    silent = set() if procedure.pauses else {"pauses"}  # rules that say nothing of it keep the name they had
    body = procedure.model_dump_json(exclude={"version", "on_change"} | silent).encode()
    return procedure.model_copy(update={"version": hashlib.sha256(body).hexdigest()})


_OF_LICENCE = {
    "title", "agency", "level", "routing", "applicant", "assurance", "display_required", "digits", "validity",
    "renewal_window", "one_per", "appeal", "pauses", "on_change",
}  # fmt: skip
_OF_ACT = ("law", "form", "effect", "acts_on", "documents", "stages", "fees", "automatic")


# --- reading ---


@cache
def load() -> Catalogue:
    """The catalogue of this installation, read once per process. Raises DataFault."""
    return read(HOME / "data", HOME / "archetypes")


def read(data: Path, archetypes: Path) -> Catalogue:
    """Read and check every file below `data`, with the archetypes they name. Raises DataFault."""
    shared = {path.stem: _table(path) for path in sorted(archetypes.glob("*.toml"))}
    agencies = {path.parent.name: _agency(path) for path in sorted(data.glob("*/agency.toml"))}
    versions: dict[str, list[Licence]] = {}
    origins: dict[str, tuple[Table, Table]] = {}
    for path in sorted(data.glob("*/*.toml")):
        if path.name == "agency.toml":
            continue
        own = _table(path)
        archetype = _archetype(shared, own, path)
        licence = _licence(path, archetype, own)
        versions.setdefault(licence.code, []).append(licence)
        origins[licence.code] = archetype, own
    in_order = {code: tuple(sorted(some, key=lambda one: one.effective_from)) for code, some in versions.items()}
    return Catalogue(agencies, in_order, origins)


def read_licence(path: Path, archetypes: Path, code: str, agency: str) -> Licence:
    """One definition file by itself, read as that licence of that agency. Raises DataFault."""
    own = _table(path)
    shared = {each.stem: _table(each) for each in archetypes.glob("*.toml")}
    return _checked(path, _archetype(shared, own, path), own, {"code": code, "agency": agency})


def _table(path: Path) -> Table:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise DataFault(f"{path.name}: {wrong}") from wrong


def _archetype(shared: Mapping[str, Table], own: Table, path: Path) -> Table:
    name = str(own.get("archetype"))
    if name not in shared:
        raise DataFault(f"{path.name}: there is no archetype {name!r}; there are {', '.join(sorted(shared))}")
    return shared[name]


def _licence(path: Path, archetype: Table, own: Table) -> Licence:
    return _checked(path, archetype, own, {"code": code_of(path), "agency": path.parent.name})


def code_of(path: Path) -> str:
    """The licence that a definition file is a version of."""
    return path.stem.partition("@")[0]


def _checked(path: Path, archetype: Table, own: Table, where: Table) -> Licence:
    merged = with_derived_forms(with_the_files_law(merge(archetype, own)))
    try:
        return Licence.model_validate({**merged, **where})
    except ValidationError as wrong:
        raise DataFault(f"{path.parent.name}/{path.name}: {_told(wrong)}") from wrong


def _agency(path: Path) -> Agency:
    try:
        return Agency.model_validate({**_table(path), "code": path.parent.name})
    except ValidationError as wrong:
        raise DataFault(f"{path.parent.name}/{path.name}: {_told(wrong)}") from wrong


def _told(wrong: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in wrong.errors(include_url=False))
