"""The compiled parts can be switched off."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.compiled


def parts(**variables):
    script = "from flext_db_oracle import compiled; print(compiled.encode, compiled.decode, compiled.digest)"
    environment = {name: value for name, value in os.environ.items() if name != "FLEXT_DB_ORACLE_PURE"} | variables
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_the_environment_switches_them_off():
    assert parts(FLEXT_DB_ORACLE_PURE="1") == ["None", "None", "None"]
    assert parts(FLEXT_DB_ORACLE_PURE="0") == parts()
