"""Write docs/licences.md: what each part of domainfit brings along, and under which licence. Run in the full set-up."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PAGE = Path(__file__).parent / "licences.md"
HEAD = """# Licences of what it needs

domainfit is under Apache-2.0. The bundles derive from all-MiniLM-L6-v2 (Apache-2.0; see `NOTICE`). Nothing below is copied into the wheel; pip installs it. Written by `python docs/update_licences.py` from the packages' own metadata; `make sbom` writes the same as a CycloneDX list with versions and hashes of the moment.

| package | licence, as it says itself | comes with |
|---|---|---|
"""


def needed() -> dict[str, set[str]]:
    """Return every package that domainfit or an extra needs, and which of them."""
    extras = distribution("domainfit").metadata.get_all("Provides-Extra") or []
    found: dict[str, set[str]] = {}
    for part in ("", *extras):
        ahead, seen = [("domainfit", frozenset({part}))], set()
        while ahead:
            item = ahead.pop()
            if item in seen:
                continue
            seen.add(item)
            name, wanted = item
            found.setdefault(name, set()).add(part or "core")
            ahead += requirements(name, wanted)
    # What the core needs comes with everything.
    return {n: {"core"} if "core" in parts else parts for n, parts in found.items() if n != "domainfit"}


def requirements(name: str, extras: frozenset[str] | None = None) -> list[tuple[str, frozenset[str]]]:
    """Return what a package needs, with the extras that it asks for; by default with all extras of its own."""
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return []
    wanted = extras or frozenset({"", *(found.metadata.get_all("Provides-Extra") or [])})
    return [
        (canonicalize_name(r.name), frozenset(r.extras) or frozenset({""}))
        for r in map(Requirement, found.requires or [])
        if r.marker is None or any(r.marker.evaluate({"extra": e}) for e in wanted)
    ]


def licence(name: str) -> str:
    """Return what a package's metadata says of its licence, in a few words."""
    try:
        data = distribution(name).metadata
    except PackageNotFoundError:
        return "not installed here"
    told = data.get("License-Expression")
    classes = [c.rpartition(" :: ")[2] for c in data.get_all("Classifier") or [] if c.startswith("License :: ")]
    classes = [c for c in classes if c != "OSI Approved"]
    text = told or "; ".join(classes) or (data.get("License") or "").strip().partition("\n")[0] or "not said"
    return re.sub(r"\s+", " ", text).replace("|", "/")


def page() -> str:
    """Return the whole page."""
    rows = [f"| {name} | {licence(name)} | {', '.join(sorted(parts))} |" for name, parts in sorted(needed().items())]
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
