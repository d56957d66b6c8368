"""Imports every supplied package, so that all are registered."""

from __future__ import annotations

from . import output, session, standard, statistics, transactions, utility

__all__ = ["output", "session", "standard", "statistics", "transactions", "utility"]
