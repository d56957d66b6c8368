"""Singer tap for Oracle Database: `tap-oracle`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .incremental import IncrementalOracleStream
    from .streams import OracleTableStream
    from .tap import TapOracle

__all__ = ["IncrementalOracleStream", "OracleTableStream", "TapOracle"]


def __getattr__(name: str) -> Any:
    """Import what is asked for then: `tap-oracle --version` need not wait for the SDK."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import incremental, streams, tap

    homes = {"IncrementalOracleStream": incremental, "OracleTableStream": streams, "TapOracle": tap}
    return getattr(homes[name], name)
