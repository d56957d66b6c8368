"""Singer tap for Oracle Database: `tap-oracle`."""

from __future__ import annotations

from .streams import IncrementalOracleStream, OracleTableStream
from .tap import TapOracle

__all__ = ["IncrementalOracleStream", "OracleTableStream", "TapOracle"]
