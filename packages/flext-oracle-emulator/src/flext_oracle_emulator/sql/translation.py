"""What the translator takes besides a syntax tree, and what it gives: the seam between `sql/` and `backend/`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ..backend.base import StatementType
from ..catalog.model import Catalog, Relation
from .user_types import UserType


@dataclass(frozen=True, slots=True)
class Context:
    """The session as the translator sees it.

    `bind_types` has one PostgreSQL type name per bind *occurrence* in the statement ("numeric", "varchar",
    "oracle.date"...; see
    backend/pgtypes.py). `variables` are PL/SQL variables in scope, upper-case name -> PostgreSQL type name: an
    unqualified
    name (or a record's field, "REC.FIELD") that is no column becomes a parameter of that name (in PL/SQL SQL, columns
    win over variables, as in Oracle). `flashback` names, in order, the tables that hold the past states which the AS OF
    clauses mean; without it they name the tables themselves.
    """

    catalog: Catalog
    user: str
    schema: str
    bind_types: Sequence[str] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    version: int = 19
    flashback: Sequence[str] = ()
    stored: FindStored | None = None
    row_types: Mapping[str, UserType] = field(default_factory=dict)  # of variables whose types SQL has not


@dataclass(frozen=True, slots=True)
class StoredFunction:
    """A PL/SQL function that SQL calls by `call`, its full name: (name, PostgreSQL type, has a default) of its parameters."""

    call: str
    parameters: Sequence[tuple[str, str, bool]]
    result: str
    deterministic: bool = False
    rows: UserType | None = None  # of a collection type that a package declares: what TABLE(..) makes of the result


#: Finds a stored function by its name and the number of positional arguments.
FindStored = Callable[[tuple[str, ...], int], StoredFunction | None]


@dataclass(frozen=True, slots=True)
class Flashback:
    """A table with AS OF: `sql` is the expression of its SCN (numeric) or TIMESTAMP (oracle.ts), with the same `$k`."""

    kind: str
    sql: str
    relation: Relation


@dataclass(frozen=True, slots=True)
class Parameter:
    """What to send for `$k`: the bind occurrence `bind`, or the PL/SQL variable `variable`; always of `pg_type`."""

    pg_type: str
    bind: int | None = None
    variable: str | None = None


@dataclass(frozen=True, slots=True)
class NestedQuery:
    """CURSOR(subquery) in a select list: `sql` gives the columns of the subquery, to be described and never run."""

    sql: str
    columns: Sequence[OutputColumn]


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """One column of a query's result, or one RETURNING expression.

    `name` is Oracle's name for it (alias, column, or the expression's text in upper case without blanks).
    `char_literal` marks
    what Oracle describes as CHAR(n) though PostgreSQL says text: literals and expressions of them (`char_size` is n).
    `lob_source` is (relation, column name) when the column is a LOB column of a table whose row the same result
    identifies in its last, hidden column. `aliased` is False for an expression that has no alias (CREATE TABLE AS and
    CREATE VIEW
    refuse it with ORA-00998). `size` is that of sizes.py, for expressions; `declared` the whole type of a vector or FLOAT.
    """

    name: str
    char_literal: int | None = None
    lob_source: tuple[Relation, str] | None = None
    nullable: bool | None = None
    aliased: bool = True
    size: int | None = None
    declared: str | None = None
    domain: str | None = None  # of an object or collection
    nested: NestedQuery | None = None


@dataclass(frozen=True, slots=True)
class Translation:
    """A statement in PostgreSQL's words.

    Args of interest:
        sql: text with `$1..$n`, every object schema-qualified and quoted.
        parameters: one per `$k`.
        columns: outputs of a query (not RETURNING).
        returning: outputs of RETURNING, in order; `return_binds[i]` is the bind occurrence that takes `returning[i]`
            (or `return_variables[i]` a PL/SQL variable's name).
        array_insert: for a single-row INSERT .. VALUES with binds: the same statement over arrays, `INSERT .. SELECT
        <exprs over u.p1..>
            FROM unnest($1::t1[], ...) AS u(p1, ..)`, so that thousands of rows go in one call, in their order.
        target: the relation changed by DML.
        for_update: rows are locked, so results must be read in the transaction that asked.
        hidden_columns: how many trailing result columns are the translator's own (never described to the client): a
        "ROWID$", of
            the row whose LOBs `lob_source` names, or of the single row that DML changed (then it follows `returning`).
        counted: the statement is a SELECT of one number, the rows that DML changed (INSERT ALL into several tables).
        lock_timeout: seconds to wait for row locks (FOR UPDATE WAIT n): the engine sets lock_timeout around the
        statement, ORA-30006
            when it passes.
        flashback: the tables with AS OF, in order. Where `reads_current` is False the statement reads no other table.
        after: statements that follow LOCK TABLE, which make the partitions that it names by value.
        reads_stored: a view that the statement reads calls stored functions.
        needs_scn: the statement asks for the current SCN, which must come with a snapshot that is kept.

    """

    sql: str
    type: StatementType
    parameters: Sequence[Parameter] = ()
    columns: Sequence[OutputColumn] = ()
    returning: Sequence[OutputColumn] = ()
    return_binds: Sequence[int] = ()
    return_variables: Sequence[str] = ()
    array_insert: str | None = None
    target: Relation | None = None
    for_update: bool = False
    hidden_columns: int = 0
    counted: bool = False
    lock_timeout: int | None = None
    flashback: Sequence[Flashback] = ()
    reads_current: bool = False
    needs_scn: bool = False
    after: Sequence[str] = ()
    reads_stored: bool = False

    #: The columns that UPDATE, or the UPDATE of MERGE, assigns to.
    assigned: Sequence[str] = ()
    #: RETURNING as it stands in `sql`, and what it calls the target: for who changes the rows one by one (triggers).
    returning_text: str = ""
    target_alias: str = '"t$"'

    @property
    def calls_stored(self) -> bool:
        """Whether the statement calls functions that only the interpreter can compute."""
        return self.reads_stored or "oracle.stored_" in self.sql
