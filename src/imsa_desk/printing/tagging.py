"""Tag a PDF: say of every stretch of a page what it is, in the order in which it is read.

Everything that paints goes through `Tagger.letters` or `Tagger.shape`, so nothing can stand on a page
outside marked content: what belongs to no element is an artifact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from reportlab.pdfbase import pdfdoc

Box = tuple[float, float, float, float]
LAYOUT = "/Artifact BMC"
_LEAVES = frozenset(
    {"P", "H1", "H2", "H3", "H4", "H5", "H6", "Lbl", "Caption", "Figure", "Span", "Link", "Form"}
)
_INLINE = frozenset({"Span", "Link", "Form"})
_KEPT_EMPTY = frozenset({"TD", "TH"})
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


@dataclass(eq=False, slots=True)
class Elem:
    """One element of the structure; the parts of a block that goes over two pages share it.

    `role` is a standard structure type such as P, H2, TD. `within` is its parent; None takes the element
    that is being drawn when it first appears. `scope` (Column or Row) is for TH, `numbering` (Decimal, Disc,
    None) for L, `box` is where a Figure stands, in points.
    """

    role: str
    language: str = ""
    alt: str = ""
    actual: str = ""
    scope: str = ""
    numbering: str = ""
    within: Elem | None = None
    box: Box | None = None


@dataclass(eq=False, slots=True)
class _Node:
    """An element of one document, with what it holds in reading order."""

    elem: Elem
    parent: _Node | None
    kids: list[_Node | _Marked | _Annotated] = field(default_factory=list)
    number: int = 0

    @property
    def leaf(self) -> bool:
        """Say whether it holds letters itself."""
        return self.elem.role in _LEAVES


@dataclass(frozen=True, slots=True)
class _Marked:
    """A stretch of a page."""

    page: int
    mcid: int


@dataclass(frozen=True, slots=True)
class _Annotated:
    """A form field or a link of a page."""

    page: int
    annotation: Any
    place: int


class Tagger:
    """The structure of one document while it is drawn; `write` takes operators of the page's content."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._root = _Node(Elem("Document"), None)
        self._nodes: dict[Elem, _Node] = {}
        self._stack: list[_Node | str] = [self._root]
        self._open: _Node | str | None = None
        self._pages: list[list[_Node]] = [[]]
        self._annotated: list[_Node] = []
        self._spans: dict[Elem, Elem] = {}

    def enter(self, elem: Elem) -> bool:
        """Begin an element; False if what is being drawn takes its letters as its own.

        Of a paragraph that does, the exact text is kept in a Span, unless there is one for the whole.
        """
        top = self._stack[-1]
        if isinstance(top, str) or top.elem.role == "Figure":
            return False
        if top.leaf and elem.role not in _INLINE:
            if not elem.actual or top.elem.actual:
                return False
            elem = self._spans.setdefault(elem, Elem("Span", elem.language, actual=elem.actual))
        self._stack.append(self.node(elem))
        return True

    def node(self, elem: Elem) -> _Node:
        """Give an element its place in the structure, the first time it is asked for."""
        known = self._nodes.get(elem)
        if known is None:
            top = self._stack[-1]
            parent = top if isinstance(top, _Node) else self._root
            parent = parent if elem.within is None else self.node(elem.within)
            known = self._nodes[elem] = _Node(elem, parent)
            parent.kids.append(known)
        return known

    def artifact(self, kind: str, part: str) -> None:
        """Begin what is no part of the text, such as a page's header."""
        if isinstance(self._stack[-1], str):
            self._stack.append(self._stack[-1])
            return
        subtype = f" /Subtype /{part}" if part else ""
        self._stack.append(f"/Artifact <</Type /{kind}{subtype}>> BDC" if kind else LAYOUT)

    def leave(self) -> None:
        """End what was begun last."""
        self._stack.pop()

    def letters(self) -> None:
        """Come before letters are painted; letters that stand in no leaf become a paragraph."""
        top = self._stack[-1]
        if isinstance(top, _Node) and not top.leaf:
            top = self.node(Elem("P"))
        self._switch(top)

    def shape(self) -> None:
        """Come before a shape is painted: decoration, except inside a figure."""
        top = self._stack[-1]
        inside = isinstance(top, str) or top.elem.role == "Figure"
        self._switch(top if inside else LAYOUT)

    def annotation(self, annotation: Any) -> None:
        """Make a field or link a part of the element that is being drawn, or one of its own."""
        role = "Link" if str(annotation["Subtype"]).endswith("Link") else "Form"
        top = self._stack[-1]
        if isinstance(top, str) or top.elem.role != role:
            top = self.node(Elem(role))
        top.kids.append(_Annotated(len(self._pages) - 1, annotation, len(self._annotated)))
        self._annotated.append(top)

    def end_page(self) -> bool:
        """Close what is open; say whether the page holds anything of the structure."""
        self._switch(None)
        marked = bool(self._pages[-1])
        self._pages.append([])
        return marked

    def _switch(self, to: _Node | str | None) -> None:
        if self._open is to:
            return
        if self._open is not None:
            self._write("EMC")
        self._open = to
        if isinstance(to, str):
            self._write(to)
        elif to is not None:
            page = self._pages[-1]
            to.kids.append(_Marked(len(self._pages) - 1, len(page)))
            self._write(f"/{to.elem.role} <</MCID {len(page)}>> BDC")
            page.append(to)

    @contextmanager
    def within(self, elem: Elem) -> Iterator[Elem]:
        """Tag what is drawn meanwhile."""
        entered = self.enter(elem)
        try:
            yield elem
        finally:
            if entered:
                self.leave()

    def finish(self, document: Any, title: str, language: str) -> None:
        """Write the structure and what the file says about itself into reportlab's document."""
        _Writer(document, self._pages).write(self._root, self._annotated)
        catalog = document.Catalog
        catalog.MarkInfo = pdfdoc.PDFDictionary({"Marked": "true"})
        words = escape("".join(char for char in title if char.isprintable()))
        metadata = pdfdoc.PDFStream(
            content=_XMP.format(title=words, language=escape(language)).encode("utf-8"), filters=[]
        )
        metadata.dictionary["Type"] = pdfdoc.PDFName("Metadata")
        metadata.dictionary["Subtype"] = pdfdoc.PDFName("XML")
        catalog.Metadata = metadata


