"""Builds the compiled parts (flext_db_oracle.compiled) when the package is built or installed.

Without a compiler the package is built without them: it is complete, and slower. FLEXT_COMPILED=require makes that an
error, which is what releases want; FLEXT_COMPILED=no builds the wheel for all platforms.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDER = Path("src/flext_db_oracle/compiled")


class CompiledParts(BuildHookInterface[Any]):
    """One extension module for each C file."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        wanted = os.environ.get("FLEXT_COMPILED", "auto")
        if self.target_name != "wheel" or wanted == "no":
            return
        try:
            built = self._build()
        except Exception as error:  # no compiler is reported in many ways, and none of them is the user's fault
            if wanted == "require":
                raise
            self.app.display_warning(f"flext-db-oracle is built without its compiled parts: {error}")
            return
        if version == "editable":
            return
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        build_data["force_include"] |= {str(path): f"flext_db_oracle/compiled/{path.name}" for path in built}

    def _build(self) -> list[Path]:
        """Compile next to the sources, where an editable installation finds the modules."""
        from setuptools import Distribution, Extension
        from setuptools.command.build_ext import build_ext

        folder = Path(self.root) / FOLDER
        flags = [] if sys.platform == "win32" else ["-O2", "-g0", "-fvisibility=hidden"]
        modules = [
            Extension(f"_{source.stem}", [str(source)], extra_compile_args=flags)
            for source in sorted(folder.glob("*.c"))
        ]
        with tempfile.TemporaryDirectory(dir=folder, prefix=".build") as work:
            command = build_ext(Distribution({"name": "compiled", "ext_modules": modules}))
            command.build_lib = command.build_temp = work
            command.ensure_finalized()
            command.run()
            made = [Path(command.get_ext_fullpath(module.name)) for module in modules]
            return [path.replace(folder / path.name) for path in made]  # at once: another process may import it
