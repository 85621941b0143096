"""Walk a PDF's structure and name everything a reader who does not see it would stumble over."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pikepdf

PAINTING = frozenset(
    [
        "S",
        "s",
        "f",
        "F",
        "f*",
        "B",
        "B*",
        "b",
        "b*",
        "sh",
        "Do",
        "BI",
        "EI",
        "INLINE IMAGE",
        "Tj",
        "TJ",
        "'",
        '"',
    ]
)
A4 = (595.28, 841.89)
INSIDE = {
    "/TR": {"/Table", "/THead", "/TBody"},
    "/TH": {"/TR"},
    "/TD": {"/TR"},
    "/THead": {"/Table"},
    "/TBody": {"/Table"},
    "/LI": {"/L"},
    "/Lbl": {"/LI"},
    "/LBody": {"/LI"},
}
KNOWN = frozenset(
    "/Document /Sect /H1 /H2 /H3 /H4 /P /BlockQuote /L /LI /Lbl /LBody /Table /THead /TBody /TR /TH /TD"
    " /Figure /Caption /Span /Link /Form".split()
)


def faults_of(pdf: bytes) -> list[str]:
    """Give every fault of a print's tags, headers, language, title and outline; [] for a good one."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return list(_Walk(opened).faults())


class _Walk:
    """One document with what the structure claims and what its pages hold."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self.pdf = pdf
        self.pages: dict[Any, int] = {page.objgen: number for number, page in enumerate(pdf.pages)}
        self.elements: dict[tuple[int, int], Any] = {}
        self.claimed: Counter[tuple[int, int]] = Counter()
        self.owner: dict[tuple[int, int], tuple[int, int]] = {}
        self.annotated: dict[tuple[int, int], tuple[int, int]] = {}

    def faults(self) -> Iterator[str]:
        """Give all faults: of the document, of the tree, of the pages, and between them."""
        yield from self._document()
        if "/StructTreeRoot" not in self.pdf.Root:
            yield "no structure tree"
            return
        root = self.pdf.Root.StructTreeRoot
        yield from self._tree(root)
        parents = _numbers(root.ParentTree)
        for number, page in enumerate(self.pdf.pages):
            yield from self._page(number, page, parents)
        yield from self._annotations(parents)
        yield from self._tables()
        yield from self._headings()

    def _document(self) -> Iterator[str]:
        root = self.pdf.Root
        if not str(root.get("/Lang", "")):
            yield "the document has no language"
        if not _flag(root, "/MarkInfo", "/Marked"):
            yield "not marked as tagged"
        if not _flag(root, "/ViewerPreferences", "/DisplayDocTitle"):
            yield "the window shows the file's name instead of the title"
        title = str(self.pdf.docinfo.get("/Title", ""))
        if not title:
            yield "no title"
        with self.pdf.open_metadata() as metadata:
            if metadata.get("dc:title") != title:
                yield f"the metadata's title is {metadata.get('dc:title')!r}"
            if str(root.get("/Lang", "")) not in metadata.get("dc:language", []):
                yield "the metadata has another language"
        with self.pdf.open_outline() as outline:
            if not outline.root:
                yield "no outline"
        for number, page in enumerate(self.pdf.pages):
            box = [float(value) for value in page.mediabox]
            if any(abs(value - wanted) > 0.1 for value, wanted in zip(box, (0.0, 0.0, *A4), strict=True)):
                yield f"page {number + 1} is not A4"

    def _tree(self, root: Any) -> Iterator[str]:
        kids = _listed(root.K)
        if [str(kid.S) for kid in kids] != ["/Document"]:
            yield "the tree does not begin with one Document"
        waiting = [(kid, root) for kid in kids]
        while waiting:
            elem, parent = waiting.pop()
            name = f"{elem.S} {elem.objgen[0]}"
            if elem.objgen in self.elements:
                yield f"{name} stands in the tree twice"
                continue
            self.elements[elem.objgen] = elem
            if elem.get("/P") is None or elem.P.objgen != parent.objgen:
                yield f"{name} names another parent than the one that holds it"
            yield from self._element(elem, name, str(parent.get("/S", "")))
            for kid in _listed(elem.get("/K", [])):
                if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                    waiting.append((kid, elem))
                else:
                    yield from self._leaf(elem, kid, name)

    def _element(self, elem: Any, name: str, parent: str) -> Iterator[str]:
        role = str(elem.S)
        if role not in KNOWN:
            yield f"{name} is of no standard kind"
        if role in INSIDE and parent not in INSIDE[role]:
            yield f"{name} stands in {parent}"
        if role == "/Figure" and not str(elem.get("/Alt", "")):
            yield f"{name} has no words that stand for it"
        if role == "/Figure" and not any("/BBox" in one for one in _listed(elem.get("/A", []))):
            yield f"{name} has no place"
        if role not in {"/TD", "/TH"} and not _listed(elem.get("/K", [])):
            yield f"{name} is empty"

    def _leaf(self, elem: Any, kid: Any, name: str) -> Iterator[str]:
        """Take up a stretch of a page, or a field."""
        if isinstance(kid, pikepdf.Dictionary) and str(kid.get("/Type", "")) == "/OBJR":
            self.annotated[kid.Obj.objgen] = elem.objgen
            return
        page = kid.get("/Pg", elem.get("/Pg")) if isinstance(kid, pikepdf.Dictionary) else elem.get("/Pg")
        if page is None or page.objgen not in self.pages:
            yield f"{name} has a stretch on no page"
            return
        mcid = int(kid.MCID) if isinstance(kid, pikepdf.Dictionary) else int(kid)
        key = (self.pages[page.objgen], mcid)
        self.claimed[key] += 1
        self.owner[key] = elem.objgen
        if self.claimed[key] > 1:
            yield f"stretch {mcid} of page {key[0] + 1} belongs to two elements"

    def _page(self, number: int, page: Any, parents: dict[int, Any]) -> Iterator[str]:
        found: list[int] = []
        for fault in _content(page, found):
            yield f"page {number + 1}: {fault}"
        if sorted(found) != list(range(len(found))):
            yield f"the stretches of page {number + 1} are not numbered from 0, each once"
        for mcid in found:
            if (number, mcid) not in self.claimed:
                yield f"stretch {mcid} of page {number + 1} belongs to no element"
        for page_number, mcid in self.claimed:
            if page_number == number and mcid not in found:
                yield f"stretch {mcid} of page {number + 1} is not on the page"
        if str(page.get("/Tabs", "")) != "/S":
            yield f"page {number + 1} has no tab order"
        row = _listed(parents.get(int(page.get("/StructParents", -1)), [])) if found else []
        if found and len(row) <= max(found):
            yield f"page {number + 1} has no way back to its elements"
            return
        for mcid in found:
            if row[mcid].objgen != self.owner.get((number, mcid)):
                yield f"stretch {mcid} of page {number + 1} leads back to another element"

    def _annotations(self, parents: dict[int, Any]) -> Iterator[str]:
        for number, page in enumerate(self.pdf.pages):
            for annotation in page.get("/Annots", []):
                owner = self.annotated.get(annotation.objgen)
                if owner is None:
                    yield f"a field or link of page {number + 1} belongs to no element"
                back = parents.get(int(annotation.get("/StructParent", -1)))
                if back is None or back.objgen != owner:
                    yield f"a field or link of page {number + 1} does not lead back to its element"
                if str(annotation.Subtype) == "/Widget" and not str(annotation.get("/TU", "")):
                    yield f"a field of page {number + 1} has no words"

    def _tables(self) -> Iterator[str]:
        for elem in self.elements.values():
            if str(elem.S) != "/Table":
                continue
            rows = [kid for kid in _below(elem) if str(kid.S) == "/TR"]
            if len({sum(_span(cell) for cell in _listed(row.K)) for row in rows}) > 1:
                yield f"the rows of table {elem.objgen[0]} differ in length"
            headers = [cell for row in rows for cell in _listed(row.K) if str(cell.S) == "/TH"]
            if not headers:
                yield f"table {elem.objgen[0]} has no headers"
            if any(not any("/Scope" in one for one in _listed(cell.get("/A", []))) for cell in headers):
                yield f"a header of table {elem.objgen[0]} does not say what it heads"

    def _headings(self) -> Iterator[str]:
        level = 0
        for elem in _below(self.pdf.Root.StructTreeRoot):
            role = str(elem.S)
            if role[:2] == "/H" and role[2:].isdigit():
                if int(role[2:]) > level + 1:
                    yield f"{role} follows a heading of level {level}"
                level = int(role[2:])
        if not level:
            yield "no heading"


def _content(page: Any, found: list[int]) -> Iterator[str]:
    """Read a page's operators; fill `found` with the numbers of its stretches."""
    stack: list[bool] = []
    for instruction in pikepdf.parse_content_stream(page):
        operands, name = list(instruction.operands), str(instruction.operator)
        if name in {"BDC", "BMC"}:
            marked = name == "BDC" and not isinstance(operands[1], pikepdf.Name) and "/MCID" in operands[1]
            decoration = str(operands[0]) == "/Artifact"
            if marked:
                found.append(int(operands[1].MCID))
            if (marked or decoration) and any(stack):
                yield "marked content inside marked content"
            stack.append(marked or decoration)
        elif name == "EMC":
            if not stack:
                yield "marked content ends that never began"
            else:
                stack.pop()
        elif name in PAINTING and not any(stack):
            yield f"{name} paints outside marked content"
    if stack:
        yield "marked content does not end"


def _flag(root: Any, dictionary: str, name: str) -> bool:
    found = root.get(dictionary)
    return found is not None and bool(found.get(name, False))


def _below(node: Any) -> Iterator[Any]:
    """Give all elements below one, in reading order."""
    for kid in _listed(node.get("/K", [])):
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from _below(kid)


def _span(cell: Any) -> int:
    return max([int(one.get("/ColSpan", 1)) for one in _listed(cell.get("/A", []))], default=1)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (pikepdf.Array, list)) else [value]


def _numbers(tree: Any) -> dict[int, Any]:
    """Read a number tree."""
    found: dict[int, Any] = {}
    for kid in tree.get("/Kids", []):
        found |= _numbers(kid)
    row = list(tree.get("/Nums", []))
    return found | {int(key): value for key, value in zip(row[::2], row[1::2], strict=True)}


def structure_words(pdf: bytes) -> list[tuple[str, str]]:
    """Give the role and the exact text of each element that has one, in reading order."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return [
            (str(elem.S)[1:], str(elem.ActualText))
            for elem in _below(opened.Root.StructTreeRoot)
            if "/ActualText" in elem
        ]
