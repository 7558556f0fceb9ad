from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domainfit import Document, DocumentError, read
from domainfit.readers._common import Limits

from . import files

BODY = [
    "Experience",
    "- Trained a detector for apples on photographs",
    "- Shipped it to forty robots",
    "Education",
    "MSc Robotics",
]


@pytest.mark.parametrize(
    "make", [files.pdf, files.docx, files.html, files.text, files.json_resume], ids=lambda f: f.__name__
)
def test_every_format_reads_the_same_from_bytes_and_from_a_path(make, tmp_path):
    name, data = make(BODY)
    path = tmp_path / name
    path.write_bytes(data)
    document = read(path)
    assert document.name == name
    assert "Trained a detector for apples on photographs" in document.text
    assert document.text.index("Trained") < document.text.index("Shipped")
    assert read(data).text == document.text
    assert document == read(path)
    offset = document.text.index("Shipped")
    assert document.origin(offset) is not None


@pytest.mark.parametrize(
    "make", [files.pdf, files.docx, files.html, files.text, files.json_resume], ids=lambda f: f.__name__
)
def test_origins_are_ordered_and_cover_the_text(make):
    document = read(make(BODY)[1])
    assert document.origins[0].start == 0
    assert document.origins[-1].end == len(document.text)
    assert all(a.end == b.start for a, b in zip(document.origins, document.origins[1:], strict=False))


def test_origins_name_the_place():
    assert read(files.text(["a line of text", "another line"])[1]).origin(17) == "line 2"
    document = read(files.json_resume(BODY)[1])
    assert document.origin(document.text.index("Shipped")) == "work[0].highlights[1]"
    document = read(files.pdf(BODY, pages=2)[1])
    assert document.origin(document.text.rindex("Shipped")) == "page 2"


@given(st.text(min_size=1, max_size=200).filter(str.strip))
def test_a_string_keeps_its_offsets(text):
    try:
        document = read(text)
    except DocumentError as error:
        assert error.code == "empty"  # noqa: PT017 - nothing but control characters
        return
    assert len(document.text) == len(text)
    assert all(a == b or b == " " for a, b in zip(text, document.text, strict=True))


def test_a_string_is_text_and_never_a_path():
    assert read("README.md").text == "README.md"


def test_two_columns_are_read_one_after_the_other():
    left = [f"Skill number {i}" for i in range(12)]
    right = [f"Sentence {i} of the long right column" for i in range(12)]
    lines = read(files.two_columns("A Headline Across The Whole Page Of The Document", left, right)).text.splitlines()
    assert lines[0].startswith("A Headline")
    assert lines[1:] == [*left, *right]


def test_right_aligned_dates_are_not_a_column():
    data = files.dated([(f"Engineer at Employer {i}, with a long line below it", "2019 - 2020") for i in range(10)])
    first = read(data).text.splitlines()[0]
    assert "Employer 0" in first
    assert first.endswith("2019 - 2020")


def test_html_shows_what_a_browser_shows():
    page = b"<html><head><title>no</title></head><body><p>One <b>bold</b> word</p><script>no</script><!-- no --><div style='display: none'>no</div><table><tr><td>a</td><td>b</td></tr></table><ul><li>item</li></ul></body></html>"
    assert read(page).text.splitlines() == ["One bold word", "a", "b", "- item"]


def test_docx_tables_and_lists_keep_their_order():
    lines = read(files.docx_with_table()).text.splitlines()
    assert lines == ["Before", "left cell", "right cell", "- a bullet", "After"]


def test_markdown_front_matter_is_left_out():
    assert read(b"---\ntitle: x\n---\n# Head\ntext").text.startswith("# Head")


@pytest.mark.parametrize("data", ["naïve café".encode(enc) for enc in ("utf-8", "utf-8-sig", "utf-16", "cp1252")])
def test_encodings(data):
    assert read(data).text.strip() == "naïve café"


ERRORS = {
    "empty": lambda: b"  \n ",
    "encrypted": files.encrypted_pdf,
    "image_only": files.image_only_pdf,
    "corrupt": lambda: b"%PDF-1.7 nothing that follows is a page",
    "unsupported": lambda: b"\x89PNG\r\n\x1a\n" + b"\x00" * 50,
}


@pytest.mark.parametrize("code", ERRORS)
def test_what_cannot_be_read_says_why(code):
    with pytest.raises(DocumentError) as caught:
        read(ERRORS[code](), name="their file")
    assert caught.value.code == code
    assert str(caught.value).startswith("their file: ")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "unsupported"),
        (b"{\\rtf1 hello}", "unsupported"),
        (b"\x00\x01\x02binary\xff", "unsupported"),
    ],
)
def test_foreign_kinds(data, code):
    with pytest.raises(DocumentError) as caught:
        read(data)
    assert caught.value.code == code


def test_a_zip_that_is_no_docx():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "hello")
    with pytest.raises(DocumentError, match="zip archive"):
        read(buffer.getvalue())


def test_a_damaged_docx():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<w:document")
    with pytest.raises(DocumentError) as caught:
        read(buffer.getvalue())
    assert caught.value.code == "corrupt"


def test_limits():
    with pytest.raises(DocumentError) as caught:
        read(b"x" * 100, limits=Limits(max_bytes=10))
    assert caught.value.code == "too_large"
    with pytest.raises(DocumentError) as caught:
        read("long text " * 10, limits=Limits(max_characters=20))
    assert caught.value.code == "too_large"
    with pytest.raises(DocumentError) as caught:
        read(files.pdf(BODY, pages=3)[1], limits=Limits(max_pages=2))
    assert caught.value.code == "too_many_pages"
    with pytest.raises(DocumentError) as caught:
        read(files.docx(["word " * 2000] * 50)[1], limits=Limits(max_bytes=40_000))
    assert caught.value.code == "too_large"


def test_paths(tmp_path):
    with pytest.raises(DocumentError, match="no such file") as caught:
        read(tmp_path / "nobody.txt")
    assert caught.value.code == "missing"
    with pytest.raises(DocumentError, match="folder"):
        read(tmp_path)
    broken = tmp_path / "cv.json"
    broken.write_text("{not json")
    with pytest.raises(DocumentError, match="JSON") as caught:
        read(broken)
    assert caught.value.code == "corrupt"


def test_other_types():
    with pytest.raises(DocumentError, match="int"):
        read(3)
    document = Document("as it is")
    assert read(document) is document


def test_no_error_quotes_the_document():
    secret = "Zebedee Quux"
    for data in (secret.encode() + b"\x00\xff", b"%PDF-" + secret.encode(), json.dumps([secret]).encode()):
        try:
            read(data, format="json" if data.startswith(b"[") else None)
        except DocumentError as error:
            assert secret not in str(error)  # noqa: PT017
        else:
            pytest.fail("should not be readable")


def test_ligatures_icons_and_soft_hyphens():
    assert read("e\ufb03cient \uf0e0 work".encode()).text.strip() == "efficient   work"
    assert read("the develop\u00ad\nment of it".encode()).text.strip() == "the development of it"


def test_suffixes_do_not_mislead(tmp_path: Path):
    path = tmp_path / "cv.txt"
    path.write_bytes(files.pdf(BODY)[1])
    assert "Trained a detector" in read(path).text
