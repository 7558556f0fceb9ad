from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domainfit import Document, DocumentError, MissingExtraError, read
from domainfit.documents import SUFFIXES, Limits
from domainfit.readers._common import Piece, lay_out

from . import files

BODY = [
    "Experience",
    "- Trained a detector for apples on photographs",
    "- Shipped it to forty robots",
    "Education",
    "MSc Robotics",
]
every_format = pytest.mark.parametrize("make", files.EVERY, ids=lambda f: f.__name__)


def error_of(source, **options) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        read(source, **options)
    return caught.value


def lines_of(data: bytes, **options) -> list[str]:
    return [line for line in read(data, **options).text.split("\n") if line]


def placed_as(document: Document) -> dict[str, str]:
    """What stands at each place, without white space round it."""
    return {o.place: document.text[o.start : o.end].strip() for o in document.origins}


# --- all formats ----------------------------------------------------------------------------------


@every_format
def test_every_format_reads_the_same_from_bytes_and_from_a_path(make, tmp_path):
    name, data = make(BODY)
    path = tmp_path / name
    path.write_bytes(data)
    document = read(path)
    assert document.name == name
    assert "- Trained a detector for apples on photographs\n- Shipped it to forty robots" in document.text
    assert read(data).text == document.text
    assert read(bytearray(data), name="theirs").name == "theirs"
    assert document == read(path) == read(data, name=name)


@every_format
def test_origins_cover_the_text_without_gap_or_overlap(make):
    document = read(make(BODY)[1])
    assert document.origins[0].start == 0
    assert document.origins[-1].end == len(document.text)
    assert all(a.end == b.start for a, b in zip(document.origins, document.origins[1:], strict=False))
    assert document.origin(document.text.index("Shipped")) is not None
    assert document.origin(len(document.text)) is None


def test_origins_name_the_place():
    assert read(files.text(["a line of text", "another line"])[1]).origin(17) == "line 2"
    assert placed_as(read(files.docx(BODY)[1]))["paragraph 3"] == "- Shipped it to forty robots"
    assert placed_as(read(files.json_resume(BODY)[1]))["work[0].highlights[1]"] == "- Shipped it to forty robots"
    document = read(files.pdf(BODY, pages=2)[1])
    assert document.origin(document.text.rindex("Shipped")) == "page 2"
    assert placed_as(read(b"<p>one</p>\n<p>two\nlines</p>"))["line 2"] == "two lines"


def test_suffixes_do_not_mislead_but_help(tmp_path):
    wrong = tmp_path / "cv.txt"
    wrong.write_bytes(files.pdf(BODY)[1])
    assert "Trained a detector" in read(wrong).text
    page = tmp_path / "cv.HTML"
    page.write_text("Trained <b>a</b>\ndetector")
    assert read(page).text == "Trained a detector"
    for suffix in (".pdf", ".docx", ".json"):
        broken = tmp_path / f"cv{suffix}"
        broken.write_text("{not what it says")
        assert error_of(broken).code == "corrupt"
    assert set(SUFFIXES) >= {".txt", ".md", ".html", ".pdf", ".docx", ".json"}


# --- strings --------------------------------------------------------------------------------------


@given(st.text(min_size=1, max_size=200).filter(str.strip))
def test_a_string_keeps_its_offsets(text):
    try:
        document = read(text)
    except DocumentError as error:
        assert error.code == "empty"  # noqa: PT017 - nothing but control characters
        return
    assert len(document.text) == len(text)
    assert all(a == b or b == " " for a, b in zip(text, document.text, strict=True))


def test_a_string_is_text_and_never_a_path(tmp_path, monkeypatch):
    (tmp_path / "README.md").write_text("the file")
    monkeypatch.chdir(tmp_path)
    assert read("README.md").text == "README.md"


def test_other_types():
    assert error_of(3).code == "unsupported"
    document = Document("as it is")
    assert read(document) is document


# --- text and clean-up ----------------------------------------------------------------------------


@pytest.mark.parametrize("data", ["naïve café".encode(e) for e in ("utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252")])
def test_encodings(data):
    assert read(data).text == "naïve café"


