"""The words of a heading stay whole, and nothing else of a page changes."""

from lxml import html

from api.unbroken import headings


def test_words_of_a_heading_are_kept_whole_and_read_as_before() -> None:
    page = '<h1 id="ใบอนุญาต">คำขอรับใบอนุญาต<br><span class="soft">อาหาร &lt;ใบแทน&gt;</span></h1><p>ใบอนุญาต</p>'

    made = headings(page)

    spans = html.fromstring(f"<div>{made}</div>").xpath("//span[@class='whole-word']")
    assert [one.text for one in spans] == ["คำขอ", "ใบอนุญาต", "อาหาร", "ใบแทน"]
    assert html.fromstring(f"<div>{made}</div>").text_content() == html.fromstring(f"<div>{page}</div>").text_content()
    assert made.endswith("<p>ใบอนุญาต</p>") and '<h1 id="ใบอนุญาต">' in made


def test_a_longer_word_is_kept_whole_as_one() -> None:
    assert headings("<h2>ผู้รับใบอนุญาต</h2>") == '<h2><span class="whole-word">ผู้รับใบอนุญาต</span></h2>'


def test_english_is_left_alone() -> None:
    assert headings("<h2>My licences</h2>") == "<h2>My licences</h2>"


def test_a_number_is_not_broken_at_its_hyphens() -> None:
    assert headings("<h1>คำขอ APP-2569-0000010-Y</h1>").count("whole-word") == 2
