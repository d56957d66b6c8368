"""Imports every supplied package, so that all are registered."""

from __future__ import annotations

from . import lob, output, random_numbers, raw, session, standard, statistics, transactions, utility

__all__ = ["lob", "output", "random_numbers", "raw", "session", "standard", "statistics", "transactions", "utility"]
