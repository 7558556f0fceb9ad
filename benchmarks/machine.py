"""What the figures of the benchmarks were measured on, in a few words."""

from __future__ import annotations

import os
import platform
from pathlib import Path

INSTRUCTIONS = ("avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8")
"""What products of 8-bit integers and of floats run on; speed hangs on it as much as on the clock."""


def facts() -> str:
    """Name the processor, what it can do, its cores and the Python, as far as the system tells."""
    info = Path("/proc/cpuinfo")
    fields = dict(
        (part.strip() for part in line.split(":", 1))
        for line in (info.read_text(encoding="utf-8").splitlines() if info.exists() else ())
        if ":" in line
    )
    known = fields.get("flags", "").split()
    able = ", ".join(name for name in INSTRUCTIONS if name in known)
    processor = fields.get("model name") or platform.processor() or "unknown processor"
    return (
        f"{processor}, {platform.machine()}{f' ({able})' if able else ''}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}"
    )
