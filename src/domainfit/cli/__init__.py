"""The command line.

Exit codes: 0 all done; 1 some documents could not be read, the rest is done; 2 nothing could be
done (a wrong call, an unreadable role, a damaged bundle).
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from ..exceptions import DomainfitError
from . import checks, decisions, documents, models, placements, pools, service, store
from ._common import FAILED, OK

FAMILIES = (documents, decisions, store, pools, placements, models, checks, service)
"""Each module adds its commands; a new one is listed here."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments; the process's by default.

    Returns
    -------
    int
        The exit code.
    """
    arguments = parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except DomainfitError as error:
        print(f"domainfit: {error}", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        # The reader of a pipe, such as head, has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    top = argparse.ArgumentParser(prog="domainfit", description="Profile, match and rank by AI discipline.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for family in FAMILIES:
        family.add(commands)
    return top
