"""Tokens: quotes, numbers, binds, comments, and the same binds as clients count."""

import pytest
from flext_oracle_emulator.sql.binds import scan_statement
from flext_oracle_emulator.sql.lexer import BAD, BIND, END, NATIONAL, NUMBER, QUOTED, STRING, tokenize
from hypothesis import given
from hypothesis import strategies as st


def tokens(sql: str) -> list[tuple[str, object]]:
    result = tokenize(sql)
    return [(key, value) for key, value in zip(result.keys, result.values, strict=True) if key != END]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("Select", [("SELECT", "SELECT")]),
        ('"a b"', [(QUOTED, "a b")]),
        ("'it''s'", [(STRING, "it's")]),
        ("''", [(STRING, "")]),
        ("n'x'", [(NATIONAL, "x")]),
        ("q'[a'b]'", [(STRING, "a'b")]),
        ("Q'!x!'", [(STRING, "x")]),
        ("nq'<x>'", [(NATIONAL, "x")]),
        ("1", [(NUMBER, "1")]),
        ("1.5e-3f", [(NUMBER, "1.5e-3f")]),
        (".5", [(NUMBER, ".5")]),
        ("1day", [(NUMBER, "1"), ("DAY", "DAY")]),
        ("1..10", [(NUMBER, "1"), ("..", ".."), (NUMBER, "10")]),
        ("a != b ^= c ~= d < > e", [(k, k) for k in ("A", "<>", "B", "<>", "C", "<>", "D", "<>", "E")]),
        ("a -- b\n c /* d */ e", [(k, k) for k in ("A", "C", "E")]),
        (":x", [(BIND, "X")]),
        (': "x"', [(BIND, "x")]),
        (":12", [(BIND, "12")]),
        ("'k' :v", [(STRING, "k"), (":", ":"), ("V", "V")]),
        ("x:=:y", [("X", "X"), (":=", ":="), (BIND, "Y")]),
        ("a$b#c_1", [("A$B#C_1", "A$B#C_1")]),
        ("date'2020-01-01'", [("DATE", "DATE"), (STRING, "2020-01-01")]),
        ("in'x'", [("IN", "IN"), (STRING, "x")]),
        ("c%rowtype", [("C", "C"), ("%", "%"), ("ROWTYPE", "ROWTYPE")]),
        ("x\0", [("X", "X")]),
    ],
)
def test_tokens(sql: str, expected: list[tuple[str, object]]) -> None:
    assert tokens(sql) == expected


@pytest.mark.parametrize("sql", ["'abc", '"abc', "q'[abc", "?", "_a", "/* abc", '""', "`"])
def test_what_is_no_token_is_bad(sql: str) -> None:
    assert tokens(sql)[0][0] == BAD


@given(st.text(alphabet="ab1:'\"q[]-/*\n _=.(),", max_size=40))
def test_binds_are_those_that_clients_count(text: str) -> None:
    result = tokenize(f"select {text}")
    if BAD in result.keys:
        return  # no statement, nothing to count
    found = [
        (value, start)
        for key, value, start in zip(result.keys, result.values, result.starts, strict=True)
        if key == BIND
    ]
    assert found == [(bind.name, bind.offset) for bind in scan_statement(f"select {text}").binds]


@given(st.text(max_size=60))
def test_tokens_cover_the_text_in_order(text: str) -> None:
    result = tokenize(text)
    assert result.starts == sorted(result.starts)
    assert all(start <= end for start, end in zip(result.starts, result.ends, strict=True))
