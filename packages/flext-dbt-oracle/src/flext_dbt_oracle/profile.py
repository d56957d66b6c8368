"""The dbt profile `flext_oracle`, fed by the `FLEXT_TARGET_ORACLE_*` variables that target-oracle reads too.

It differs from the obvious one in two places that decide whether dbt-oracle works at all: `protocol` must be given
(without it the adapter builds the address `None://host`), and `database` must be the database's DB_NAME, not the
service name:
otherwise dbt's relation cache never matches and the second run fails with ORA-00955. The text `None` means "not set"
to the adapter; `flext-dbt-oracle` asks the database and sets FLEXT_TARGET_ORACLE_DATABASE.
"""

from __future__ import annotations

from typing import Any

PROFILE_NAME = "flext_oracle"


def profile() -> dict[str, Any]:
    """The profile as a mapping, with `env_var` expressions and no secret in it."""
    output = {
        "type": "oracle",
        "protocol": _env("PROTOCOL", "tcp"),
        "host": _env("HOST"),
        "port": "{{ env_var('FLEXT_TARGET_ORACLE_PORT', '1521') | as_number }}",
        "service": _env("SERVICE_NAME"),
        "database": _env("DATABASE", "None"),
        "user": _env("USERNAME"),
        "password": _env("PASSWORD"),
        "schema": _env("SCHEMA", "ANALYTICS"),
        "threads": "{{ env_var('FLEXT_DBT_THREADS', '4') | as_number }}",
        "retry_count": 3,
        "retry_delay": 3,
        "session_info": {"module": "flext-dbt-oracle"},
    }
    return {
        PROFILE_NAME: {
            "target": "{{ env_var('FLEXT_DBT_TARGET', 'dev') }}",
            "outputs": {"dev": output, "prod": dict(output)},
        }
    }


def profile_text() -> str:
    """The profile as the text of a `profiles.yml`."""
    lines = [f"{PROFILE_NAME}:"]
    body = profile()[PROFILE_NAME]
    lines.append(f'  target: "{body["target"]}"')
    lines.append("  outputs:")
    for name, output in body["outputs"].items():
        lines.append(f"    {name}:")
        for key, value in output.items():
            if isinstance(value, dict):
                lines.append(f"      {key}:")
                lines.extend(f"        {inner}: {text}" for inner, text in value.items())
            elif isinstance(value, str) and "{{" in value:
                lines.append(f'      {key}: "{value}"')
            else:
                lines.append(f"      {key}: {value}")
    return "\n".join(lines) + "\n"


def _env(name: str, default: str | None = None) -> str:
    fallback = f", '{default}'" if default is not None else ""
    return f"{{{{ env_var('FLEXT_TARGET_ORACLE_{name}'{fallback}) }}}}"
