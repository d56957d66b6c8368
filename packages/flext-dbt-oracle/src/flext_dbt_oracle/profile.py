"""The dbt profile `flext_oracle`, fed by the `FLEXT_TARGET_ORACLE_*` variables that target-oracle reads too.

It differs from the obvious one in two places that decide whether dbt-oracle works at all: `protocol` must be given
(without it the adapter builds the address `None://host`), and `database` must be the database's DB_NAME, not the
service name: otherwise dbt's relation cache never matches and the second run fails with ORA-00955. The text `None` means
"not set" to the adapter; `flext-dbt-oracle` asks the database and sets FLEXT_TARGET_ORACLE_DATABASE.

No profile holds a secret: passwords come from the environment, wallets too (see `environment.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from flext_db_oracle import FlextDbOracleConfig

PROFILE_NAME = "flext_oracle"

#: How the database is addressed: host, port and service; an alias of tnsnames.ora; a connect string or descriptor.
Method = Literal["host", "tns", "connect-string"]


def profile(
    config: FlextDbOracleConfig | None = None, *, method: Method | None = None, drcp: bool = False
) -> dict[str, Any]:
    """The profile as a mapping, with `env_var` expressions and no secret in it.

    Args:
        config: write this connection's address and user into the profile; without it they come from the variables.
        method: how the database is addressed; by default as `config` does, else by host.
        drcp: use the server's connection pool (DRCP): a class of connections for dbt, clean sessions.
    """
    output: dict[str, Any] = {"type": "oracle"}
    output |= _address(config, method or _method_of(config))
    output |= {
        "database": _env("DATABASE", "None"),
        "user": config.username if config else _env("USERNAME"),
        "password": _env("PASSWORD"),
        "schema": _env("SCHEMA", "ANALYTICS"),
        "threads": "{{ env_var('FLEXT_DBT_THREADS', '4') | as_number }}",
        "retry_count": 3,
        "retry_delay": 3,
        "session_info": {"module": "flext-dbt-oracle"},
    }
    if drcp:
        output |= {"cclass": "FLEXT_DBT", "purity": "new"}
        if "service" in output:  # without it the session is a dedicated one, and the class counts for nothing
            output["service"] += ":pooled"
    # In production nothing is guessed: the schema must be named, and a listener that restarts is waited for.
    production = output | {"schema": _env("SCHEMA"), "retry_count": 10, "session_info": {"module": "flext-dbt-oracle"}}
    return {
        PROFILE_NAME: {
            "target": "{{ env_var('FLEXT_DBT_TARGET', 'dev') }}",
            "outputs": {"dev": output, "prod": production},
        }
    }


def profile_text(config: FlextDbOracleConfig | None = None, *, method: Method | None = None, drcp: bool = False) -> str:
    """The profile as the text of a `profiles.yml`."""
    lines = [f"{PROFILE_NAME}:"]
    body = profile(config, method=method, drcp=drcp)[PROFILE_NAME]
    lines.append(f'  target: "{body["target"]}"')
    lines.append("  outputs:")
    for name, output in body["outputs"].items():
        lines.append(f"    {name}:")
        for key, value in output.items():
            if isinstance(value, dict):
                lines.append(f"      {key}:")
                lines.extend(f"        {inner}: {text}" for inner, text in value.items())
            else:
                lines.append(f"      {key}: {_scalar(value)}")
    return "\n".join(lines) + "\n"


def _method_of(config: FlextDbOracleConfig | None) -> Method:
    if config is None or config.dsn is None:
        return "host"
    return "connect-string" if any(character in config.dsn for character in "(/:") else "tns"


def _address(config: FlextDbOracleConfig | None, method: Method) -> dict[str, Any]:
    if method == "tns":
        return {"tns_name": config.dsn if config and config.dsn else _env("DSN")}
    if method == "connect-string":
        return {"connection_string": config.dsn if config and config.dsn else _env("DSN")}
    if config is None:
        return {
            "protocol": _env("PROTOCOL", "tcp"),
            "host": _env("HOST"),
            "port": "{{ env_var('FLEXT_TARGET_ORACLE_PORT', '1521') | as_number }}",
            "service": _env("SERVICE_NAME"),
        }
    if config.host is None or config.service_name is None:
        raise ValueError("dbt-oracle addresses a host by service name: give host and service_name, or a dsn")
    return {
        "protocol": "tcps" if config.uses_tls else "tcp",
        "host": config.host,
        "port": config.port,
        "service": config.service_name,
    }


def _env(name: str, default: str | None = None) -> str:
    fallback = f", '{default}'" if default is not None else ""
    return f"{{{{ env_var('FLEXT_TARGET_ORACLE_{name}'{fallback}) }}}}"


def _scalar(value: Any) -> str:
    """A value as YAML; text in double quotes unless it is a plain word."""
    if isinstance(value, str) and not value.replace("_", "").isalnum():
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)
