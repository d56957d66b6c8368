"""Places where a test kills the process: `FLEXT_FAULT="after commit:2"` sends SIGKILL at the second time of that place.

The promise "right after any crash" is only worth what is tested; these are the places where a crash is worst.
"""

from __future__ import annotations

import os
import signal

_wanted, _, _count = os.environ.get("FLEXT_FAULT", "").partition(":")
_left = int(_count or 1)


def fault_point(name: str) -> None:
    """Do nothing, unless a test wants the process to die here."""
    global _left  # one process, one death
    if _wanted == name:
        _left -= 1
        if _left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
