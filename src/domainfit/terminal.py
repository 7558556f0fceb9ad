"""Profiles, matches and rankings as text for a terminal; colours only where asked for."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Hashable, Iterable, Sequence

from .decision_scoring import HIGHEST
from .decisions import DIMENSION, DecisionAssessment
from .exceptions import DomainfitError
from .explain import REASONS, explain_match, explain_profile
from .marking import marks
from .results import Evidence, Match, Profile, depth_name

_BLOCKS = " ▏▎▍▌▋▊▉█"


class Painter:
    """Writes text with or without colour.

    Parameters
    ----------
    color : bool
        Whether to use ANSI colours.
    width : int, optional
        Columns; the terminal's by default.
    """

    def __init__(self, color: bool, width: int | None = None) -> None:
        self.color = color
        self.width = width or min(110, shutil.get_terminal_size((100, 24)).columns)

    def bold(self, text: str) -> str:
        """Make a text bold."""
        return f"\x1b[1m{text}\x1b[0m" if self.color else text

    def paint(self, text: str, color: str) -> str:
        """Give a text a colour, as ``#RRGGBB``."""
        if not self.color:
            return text
        r, g, b = (int(color[i : i + 2], 16) for i in (1, 3, 5))
        return f"\x1b[38;2;{r};{g};{b}m{text}\x1b[0m"

    def bar(self, value: float, width: int, color: str) -> str:
        """Draw a value in [0, 1] as a bar."""
        eighths = round(max(0.0, min(1.0, value)) * width * 8)
        full, rest = divmod(eighths, 8)
        drawn = "█" * full + (_BLOCKS[rest] if rest else "")
        return self.paint(drawn, color) + " " * (width - len(drawn))

    def profile(self, profile: Profile, *, evidence: int = 6) -> str:
        """Write a profile: a sentence, bars, evidence."""
        lines = [self.bold(profile.document.name or profile.kind), *self._wrap(explain_profile(profile)), ""]
        if profile.status != "abstained":
            for d in profile.taxonomy.disciplines:
                value = profile.probability[d.key]
                depth = f"  {depth_name(profile.depth[d.key])}" if profile.kind == "candidate" and value >= 0.1 else ""
                lines.append(f"  {d.name:<16}{self.bar(value, 24, d.color)} {value:4.2f}{depth}")
            lines += ["", *self.ladder(profile), "", *self.evidence(profile, profile.evidence[:evidence])]
        lines += [f"  ! {flag.message}" for flag in profile.flags]
        return "\n".join(lines)

    def ladder(self, profile: Profile) -> list[str]:
        """Write the depth ladder, each rung with the sentence that earned it."""
        lines = []
        for rung in profile.ladder:
            d = profile.taxonomy[rung.discipline]
            name = "claimed only" if rung.claim_only else rung.name
            said = " ".join(rung.evidence.text.split()) if rung.evidence else "(no single line says enough)"
            text = textwrap.shorten(said, max(20, self.width - 36), placeholder=" …")
            lines.append(f"  {self.paint('▌', d.color)} {d.name:<16}{name:<13} {text}")
        return lines

    def marked(self, profile: Profile) -> str:
        """Write the whole text with its evidence coloured by discipline, the deeper the bolder."""
        out = []
        for mark in marks(profile):
            if mark.excluded:
                out.append(f"[not scored: {mark.excluded}]" if not self.color else f"\x1b[9m{mark.text}\x1b[0m")
            elif mark.evidence is None:
                out.append(mark.text)
            else:
                d = profile.taxonomy[mark.evidence.discipline]
                rung = depth_name(mark.evidence.depth) if mark.evidence.depth else mark.evidence.section
                tag = f"[{d.name}: {rung if mark.evidence.described else 'claimed'}]"
                text = self.paint(mark.text, d.color)
                out.append(f"{self.bold(text) if mark.evidence.depth >= 2.5 else text} {self.paint(tag, d.color)}")
        return "".join(out)

    def evidence(self, profile: Profile, evidence: Iterable[Evidence]) -> list[str]:
        """Write evidence, one stretch a line, with its place in the source."""
        lines = []
        for e in evidence:
            d = profile.taxonomy[e.discipline]
            where = profile.document.origin(e.start)
            tags = [d.name, *([depth_name(e.depth)] if e.depth else []), e.section, *([where] if where else [])]
            text = textwrap.shorten(" ".join(e.text.split()), self.width - 6, placeholder=" …")
            lines += [f"  {self.paint('▌', d.color)} {text}", f"    ({', '.join(tags)}, +{e.contribution:.3f})"]
        return lines

    def match(self, match: Match, *, evidence: int = 6) -> str:
        """Write a match: the verdict, demand and coverage, evidence, questions."""
        lines = [*self._wrap(explain_match(match)), ""]
        if match.verdict != "undecided":
            lines.append(self.bold(f"  {'':<16}{'role needs':<26}candidate shows"))
            for d in match.role.taxonomy.disciplines:
                need, shown = match.role.share[d.key], match.candidate.probability[d.key]
                left, right = self.bar(need, 18, d.color), self.bar(shown, 18, d.color)
                lines.append(f"  {d.name:<16}{left} {need:4.2f}   {right} {shown:4.2f}")
            lines += [
                "",
                self.bold("Evidence for what the role needs"),
                *self.evidence(match.candidate, match.evidence[:evidence]),
            ]
            if match.interview:
                lines += ["", self.bold("Ask"), *self._interview(match)]
        return "\n".join(lines)

    def decision(self, assessment: DecisionAssessment) -> str:
        """Write a rated account: bars, the strongest sentence behind each, and what to ask."""
        lines = [*self._wrap(assessment.explain()), ""]
        for key, rating in assessment.ratings.items() if assessment.status == "ok" else ():
            best = " ".join(rating.sentences[0].text.split()) if rating.sentences else "(no sentence)"
            said = textwrap.shorten(best, max(20, self.width - 36), placeholder=" …")
            name, bar = DIMENSION[key].name, self.bar(rating.value / HIGHEST, 10, "#808080")
            lines.append(f"  {name:<14}{bar} {rating.value:3.1f}  {said}")
        if assessment.questions:
            lines += ["", self.bold("Ask"), *(line for q in assessment.questions for line in self._wrap(f"- {q}"))]
        return "\n".join(lines)

    def _interview(self, match: Match) -> list[str]:
        """Write the questions under what each is about."""
        lines = []
        for discipline in dict.fromkeys(q.discipline for q in match.interview):
            about = [q for q in match.interview if q.discipline == discipline]
            lines.append(f"{match.role.taxonomy[discipline].name} ({REASONS[about[0].reason]})")
            lines += [line for q in about for line in self._wrap(f"- {q.text}")]
        return lines

    def ranking(
        self, role: Profile, matches: Sequence[tuple[Hashable, Match | DomainfitError]], *, evidence: int = 1
    ) -> str:
        """Write a ranking, best first, with each candidate's best evidence; unreadable ones last."""
        lines = [*self._wrap(explain_profile(role)), ""]
        name_width = min(34, max([len(str(n)) for n, _ in matches], default=8))
        names = {d.key: d for d in role.taxonomy.disciplines}
        for place, (name, match) in enumerate(matches, 1):
            label = textwrap.shorten(str(name), name_width, placeholder="…")
            if isinstance(match, DomainfitError):
                lines.append(f"   -  {label:<{name_width}}  not read: {str(match).removeprefix('candidate: ')}")
                continue
            if match.verdict == "undecided":
                lines.append(f"   -  {label:<{name_width}}  not scored: {'; '.join(match.reasons)}")
                continue
            d = names.get(match.candidate.primary or "")
            shown = f"{d.name}, {depth_name(match.candidate.depth[d.key])}" if d else "no AI work found"
            bar = self.bar(match.fit, 12, d.color if d else "#777777")
            lines.append(
                f"{place:>4}  {self.bold(f'{label:<{name_width}}')}  {bar} {match.fit:4.2f}  {match.verdict:<9} {shown}"
            )
            for e in match.evidence[:evidence]:
                text = textwrap.shorten(" ".join(e.text.split()), self.width - 10, placeholder=" …")
                lines.append(f"        {self.paint('▌', role.taxonomy[e.discipline].color)} {text}")
        return "\n".join(lines)

    def _wrap(self, text: str) -> list[str]:
        return textwrap.wrap(text, self.width)
