"""The page, in a real browser: a ranking from files and texts, read by eye, keyboard and screen reader."""

from __future__ import annotations

import csv
import re
import shutil

import pytest

from .conftest import BACKEND, LANGUAGE, VISION, VISION_ROLE, serving

sync_api = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")
uvicorn = pytest.importorskip("uvicorn")
httpx = pytest.importorskip("httpx")

CHROMIUM = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("default"),
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here: apt-get install chromium"),
]


@pytest.fixture(scope="module")
def url(fast):
    with serving(fast) as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def page(browser, url):
    context = browser.new_context(viewport={"width": 1200, "height": 900}, accept_downloads=True)
    made = context.new_page()
    errors, asked = [], []
    made.on("pageerror", lambda e: errors.append(str(e)))
    made.on(
        "console", lambda m: errors.append(m.text) if m.type == "error" and "Failed to load" not in m.text else None
    )
    made.on("request", lambda r: asked.append(r.url))
    made.goto(url)
    yield made
    context.close()
    assert errors == []
    assert all(a.startswith((url, "data:", "blob:")) for a in asked)  # Nothing comes from elsewhere.


@pytest.fixture
def files(tmp_path):
    (tmp_path / "al.txt").write_text(VISION)
    (tmp_path / "bo.html").write_text(f"<p>{LANGUAGE}</p>")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    (tmp_path / "evil.txt").write_text(BACKEND + "<img src=x onerror=alert(1)><script>alert(2)</script>\n")
    return sorted(tmp_path.iterdir())


def rank(page, files):
    page.fill("#role", VISION_ROLE)
    page.set_input_files("#files", files)
    page.fill("#floor", "0.5")
    page.click("#rank")
    page.wait_for_selector("#results:not([hidden])")


def test_a_ranking_from_files(page, files, fast):
    rank(page, files)
    rows = page.locator("#table tbody tr")
    assert rows.count() == 4
    first = rows.nth(0).inner_text()
    assert "al.txt" in first
    assert f"{fast.score_match(VISION_ROLE, VISION).fit:.2f}" in first
    assert "reached" in first
    assert "broken.pdf" in rows.nth(3).inner_text()
    assert "3 of 4 scored" in page.inner_text("#status")
    shown = page.locator(".candidate:not([hidden])")
    assert shown.count() == 1
    assert shown.locator("svg[role=img]").count() == 1
    marks = shown.locator("mark")
    assert marks.count() >= 3
    assert "Computer vision" in marks.nth(0).inner_text()
    text = page.evaluate(
        "() => { const t = document.querySelector('.candidate:not([hidden]) .text').cloneNode(true);"
        "t.querySelectorAll('small').forEach(s => s.remove()); return t.textContent }"
    )
    assert text == VISION


def test_what_stands_in_a_file_is_never_markup(page, files):
    page.on("dialog", lambda d: pytest.fail("a script in a file has run"))
    rank(page, files)
    page.locator("#table button", has_text="evil.txt").click()
    assert "<img src=x" in page.locator(".candidate:not([hidden]) .text").inner_text()
    assert page.locator(".candidate img, .candidate script").count() == 0


def test_by_keyboard_alone(page):
    page.locator("#role").focus()
    page.keyboard.type(
        "You train detection models on camera images for our sorting belts, and calibrate the cameras. " * 3
    )
    page.locator("#paste").focus()
    page.keyboard.type(VISION)
    page.locator("#add").focus()
    page.keyboard.press("Enter")
    page.locator("#rank").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#results:not([hidden])")
    assert page.evaluate("document.activeElement.id") == "results-title"
    for _ in range(4):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Pasted 1"
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"


def test_the_example_and_what_it_teaches(page):
    page.click("#example")
    page.wait_for_selector("#results:not([hidden])")
    names = page.locator("#table tbody button").all_inner_texts()
    assert names[0] == "Ada (made up)"
    page.locator("#table button", has_text="Bo").click()
    assert "A good answer" in page.locator(".candidate:not([hidden])").inner_text()


ACCOUNT = (
    "Our nightly scoring took nine hours and finance had its list too late. We could not buy machines and the rules "
    "forbade another cloud. I weighed a rewrite in Rust against pruning the features, and measured both on a tenth of "
    "the accounts. Pruning cost half a point of recall and took a week instead of three months. I chose it, the run "
    "fell to two hours, and one alarm a month is missed that we caught before."
)


def test_a_written_decision(page, fast):
    page.click("#rate")
    assert "no account" in page.inner_text("#status")
    page.fill("#account", "Too short.")
    page.click("#rate")
    sync_api.expect(page.locator("#status")).to_contain_text(re.compile("^Not rated"))
    page.fill("#role", VISION_ROLE)
    page.fill("#account", ACCOUNT)
    page.click("#rate")
    page.wait_for_selector("#rating table")
    told = page.inner_text("#rating")
    assert f"Overall {fast.assess_decision(ACCOUNT).overall.value:.1f}" in told
    assert page.locator("#rating tbody tr").count() == 8
    assert "I weighed a rewrite" in told
    found = axe.Axe().run(page)
    assert [v["id"] for v in found.response["violations"]] == []


def test_problems_are_said(page):
    page.click("#rank")
    assert "Give the role" in page.inner_text("#status")
    page.fill("#role", VISION_ROLE)
    page.click("#rank")
    assert "at least one candidate" in page.inner_text("#status")
    page.fill("#paste", VISION)
    page.evaluate("document.getElementById('floor').type = 'text'")
    page.fill("#floor", "much")
    page.click("#rank")
    sync_api.expect(page.locator("#status")).to_contain_text("floor")
    assert page.locator("#results").is_hidden()


def test_the_table_can_be_taken_away(page, files, tmp_path):
    rank(page, files)
    with page.expect_download() as caught:
        page.click("#csv")
    caught.value.save_as(tmp_path / "out.csv")
    rows = list(csv.DictReader((tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()))
    assert rows[0]["candidate"] == "al.txt"
    assert rows[3]["status"] == "error"
    assert float(rows[0]["computer_vision"]) > 0.5


def test_in_print_every_candidate_is_there_and_the_form_is_not(page, files):
    rank(page, files)
    page.emulate_media(media="print")
    assert all(form.is_hidden() for form in page.locator("form").all())
    assert all(page.locator(".candidate").nth(i).is_visible() for i in range(4))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1200])
def test_it_fits_and_can_be_read(page, files, scheme, width, tmp_path):
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    rank(page, files)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # Contrast of running text, by the formula of WCAG 2.2.
    ratio = page.evaluate(
        """() => {
          const light = (c) => { const [r, g, b] = c.match(/\\d+/g).map((x) => { x /= 255;
            return x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4 });
            return 0.2126 * r + 0.7152 * g + 0.0722 * b };
          const ground = light(getComputedStyle(document.body).backgroundColor);
          return Math.min(...[...document.querySelectorAll('p, td, th, li, h1, h2, h3, label, .small')].map((e) => {
            const ink = light(getComputedStyle(e).color);
            return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05) }))
        }"""
    )
    assert ratio >= 4.5
    unlabelled = page.evaluate(
        "() => [...document.querySelectorAll('input, textarea')].filter(e => !e.labels.length).map(e => e.id)"
    )
    assert unlabelled == []
    found = axe.Axe().run(page)
    problems = [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found.response["violations"]]
    assert problems == []
    page.screenshot(path=tmp_path / "page.png", full_page=True)
    assert (tmp_path / "page.png").stat().st_size > 20_000
