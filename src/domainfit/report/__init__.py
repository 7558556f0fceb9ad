"""A ranking as one page to read and to print."""

from .writing import save_report, write_report

__all__ = ["save_report", "write_report"]
