import pytest
from flext_db_oracle.cli import main


@pytest.fixture
def environment(config, monkeypatch):
    monkeypatch.setenv("FLEXT_TARGET_ORACLE_DSN", config.dsn)
    monkeypatch.setenv("FLEXT_TARGET_ORACLE_USERNAME", config.username)
    monkeypatch.setenv("FLEXT_TARGET_ORACLE_PASSWORD", config.password.get_secret_value())


def test_version(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--version"])
    assert stopped.value.code == 0
    assert capsys.readouterr().out.startswith("flext-db-oracle ")


def test_missing_settings(capsys, monkeypatch):
    for name in ("HOST", "DSN", "SERVICE", "SERVICE_NAME", "USER", "USERNAME", "PASSWORD", "SID"):
        monkeypatch.delenv(f"ORACLE_{name}", raising=False)
        monkeypatch.delenv(f"FLEXT_TARGET_ORACLE_{name}", raising=False)
    assert main(["doctor"]) == 2
    assert "password" in capsys.readouterr().err


@pytest.mark.usefixtures("environment")
def test_doctor(capsys, config):
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert config.address in out
    assert "server version" in out
    assert "CREATE TABLE" in out
    assert out.endswith("ok\n")


@pytest.mark.usefixtures("environment")
def test_doctor_with_a_wrong_password(capsys, monkeypatch):
    monkeypatch.setenv("FLEXT_TARGET_ORACLE_PASSWORD", "canary-wrong")
    assert main(["doctor"]) == 1
    shown = capsys.readouterr()
    assert "ORA-01017" in shown.err
    assert "hint:" in shown.err
    assert "canary" not in shown.out + shown.err


@pytest.mark.usefixtures("environment")
def test_tables(capsys, make_table):
    name = make_table("id NUMBER PRIMARY KEY, a DATE")
    assert main(["tables"]) == 0
    assert f"{name}\ttable\t2 columns\tID\t~? rows" in capsys.readouterr().out
    assert main(["tables", "NO_SUCH"]) == 1
    assert "NO_SUCH" in capsys.readouterr().err
