"""The process environment that dbt-oracle and the dbt package read, prepared from the family's own variables.

dbt-oracle takes what has no place in a profile (wallets, TLS names, tnsnames.ora) from variables with general names, such as
WALLET_LOCATION. They are set here from FLEXT_TARGET_ORACLE_*, so that what another tool left in them does not count.
"""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from pathlib import Path

from flext_db_oracle import FlextDbOracleApi, FlextDbOracleConfig
from pydantic import ValidationError

from .errors import CommandError

VARIABLE = "FLEXT_TARGET_ORACLE_"
PACKAGE_VARIABLE = "FLEXT_DBT_ORACLE_PACKAGE"

#: Our variable -> the one that dbt-oracle reads.
ADAPTER_VARIABLES = {
    "WALLET_LOCATION": "WALLET_LOCATION",
    "WALLET_PASSWORD": "WALLET_PASSWORD",
    "CONFIG_DIR": "CONFIG_DIR",
    "SSL_SERVER_DN_MATCH": "SSL_SERVER_DN_MATCH",
    "SSL_SERVER_CERT_DN": "SSL_SERVER_CERT_DN",
}


class ConnectError(CommandError):
    """The database cannot be asked; the text says why and what to do. It holds no secret."""


def prepare(package: Path, environment: MutableMapping[str, str] | None = None) -> None:
    """Set what dbt-oracle and packages.yml read."""
    variables = os.environ if environment is None else environment
    variables.setdefault(PACKAGE_VARIABLE, str(package))
    variables.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
    for ours, theirs in ADAPTER_VARIABLES.items():
        value = variables.get(VARIABLE + ours)
        if value:
            variables[theirs] = value
    if variables.get(f"{VARIABLE}THICK", "").lower() in {"1", "true", "yes"}:
        variables["ORA_PYTHON_DRIVER_TYPE"] = "thick"


def read_config() -> FlextDbOracleConfig:
    """The connection that the variables describe.

    Raises:
        ConnectError: one of them is missing or wrong.
    """
    try:
        return FlextDbOracleConfig.from_env(VARIABLE, module="flext-dbt-oracle")
    except ValidationError as error:
        reasons = "; ".join(
            " ".join([*(str(part) for part in detail["loc"]), str(detail["msg"]).removeprefix("Value error, ")])
            for detail in error.errors(include_input=False, include_url=False)
        )
        raise ConnectError(f"{VARIABLE}* variables: {reasons}") from None


def set_database_name() -> None:
    """Export DB_NAME for the profile, unless the user gave it or connects another way than by these variables.

    Raises:
        ConnectError: the variables are wrong or the database does not answer.
    """
    if os.environ.get(f"{VARIABLE}DATABASE"):
        return
    os.environ.pop(f"{VARIABLE}DATABASE", None)  # an empty value would be taken for a name
    if not (os.environ.get(f"{VARIABLE}HOST") or os.environ.get(f"{VARIABLE}DSN")):
        return
    with FlextDbOracleApi(read_config()) as api:
        result = api.connect().flat_map(
            lambda connected: connected.execute_query("SELECT SYS_CONTEXT('USERENV', 'DB_NAME') FROM DUAL")
        )
    if result.is_failure:
        hint = f" Next: {result.hint}" if result.hint else ""
        raise ConnectError(f"{result.error}.{hint}")
    os.environ[f"{VARIABLE}DATABASE"] = str(result.value.rows[0][0])
