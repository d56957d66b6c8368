"""Every SQL statement that dbt-oracle sends parses, or fails as on Oracle 19c."""

from pathlib import Path

import pytest
from flext_oracle_emulator.errors import OracleError
from flext_oracle_emulator.sql.parser import parse

CORPUS = Path(__file__).parent / "data" / "dbt_statements.txt"


def statements() -> list[tuple[str, str, str]]:
    cases = []
    for block in CORPUS.read_text().split("\n=== ")[1:]:
        header, sql = block.split("\n", 1)
        section, expected = header.rsplit(" | ", 1)
        cases.append((section, expected, sql.strip()))
    return cases


@pytest.mark.parametrize(
    ("expected", "sql"), [pytest.param(*case[1:], id=f"{i} {case[0]}") for i, case in enumerate(statements())]
)
def test_dbt_statement(expected: str, sql: str) -> None:
    if expected == "ok":
        parse(sql)
        parse(sql, version=23)
        return
    with pytest.raises(OracleError) as raised:
        parse(sql)
    assert f"ORA-{raised.value.code:05d}" == expected
