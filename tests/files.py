"""Makes the files that the reading tests read; nothing binary is kept in the repository."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Sequence

# --- one résumé, in every format ------------------------------------------------------------------


def text(lines: Sequence[str]) -> tuple[str, bytes]:
    return "cv.txt", "\n".join(lines).encode()


def html(lines: Sequence[str]) -> tuple[str, bytes]:
    body = "".join(f"<p>{line}</p>" for line in lines)
    return "cv.html", f"<!doctype html><html><body>{body}</body></html>".encode()


def json_resume(lines: Sequence[str]) -> tuple[str, bytes]:
    bullets = [line.removeprefix("- ") for line in lines if line.startswith("- ")]
    value = {"basics": {"name": "[NAME]"}, "work": [{"name": "Orchard", "position": "Engineer", "highlights": bullets}]}
    return "cv.json", json.dumps(value).encode()


def docx(lines: Sequence[str]) -> tuple[str, bytes]:
    from docx import Document

    document = Document()
    for line in lines:
        document.add_paragraph(line)
    return "cv.docx", saved(document)


def pdf(lines: Sequence[str], pages: int = 1) -> tuple[str, bytes]:
    def draw(canvas):
        for page in range(pages):
            if page:
                canvas.showPage()
            for i, line in enumerate(lines):
                canvas.drawString(60, 780 - 16 * i, line)

    return "cv.pdf", drawn(draw)


EVERY = (text, html, json_resume, docx, pdf)

# --- DOCX -----------------------------------------------------------------------------------------


def saved(document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def docx_with_table() -> bytes:
    from docx import Document

    document = Document()
    document.add_paragraph("Before")
    table = document.add_table(rows=2, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "left cell", "right cell"
    table.cell(1, 0).text, table.cell(1, 1).text = "2021", "one line\nand another"
    document.add_paragraph("a bullet", style="List Bullet")
    document.add_paragraph("After")
    return saved(document)


def docx_with_margins() -> bytes:
    """Headers and footers: one with a table, one repeated in a second section, one that is not shown."""
    from docx import Document
    from docx.shared import Inches

    document = Document()
    document.sections[0].header.add_table(1, 1, Inches(3)).cell(0, 0).text = "The name"
    document.sections[0].first_page_header.paragraphs[0].text = "not shown"
    document.sections[0].footer.paragraphs[0].text = "The footer"
    document.add_paragraph("The body")
    second = document.add_section()
    second.footer.is_linked_to_previous = False
    second.footer.paragraphs[0].text = "The footer"
    return saved(document)


def docx_body(xml: str) -> bytes:
    """A DOCX whose body is the given WordprocessingML."""
    from docx import Document
    from docx.oxml import parse_xml

    spaces = {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    }
    declared = " ".join(f'xmlns:{prefix}="{space}"' for prefix, space in spaces.items())
    document = Document()
    for child in parse_xml(f"<w:body {declared}>{xml}</w:body>"):
        document.element.body.insert(len(document.element.body) - 1, child)
    return saved(document)


def rezipped(data: bytes, changed: dict[str, bytes]) -> bytes:
    """A zip archive with some of its parts changed or added."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        parts = {name: old.read(name) for name in old.namelist()} | changed
        for name, content in parts.items():
            new.writestr(name, content)
    return buffer.getvalue()


def zipped(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


# --- PDF ------------------------------------------------------------------------------------------


def drawn(draw: Callable, **options) -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842), invariant=1, **options)
    canvas.setFont("Helvetica", 10)
    draw(canvas)
    canvas.save()
    return buffer.getvalue()


def placed(texts: Sequence[tuple[float, float, str]]) -> bytes:
    """One page with each text at its place, x and y from the lower left corner."""

    def draw(canvas):
        for x, y, line in texts:
            canvas.drawString(x, y, line)

    return drawn(draw)


def columns(*sides: Sequence[str], lefts: Sequence[float], top: float = 750, steps: Sequence[float] = (14, 14, 14)):
    """The places of lines in columns that begin at the same height, each with its own leading."""
    return [
        (x, top - step * i, line)
        for side, x, step in zip(sides, lefts, steps, strict=False)
        for i, line in enumerate(side)
    ]


def beside(rows: Sequence[tuple[str, str]], *, step: float = 14) -> bytes:
    """Lines with something at the right margin, flush right."""

    def draw(canvas):
        for i, (line, right) in enumerate(rows):
            canvas.drawString(50, 790 - step * i, line)
            canvas.drawRightString(545, 790 - step * i, right)

    return drawn(draw)


def turned(lines: Sequence[str], angle: int) -> bytes:
    """A page that viewers turn by an angle, with lines that are upright once it is turned."""

    def draw(canvas):
        canvas.setPageRotation(angle)
        canvas.translate(297, 421)
        canvas.rotate(angle)
        for i, line in enumerate(lines):
            canvas.drawString(0, -14 * i, line)

    return drawn(draw)


def encrypted_pdf() -> bytes:
    return drawn(lambda canvas: canvas.drawString(60, 700, "hidden"), encrypt="secret")


def image_only_pdf() -> bytes:
    return drawn(lambda canvas: canvas.rect(50, 50, 200, 200, fill=1))
