"""The pages say what the code does."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from flext_tap_oracle.settings import connection_config, options_of

PACKAGE = Path(__file__).parent.parent


def test_the_reference_of_settings_is_up_to_date() -> None:
    page = PACKAGE / "docs" / "make_settings.py"
    done = subprocess.run([sys.executable, str(page), "--check"], check=False)
    assert done.returncode == 0, "run python docs/make_settings.py"


def test_the_example_settings_are_accepted() -> None:
    [example] = re.findall(r"```json\n(.*?)```", (PACKAGE / "README.md").read_text(), re.DOTALL)
    options = options_of(json.loads(example))
    assert options.for_stream("employees").lag == 600
    assert options.for_stream("audit_log").filter_binds == {"least": 3}


def test_the_translated_settings_mean_the_same() -> None:
    old, new = re.findall(r"```json\n(.*?)```", (PACKAGE / "docs" / "migration.md").read_text(), re.DOTALL)
    before, after = json.loads(old), json.loads(new)
    assert options_of(before) == options_of({**after, "default_replication_method": "FULL_TABLE"})
    assert connection_config(before) == connection_config(after)
    assert connection_config({**before, "ora_python_driver_type": "thin"}) == connection_config(after)


def test_each_test_that_the_docs_name_exists() -> None:
    page = (PACKAGE / "docs" / "proof.md").read_text()
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", page)
    assert len(named) > 30
    missing = [
        f"{file}::{test}"
        for file, test in named
        if f"\ndef {test}(" not in (PACKAGE / "tests" / file).read_text(encoding="utf-8")
    ]
    assert missing == []
