"""Makes the files that the reading tests read; nothing binary is kept in the repository."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence


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
    return "cv.docx", _saved(document)


def docx_with_table() -> bytes:
    from docx import Document

    document = Document()
    document.add_paragraph("Before")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "left cell", "right cell"
    document.add_paragraph("a bullet", style="List Bullet")
    document.add_paragraph("After")
    return _saved(document)


def _saved(document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _canvas(buffer, **options):
    from reportlab.pdfgen.canvas import Canvas

    return Canvas(buffer, pagesize=(595, 842), **options)


def pdf(lines: Sequence[str], pages: int = 1) -> tuple[str, bytes]:
    buffer = io.BytesIO()
    canvas = _canvas(buffer)
    for _ in range(pages):
        for i, line in enumerate(lines):
            canvas.drawString(60, 780 - 16 * i, line)
        canvas.showPage()
    canvas.save()
    return "cv.pdf", buffer.getvalue()


def two_columns(headline: str, left: Sequence[str], right: Sequence[str]) -> bytes:
    buffer = io.BytesIO()
    canvas = _canvas(buffer)
    canvas.setFont("Helvetica", 20)
    canvas.drawString(50, 790, headline)
    canvas.setFont("Helvetica", 10)
    for i, (a, b) in enumerate(zip(left, right, strict=True)):
        canvas.drawString(50, 750 - 18 * i, a)
        canvas.drawString(230, 750 - 18 * i, b)
    canvas.save()
    return buffer.getvalue()


def dated(rows: Sequence[tuple[str, str]]) -> bytes:
    buffer = io.BytesIO()
    canvas = _canvas(buffer)
    for i, (line, date) in enumerate(rows):
        canvas.drawString(50, 790 - 40 * i, line)
        canvas.drawRightString(545, 790 - 40 * i, date)
        canvas.drawString(
            50, 772 - 40 * i, "Did many things there that fill the line from one margin right to the other one, nearly"
        )
    canvas.save()
    return buffer.getvalue()


def encrypted_pdf() -> bytes:
    buffer = io.BytesIO()
    canvas = _canvas(buffer, encrypt="secret")
    canvas.drawString(60, 700, "hidden")
    canvas.save()
    return buffer.getvalue()


def image_only_pdf() -> bytes:
    buffer = io.BytesIO()
    canvas = _canvas(buffer)
    canvas.rect(50, 50, 200, 200, fill=1)
    canvas.save()
    return buffer.getvalue()
