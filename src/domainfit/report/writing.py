"""From a ranking to one self-contained HTML file."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from .._markup import to_html
from ..bundle import ModelLike, load_bundle
from ..exceptions import InputError
from ..files import write_whole
from ..fingerprint import fingerprint
from ..frames.ranking import check_top, cutoff, rank_matches
from ..model import Model
from ..progress import progress_bar
from ..results import Profile
from . import page
from .candidate import candidate
from .facts import Facts, Ranking, entries_of


def write_report(
    file: str | os.PathLike[str],
    role: Any,
    candidates: Any,
    *,
    floor: Any = None,
    top: int | None = None,
    model: ModelLike = "base",
    date: datetime.date | str | None = None,
    progress: bool | None = None,
) -> Path:
    """Rank candidates for a role, and write one HTML page to read and to print.

    The page loads nothing and runs nothing. It quotes the documents: treat it like them.

    Parameters
    ----------
    file : path
        Where to write; a file that is there already is replaced, in one step.
    role, candidates : any
        As `rank` takes them; not a `ProfileStore`, for which there is `save_report`.
    floor : float or Floor, optional
        A cut-off on fit; the table says who reaches it. Nobody is dropped.
    top : int, optional
        How many candidates to show; by default all.
    model : {"base", "fast"}, path or Model
        The model to use.
    date : date or str, optional
        The date on the page; today by default. All else depends on the input alone.
    progress : bool, optional
        Whether to show progress bars; by default where somebody is watching.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    DomainfitError
        If the role cannot be read. A candidate that cannot be read is listed with the reason.
    InputError
        If `floor` is outside [0, 1], `top` is below 0, or the file cannot be written.
    """
    chosen = load_bundle(model)
    need = chosen.profile(role, "role")
    ranked = rank_matches(need, candidates, model=chosen, progress=progress)
    return save_report(file, need, ranked, model=chosen, floor=floor, top=top, date=date, progress=progress)


def save_report(
    file: str | os.PathLike[str],
    role: Profile,
    matches: Ranking,
    *,
    model: Model,
    floor: Any = None,
    top: int | None = None,
    date: datetime.date | str | None = None,
    progress: bool | None = None,
) -> Path:
    """Write the page of a ranking that is already made.

    Parameters
    ----------
    file, floor, top, date, progress
        As in `write_report`.
    role : Profile
        The role.
    matches : sequence of (name, Match or DomainfitError)
        The candidates, best first, as `frames.rank_matches` or a store's ``matches`` returns them.
    model : Model
        The model that made them.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InputError
        If `floor` is outside [0, 1], `top` is below 0, or the file cannot be written.
    """
    floor = cutoff(floor, model)
    check_top(top)
    entries, unread = entries_of(matches, top)
    day = str(datetime.date.today() if date is None else date)
    version = str(import_module("domainfit").__version__)
    facts = Facts(role, entries, unread, len(matches), floor, model.name, _hash(model), version, day)
    path = Path(file)
    try:
        write_whole(path, lambda beside: _write(beside, facts, progress))
    except OSError as error:
        raise InputError(f"the report cannot be written to {path}: {error.strerror}") from None
    return path


def _write(path: Path, facts: Facts, progress: bool | None) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(report_parts(facts, progress))


def report_parts(facts: Facts, progress: bool | None = None) -> Iterator[str]:
    """Yield the page piece by piece: a large pool is never held as one text."""
    yield f'<!DOCTYPE html>\n<html lang="en">\n{to_html(page.head(facts))}\n<body class="domainfit">\n'
    yield to_html(page.header(facts), page.contents(facts))
    yield "\n<main>\n"
    yield to_html(page.limits(), page.role(facts), page.ranking(facts))
    with progress_bar("report", len(facts.entries), shown=progress) as bar:
        for entry in facts.entries:
            yield to_html(candidate(entry)) + "\n"
            bar.update(1)
    missing = page.unread(facts)
    yield to_html(*([missing] if missing is not None else []), page.meaning())
    yield "\n</main>\n</body>\n</html>\n"


def _hash(model: Model) -> str:
    try:
        return fingerprint(model)
    except InputError:
        return "not known (the encoder is of a kind that has none)"
