"""The parts of the page around the candidates: its head, the role, the ranking, what could not be read."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from .. import pieces
from .._html import stylesheet
from .._markup import Content, tag
from ..explain import explain_profile
from ..results import depth_name
from .facts import Entry, Facts

SYMBOLS = {"fit": "●", "partial": "◐", "mismatch": "○", "undecided": "–"}
# Whatever stands in a text: a reader's browser fetches nothing and runs nothing.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
LIMITS = (
    "The scores compare texts. They do not measure ability, and they know nothing that a text does not say.",
    "Nobody should be turned down on a score unread. Read the evidence, and ask.",
    "The order of candidates with nearly the same fit means nothing.",
    "Names, pronouns, schools, gaps and care reach no score by design; the scores have not been audited for groups.",
    "A made-up sentence reads like a true one. The questions are there to find out.",
)
MEANING = (
    ("Fit", "the calibrated probability that someone who reads both texts would call the domain a fit"),
    ("Verdict", "the fit in a word: fit from 0.50 on, partial from 0.25 on, mismatch below"),
    ("Mismatch", "the part of the role's need that the candidate does not cover; neighbouring fields give credit"),
    ("Probability", "the calibrated probability that a discipline is a substantial part of the work"),
    ("Depth", "named (listed, coursework), used (existing tools), built (designed, trained), shipped (in production)"),
    ("Claimed only", "the text names it and describes no such work; claims count for nothing in the fit"),
)


def head(facts: Facts) -> Element:
    """Make the document's head; nothing in it is loaded from elsewhere."""
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="robots", content="noindex"),
        tag("title", f"Candidates for {title(facts)}"),
        tag("style", stylesheet("results.css"), stylesheet("report.css")),
    )


def title(facts: Facts) -> str:
    """Name the role."""
    return facts.role.document.name or "the role"


def header(facts: Facts) -> Element:
    """Say what this is, of when, and made by what."""
    unscored = len(facts.entries) - facts.scored
    counts = f"{facts.candidates} handed in: {facts.scored} scored below, {unscored} not scored"
    counts += f", {len(facts.unread)} not read"
    left_out = facts.candidates - len(facts.entries) - len(facts.unread)
    counts += f", {left_out} left out by the limit on how many to show" if left_out else ""
    rows = (
        ("Date", facts.date),
        ("Candidates", counts),
        ("Model", f"{facts.model}, fingerprint {facts.fingerprint}"),
        ("Made with", f"domainfit {facts.version}"),
    )
    return tag(
        "header",
        tag("h1", f"Candidates for {title(facts)}"),
        tag("dl", [[tag("dt", k), tag("dd", v)] for k, v in rows], class_="facts"),
    )


def contents(facts: Facts) -> Element:
    """Link to the parts; left out in print."""
    parts = [("limits", "Before you read"), ("role", "The role"), ("ranking", "The ranking")]
    parts += [("unread", "Not read")] if facts.unread else []
    parts += [("meaning", "What the numbers mean")]
    links = [tag("li", tag("a", name, href=f"#{anchor}")) for anchor, name in parts]
    return tag("nav", tag("ul", links), aria_label="Contents")


def limits() -> Element:
    """Say what the scores must not be used for, before any score."""
    return section("limits", "Before you read", tag("ul", [tag("li", x) for x in LIMITS]))


def role(facts: Facts) -> Element:
    """Show what the role needs."""
    profile = facts.role
    return section(
        "role",
        "The role",
        tag("p", explain_profile(profile)),
        pieces.profile_table(profile) if profile.status != "abstained" else None,
        pieces.flag_list(profile.flags),
        pieces.marked_text(profile),
    )


def ranking(facts: Facts) -> Element:
    """Lay out all candidates: fit, verdict, and the mismatch discipline by discipline."""
    names = [facts.role.taxonomy[k].name for k in facts.needs]
    reach = [f"Fit from {facts.floor:.2f} on"] if facts.floor is not None else []
    columns = ["Candidate", "Place", "Fit", "Verdict", *reach, "Work is in", "Mismatch", *[f"… in {n}" for n in names]]
    first = 6 + len(reach)
    rows = [_row(facts, e) for e in facts.entries]
    grid = pieces.table(columns, rows, numbers=(1, 2, *range(first - 1, len(columns))), label="Ranking")
    note = "Mismatch is the part of the need that is not covered; the columns after it say in which discipline."
    return section("ranking", "The ranking", tag("p", note), grid)


def _row(facts: Facts, entry: Entry) -> list[Content]:
    match = entry.match
    link = tag("a", entry.name, href=f"#{entry.anchor}")
    if entry.place is None:
        blank = ["–"] * (1 + len(facts.needs))
        return [link, "–", "–", verdict(entry), *(["–"] if facts.floor is not None else []), "–", *blank]
    sizes = {g.discipline: g.size for g in match.gaps}
    reached = [] if facts.floor is None else ["yes" if match.fit >= facts.floor else "no"]
    gaps = [f"{sizes[k]:.2f}" if k in sizes else "none" for k in facts.needs]
    work = _work(entry)
    return [link, str(entry.place), f"{match.fit:.2f}", verdict(entry), *reached, work, f"{match.mismatch:.2f}", *gaps]


def _work(entry: Entry) -> Content:
    profile = entry.match.candidate
    if profile.primary is None:
        return "no AI work found"
    name = pieces.discipline(profile, profile.primary)
    return tag("span", name, f", {depth_name(profile.depth[profile.primary])}", class_="discipline")


def verdict(entry: Entry) -> Element:
    """Write the verdict with its symbol."""
    word = "not scored" if entry.place is None else entry.match.verdict
    return tag("span", tag("span", f"{SYMBOLS[entry.match.verdict]} ", aria_hidden="true"), word, class_="verdict")


def unread(facts: Facts) -> Element | None:
    """List what could not be read, with the reason."""
    if not facts.unread:
        return None
    grid = pieces.table(["Document", "Why"], [[name, reason] for name, reason in facts.unread])
    return section("unread", "Not read", tag("p", "These are not part of the ranking. Ask for another file."), grid)


def meaning() -> Element:
    """Explain the numbers."""
    rows = [[tag("dt", k), tag("dd", v)] for k, v in MEANING]
    return section("meaning", "What the numbers mean", tag("dl", rows))


def section(anchor: str, heading: str, *content: Content) -> Element:
    """Make a part of the page that can be linked to."""
    return tag(
        "section",
        tag("h2", heading, id=f"{anchor}-title"),
        *content,
        id=anchor,
        aria_labelledby=f"{anchor}-title",
    )
