"""`docs/RELIABILITY.md` names a test for each promise: each must exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "docs" / "RELIABILITY.md"
PROMISED = {f"R{number}" for number in (*range(1, 7), *range(9, 18), *range(20, 25))}


def named() -> dict[str, list[tuple[str, str]]]:
    found = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if (row := re.match(r"\| (R\d+) \|", line)) is not None:
            found[row[1]] = re.findall(r"`([\w./-]+\.py)::(\w+)`", line)
    return found


def test_every_promise_names_tests_and_each_of_them_exists() -> None:
    rows = named()
    assert rows.keys() == PROMISED
    for number, tests in rows.items():
        assert tests, number
        for file, name in tests:
            tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
            assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, (number, name)