class _Raw(pdfdoc.PDFObject):  # type: ignore[misc]  # reportlab has no types
    """An object of the file, written as it stands."""

    def __init__(self) -> None:
        self.text = ""

    def format(self, document: object) -> bytes:
        """Give the bytes, as reportlab asks for them."""
        return self.text.encode("ascii")


class _Writer:
    """Writes nodes as objects of the file."""

    def __init__(self, document: Any, pages: Sequence[Sequence[_Node]]) -> None:
        self._document, self._pages = document, pages
        self._page_numbers = [self._number(page) for page in document.Pages.pages]

    def _number(self, made: Any) -> int:
        name = self._document.Reference(made).name
        return int(self._document.idToObjectNumberAndVersion[name][0])

    def write(self, root: _Node, annotated: Sequence[_Node]) -> None:
        """Write the tree, and the way from each page's stretches back to their elements."""
        tree, parents = _Raw(), _Raw()
        nodes = list(_living(root))
        objects = [_Raw() for _ in nodes]
        above = self._number(tree)
        for node, made in zip(nodes, objects, strict=True):
            node.number = self._number(made)
        first = len(self._document.Pages.pages)
        for node, made in zip(nodes, objects, strict=True):
            made.text = self._element(node, above if node.parent is None else node.parent.number, first)
        rows = [
            f"{i} [{' '.join(f'{node.number} 0 R' for node in page)}]"
            for i, page in enumerate(self._pages)
            if page
        ]
        rows += [f"{first + i} {node.number} 0 R" for i, node in enumerate(annotated)]
        parents.text = f"<</Nums [{' '.join(rows)}]>>"
        tree.text = (
            f"<</Type /StructTreeRoot /K [{root.number} 0 R] /ParentTree {self._number(parents)} 0 R"
            f" /ParentTreeNextKey {first + len(annotated)}>>"
        )
        self._document.Catalog.StructTreeRoot = tree

    def _element(self, node: _Node, above: int, first: int) -> str:
        elem = node.elem
        home = next((kid.page for kid in node.kids if isinstance(kid, _Marked)), -1)
        out = [f"<</Type /StructElem /S /{elem.role} /P {above} 0 R"]
        if home >= 0:
            out.append(f"/Pg {self._page_numbers[home]} 0 R")
        out.append(f"/K [{' '.join(self._kid(kid, home, first) for kid in node.kids if _is_living(kid))}]")
        if elem.language:
            out.append(f"/Lang ({elem.language})")
        for name, words in (("Alt", elem.alt), ("ActualText", elem.actual)):
            if words:
                out.append(f"/{name} <FEFF{words.encode('utf-16-be', 'replace').hex().upper()}>")
        out += _attributes(elem)
        return " ".join([*out, ">>"])

    def _kid(self, kid: _Node | _Marked | _Annotated, home: int, first: int) -> str:
        if isinstance(kid, _Node):
            return f"{kid.number} 0 R"
        page = self._page_numbers[kid.page]
        if isinstance(kid, _Marked):
            return str(kid.mcid) if kid.page == home else f"<</Type /MCR /Pg {page} 0 R /MCID {kid.mcid}>>"
        kid.annotation["StructParent"] = first + kid.place
        return f"<</Type /OBJR /Pg {page} 0 R /Obj {self._number(kid.annotation)} 0 R>>"


def _attributes(elem: Elem) -> Iterator[str]:
    if elem.scope:
        yield f"/A <</O /Table /Scope /{elem.scope}>>"
    if elem.numbering:
        yield f"/A <</O /List /ListNumbering /{elem.numbering}>>"
    if elem.role == "Figure" and elem.box is not None:
        yield f"/A <</O /Layout /Placement /Block /BBox [{' '.join(f'{value:.2f}' for value in elem.box)}]>>"


def _is_living(kid: _Node | _Marked | _Annotated) -> bool:
    """Say whether something stands in it; an empty cell keeps its place in the row."""
    if not isinstance(kid, _Node) or kid.parent is None or kid.elem.role in _KEPT_EMPTY:
        return True
    return any(_is_living(one) for one in kid.kids)


def _living(node: _Node) -> Iterator[_Node]:
    yield node
    for kid in node.kids:
        if isinstance(kid, _Node) and _is_living(kid):
            yield from _living(kid)
