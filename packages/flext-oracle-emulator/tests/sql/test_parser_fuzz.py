"""Any text is a statement or an OracleError, never anything else."""

import contextlib
from pathlib import Path

from flext_oracle_emulator.errors import OracleError
from flext_oracle_emulator.sql.parser import parse
from hypothesis import given, settings
from hypothesis import strategies as st

STATEMENTS = (Path(__file__).parent / "data" / "accepted.txt").read_text().splitlines()
WORDS = sorted({word for sql in STATEMENTS for word in sql.replace("(", " ( ").replace(")", " ) ").split()})


def parses_or_refuses(sql: str, version: int) -> None:
    with contextlib.suppress(OracleError):
        parse(sql, version=version)


@settings(deadline=None)
@given(st.text(max_size=80), st.sampled_from([19, 23]))
def test_any_text(text: str, version: int) -> None:
    parses_or_refuses(text, version)


@settings(deadline=None)
@given(
    st.sampled_from(
        ["select", "create table", "alter table t", "insert into t", "merge into", "create", "grant", "begin"]
    ),
    st.lists(st.sampled_from(WORDS), max_size=25),
    st.sampled_from([19, 23]),
)
def test_any_words(start: str, words: list[str], version: int) -> None:
    parses_or_refuses(" ".join([start, *words]), version)


@settings(deadline=None)
@given(st.sampled_from(STATEMENTS), st.data())
def test_any_statement_with_a_piece_changed(sql: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(sql)))
    end = data.draw(st.integers(start, min(len(sql), start + 20)))
    parses_or_refuses(sql[:start] + data.draw(st.sampled_from(WORDS)) + sql[end:], 19)


@settings(deadline=None)
@given(st.sampled_from(STATEMENTS), st.data())
def test_every_error_points_into_the_text(sql: str, data: st.DataObject) -> None:
    cut = sql[: data.draw(st.integers(0, len(sql)))]
    refused = None
    try:
        parse(cut)
    except OracleError as error:
        refused = error
    assert refused is None or 0 <= refused.offset <= len(cut)
