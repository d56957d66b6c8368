"""Garbage collection in a thread of its own while an emulator runs in this process.

Python collects cycles in whatever thread allocates next. In the emulator's thread that can finalize a client's connection,
whose `__del__` asks the server to end the session and waits: for this very thread. So while a server thread lives,
automatic collection is off, and this thread does it by the same thresholds.
"""

from __future__ import annotations

import gc
import threading
import time

_TICK = 0.02
_lock = threading.Lock()
_users = 0
_stop: threading.Event | None = None


def take_over() -> None:
    """Collect in a thread of our own until as many calls of `hand_back`. Does nothing where collection is off."""
    global _users, _stop
    with _lock:
        _users += 1
        if _users == 1 and gc.isenabled():
            gc.disable()
            _stop = threading.Event()
            threading.Thread(target=_collect, args=(_stop,), name="flext-oracle-emulator-gc", daemon=True).start()


def hand_back() -> None:
    global _users, _stop
    with _lock:
        _users -= 1
        if _users == 0 and _stop is not None:
            _stop.set()
            _stop = None
            gc.enable()


def _collect(stop: threading.Event) -> None:
    full_collection_from = 0.0
    while not stop.wait(_TICK):
        counts, thresholds = gc.get_count(), gc.get_threshold()
        if not thresholds[0] or counts[0] <= thresholds[0]:
            continue
        if counts[2] > thresholds[2] and time.monotonic() >= full_collection_from:
            started = time.monotonic()
            gc.collect(2)
            # A full collection looks at every object: at most a tenth of the time goes into them.
            full_collection_from = time.monotonic() + 10 * (time.monotonic() - started)
        else:
            gc.collect(1 if counts[1] > thresholds[1] else 0)