def test_line_ends_ligatures_icons_and_soft_hyphens():
    assert read(b"one\r\ntwo\rthree\x0cfour").text == "one\ntwo\nthree\nfour"
    assert read("e\ufb03cient \uf0e0 work\x00".encode()).text == "efficient   work"
    assert read("\uf0b7 first\n\uf0a7 second".encode()).text == "• first\n• second"
    assert read("the develop\u00ad\nment of soft\u00adware".encode()).text == "the development of software"


def test_a_broken_word_keeps_both_places():
    document = read("the develop\u00ad\nment of it".encode())
    assert [document.text[o.start : o.end] for o in document.origins] == ["the develop", "ment of it"]


def test_markdown_front_matter_is_left_out_and_nothing_else(tmp_path):
    assert placed_as(read(b"---\ntitle: x\ntags:\n  - y\n---\n# Head\ntext"))["line 6"] == "# Head"
    ruled = "---\nTrained a detector\n---\nShipped it"
    assert read(ruled.encode()).text == ruled
    path = tmp_path / "cv.md"
    path.write_text("<!-- a note -->\n# Head\n\ntext")
    assert read(path).text.endswith("# Head\n\ntext")


@settings(max_examples=200)
@given(
    st.lists(
        st.tuples(
            st.text("ab \u00ad\ufb01\x00\n\uf0b7é", max_size=8),
            st.sampled_from(["p 1", "p 2", "p 3"]),
            st.sampled_from(["\n", ", ", ""]),
        ),
        max_size=12,
    )
)
def test_origins_are_exact(parts):
    document = lay_out([Piece(*part) for part in parts], None, Limits())
    covered = [document.text[o.start : o.end] for o in document.origins]
    assert "".join(covered) == document.text
    assert all(covered)
    assert all(a.place != b.place for a, b in zip(document.origins, document.origins[1:], strict=False))
    for offset, letter in enumerate(document.text):
        if letter in "abé":
            assert any(letter in text for text, place, _ in parts if place == document.origin(offset))
    # No letter is lost, none is added, and they keep their order.
    letters = "".join(text for text, _, _ in parts).replace("\ufb01", "fi")
    assert [c for c in document.text if c.isalpha()] == [c for c in letters if c.isalpha()]


# --- HTML -----------------------------------------------------------------------------------------


def test_html_shows_what_a_browser_shows():
    page = b"""<html><head><title>no</title></head><body><p>One <b>bold</b>
        word<br>broken</p><script>no</script><!-- no --><div style='display: none'>no</div><p hidden>no</p>
        <table><tr><th>a</th><th>b</th></tr><tr><td>c</td><td></td><td><p>d</p></td></tr></table>
        <ul><li>item</li><li>
 <p>second</p> item</li><li></li></ul>tail<pre>kept\n lines</pre></body></html>"""
    expected = ["One bold word", "broken", "a  b", "c", "d", "- item", "- second", "item", "tail", "kept", "lines"]
    assert lines_of(page) == expected


@pytest.mark.parametrize("start", [b"\xef\xbb\xbf<!DOCTYPE html>", b"<?xml version='1.0'?>\n<html>", b"<ul><li>a</ul>"])
def test_html_is_told_by_its_beginning(start):
    assert "<" not in read(start + b"<p>Trained it</p>").text


def test_html_encodings():
    page = "<html><head><meta charset='{}'></head><body>Kraków</body></html>"
    assert read(page.format("iso-8859-2").encode("iso-8859-2")).text == "Kraków"
    assert read(page.format("iso-8859-2").encode("utf-8")).text == "Kraków"
    assert read(page.format("utf-16").encode("utf-16")).text == "Kraków"
    assert read("<p>Zürich</p>".encode("cp1252")).text == "Zürich"
    assert read(page.format("iso-8859-1").encode() + "<p>\x96 a\x81b".encode("latin-1")).text.endswith("b")
    for nonsense in ("zip", "no-such", "punycode", "idna"):
        assert "ü" in read(f"<html><meta charset={nonsense}><p>ü".encode("cp1252")).text


