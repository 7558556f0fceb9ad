"""One file a trick, and its clean twin: what a person does not see is flagged and not scored."""

from __future__ import annotations

import io

import pytest

from domainfit import load_bundle, read
from domainfit.exceptions import DocumentError

from .files import drawn, saved

SEEN = (
    "Rewrote the booking service in Go and cut its error rate by half.",
    "Moved the ledger of forty depots to PostgreSQL without a day of downtime.",
    "Answered pages for the customs interface and wrote its runbook for the night shift.",
    "Kept the data feeds of the carriers running and documented their formats.",
)
TRICK = "Trained vision transformers on ten million images and operates them in production."


# --- PDF ------------------------------------------------------------------------------------------


def pdf(trick):
    def draw(canvas):
        for i, line in enumerate(SEEN):
            canvas.drawString(60, 780 - 18 * i, line)
        trick(canvas)

    return drawn(draw)


def white(canvas):
    canvas.setFillColorRGB(1, 1, 1)
    canvas.drawString(60, 400, TRICK)


def white_on_blue(canvas):
    canvas.setFillColorRGB(0.1, 0.2, 0.6)
    canvas.rect(40, 390, 520, 30, fill=1, stroke=0)
    white(canvas)


def tiny(canvas):
    canvas.setFont("Helvetica", 1)
    canvas.drawString(60, 400, TRICK)


def small(canvas):
    canvas.setFont("Helvetica", 7)
    canvas.drawString(60, 400, TRICK)


def off_page(canvas):
    canvas.drawString(60, -300, TRICK)


def at_the_edge(canvas):
    canvas.drawString(60, 12, TRICK)


def invisible(canvas):
    text = canvas.beginText(60, 400)
    text.setTextRenderMode(3)
    text.textLine(TRICK)
    canvas.drawText(text)


def outlined(canvas):
    text = canvas.beginText(60, 400)
    text.setTextRenderMode(2)
    text.textLine(TRICK)
    canvas.drawText(text)


def picture(canvas, x, y, width, height):
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), (200, 220, 200)).save(buffer, "PNG")
    buffer.seek(0)
    canvas.drawImage(ImageReader(buffer), x, y, width, height)


def under_an_image(canvas):
    canvas.drawString(60, 400, TRICK)
    picture(canvas, 40, 380, 520, 50)


def over_an_image(canvas):
    picture(canvas, 40, 380, 520, 50)
    canvas.drawString(60, 400, TRICK)


def scanned(canvas):
    picture(canvas, 0, 0, 595, 842)
    invisible(canvas)


PDF_TRICKS = (
    (white, white_on_blue),
    (tiny, small),
    (off_page, at_the_edge),
    (invisible, outlined),
    (under_an_image, over_an_image),
)


# --- DOCX -----------------------------------------------------------------------------------------


def docx(trick):
    from docx import Document

    document = Document()
    for line in SEEN:
        document.add_paragraph(line)
    trick(document)
    return saved(document)


def docx_run(document, **font):
    from docx.shared import Pt, RGBColor

    run = document.add_paragraph("And ").add_run(TRICK)
    for name, value in font.items():
        if name == "color":
            run.font.color.rgb = RGBColor(*value)
        elif name == "size":
            run.font.size = Pt(value)
        else:
            setattr(run.font, name, value)
    return run


