"""Singer target for Oracle Database. `TargetOracle` is the target, `OracleSink` loads one of its streams."""

from .sinks import OracleSink
from .target import TargetOracle

__all__ = ["OracleSink", "TargetOracle"]
