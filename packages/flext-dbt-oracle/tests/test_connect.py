"""Each way to address a database, tried: `dbt debug` with the profile that `flext-dbt-oracle profile` writes for it."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import flext_dbt_oracle
import pytest
from dbt_projects import Database, Project
from flext_oracle_emulator import Emulator

FILES = {"models/one.sql": "select 1 as id from dual"}


def debug(project: Project, *, without: tuple[str, ...] = (), **variables: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own: dbt-oracle reads wallets and tnsnames.ora from the environment when it is imported."""
    dropped = {f"FLEXT_TARGET_ORACLE_{name}" for name in without}
    settings = (
        os.environ | project.environment | {f"FLEXT_TARGET_ORACLE_{key}": text for key, text in variables.items()}
    )
    return subprocess.run(
        [sys.executable, "-m", "flext_dbt_oracle.cli", "debug", "--no-use-colors"],
        env={key: text for key, text in settings.items() if key not in dropped},
        cwd=project.root,
        capture_output=True,
        text=True,
        check=False,
    )


def write_profile(project: Project, text: str) -> None:
    (project.root / "profiles" / "profiles.yml").write_text(text)


@pytest.fixture(scope="module")
def project(new_project: Callable[..., Project]) -> Project:
    return new_project(FILES)


def connected(done: subprocess.CompletedProcess[str]) -> None:
    assert "Connection test: [OK connection ok]" in done.stdout, done.stdout + done.stderr
    assert "Canary_5ecret" not in done.stdout + done.stderr
    assert done.returncode == 0


ADDRESS = ("HOST", "PORT", "SERVICE_NAME")


def test_an_alias_of_tnsnames_ora(project: Project, tmp_path: Path) -> None:
    address = project.database
    (tmp_path / "tnsnames.ora").write_text(
        f"SALES = (DESCRIPTION = (ADDRESS = (PROTOCOL = TCP)(HOST = {address.host})(PORT = {address.port}))"
        f"(CONNECT_DATA = (SERVICE_NAME = {address.service})))\n"
    )
    write_profile(project, flext_dbt_oracle.profile_text(method="tns"))
    connected(debug(project, without=ADDRESS, DSN="SALES", CONFIG_DIR=str(tmp_path)))


def test_an_alias_that_is_not_there_names_it(project: Project, tmp_path: Path) -> None:
    (tmp_path / "tnsnames.ora").write_text("OTHER = (DESCRIPTION = (ADDRESS = (PROTOCOL = TCP)(HOST = h)(PORT = 1)))\n")
    write_profile(project, flext_dbt_oracle.profile_text(method="tns"))
    done = debug(project, without=ADDRESS, DSN="SALES", CONFIG_DIR=str(tmp_path))
    assert done.returncode == 2
    assert "SALES" in done.stderr


@pytest.mark.parametrize("form", ["{host}:{port}/{service}", "tcp://{host}:{port}/{service}:pooled?retry_count=1"])
def test_a_connect_string(project: Project, form: str) -> None:
    write_profile(project, flext_dbt_oracle.profile_text(method="connect-string"))
    dsn = form.format(**dataclasses.asdict(project.database))
    connected(debug(project, without=ADDRESS, DSN=dsn))


def test_the_servers_pool(project: Project) -> None:
    text = flext_dbt_oracle.profile_text(drcp=True)
    assert text.count(":pooled") == 2  # dev and prod
    write_profile(project, text)
    done = debug(project)
    connected(done)
    assert "cclass: FLEXT_DBT" in done.stdout


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Project, Path]]:
    with Emulator(tls=True) as server:
        login = server.connect_args
        address = Database(server.host, server.port, "FREEPDB1", login["user"], login["password"])
        root = tmp_path_factory.mktemp("encrypted") / "shop"
        assert server.wallet is not None
        yield Project.create(root, address, login["user"], login["password"], FILES, plain=False), server.wallet


def test_a_wallet(encrypted: tuple[Project, Path]) -> None:
    project, wallet = encrypted
    done = debug(project, PROTOCOL="tcps", WALLET_LOCATION=str(wallet))
    assert "Connection test: [OK connection ok]" in done.stdout, done.stdout + done.stderr


def test_without_the_wallet_nothing_is_sent(encrypted: tuple[Project, Path]) -> None:
    project, _ = encrypted
    done = debug(project, PROTOCOL="tcps")
    assert done.returncode == 2
    assert "DPY-6005" in done.stderr
