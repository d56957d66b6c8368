"""The command line: its own commands, and what it refuses before dbt starts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import flext_dbt_oracle
import pytest
import yaml
from flext_dbt_oracle.cli import main


def test_path_points_at_a_dbt_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["path"]) == 0
    path = Path(capsys.readouterr().out.strip())
    assert yaml.safe_load((path / "dbt_project.yml").read_text())["name"] == "flext_dbt_oracle"
    assert {"oracle_get_columns_in_query.sql", "oracle_optimize_table.sql"} <= {
        macro.name for macro in (path / "macros").rglob("*.sql")
    }


def test_profile_is_written_once_and_never_over_an_own_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profile", "--write", str(tmp_path)]) == 0
    assert (tmp_path / "profiles.yml").read_text() == flext_dbt_oracle.profile_text()
    (tmp_path / "profiles.yml").write_text("mine")
    assert main(["profile", "--write", str(tmp_path)]) == 1
    assert (tmp_path / "profiles.yml").read_text() == "mine"
    assert "left as it is" in capsys.readouterr().err


def test_an_unreachable_host_is_one_line_with_the_next_step(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], unused_tcp_port: int
) -> None:
    monkeypatch.delenv("FLEXT_TARGET_ORACLE_DATABASE", raising=False)
    for name, value in {
        "HOST": "127.0.0.1",
        "PORT": str(unused_tcp_port),
        "SERVICE_NAME": "SALES",
        "USERNAME": "analytics",
        "PASSWORD": "canary-secret",
    }.items():
        monkeypatch.setenv(f"FLEXT_TARGET_ORACLE_{name}", value)
    assert main(["run"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "DPY-6005" in error
    assert "canary-secret" not in error


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_need_neither_driver_nor_dbt(option: str) -> None:
    """They answer at once, and where the driver cannot be loaded."""
    program = (
        "import sys; from flext_dbt_oracle.cli import main; code = main(sys.argv[1:])\n"
        "assert not {'oracledb', 'dbt', 'pydantic'} & set(sys.modules); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", program, option], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "flext-dbt-oracle" in done.stdout
