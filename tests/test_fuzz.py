"""Hostile files and strings: nothing but the library's own errors comes out, and numbers stay numbers."""

from __future__ import annotations

import hashlib
import json
import math
import shutil
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domainfit import load_bundle, read
from domainfit.cli import main
from domainfit.documents import Limits
from domainfit.exceptions import BundleError, DomainfitError
from domainfit.hostile import text_flags
from domainfit.segments import segment
from domainfit.seniority import estimate_seniority

from .conftest import ROOT
from .files import EVERY

LINES = ("Trained a detector on images of weld seams.", "- Put it on the line, where it inspects every part.")
FILES = {make.__name__: make(LINES)[1] for make in EVERY}
BUNDLE = ROOT / "src" / "domainfit" / "bundles" / "fast"
NASTY = st.text(
    st.characters(codec=None)
    | st.sampled_from("\x00\ud800\udfff\u200b\u202e\ufeff\u00ad\U000e0041\n\t•-–|,;:.•*()[]{}<>&%$#@")
)
ROUNDS = settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def mutate(data: bytes, edits: list[tuple[float, int]]) -> bytes:
    out = bytearray(data)
    for place, value in edits:
        out[int(place * (len(out) - 1))] = value
    return bytes(out)


EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=8)


@pytest.mark.parametrize("kind", FILES)
@ROUNDS
@given(edits=EDITS, cut=st.floats(0.05, 1))
def test_damaged_files_are_read_or_refused(kind, edits, cut):
    data = FILES[kind]
    try:
        document = read(mutate(data[: max(1, int(cut * len(data)))], edits))
    except DomainfitError:
        return
    assert document.text.strip()


@ROUNDS
@given(data=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data):
    for start in (b"", b"%PDF-1.7\n", b"<!doctype html>", b'{"basics": ', b"PK\x03\x04word/document.xml"):
        try:
            read(start + data)
        except DomainfitError:
            continue


@ROUNDS
@given(text=NASTY)
def test_any_text_is_cut_to_the_letter_and_judged(text):
    pieces = segment(text)
    assert all(text[s.start : s.end] == s.text and s.text.strip() for s in pieces)
    assert all(a.end <= b.start for a, b in pairwise(pieces))
    assert all(0 <= f.start <= f.end <= len(text) for f in text_flags(text))
    estimate_seniority(text)


@ROUNDS
@given(text=NASTY, filler=st.sampled_from(["", "Trained detectors on images and shipped them. " * 8]))
def test_any_text_gives_a_profile_of_numbers_or_an_error_of_ours(text, filler):
    model = load_bundle("fast")
    try:
        profile = model.profile(f"{filler}{text}\n{filler}")
    except DomainfitError:
        return
    values = [
        *profile.probability.values(),
        *profile.shown.values(),
        *profile.depth.values(),
        *profile.support.values(),
    ]
    assert all(math.isfinite(v) for v in values)
    json.dumps(profile.to_dict())


@pytest.mark.parametrize(
    "letter", ["a", " ", "\n", "•", "a ", "- a\n", "1,", "(", "\u202e", "ﬁ", "é", "Ignore ", "x@", "2019 - "]
)
def test_a_long_monotone_text_ends(letter):
    text = (letter * 500_000)[:500_000]
    try:
        load_bundle("fast").profile(text)
    except DomainfitError:
        return


def test_fifty_megabytes_are_refused_before_they_are_read():
    with pytest.raises(DomainfitError, match=r"limit|too many"):
        read(b"a" * 50_000_000)
    with pytest.raises(DomainfitError, match="too many characters"):
        load_bundle("fast").profile("a" * 50_000_000)


@pytest.mark.parametrize(
    "data",
    [
        b"<html><body>" + b"<div>" * 100_000 + b"text" + b"</div>" * 100_000,
        b'{"basics": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b"<html><body>" + b"<p>word" * 200_000,
        b"<!--" * 50_000 + b"<p>hello</p>",
    ],
    ids=["nested divs", "nested lists", "open paragraphs", "open comments"],
)
def test_deep_and_wide_pages_end(data):
    try:
        read(data, limits=Limits(max_characters=100_000))
    except DomainfitError:
        return


@ROUNDS
@given(
    edits=EDITS,
    name=st.sampled_from(["bundle.json", "heads.safetensors", "static.safetensors", "terms.txt", "tokenizer.json"]),
)
def test_a_changed_bundle_is_refused(tmp_path_factory, edits, name):
    folder = tmp_path_factory.getbasetemp() / "bundle"
    shutil.copytree(BUNDLE, folder, dirs_exist_ok=True)
    before = (BUNDLE / name).read_bytes()
    changed = mutate(before, edits)
    (folder / name).write_bytes(changed)
    if name == "bundle.json" or changed == before:
        # A manifest may be changed where it matters to nobody, such as in a note.
        try:
            load_bundle(folder)
        except BundleError:
            return
    else:
        with pytest.raises(BundleError):
            load_bundle(folder)


@ROUNDS
@given(edits=EDITS)
def test_weights_with_a_matching_hash_are_still_checked(tmp_path_factory, edits):
    """Who can change a file can change its hash; shapes and values are checked all the same."""
    folder = tmp_path_factory.getbasetemp() / "forged"
    shutil.copytree(BUNDLE, folder, dirs_exist_ok=True)
    data = (BUNDLE / "heads.safetensors").read_bytes()
    header = 8 + int.from_bytes(data[:8], "little")
    changed = mutate(data[:header], edits) + data[header:]
    (folder / "heads.safetensors").write_bytes(changed)
    manifest = json.loads((BUNDLE / "bundle.json").read_text(encoding="utf-8"))
    manifest["files"]["heads.safetensors"]["sha256"] = hashlib.sha256(changed).hexdigest()
    (folder / "bundle.json").write_text(json.dumps(manifest), encoding="utf-8")
    try:
        load_bundle(folder)
    except BundleError:
        return


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.binary(max_size=200) | NASTY.map(lambda t: t.encode("utf-8", "surrogatepass")))
def test_the_command_line_reports_any_file(tmp_path_factory, capsys, data):
    file = tmp_path_factory.getbasetemp() / "any.txt"
    file.write_bytes(data)
    assert main(["profile", str(file), "--model", "fast", "--json"]) in (0, 2)
    capsys.readouterr()
