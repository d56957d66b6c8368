"""What reaches dbt-oracle through the environment."""

from __future__ import annotations

from pathlib import Path

import pytest
from flext_dbt_oracle import environment


def test_the_adapters_variables_come_from_ours_and_not_from_another_tools() -> None:
    variables = {
        "WALLET_LOCATION": "/left/by/another/tool",
        "FLEXT_TARGET_ORACLE_WALLET_LOCATION": "/wallet",
        "FLEXT_TARGET_ORACLE_WALLET_PASSWORD": "canary-secret",
        "FLEXT_TARGET_ORACLE_CONFIG_DIR": "/tns",
        "FLEXT_TARGET_ORACLE_THICK": "true",
    }
    environment.prepare(Path("/macros"), variables)
    assert variables["WALLET_LOCATION"] == "/wallet"
    assert variables["WALLET_PASSWORD"] == "canary-secret"
    assert variables["CONFIG_DIR"] == "/tns"
    assert variables["ORA_PYTHON_DRIVER_TYPE"] == "thick"
    assert variables["FLEXT_DBT_ORACLE_PACKAGE"] == "/macros"
    assert "SSL_SERVER_CERT_DN" not in variables


def test_a_missing_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOST", "SERVICE_NAME", "USERNAME", "PASSWORD", "DSN", "SID"):
        monkeypatch.delenv(f"FLEXT_TARGET_ORACLE_{name}", raising=False)
        monkeypatch.delenv(f"ORACLE_{name}", raising=False)
    with pytest.raises(environment.ConnectError, match="missing: username and password"):
        environment.read_config()
