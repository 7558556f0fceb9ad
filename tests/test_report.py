"""The page of a ranking: complete, escaped, self-contained, the same twice."""

from __future__ import annotations

import datetime
import itertools
import re

import html5lib
import pytest

import domainfit
from domainfit import Document, InputError
from domainfit.cli import main
from domainfit.fingerprint import fingerprint
from domainfit.frames import rank_matches
from domainfit.model import Model
from domainfit.report import save_report, write_report

from .conftest import BACKEND, LANGUAGE, TEACHER, VISION, VISION_ROLE

BROKEN = b"%PDF-1.4 broken"
POOL = {"vera": VISION, "lars": LANGUAGE, "ben": BACKEND, "tea": TEACHER, "shy": "Too short.", "torn": BROKEN}
DAY = datetime.date(2026, 1, 31)


@pytest.fixture(scope="module")
def page(fast, tmp_path_factory):
    file = tmp_path_factory.mktemp("report") / "out.html"
    assert write_report(file, Document(VISION_ROLE, "role.md"), POOL, model=fast, floor=0.5, date=DAY) == file
    return file.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def tree(page):
    return parse(page)


def parse(page):
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)


def part(tree, anchor):
    return tree.find(f".//section[@id='{anchor}']")


def words(element):
    return " ".join(" ".join(element.itertext()).split())


def table(element):
    return [[words(cell) for cell in row] for row in element.iter("tr")]


def candidates(tree):
    return [e for e in tree.iter("section") if e.get("class") == "candidate"]


def test_each_candidate_has_one_row_and_one_section_in_order(tree, fast):
    ranked = rank_matches(VISION_ROLE, POOL, model=fast)
    names = [n for n, _ in ranked][:5]
    rows = table(part(tree, "ranking"))
    assert [r[0] for r in rows[1:]] == names
    headings = [words(s.find("h2")) for s in candidates(tree)]
    assert headings == [f"{i}. {n}" for i, n in enumerate(names[:4], 1)] + ["shy"]
    links = [a.get("href") for a in part(tree, "ranking").iter("a")]
    assert links == [f"#{s.get('id')}" for s in candidates(tree)]


def test_the_ranking_says_fit_verdict_and_mismatch_by_discipline(tree, fast):
    rows = table(part(tree, "ranking"))
    assert rows[0][:8] == [
        "Candidate", "Place", "Fit", "Verdict", "Fit from 0.50 on", "Work is in", "Mismatch", "… in Computer vision",
    ]  # fmt: skip
    match = fast.score_match(VISION_ROLE, LANGUAGE)
    row = next(r for r in rows if r[0] == "lars")
    assert row[2:5] == [f"{match.fit:.2f}", "○ mismatch", "no"]
    assert row[6:8] == [f"{match.mismatch:.2f}", f"{match.gaps[0].size:.2f}"]
    assert next(r for r in rows if r[0] == "tea")[5] == "no AI work found"
    assert set(next(r for r in rows if r[0] == "shy")[4:]) == {"–"}


def test_a_candidates_section_has_evidence_gaps_flags_and_questions(tree, fast):
    match = fast.score_match(VISION_ROLE, VISION)
    section = candidates(tree)[0]
    said = words(section)
    assert f"Verdict: ● fit . Fit {match.fit:.2f}, mismatch {match.mismatch:.2f}" in said
    assert match.candidate.explain() in said
    for e in match.evidence[:8]:
        assert " ".join(e.text.split()) in said
        assert f"{match.candidate.taxonomy[e.discipline].name}, " in said
    mismatch = fast.score_match(VISION_ROLE, LANGUAGE)
    lars = words(next(s for s in candidates(tree) if "lars" in words(s.find("h2"))))
    assert all(q in lars for q in mismatch.questions)
    assert all(f.message in lars for f in mismatch.flags)


def test_where_the_library_abstains_the_page_gives_the_reason_and_no_number(tree, fast):
    said = words(candidates(tree)[-1])
    assert fast.score_match(VISION_ROLE, "Too short.").reasons[0] in said
    assert not re.search(r"[01]\.\d\d", said)


def test_what_could_not_be_read_is_listed_with_the_reason(tree):
    rows = table(part(tree, "unread"))
    assert [r[0] for r in rows[1:]] == ["torn"]
    assert len(rows[1][1]) > 20
    assert "torn" not in words(part(tree, "ranking"))


def test_the_head_says_when_with_what_and_of_how_many(tree, fast):
    said = words(tree.find(".//header"))
    assert "2026-01-31" in said
    assert f"fast, fingerprint {fingerprint(fast)}" in said
    assert f"domainfit {domainfit.__version__}" in said
    assert "6 handed in: 4 scored below, 1 not scored, 1 not read" in said


def test_limits_come_before_any_score(page):
    assert page.index("turned down on a score unread") < page.index('id="role"') < page.index('id="ranking"')


