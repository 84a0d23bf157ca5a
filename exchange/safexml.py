"""XML that strangers wrote, read safely: no document type, so no entity to grow or to fetch; a bound on its size.

What has no document type cannot declare an entity, and without declared entities there is neither a billion laughs
nor a file of ours in somebody's text. The namespace is checked and then taken off, so that paths read as the standard
writes them.
"""

from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from licences.errors import NotAllowed

MOST_BYTES = 20_000_000
DEEPEST = 40


class UnreadableFile(NotAllowed):
    """The file is not what it is said to be, or is not safe to read."""

    def __init__(self, th: str, en: str) -> None:
        super().__init__(f"อ่านไฟล์ไม่ได้: {th}", f"the file cannot be read: {en}", field="file")


class _Careful(TreeBuilder):
    """Builds the tree; refuses a document type and a tree that is too deep."""

    depth = 0

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        """Met where a document type is declared."""
        raise UnreadableFile("ไม่รับ DOCTYPE", "a document type is not taken")

    def start(self, tag: Any, attrs: Any) -> Element:
        """One element opens."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise UnreadableFile("ซ้อนกันลึกเกินไป", "it is nested too deeply")
        return super().start(tag, attrs)

    def end(self, tag: str) -> Element:
        """One element closes."""
        self.depth -= 1
        return super().end(tag)


def read(content: bytes, namespace: str) -> Element:
    """The root element of a message whose namespace begins so, without it. Raises UnreadableFile."""
    if len(content) > MOST_BYTES:
        raise UnreadableFile("ไฟล์ใหญ่เกินไป", "it is too large")
    parser = XMLParser(target=_Careful())
    try:
        parser.feed(content)
        root: Element = parser.close()
    except (ParseError, ValueError, LookupError) as error:
        raise UnreadableFile("ไม่ใช่ XML ที่ถูกต้อง", "it is not well-formed XML") from error
    if not root.tag.startswith("{" + namespace):
        raise UnreadableFile(f"ต้องเป็นข้อความ {namespace}", f"it must be a {namespace} message")
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def text(element: Element, path: str) -> str:
    """What stands at a path. Raises UnreadableFile where nothing does."""
    found = element.findtext(path)
    if not found or not found.strip():
        raise UnreadableFile(f"ไม่มี {path}", f"{path} is missing")
    return found.strip()


def maybe(element: Element, path: str) -> str:
    """What stands at a path, or nothing."""
    return (element.findtext(path) or "").strip()
