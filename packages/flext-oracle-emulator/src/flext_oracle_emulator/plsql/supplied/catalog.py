"""Imports every supplied package, so that all are registered."""

from __future__ import annotations

from . import (
    assertions,
    crypto,
    dynamic_sql,
    error_log,
    lob,
    metadata,
    output,
    parallel,
    pickler,
    random_numbers,
    raw,
    session,
    standard,
    statistics,
    transactions,
    utility,
)

__all__ = [
    "assertions",
    "crypto",
    "dynamic_sql",
    "error_log",
    "lob",
    "metadata",
    "output",
    "parallel",
    "pickler",
    "random_numbers",
    "raw",
    "session",
    "standard",
    "statistics",
    "transactions",
    "utility",
]
