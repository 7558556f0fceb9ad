"""Can the score be played, and does it turn on what must not matter? Attacks and counterfactuals, measured.

An attack adds to a candidate's text what costs nothing to write: lists, praise, the role's own words,
repetition, exercises. A counterfactual changes who the person seems to be, and nothing about the work.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from ..exceptions import InputError
from ..model import Model
from ..results import Profile
from ..types import FloatArray

TOLERANCE = 0.02
"""A rise of the fit that an attack may cause."""
SAME = 0.01
"""A difference of the fit that a counterfactual may cause."""
PLACES = 2
"""Places among all candidates that an attack may win."""

Attack = Callable[[str, str, str, random.Random], str]


@cache
def _asset(name: str) -> Any:
    return json.loads(files("domainfit").joinpath("assets", f"{name}.json").read_text(encoding="utf-8"))


def _skills(discipline: str, random_: random.Random) -> list[str]:
    known = list(_asset("stuffing")[discipline]["skills"])
    random_.shuffle(known)
    return [f"Skills: {', '.join(known[i : i + 10])}" for i in range(0, len(known), 10)]


def _interleave(text: str, lines: Sequence[str], random_: random.Random) -> str:
    """Put a line after about one line in five, never between two halves of a sentence."""
    out: list[str] = []
    turn = 0
    for line in text.split("\n"):
        out.append(line)
        if line.rstrip().endswith(".") and random_.random() < 0.4:
            out.append(lines[turn % len(lines)])
            turn += 1
    return "\n".join([*out, *lines[turn:]])


def _append(text: str, heading: str, lines: Sequence[str]) -> str:
    return "\n".join([text.rstrip(), "", heading, *lines])


def _longest(text: str, random_: random.Random) -> list[str]:
    lines = sorted(text.split("\n"), key=len)[-3:]
    return [random_.choice(lines).strip() for _ in range(12)]


ATTACKS: Mapping[str, Attack] = {
    "skills list": lambda t, r, d, g: _append(t, "Skills", _skills(d, g)),
    "long skills list": lambda t, r, d, g: _append(t, "Skills", _skills(d, g) * 10),
    "skills list first": lambda t, r, d, g: "\n".join([*_skills(d, g), "", t]),
    "skills between": lambda t, r, d, g: _interleave(t, _skills(d, g), g),
    "praise": lambda t, r, d, g: _append(t, "Profile", _asset("stuffing")[d]["praise"]),
    "praise between": lambda t, r, d, g: _interleave(t, _asset("stuffing")[d]["praise"], g),
    "the role's text": lambda t, r, d, g: _append(t, "Experience", [r]),
    "the role's text first": lambda t, r, d, g: f"{r}\n\n{t}",
    "own lines again": lambda t, r, d, g: _append(t, "Experience", _longest(t, g)),
    "exercises": lambda t, r, d, g: _append(t, "Projects", [f"- {x}" for x in _asset("stuffing")[d]["tutorials"]]),
}
"""What each attack makes of (the candidate's text, the role's text, the role's discipline, a random source)."""


def _with_line(text: str, line: str, random_: random.Random) -> str:
    """Put a line at the end or after a paragraph, as its author would: not into the middle of another."""
    lines = text.split("\n")
    places = [i for i in range(1, len(lines)) if not lines[i].strip() or lines[i - 1].rstrip().endswith(".")]
    lines.insert(random_.choice([*places, len(lines)]), line)
    return "\n".join(lines)


_BRITISH = (
    (re.compile(r"\b(?!(?:re)?siz|priz|seiz)([A-Za-z]{3,})iz(?=(?:e[ds]?|ers?|ing|ations?)\b)"), r"\1is"),
    (re.compile(r"\b([Aa]nal)yz(?=(?:e[ds]?|ers?|ing)\b)"), r"\1ys"),
    (re.compile(r"\b([Ll]abel|[Mm]odel|[Tt]ravel|[Ss]ignal|[Cc]hannel)(?=(?:ed|ing|ers?)\b)"), r"\1l"),
    (re.compile(r"\b([Bb]ehavi|[Cc]ol|[Ff]av|[Nn]eighb|[Ll]ab|[Tt]um)or(?=(?:s|al|hoods?|ed|ing|ite)?\b)"), r"\1our"),
    (re.compile(r"\b([Cc]ent|[Ff]ib|[Ll]it)er(?=s?\b)"), r"\1re"),
    (re.compile(r"\b([Cc]atalog|[Dd]ialog)(?=s?\b)"), r"\1ue"),
)


def british(text: str) -> str:
    """Spell a text the British way, as a person would who had learned it so."""
    for pattern, spelling in _BRITISH:
        text = pattern.sub(spelling, text)
    return text


def variants(text: str, seed: int = 0) -> Iterator[tuple[str, list[str]]]:
    """Yield each counterfactual's name and the versions of a text that must score alike.

    Parameters
    ----------
    text : str
        A candidate's text.
    seed : int, default 0
        Decides where a line is put; the versions of one counterfactual have theirs at one place.
    """
    asset = _asset("counterfactuals")
    yield "names", [f"{name}\n{text}" for name in asset["names"]]
    for kind in ("pronouns", "schools", "employers", "mail", "gaps", "care"):
        yield kind, [_with_line(text, line, random.Random(seed)) for line in asset[kind]]
    yield "a gap or none", [text, _with_line(text, asset["gaps"][0], random.Random(seed))]
    yield "care or none", [text, _with_line(text, asset["care"][1], random.Random(seed))]
    yield "spelling", [text, british(text)]


@dataclass(frozen=True)
class AttackResult:
    """What one attack wins over all roles and candidates.

    Parameters
    ----------
    name : str
        The attack.
    gain : ndarray of shape (n_pairs,)
        The fit after less the fit before.
    places : ndarray of shape (n_pairs,)
        Places won among the candidates of the role, the others unchanged.
    """

    name: str
    gain: FloatArray
    places: FloatArray

    def to_dict(self) -> dict[str, Any]:
        """Give the summary as plain values."""
        return {
            "attack": self.name,
            "pairs": len(self.gain),
            "mean_gain": float(self.gain.mean()),
            "largest_gain": float(self.gain.max()),
            "held": float((self.gain <= TOLERANCE).mean()),
            "most_places": int(self.places.max()),
            "places_held": float((self.places <= PLACES).mean()),
        }


@dataclass(frozen=True)
class CounterfactualResult:
    """How far the fit moves when what must not matter is changed.

    Parameters
    ----------
    name : str
        What is changed.
    spread : ndarray of shape (n_pairs,)
        The largest less the smallest fit over the versions of a text.
    """

    name: str
    spread: FloatArray

    def to_dict(self) -> dict[str, Any]:
        """Give the summary as plain values."""
        q50, q95 = np.quantile(self.spread, [0.5, 0.95])
        return {
            "change": self.name,
            "pairs": len(self.spread),
            "median": float(q50),
            "q95": float(q95),
            "largest": float(self.spread.max()),
            "held": float((self.spread <= SAME).mean()),
        }


@dataclass(frozen=True)
class RobustnessReport:
    """The measured attacks and counterfactuals; prints as a table."""

    model: str
    attacks: tuple[AttackResult, ...]
    counterfactuals: tuple[CounterfactualResult, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give the report as plain values that JSON can hold."""
        return {
            "model": self.model,
            "attacks": [a.to_dict() for a in self.attacks],
            "counterfactuals": [c.to_dict() for c in self.counterfactuals],
        }

    def __str__(self) -> str:
        attacks = (a.to_dict() for a in self.attacks)
        changes = (c.to_dict() for c in self.counterfactuals)
        return "\n".join(
            [
                f"{'attack':<24}{'pairs':>7}{'mean gain':>11}{'largest':>9}{'<= .02':>8}{'places':>8}{'<= 2':>8}",
                *(
                    f"{a['attack']:<24}{a['pairs']:>7}{a['mean_gain']:>+11.4f}{a['largest_gain']:>+9.3f}"
                    f"{a['held']:>8.1%}{a['most_places']:>8}{a['places_held']:>8.1%}"
                    for a in attacks
                ),
                "",
                f"{'changed':<24}{'pairs':>7}{'median':>11}{'95%':>9}{'largest':>9}{'<= .01':>8}",
                *(
                    f"{c['change']:<24}{c['pairs']:>7}{c['median']:>11.4f}{c['q95']:>9.4f}"
                    f"{c['largest']:>9.3f}{c['held']:>8.1%}"
                    for c in changes
                ),
            ]
        )


def robustness_report(
    model: Model,
    roles: Sequence[str],
    candidates: Sequence[str],
    *,
    attacked: int | None = None,
    seed: int = 0,
    progress: bool | None = None,
) -> RobustnessReport:
    """Attack every candidate for every role, and change what must not matter.

    Parameters
    ----------
    model : Model
        The model to test.
    roles : sequence of str
        Texts of roles; each is attacked in its primary discipline.
    candidates : sequence of str
        Texts of candidates: the pool in which places are counted.
    attacked : int, optional
        How many of the candidates are attacked, the first ones; all by default.
    seed : int, default 0
        Decides the order of lists and where lines are put.
    progress : bool, optional
        Whether to show a progress bar; by default where stderr is a terminal.

    Returns
    -------
    RobustnessReport

    Raises
    ------
    InputError
        If no role has a primary discipline, or no candidate can be scored.
    """
    from tqdm.auto import tqdm

    needs = [p for p in (model.profile(r, "role") for r in roles) if p.primary in _asset("stuffing")]
    pool = [(t, p) for t in candidates if (p := model.profile(t, "candidate")).status != "abstained"]
    if not needs or not pool:
        raise InputError("robustness needs at least one role with a primary discipline and one candidate to score")
    before = np.array([[model.match(need, p).fit for _, p in pool] for need in needs])
    gains: dict[str, list[float]] = {name: [] for name in ATTACKS}
    places: dict[str, list[int]] = {name: [] for name in ATTACKS}
    spread: dict[str, list[float]] = {}
    quiet = None if progress is None else not progress
    for j, (text, _) in enumerate(tqdm(pool[:attacked], unit="candidate", disable=quiet)):
        for i, need in enumerate(needs):
            for k, (name, attack) in enumerate(ATTACKS.items()):
                source = random.Random(f"{seed} {i} {j} {k}")
                fit = _fit(model, need, attack(text, need.document.text, str(need.primary), source))
                others = np.delete(before[i], j)
                gains[name].append(fit - before[i, j])
                places[name].append(int(((others > before[i, j]) & (others <= fit)).sum()))
        for name, versions in variants(text, seed + j):
            profiles = [model.profile(v, "candidate") for v in versions]
            for need in needs:
                fits = [model.match(need, p).fit for p in profiles]
                spread.setdefault(name, []).append(max(fits) - min(fits))
    return RobustnessReport(
        model.name,
        tuple(AttackResult(n, np.array(gains[n]), np.array(places[n])) for n in ATTACKS),
        tuple(CounterfactualResult(n, np.array(s)) for n, s in spread.items()),
    )


def _fit(model: Model, need: Profile, text: str) -> float:
    fit = model.match(need, model.profile(text, "candidate")).fit
    return fit if fit == fit else 0.0  # Who makes the library abstain has won nothing.