def test_nothing_is_loaded_and_nothing_runs(page, tree):
    assert not re.search(r"url\(|@import|(?:src|srcset|action|data)=", page)
    assert all(a.get("href", "").startswith("#") for a in tree.iter("a"))
    assert not [e for e in tree.iter() if e.tag in {"script", "link", "img", "iframe", "object", "form"}]
    policy = next(m.get("content") for m in tree.iter("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy


def test_headings_tables_and_ids_are_in_order(tree):
    levels = [int(e.tag[1]) for e in tree.iter() if re.fullmatch("h[1-6]", str(e.tag))]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
    for grid in tree.iter("table"):
        assert all(th.get("scope") for th in grid.iter("th"))
        assert len({len(row) for row in grid.iter("tr")}) == 1
    ids = [e.get("id") for e in tree.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    assert {a.get("href")[1:] for a in tree.iter("a")} <= set(ids)
    assert tree.get("lang") == "en"


def test_the_same_input_gives_the_same_bytes(fast, page, tmp_path):
    file = tmp_path / "again.html"
    write_report(file, Document(VISION_ROLE, "role.md"), dict(POOL), model=fast, floor=0.5, date="2026-01-31")
    assert file.read_text(encoding="utf-8") == page
    assert [p.name for p in tmp_path.iterdir()] == ["again.html"]


def test_hostile_names_and_texts_stay_text(fast, tmp_path):
    evil = "</section></style><script>alert(1)</script><img src=//x onerror=a()> \x00 \ud800"
    file = tmp_path / "out.html"
    pool = {evil: f"{VISION}\n- Trained a {evil} segmentation model on images", f"{evil}2": BROKEN}
    write_report(file, Document(f"{VISION_ROLE}\n{evil}", evil), pool, model=fast, date=DAY)
    tree = parse(file.read_text(encoding="utf-8"))
    assert not [e for e in tree.iter() if e.tag in {"script", "img"}]
    assert len(candidates(tree)) == 1
    assert "<script>alert(1)</script>" in words(part(tree, "unread"))


def test_top_leaves_out_candidates_but_never_the_unread(fast, tmp_path):
    file = tmp_path / "out.html"
    write_report(file, VISION_ROLE, POOL, model=fast, top=1, date=DAY)
    tree = parse(file.read_text(encoding="utf-8"))
    assert len(candidates(tree)) == 1
    assert part(tree, "unread") is not None
    assert "4 left out by the limit" in words(tree.find(".//header"))


def test_a_role_that_is_not_scored_and_a_pool_of_nobody(fast, tmp_path):
    file = tmp_path / "out.html"
    write_report(file, "A job.", {"vera": VISION}, model=fast, date=DAY)
    tree = parse(file.read_text(encoding="utf-8"))
    assert "cannot be scored" in words(part(tree, "role"))
    assert "The role:" in words(candidates(tree)[0])
    write_report(file, VISION_ROLE, [], model=fast, date=DAY)
    assert not candidates(parse(file.read_text(encoding="utf-8")))


def test_a_ranking_without_texts_lists_its_evidence_alone(fast, tmp_path):
    from dataclasses import replace

    match = fast.score_match(VISION_ROLE, VISION)
    bare = replace(match, candidate=replace(match.candidate, document=Document("", "vera")))
    file = save_report(tmp_path / "out.html", match.role, [("vera", bare)], model=fast, date=DAY)
    section = candidates(parse(file.read_text(encoding="utf-8")))[0]
    assert section.find(".//details") is None
    assert "pallets" in words(section)


def test_an_encoder_without_a_fingerprint_is_named_as_such(fast, tmp_path):
    class Mine:
        def encode(self, sentences):
            return fast.encoder.encode(sentences)

    model = Model(Mine(), fast.heads, fast.taxonomy, fast.sections, name="mine")
    file = save_report(tmp_path / "out.html", fast.profile(VISION_ROLE, "role"), [], model=model, date=DAY)
    assert "mine, fingerprint not known" in words(parse(file.read_text(encoding="utf-8")).find(".//header"))


@pytest.mark.parametrize("wrong", [{"floor": 2}, {"top": -1}])
def test_wrong_calls(fast, tmp_path, wrong):
    with pytest.raises(InputError):
        write_report(tmp_path / "out.html", VISION_ROLE, {}, model=fast, **wrong)
    with pytest.raises(InputError, match="cannot be written"):
        write_report(tmp_path / "no" / "folder.html", VISION_ROLE, {}, model=fast)


def test_the_date_is_todays_unless_it_is_given(fast, tmp_path):
    before = datetime.date.today()
    file = write_report(tmp_path / "out.html", VISION_ROLE, {}, model=fast)
    days = re.findall(r"\d{4}-\d\d-\d\d", file.read_text(encoding="utf-8"))
    assert len(days) == 1
    assert before <= datetime.date.fromisoformat(days[0]) <= datetime.date.today()


def test_two_hundred_candidates_are_a_few_megabytes(fast, tmp_path, capsys):
    texts = [VISION, LANGUAGE, BACKEND, TEACHER]
    pool = {f"person {i}": "\n".join(texts[(i + j) % 4] for j in range(6)) for i in range(200)}
    file = write_report(tmp_path / "out.html", VISION_ROLE, pool, model=fast, date=DAY, progress=True)
    assert file.stat().st_size < 5_000_000
    assert "report: 100%" in capsys.readouterr().err
    assert file.read_text(encoding="utf-8").count('class="candidate"') == 200


def test_rank_writes_the_page_beside_its_table(tmp_path, capsys):
    (tmp_path / "role.txt").write_text(VISION_ROLE)
    pool = tmp_path / "pool"
    pool.mkdir()
    for name, text in POOL.items():
        (pool / f"{name}.txt").write_bytes(text if isinstance(text, bytes) else text.encode())
    out = tmp_path / "out.html"
    arguments = ["rank", tmp_path / "role.txt", pool, "--model", "fast", "--report", out, "--top", "2"]
    assert main([str(a) for a in arguments]) == 1
    assert "vera" in capsys.readouterr().out
    tree = parse(out.read_text(encoding="utf-8"))
    assert len(candidates(tree)) == 2
    assert words(part(tree, "unread")).count("torn.txt") >= 1
