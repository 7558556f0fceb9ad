"""The model card of a bundle that learned from placements (after Mitchell et al., "Model Cards", 2019)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd


def model_card(
    record: Mapping[str, Any],
    table: pd.DataFrame,
    warnings: Sequence[str],
    suspect: int,
    groups: Mapping[str, pd.DataFrame],
) -> str:
    """Write the card.

    Parameters
    ----------
    record : mapping
        The options of the fit.
    table : DataFrame
        The current head and the new one; see `judging.judge`.
    warnings : sequence of str
        What was noticed in the data.
    suspect : int
        How many outcomes look wrong.
    groups : mapping of str to DataFrame
        How groups fare; see `evaluation.group_rates.group_table`.

    Returns
    -------
    str
        Markdown.
    """
    made_up = "**The placements are synthetic: nobody in them exists, and nothing follows from them for people.**\n\n"
    return f"""# Model card

{made_up if record["synthetic"] else ""}## What it is

The match head of `{record["parent_name"]}` (fingerprint `{record["parent"]}`), fitted anew on {record["usable"]} of
{record["placements"]} placements. Encoder, segment and document heads are unchanged: profiles are the same, and only
`fit` differs. Settings: {_settings(record)}.

## What it is for

To order candidates for reading, by how well the domain of their described work meets a role's. It estimates the
probability that a placement like those it learned from succeeds, as far as the domain tells.

It is not for turning anybody down unread, for judging ability, or for jobs unlike those in the placements.
Who was placed was chosen by somebody: nothing was learned of those who never were.

## Data

{_list(warnings)}
- {suspect} outcomes look wrong (confident learning); they were kept.

## Figures on placements held out

{_table(table)}

Log-loss with 95% bootstrap intervals over placements; `change` is the log-loss less the current head's. Empty where
there are not both outcomes.

## Groups

{_fared(groups)}
"""


def _fared(groups: Mapping[str, pd.DataFrame]) -> str:
    if not groups:
        return "The table has no columns `group_*`. `domainfit audit` does the arithmetic on scores and groups."
    names = ("n", "rate", "ratio", "low", "high", "true_positive_rate", "false_positive_rate", "calibration_gap")
    lines = [
        "On the placements held out: `rate` is the part scored above the median, `ratio` is over the highest rate."
    ]
    for column, table in groups.items():
        lines += ["", f"| {column} | " + " | ".join(names) + " |", "|" + "---|" * (len(names) + 1)]
        for group, row in zip(table.index, table.to_dict("records"), strict=True):
            lines.append(f"| {group} | {int(row['n'])} | " + " | ".join(_figure(row[n]) for n in names[1:]) + " |")
    return "\n".join(lines)


def _figure(value: float) -> str:
    return "" if value != value else f"{value:.3f}"


def _settings(record: Mapping[str, Any]) -> str:
    names = ("prior", "seed", "success", "horizon_months", "held_out", "held_out_by")
    return ", ".join(f"{n} {record[n]}" for n in names)


def _list(items: Sequence[str]) -> str:
    return "\n".join(f"- {x}" for x in items)


def _table(table: pd.DataFrame) -> str:
    names = ("n", "auroc", "log_loss", "low", "high", "change", "change_low", "change_high")
    lines = ["| discipline | head | " + " | ".join(names) + " |", "|" + "---|" * (len(names) + 2)]
    for (discipline, head), row in zip(table.index, table.to_dict("records"), strict=True):
        cells = [str(int(row["n"])), *("" if row[n] != row[n] else f"{row[n]:.3f}" for n in names[1:])]
        lines.append(f"| {discipline} | {head} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