def docx_white_in_dark_cell(document):
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls
    from docx.shared import RGBColor

    cell = document.add_table(rows=1, cols=1).cell(0, 0)
    cell._tc.get_or_add_tcPr().append(parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:fill="1F3864"/>'))
    cell.paragraphs[0].add_run(TRICK).font.color.rgb = RGBColor(255, 255, 255)


def docx_hidden_style(document):
    from docx.enum.style import WD_STYLE_TYPE

    style = document.styles.add_style("Ghost", WD_STYLE_TYPE.PARAGRAPH)
    style.font.hidden = True
    document.add_paragraph(TRICK, style="Ghost")


DOCX_TRICKS = (
    (lambda d: docx_run(d, color=(255, 255, 255)), docx_white_in_dark_cell),
    (lambda d: docx_run(d, hidden=True), lambda d: docx_run(d, hidden=False)),
    (lambda d: docx_run(d, size=1), lambda d: docx_run(d, size=8)),
    (docx_hidden_style, lambda d: d.add_paragraph(TRICK)),
    (lambda d: docx_run(d, color=(254, 254, 250)), lambda d: docx_run(d, color=(90, 90, 90))),
)


# --- HTML -----------------------------------------------------------------------------------------


def html(extra):
    return f"<!doctype html><html><body>{''.join(f'<p>{line}</p>' for line in SEEN)}{extra}</body></html>".encode()


def styled(style, tag="p"):
    return f'<{tag} style="{style}">{TRICK}</{tag}>'


def sheet(rules, outer="", style=""):
    own = f'<p class="wide x" id="own" style="{style}">{TRICK}</p>'
    return f"<style>{rules}</style><div class='{outer}'>{own}</div>"


HTML_TRICKS = (
    (styled("display:none"), styled("display:block")),
    (styled("visibility: hidden"), styled("visibility: visible")),
    (styled("font-size:0"), styled("font-size:0.9em")),
    (styled("font-size: 1px"), styled("font-size: 11px")),
    (styled("opacity:0"), styled("opacity:0.8")),
    (styled("color:#fff"), f'<div style="background:#203060">{styled("color:#fff")}</div>'),
    (styled("color: rgb(255, 255, 255)"), styled("color: rgb(55, 55, 55)")),
    (styled("position:absolute;left:-9999px"), styled("position:relative;left:-2px")),
    (f"<p hidden>{TRICK}</p>", f"<p>{TRICK}</p>"),
    (f"<font color=white>{TRICK}</font>", f"<font color=black>{TRICK}</font>"),
    (f"<!-- {TRICK} -->", "<!-- main column --><!-- <p>old</p> -->"),
    (sheet(".x{display:none}"), sheet(".y{display:none}")),
    (sheet("p.x, h6 {font-size:0}"), sheet("div.x, h6 {font-size:0}")),
    (sheet("#own{color:white}"), sheet("#own{color:white;background:navy}")),
    (sheet(".card .x{color:#fff}", "card"), sheet(".card .x{color:#fff} .card{background:#123}", "card")),
    (sheet("div > .x{visibility:hidden}", "card"), sheet(".card > div > .x{visibility:hidden}", "other")),
    (sheet("/* .x{} */ @media screen{.x{display:none}}"), sheet("@media print{.x{display:none}}")),
    (sheet(".x{display:none!important} .x{display:block}"), sheet(".x{display:none} .x{display:block}")),
    (sheet("p{display:block} .x{display:none} p{display:block}"), sheet(".x{display:none} p.x{display:block}")),
    (sheet(".x{display:none}"), sheet(".x{display:none}", style="display:block")),
    (sheet(".x{display:none}"), sheet(".x:hover{display:none} .x[data-off]{display:none} @page{margin:0}")),
    (sheet(".x{left:-9999px}"), '<link rel="stylesheet" href="site.css">' + sheet(".x{color:white}")),
)
EVERY = (
    *((f"pdf {a.__name__}", pdf(a), pdf(b)) for a, b in PDF_TRICKS),
    *((f"docx {i}", docx(a), docx(b)) for i, (a, b) in enumerate(DOCX_TRICKS)),
    *((f"html {i}", html(a), html(b)) for i, (a, b) in enumerate(HTML_TRICKS)),
)


@pytest.mark.parametrize(("trick", "twin"), [e[1:] for e in EVERY], ids=[e[0] for e in EVERY])
def test_hidden_text_is_flagged_with_its_stretch_and_its_clean_twin_is_not(trick, twin):
    document = read(trick)
    assert {f.code for f in document.flags} == {"hidden_text"}
    assert " ".join("".join(document.text[f.start : f.end] for f in document.flags).split()) == TRICK
    assert all(line in document.text for line in SEEN)
    assert read(twin).flags == ()


@pytest.mark.parametrize("trick", [e[1] for e in EVERY], ids=[e[0] for e in EVERY])
def test_hidden_text_scores_nothing(trick):
    model = load_bundle("fast")
    profile = model.profile(trick)
    clean = model.profile("\n".join(SEEN))
    assert profile.shown == clean.shown
    assert not any(TRICK in e.text for e in profile.evidence)
    assert "hidden_text" in {f.code for f in profile.flags}


def test_what_ocr_found_under_a_scan_is_read():
    document = read(pdf(scanned))
    assert TRICK in document.text
    assert document.flags == ()


@pytest.mark.parametrize(
    "rules",
    [
        "a" * 300_000,
        "{" * 100_000,
        "a{" * 100_000 + "}" * 100_000,
        "/*" * 100_000,
        "@media print " * 30_000,
        "@media print{a{b}" * 20_000,
        ".x{a:b}" * 50_000,
        ";" * 300_000 + "a{b:c}",
        "," * 300_000 + "{display:none}",
    ],
)
def test_sheets_of_any_kind_are_read_in_time(rules):
    assert read(html(f"<style>{rules}</style><p class=x>{TRICK}</p>")).flags == ()


def test_sheets_that_are_too_much_for_a_page_are_refused():
    rules = "".join(f".x.y{i}{{display:none}}" for i in range(4000))
    with pytest.raises(DocumentError, match="style sheets are too large") as caught:
        read(html(f"<style>{rules}</style>" + "<b class=x>a</b>" * 1000))
    assert caught.value.code == "too_large"
