"""The README's examples run as printed and print what they say; the reference is current."""

import contextlib
import importlib.util
import io
import re
from pathlib import Path

import flext_db_oracle
from flext_db_oracle import FlextDbOracleApi, FlextDbOracleConfig

PACKAGE = Path(__file__).parent.parent
README = (PACKAGE / "README.md").read_text(encoding="utf-8")
PRINTED = 'FlextDbOracleConfig(host="localhost", port=1521, service_name="FREEPDB1", username="hr", password="hr")'


def test_the_examples_of_the_readme(config, monkeypatch):
    monkeypatch.setenv("FLEXT_TARGET_ORACLE_DSN", config.dsn)
    monkeypatch.setenv("FLEXT_TARGET_ORACLE_USERNAME", config.username)
    monkeypatch.setenv("FLEXT_TARGET_ORACLE_PASSWORD", config.password.get_secret_value())
    with FlextDbOracleApi(config) as api:
        if api.table_exists(None, "PEOPLE").unwrap():
            api.execute_ddl("DROP TABLE people PURGE").unwrap()
    examples = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len(examples) >= 6
    assert PRINTED in examples[0]
    names = {}
    for example in examples:
        code = example.replace(PRINTED, "FlextDbOracleConfig.from_env()")  # the address of the test's database
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(code, "README.md", "exec"), names)
        assert out.getvalue().splitlines() == re.findall(r"^ *# -> (.*)$", example, re.MULTILINE), example


def test_the_readme_names_every_setting_and_command():
    for setting in FlextDbOracleConfig.model_fields:
        assert f"`{setting}`" in README, setting
    for command in ("doctor", "schemas", "tables", "describe", "query", "ddl", "partitions", "copy", "reconcile"):
        assert f"`{command}" in README


def reference():
    spec = importlib.util.spec_from_file_location("api_reference", PACKAGE / "docs" / "api_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_is_current():
    made = reference().page()
    assert made == (PACKAGE / "docs" / "API.md").read_text(encoding="utf-8"), "run docs/api_reference.py"


def test_every_public_method_is_in_the_reference():
    made = reference().page()
    for name, member in vars(flext_db_oracle.FlextDbOracleApi).items():
        if not name.startswith("_"):
            assert f"`{name}" in made, f"{name} has no docstring"
            assert member.__doc__
