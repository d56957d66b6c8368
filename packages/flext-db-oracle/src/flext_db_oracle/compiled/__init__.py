"""The compiled parts, each None where it was not built or is switched off: then Python does the same work, slower.

`encode` writes JSON lines from Arrow columns, `decode` makes rows of JSON lines, `digest` writes rows for a digest. They
are built from C when the package is (`hatch_build.py`), if there is a compiler. FLEXT_DB_ORACLE_PURE=1 switches them
off.
"""

from __future__ import annotations

import importlib
import os
from types import ModuleType

_PURE = os.environ.get("FLEXT_DB_ORACLE_PURE", "") not in {"", "0"}


def _load(name: str) -> ModuleType | None:
    if _PURE:
        return None
    try:
        return importlib.import_module(f"{__name__}.{name}")
    except ModuleNotFoundError:
        return None


encode = _load("_encode")
decode = _load("_decode")
digest = _load("_digest")
