"""Compiles the kernels into the wheel where a C compiler is at hand; the package works without them, slower."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = "domainfit._compiled"
FOLDER = Path("src", *PACKAGE.split("."))
# No flag for this machine alone: a wheel runs elsewhere. Sums and products are not fused: bits stay the same.
FLAGS = ["-O3", "-g0", "-ffp-contract=off"]


class CompiledKernels(BuildHookInterface):  # type: ignore[type-arg]
    """Builds one extension a ``.pyx`` file, in place; ``DOMAINFIT_PURE=1`` leaves them out."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and tell hatchling that the wheel is for this platform; say so where it cannot be done."""
        if self.target_name != "wheel" or os.environ.get("DOMAINFIT_PURE") == "1":
            return
        try:
            built = compile_kernels(Path(self.root))
        except Exception as error:  # Whatever a compiler may fail with: the plain functions take over.
            self.app.display_warning(f"the kernels were not compiled, plain Python serves instead: {error}")
            return
        build_data["artifacts"] += [path.as_posix() for path in built]
        build_data["pure_python"], build_data["infer_tag"] = False, True


def compile_kernels(root: Path, names: Sequence[str] = ()) -> list[Path]:
    """Compile every ``.pyx`` file, or those named, in place; return the libraries, relative to `root`."""
    from Cython.Build import cythonize
    from setuptools import Distribution, Extension

    before = Path.cwd()
    os.chdir(root)
    try:
        extensions = [
            Extension(f"{PACKAGE}.{source.stem}", [source.as_posix()], extra_compile_args=FLAGS)
            for source in sorted(FOLDER.glob("*.pyx"))
            if not names or source.stem in names
        ]
        command = Distribution(
            {
                "ext_modules": cythonize(extensions, build_dir="build/kernels", language_level=3, quiet=True),
                "package_dir": {"": "src"},
            }
        ).get_command_obj("build_ext")
        command.build_temp, command.inplace, command.parallel = "build/kernels", True, True
        command.ensure_finalized()
        command.run()
        return [Path(command.get_ext_fullpath(e.name)).resolve().relative_to(root.resolve()) for e in extensions]
    finally:
        os.chdir(before)


if __name__ == "__main__":
    print(*compile_kernels(Path(__file__).parent, sys.argv[1:]), sep="\n")
