"""The templates, stylesheet and script as files: both languages everywhere, nothing inline, nothing foreign, small."""

import gzip
import re

import pytest
from jinja2 import nodes
from lxml import etree

from api.showing import HERE, environment

TEMPLATES = sorted(path.name for path in (HERE / "templates").glob("*.html"))
STATIC = sorted((HERE / "static").iterdir())
CSS_GZIP_BYTES = 12 * 1024
SCRIPT_LINES = 150
NAMES = {
    "Biz",
    "Portal",
    "SHA",
    "XML",
    "PDF",
    "QR",
    "PromptPay",
    "CSV",
    "JSON",
    "Lines",
    "bizportal",
    "verify",
    "register",
    "audit",
    "openapi",
    "json",
    "FILE",
    "pdf",
}
"""Words that are the same in both languages."""


def tree(name: str) -> nodes.Template:
    """One template, parsed."""
    return environment().parse((HERE / "templates" / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_sentence_is_said_in_thai_and_in_english(name: str) -> None:
    for call in tree(name).find_all(nodes.Call):
        if not (isinstance(call.node, nodes.Name) and call.node.name == "t"):
            continue
        assert len(call.args) == 2, f"line {call.lineno}"
        if all(isinstance(one, nodes.Const) for one in call.args):
            th, en = (one.value for one in call.args if isinstance(one, nodes.Const))
            assert re.search("[\u0e00-\u0e7f]", th) or en == "ภาษาไทย", f"line {call.lineno}: {th!r}"
            assert re.search("[a-zA-Z]", en) or en in ("ภาษาไทย", ""), f"line {call.lineno}: {en!r}"


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_words_stand_outside_the_two_languages(name: str) -> None:
    source = (HERE / "templates" / name).read_text(encoding="utf-8")
    said = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", " ", source, flags=re.S)
    said = re.sub(r"<[^<>]*>", " ", re.sub(r"\s[a-z-]+=\"[^\"]*\"", " ", said))

    loose = set(re.findall(r"[a-zA-Z\u0e00-\u0e7f]{2,}", said))

    assert loose <= NAMES, sorted(loose - NAMES)


@pytest.mark.parametrize("name", TEMPLATES)
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(name: str) -> None:
    source = (HERE / "templates" / name).read_text(encoding="utf-8")

    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:|<script(?! src)", source)
    assert not re.search(r"https?://|src=\"//|href=\"//", source)


@pytest.mark.parametrize("path", STATIC, ids=lambda path: path.name)
def test_static_files_name_no_other_host(path: object) -> None:
    source = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")  # type: ignore[attr-defined]

    assert not re.search(r"https?:|//[a-z]+\.|@import|@font-face", source)


def test_the_stylesheet_stays_small() -> None:
    assert len(gzip.compress((HERE / "static" / "style.css").read_bytes(), 9)) <= CSS_GZIP_BYTES


def test_the_script_stays_short_and_builds_no_code_from_text() -> None:
    source = (HERE / "static" / "smoother.js").read_text(encoding="utf-8")

    assert len(source.splitlines()) <= SCRIPT_LINES
    assert not re.search(r"\beval\b|new Function|document\.write|\.style\b", source)


def test_thai_is_never_spaced_slanted_or_justified() -> None:
    source = (HERE / "static" / "style.css").read_text(encoding="utf-8")
    rules = re.sub(r"/\*.*?\*/", "", source, flags=re.S)

    assert not re.search(r"letter-spacing|font-style:\s*italic|justify;|break-all", rules)
    assert "line-height: 1.65" in rules


@pytest.mark.parametrize("name", ["icon.svg", "mark.svg"])
def test_pictures_are_well_formed(name: str) -> None:
    assert etree.fromstring((HERE / "static" / name).read_bytes()).tag.endswith("svg")
