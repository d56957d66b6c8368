import pytest
from flext_db_oracle.identifiers import (
    MAX_BYTES,
    RESERVED_WORDS,
    IdentifierError,
    check,
    column_names,
    fold,
    is_plain,
    qualify,
    quote,
    shorten,
    unfold,
)
from hypothesis import given
from hypothesis import strategies as st

names = st.text(st.characters(exclude_characters='"\0', exclude_categories=("Cs",)), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("singer", "oracle"),
    [
        ("employees", "EMPLOYEES"),
        ("EMPLOYEES", "EMPLOYEES"),
        ("MixedCase", "MixedCase"),
        ("order-lines", "ORDER-LINES"),
        ("_sdc_batched_at", "_SDC_BATCHED_AT"),
        ("été", "ÉTÉ"),
        ("straße", "straße"),  # has no one-to-one capitals: folding could not be undone
    ],
)
def test_fold(singer, oracle):
    assert fold(singer) == oracle


@given(names)
def test_fold_undoes_unfold_except_for_quoted_lower_case(name):
    if name != name.lower() or name == name.upper():
        assert fold(unfold(name)) == name


@given(names)
def test_folding_twice_changes_nothing(name):
    assert fold(fold(name)) == fold(name)


def test_quote_takes_the_name_exactly():
    assert quote("Employees") == '"Employees"'
    assert qualify("HR", "a.b") == '"HR"."a.b"'
    assert qualify(None, "T") == '"T"'


@pytest.mark.parametrize("name", ["", 'a" ; drop table x --', "a\0b", "X" * 129, "é" * 65, "\ud800"])
def test_names_oracle_refuses_are_refused(name):
    with pytest.raises(IdentifierError):
        quote(name)


@given(names)
def test_a_quoted_name_cannot_end_early(name):
    if len(name.encode()) <= MAX_BYTES:
        assert quote(name).count('"') == 2


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("EMPLOYEES", True),
        ("A$1#_", True),
        ("SELECT", False),
        ("_X", False),
        ("1X", False),
        ("lower", False),
        ("A B", False),
    ],
)
def test_is_plain(name, plain):
    assert is_plain(name) is plain


def test_reserved_words_have_the_ones_that_hurt():
    assert {"DATE", "NUMBER", "LEVEL", "COMMENT", "SIZE", "MODE", "USER", "ROWID"} <= RESERVED_WORDS
    assert "TIMESTAMP" not in RESERVED_WORDS


@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=300), st.sampled_from([30, 128]))
def test_shortened_names_fit_and_short_ones_are_kept(name, limit):
    short = shorten(name, limit)
    assert len(short.encode()) <= limit
    if len(name.encode()) <= limit:
        assert short == name


def test_long_names_that_differ_at_the_end_stay_different():
    first, second = shorten("C" * 140 + "1"), shorten("C" * 140 + "2")
    assert first != second
    assert is_plain(first)


def test_column_names_collide_loudly():
    assert column_names(["id", "Name"]) == {"id": "ID", "Name": "Name"}
    with pytest.raises(IdentifierError, match="'id' and 'ID'"):
        column_names(["id", "ID"])


def test_the_limit_of_old_databases_is_in_bytes():
    assert check("A" * 30, max_bytes=30)
    with pytest.raises(IdentifierError, match="31 bytes"):
        check("A" * 31, max_bytes=30)
