from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-statements", action="store_true", help="write tests-integration/statements/statements.sql anew"
    )