def test_html_brings_in_nothing_from_outside(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    page = f'<!DOCTYPE html [<!ENTITY x SYSTEM "{secret.as_uri()}">]><html><body>a &x; b</body></html>'
    assert "secret" not in read(page.encode(), format="html").text.replace("secret.txt", "")


def test_html_is_read_whole_or_not_at_all():
    assert read(b"<div>" * 200 + b"found").text == "found"
    assert error_of(b"<p>begins<div>" * 5_000 + b"lost").code == "too_large"
    assert read(b"<p>begins<b><i></b></p></div><x:y a=1 a=2>&nope; &#0; <<p>ends").text.endswith("ends")


# --- DOCX -----------------------------------------------------------------------------------------


def test_docx_tables_and_lists_keep_their_order():
    document = read(files.docx_with_table())
    expected = ["Before", "left cell  right cell", "2021", "one line", "and another", "- a bullet", "After"]
    assert document.text.split("\n") == expected
    places = placed_as(document)
    assert places["table 1, row 1, cell 2"] == "right cell"
    assert places["paragraph 3"] == "After"


def test_docx_headers_and_footers_come_once():
    assert lines_of(files.docx_with_margins()) == ["The name", "The body", "The footer"]


def test_docx_text_boxes_come_once_where_they_stand():
    box = "<w:txbxContent><w:p><w:r><w:t>in the box</w:t></w:r></w:p></w:txbxContent>"
    xml = (
        "<w:p><w:r><w:t>before</w:t><mc:AlternateContent><mc:Choice>{0}</mc:Choice><mc:Fallback>{0}</mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p><w:p><w:r><w:t>after</w:t></w:r></w:p>"
    )
    document = read(files.docx_body(xml.format(box)))
    assert document.text.split("\n") == ["before", "in the box", "after"]
    assert placed_as(document)["text box 1"] == "in the box"


def test_docx_reads_what_word_shows():
    xml = (
        "<w:p><w:pPr><w:tabs><w:tab w:val='right' w:pos='9000'/></w:tabs></w:pPr>"
        "<w:r><w:t>Engineer</w:t><w:tab/><w:t>2021</w:t></w:r></w:p>"
        "<w:p><w:del><w:r><w:delText>deleted</w:delText></w:r></w:del><w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom>"
        "<w:ins><w:r><w:t>kept</w:t></w:r></w:ins></w:p>"
        "<w:sdt><w:sdtContent><w:p><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr>"
        "<w:r><w:t>one</w:t><w:br/><w:t>two</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        "<w:p><w:pPr><w:pStyle w:val='ListBullet'/><w:numPr><w:numId w:val='0'/></w:numPr></w:pPr>"
        "<w:r><w:t>no item</w:t></w:r></w:p>"
        "<w:p><w:pPr><w:pStyle w:val='Heading1'/><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr>"
        "<w:r><w:t>Heading</w:t></w:r></w:p>"
    )
    expected = ["Engineer\t2021", "kept", "- one", "two", "no item", "Heading"]
    assert read(files.docx_body(xml)).text.split("\n") == expected


def test_docx_entities_stay_outside(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("zebra")
    body = f"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "{secret.as_uri()}">]>
    <w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>
    <w:p><w:r><w:t>a</w:t></w:r><w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>"""
    data = files.rezipped(files.docx(["x"])[1], {"word/document.xml": body.encode()})
    assert "zebra" not in read(data).text


# --- JSON Resume ----------------------------------------------------------------------------------


def test_json_resume_is_laid_out_with_paths():
    value = {
        "basics": {"name": "[NAME]", "label": "Engineer", "email": "not@shown", "summary": "Builds\nrobots."},
        "work": [{"position": "Engineer", "name": "Orchard", "startDate": "2019", "highlights": ["Trained it", 3, {}]}],
        "education": [{"studyType": "MSc", "area": "Robotics", "courses": []}],
        "skills": [{"name": "Vision", "keywords": ["OpenCV", "CUDA"]}, "Sailing"],
        "awards": "none",
        "interests": [{}, None, True],
    }
    document = read(json.dumps(value).encode())
    assert document.text.split("\n") == [
        *(
            "[NAME]",
            "Engineer",
            "Builds",
            "robots.",
            "",
            "EXPERIENCE",
            "Engineer, Orchard, 2019",
            "- Trained it",
            "- 3",
        ),
        *("", "EDUCATION", "MSc, Robotics", "", "SKILLS", "Vision: OpenCV, CUDA", "Sailing"),
    ]
    places = placed_as(document)
    assert places["work[0].name"].startswith("Orchard")
    assert places["work[0].highlights[0]"] == "- Trained it"
    assert places["skills[0].keywords"] == "OpenCV, CUDA"
    assert places["basics.summary"] == "Builds\nrobots."


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"{not json", "corrupt"),
        (b"[" * 100_000, "corrupt"),
        (b'{"work": ' + b"9" * 5_000 + b"}", "corrupt"),
        (b"[1, 2]", "unsupported"),
        (b'{"recipe": "soup"}', "unsupported"),
        (b'{"work": [{"name": null}]}', "empty"),
    ],
)
def test_json_that_is_no_resume(data, code):
    assert error_of(data, format="json").code == code


# --- PDF ------------------------------------------------------------------------------------------

HEADLINE = (50, 790, "A headline that runs across the whole of the page, from the left margin to the right one")
LEFT = [f"Skill number {i}" for i in range(12)]
RIGHT = [f"Sentence {i} of the long right column" for i in range(12)]


@pytest.mark.parametrize("steps", [(14, 14), (11.5, 13.3), (17, 12)])
def test_two_columns_are_read_one_after_the_other(steps):
    footer = (150, 40, "A footer that runs across both of the columns, Page 1 of 3")
    data = files.placed([HEADLINE, *files.columns(LEFT, RIGHT, lefts=(50, 230), steps=steps), footer])
    assert lines_of(data) == [HEADLINE[2], *LEFT, *RIGHT, footer[2]]


def test_columns_below_a_full_width_part_and_three_of_them():
    top = [(50, 790 - 14 * i, HEADLINE[2] + f" {i}") for i in range(15)]
    third = [f"Course {i} taken" for i in range(12)]
    below = files.columns(LEFT, RIGHT, third, lefts=(50, 180, 420), top=540)
    assert lines_of(files.placed([*top, *below])) == [*(line for _, _, line in top), *LEFT, *RIGHT, *third]


@pytest.mark.parametrize(
    "right", [[f"201{i} - 202{i}" for i in range(8)], ["Oslo", "Bern", "Milan, Italy", "Paris"] * 2]
)
def test_what_stands_at_the_right_margin_is_not_a_column(right):
    data = files.beside([(f"Engineer at Employer {i}", date) for i, date in enumerate(right)])
    assert lines_of(data) == [f"Engineer at Employer {i}  {date}" for i, date in enumerate(right)]


def test_dates_and_labels_at_the_left_are_not_a_column():
    for beside in ([f"201{i} - 202{i}" for i in range(6)], [f"Label {i}:" for i in range(6)]):
        data = files.placed(files.columns(beside, [f"Engineer at {i}" for i in range(6)], lefts=(50, 150)))
        assert lines_of(data) == [f"{left}  Engineer at {i}" for i, left in enumerate(beside)]


def test_two_sentences_on_a_line_are_not_joined():
    data = files.placed([(50, 700, "Trained a detector of apples"), (350, 700, "Shipped it to forty robots")])
    assert lines_of(data) == ["Trained a detector of apples", "Shipped it to forty robots"]


def test_broken_words_are_rejoined_and_compounds_keep_their_hyphen():
    broken = ["Led the develop-", "ment of real-", "time and end-to-", "end checks in C-", "Sharp"]
    data = files.placed(files.columns(broken, lefts=(50,)))
    assert lines_of(data) == ["Led the development of real-time and end-to-end checks in C-", "Sharp"]


def test_lines_stay_broken_as_on_the_page_and_paragraphs_apart():
    texts = [(50, y, f"line at {y}") for y in (700, 686, 672, 630, 616)]
    expected = "line at 700\nline at 686\nline at 672\n\nline at 630\nline at 616"
    assert read(files.placed(texts)).text == expected


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_turned_pages(angle):
    assert lines_of(files.turned(["the first line", "the second line"], angle)) == ["the first line", "the second line"]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(20, 500), st.integers(20, 800)), min_size=1, max_size=40, unique=True))
def test_no_word_is_lost_whatever_the_layout(places):
    words = [f"w{i}" for i in range(len(places))]
    places = [
        (x, y) for i, (x, y) in enumerate(places) if all(abs(x - a) > 30 or abs(y - b) > 15 for a, b in places[:i])
    ]
    document = read(files.placed([(x, y, word) for (x, y), word in zip(places, words, strict=False)]))
    assert sorted(document.text.split()) == sorted(words[: len(places)])


def test_threads_may_read_at_once():
    data = files.pdf(BODY, pages=2)[1]
    start = threading.Barrier(4)

    def work(_):
        start.wait()
        return read(data).text

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(work, range(4)))) == 1


# --- errors ---------------------------------------------------------------------------------------

DOCX = files.docx(BODY)[1]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100
ERRORS = {
    "no bytes": (b"", "empty", "empty"),
    "blanks": (b"  \n ", "empty", "empty"),
    "a byte order mark": (b"\xff\xfe", "empty", "no text"),
    "only front matter": (b"---\ntitle: x\n---\n", "empty", "no text"),
    "HTML comment": (b"<!-- nothing -->", "empty", "no text"),
    "empty DOCX": (files.docx([])[1], "empty", "no text"),
    "encrypted PDF": (files.encrypted_pdf(), "encrypted", "password"),
    "encrypted DOCX": (OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted", "password"),
    "image-only PDF": (files.image_only_pdf(), "image_only", "OCR"),
    "PDF header only": (b"%PDF-1.7 nothing that follows is a page", "corrupt", "damaged"),
    "DOCX cut short": (DOCX[: len(DOCX) // 2], "corrupt", "damaged"),
    "DOCX of bad XML": (files.rezipped(DOCX, {"word/document.xml": b"<w:document"}), "corrupt", "damaged"),
    "DOCX alone": (files.zipped({"word/document.xml": b"<w:document/>"}), "corrupt", "damaged"),
    "zip": (files.zipped({"a.txt": b"hello"}), "unsupported", "zip archive"),
    ".doc": (OLE, "unsupported", "DOCX"),
    ".rtf": (b"{\\rtf1 hello}", "unsupported", "DOCX"),
    "PNG": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "unsupported", "OCR"),
    "JPEG": (b"\xff\xd8\xff\xe0" + b"\x00" * 50, "unsupported", "OCR"),
    "program": (b"\x7fELF\x02\x01\x01" + b"\x00" * 50, "unsupported", "program"),
    "gzip": (b"\x1f\x8b\x08" + b"\x00" * 50, "unsupported", "unpack"),
    "binary": (b"\x00\x01\x02binary\xff", "unsupported", "binary"),
    "binary UTF-8": (b"\x01\x02\x03ab" * 9, "unsupported", "binary"),
}


@pytest.mark.parametrize("case", ERRORS)
def test_what_cannot_be_read_says_why(case):
    data, code, word = ERRORS[case]
    error = error_of(data, name="their file")
    assert error.code == code
    assert error.name == "their file"
    assert str(error).startswith("their file: ")
    assert word in str(error)


def test_documents_with_macros_and_templates():
    with files.zipfile.ZipFile(files.io.BytesIO(DOCX)) as archive:
        types = archive.read("[Content_Types].xml")
    for kind in (b"application/vnd.ms-word.document.macroEnabled.main", b"wordprocessingml.template.main"):
        changed = types.replace(b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main", kind)
        assert error_of(files.rezipped(DOCX, {"[Content_Types].xml": changed})).code == "unsupported"


def test_formats_that_are_named():
    assert read(b"<p>a", format="text").text == "<p>a"
    assert error_of(b"a text", format="pdf").code == "corrupt"
    assert error_of(b"a text", format="docx").code == "corrupt"
    assert error_of(b"a text", format="odt").code == "unsupported"


def test_a_text_may_speak_of_file_formats():
    assert read(b"Wrote a parser for %PDF-1.7 files").text == "Wrote a parser for %PDF-1.7 files"


PADDING = b"".join(random.Random(i).randbytes(4_000) + bytes(100_000) for i in range(105))


@pytest.mark.parametrize(
    ("source", "limits", "code"),
    [
        (b"x" * 100, {"max_bytes": 10}, "too_large"),
        ("long text " * 10, {"max_characters": 20}, "too_large"),
        (b"long text " * 10, {"max_characters": 20}, "too_large"),
        (files.pdf(BODY)[1], {"max_characters": 20}, "too_large"),
        (files.pdf(BODY, pages=3)[1], {"max_pages": 2}, "too_many_pages"),
        (DOCX, {"max_unpacked_bytes": 40_000}, "too_large"),
        (files.rezipped(DOCX, {"word/media/a.bin": PADDING}), {"max_ratio": 10}, "too_large"),
        (b"<p>a" * 300, {"max_characters": 200}, "too_large"),
    ],
)
def test_limits_say_how_to_raise_them(source, limits, code):
    assert read(source)
    error = error_of(source, limits=Limits(**limits))
    assert error.code == code
    assert f"Limits({next(iter(limits))}=...)" in str(error) or "elements" in str(error)


def test_limits_are_frozen():
    with pytest.raises(FrozenInstanceError):
        Limits().max_pages = 3


def test_paths(tmp_path):
    assert error_of(tmp_path / "nobody.txt").code == "missing"
    assert error_of(tmp_path).code == "unsupported"
    large = tmp_path / "large.txt"
    large.write_text("x" * 100)
    assert error_of(large, limits=Limits(max_bytes=10)).code == "too_large"
    assert error_of(large / "below").code == "missing"
    assert error_of(large.with_name("a\x00b")).code == "missing"
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        assert error_of(tmp_path / "pipe").code == "unsupported"


def test_no_error_quotes_the_document():
    secret = "Zebedee Quux"
    for data, options in (
        (secret.encode() + b"\x00\xff", {}),
        (b"%PDF-" + secret.encode(), {}),
        (json.dumps([secret]).encode(), {"format": "json"}),
        (json.dumps({secret: 1})[:-1].encode(), {"format": "json"}),
        (secret.encode() * 9, {"limits": Limits(max_characters=20)}),
        (files.docx([secret])[1][:-40], {}),
    ):
        error = error_of(data, **options)
        assert secret not in str(error)
        assert error.__cause__ is None
        assert error.__suppress_context__ or error.__context__ is None


@every_format
def test_damage_gives_no_raw_exception(make):
    data = make(BODY)[1]
    chance = random.Random(7)
    for _ in range(40):
        damaged = bytearray(data)
        for _ in range(chance.randint(1, 30)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        del damaged[chance.choice([len(damaged), chance.randrange(len(damaged))]) :]
        try:
            assert read(bytes(damaged)).text.strip()
        except DocumentError as error:
            assert error.code  # noqa: PT017


def test_the_readers_are_loaded_when_they_are_needed():
    program = "import sys, domainfit.documents as d; d.read(b'text'); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"pypdfium2", "docx", "lxml"} & {module.split(".")[0] for module in done.stdout.split()}


@pytest.mark.parametrize(
    ("module", "data"),
    [("pypdfium2", files.pdf(BODY)[1]), ("docx", DOCX), ("lxml.html", files.html(BODY)[1])],
    ids=["pdf", "docx", "html"],
)
def test_a_reader_that_is_not_installed_is_named(module, data, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=r"domainfit\[readers\]"):
        read(data)


def test_the_ending_of_a_name_tells_what_bytes_are():
    resume = b'{"basics": {"name": "Ada", "summary": "Trained detectors."}}'
    assert "{" not in read(resume, name="ada.json").text
    with pytest.raises(DocumentError, match=r"ada\.pdf"):
        read(b"This is a text and no PDF file.", name="ada.pdf")
