"""`ORACLE=user/password@host:port/service` in the environment is `--oracle-dsn` for the whole run (see ci/with_oracle.py)."""

from __future__ import annotations

import os

import pytest


def pytest_configure(config: pytest.Config) -> None:
    wanted = os.environ.get("ORACLE")
    if not wanted or wanted == "emulator" or config.option.oracle_dsn:
        return
    if "@" not in wanted:
        raise pytest.UsageError(f"ORACLE={wanted}: run the tests by ci/test, which starts what ORACLE names")
    config.option.oracle_dsn = wanted


def pytest_report_header() -> str:
    from flext_db_oracle import compiled

    return f"compiled parts of flext-db-oracle: {'not built or switched off' if compiled.decode is None else 'in use'}"
