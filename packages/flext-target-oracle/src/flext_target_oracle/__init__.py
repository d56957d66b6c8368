"""Singer target for Oracle Database. `TargetOracle` is the target, `OracleSink` loads one of its streams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .sinks import OracleSink
    from .target import TargetOracle

__all__ = ["OracleSink", "TargetOracle"]


def __getattr__(name: str) -> Any:
    """Import what is asked for then: `target-oracle --version` need not wait for the SDK."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import sinks, target

    return getattr(target if name == "TargetOracle" else sinks, name)
