"""Metadata: schemas, tables and columns, read from the ALL_* dictionary views with one query per view.

The owner is always a bind. Only what this user may see is returned; a missing privilege therefore looks like a
missing table. Object types, nested tables and other columns outside the type contract are kept with `type` None and
their name in `data_type`, so that a caller can say which column it leaves out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from flext_db_oracle.types import OracleType

TableKind = Literal["TABLE", "VIEW", "MATERIALIZED VIEW"]


@dataclass(frozen=True, slots=True)
class OracleColumn:
    """`name` is exactly as in Oracle, `data_type` as in the dictionary: `NUMBER`, `TIMESTAMP(6)`, `SDO_GEOMETRY`."""

    name: str
    type: OracleType | None
    data_type: str = ""
    position: int = 0
    nullable: bool = True
    default: str | None = None
    identity: Literal["ALWAYS", "BY DEFAULT"] | None = None
    virtual: bool = False
    invisible: bool = False
    comment: str | None = None

    def __post_init__(self) -> None:
        if not self.data_type and self.type is not None:
            object.__setattr__(self, "data_type", self.type.name)

    @property
    def length(self) -> int | None:
        return None if self.type is None else self.type.length

    @property
    def char_used(self) -> bool:
        return self.type is not None and self.type.char_used

    @property
    def precision(self) -> int | None:
        return None if self.type is None else self.type.precision

    @property
    def scale(self) -> int | None:
        return None if self.type is None else self.type.scale

    @property
    def writable(self) -> bool:
        """Whether INSERT may give it a value: not virtual and not GENERATED ALWAYS AS IDENTITY."""
        return not self.virtual and self.identity != "ALWAYS"


@dataclass(frozen=True, slots=True)
class OracleTable:
    """A table, view or materialized view. `columns` are in column order, hidden system columns left out."""

    name: str
    schema: str
    kind: TableKind = "TABLE"
    columns: tuple[OracleColumn, ...] = ()
    primary_key: tuple[str, ...] = ()
    unique_keys: tuple[tuple[str, ...], ...] = ()
    comment: str | None = None
    num_rows: int | None = None
    bytes: int | None = None
    partitioned: bool = False
    temporary: bool = False
    index_organized: bool = False
    rowdependencies: bool = False

    def column(self, name: str) -> OracleColumn | None:
        return next((column for column in self.columns if column.name == name), None)

    @property
    def key_columns(self) -> tuple[str, ...]:
        """The primary key, else the shortest unique key whose columns are all NOT NULL, else nothing."""
        if self.primary_key:
            return self.primary_key
        required = {column.name for column in self.columns if not column.nullable}
        usable = [key for key in self.unique_keys if required.issuperset(key)]
        return min(usable, key=lambda key: (len(key), key), default=())


@dataclass(frozen=True, slots=True)
class OracleSchema:
    name: str
    tables: tuple[OracleTable, ...] = field(default=())

    def table(self, name: str) -> OracleTable | None:
        return next((table for table in self.tables if table.name == name), None)
