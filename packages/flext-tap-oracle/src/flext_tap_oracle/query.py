"""The SQL of a stream, as text and binds: pure functions, so that each strategy's SQL can be read in one test.

Names come quoted from flext-db-oracle; values are binds. Only what the settings call SQL (filter, key expression, SQL
streams) is taken as it is, in parentheses of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from flext_db_oracle.identifiers import qualify

from .columns import OutputColumn
from .lobs import locator_alias

#: Names of our own binds, which a filter or an SQL stream may not use for its own.
RESERVED_BINDS = frozenset(
    {
        "last_value",
        "upper_fence",
        "lag",
        "snapshot_scn",
        "range_start",
        "range_end",
        "lob_inline_length",
        "lob_max_length",
        "mask_salt",
    }
)
_BIND = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/|:([A-Za-z][A-Za-z0-9_$#]*)", re.DOTALL)


def bind_names(sql: str) -> frozenset[str]:
    """The names of a text's binds in lower case; what stands in literals, names and comments is none."""
    return frozenset(match[1].lower() for match in _BIND.finditer(sql) if match[1])


@dataclass(frozen=True, slots=True)
class Source:
    """What a stream reads from: a table's quoted name, or a query in parentheses."""

    sql: str
    snapshot: bool = True  # whether AS OF SCN can follow

    @classmethod
    def table(cls, schema: str, name: str) -> Self:
        return cls(qualify(schema, name))

    @classmethod
    def query(cls, sql: str) -> Self:
        return cls(f"({sql.strip().rstrip(';')})", snapshot=False)


@dataclass(frozen=True, slots=True)
class Query:
    """A SELECT in the making. Each method gives a new one; `sql` and `binds` are the result."""

    source: Source
    columns: Sequence[OutputColumn]
    conditions: tuple[str, ...] = ()
    order_by: tuple[str, ...] = ()
    given: Mapping[str, Any] = field(default_factory=dict)
    scn: int | None = None

    def where(self, condition: str, **binds: Any) -> Query:
        return replace(self, conditions=(*self.conditions, condition), given={**self.given, **binds})

    def ordered(self, *expressions: str) -> Query:
        return replace(self, order_by=expressions)

    def as_of(self, scn: int | None) -> Query:
        return replace(self, scn=scn)

    @property
    def _limited(self) -> list[OutputColumn]:
        return [column for column in self.columns if column.length_sql]

    @property
    def flagged(self) -> bool:
        """Whether a last column says that a LOB of the row was too long."""
        return bool(self._limited)

    @property
    def large(self) -> list[int]:
        """The columns whose large LOBs come as locators, behind all columns and before the flag."""
        return [index for index, column in enumerate(self.columns) if column.large_sql]

    @property
    def select_list(self) -> str:
        """The columns' SQL, without aliases: ORDER BY would take an alias for the column that it is named after."""
        items = [column.sql for column in self.columns]
        items += [f'{self.columns[index].large_sql} AS "{locator_alias(index)}"' for index in self.large]
        if self._limited:
            items.append(" + ".join(column.length_sql or "" for column in self._limited))
        return ", ".join(items)

    @property
    def tail(self) -> str:
        """FROM, WHERE: what a count or a cut of the same rows shares with the query."""
        as_of = " AS OF SCN :snapshot_scn" if self.scn is not None and self.source.snapshot else ""
        where = f" WHERE {' AND '.join(self.conditions)}" if self.conditions else ""
        return f"FROM {self.source.sql}{as_of}{where}"

    @property
    def sql(self) -> str:
        order = f" ORDER BY {', '.join(self.order_by)}" if self.order_by else ""
        return f"SELECT {self.select_list} {self.tail}{order}"

    @property
    def binds(self) -> dict[str, Any]:
        """The values of exactly the binds that the text has: the driver refuses others."""
        return self.binds_of(self.sql)

    def binds_of(self, sql: str) -> dict[str, Any]:
        values = dict(self.given)
        if self.scn is not None:
            values["snapshot_scn"] = values["scn"] = self.scn
        return {name: value for name, value in values.items() if name.lower() in bind_names(sql)}

    def count(self) -> tuple[str, dict[str, Any]]:
        """SQL and binds that count the query's rows."""
        sql = f"SELECT COUNT(*) {self.tail}"
        return sql, self.binds_of(sql)
