"""How each Oracle type is kept in PostgreSQL: the one table that bootstrap SQL, translator and codecs agree on.

Oracle semantics are attached to PostgreSQL *types*, so that PostgreSQL itself infers the Oracle type of every
expression. Where PostgreSQL has no type of the same meaning, schema `oracle` holds a clone of one: a base type with the
internal input/output/comparison functions of an existing type (`LIKE = ...`), binary-coercible to it at no cost, with its
own operators, casts and aggregates (bootstrap SQL in `backend/sql/`).

| Oracle                        | PostgreSQL                  | representation                                             |
|-------------------------------|-----------------------------|------------------------------------------------------------|
| NUMBER(p,s), INTEGER, DECIMAL | numeric(p,s), (38,0)        | exact                                                      |
| NUMBER, FLOAT(b)              | numeric                     | rounded to 40 digits by the operators that can exceed it   |
| BINARY_FLOAT, BINARY_DOUBLE   | float4, float8              |                                                            |
| VARCHAR2(n BYTE|CHAR)         | varchar, no typmod in tables| length by CHECK, see `oracle.too_large`; casts use (n)     |
| CHAR(n)                       | bpchar(n)                   | blank padded                                               |
| NVARCHAR2(n), NCHAR(n)        | oracle.nvarchar2, .nchar    | clones of varchar and bpchar                               |
| LONG, CLOB, NCLOB             | oracle.long, .clob, .nclob  | clones of text                                             |
| XMLTYPE, JSON                 | oracle.xmltype, oracle.json | clones of text                                             |
| VECTOR(n, format, storage)    | oracle.vector               | clone of text: ttc/codecs/vector.py                        |
| RAW(n)                        | bytea                       | length by CHECK                                            |
| LONG RAW, BLOB                | oracle.longraw, oracle.blob | clones of bytea                                            |
| DATE                          | oracle.date                 | clone of timestamp, whole seconds                          |
| TIMESTAMP(s)                  | oracle.ts(21,s)             | clone of numeric: seconds since 1970-01-01, 9 decimals     |
| TIMESTAMP(s) WITH LOCAL TZ    | oracle.tsltz(21,s)          | the same, in UTC                                           |
| TIMESTAMP(s) WITH TIME ZONE   | oracle.tstz(30,s)           | clone of numeric: UTC seconds with 9 decimals, then 5 more |
|                               |                             | decimals that hold the zone code; compared without it      |
| INTERVAL YEAR(p) TO MONTH     | oracle.iym(2+p,0)           | clone of numeric: months                                   |
| INTERVAL DAY(p) TO SECOND(s)  | oracle.ids(20+p,s)          | clone of numeric: seconds, 9 decimals                      |
| ROWID                         | oracle.rowid                | clone of int8: the hidden column "ROWID$" of each table    |
| UROWID                        | varchar                     |                                                            |
| BOOLEAN (23ai)                | bool                        |                                                            |

Zone codes of TIMESTAMP WITH TIME ZONE: offset minutes + 900 (0..1800) for a fixed offset, 2000 + index into
`oracle.time_zones` for a region.

Every table has a hidden identity column `"ROWID$" oracle.rowid`-castable bigint that the translator never lets a client see except as
ROWID. '' never reaches a column: literals and function results are NULL instead.
"""

from __future__ import annotations

from .base import OracleType

#: PostgreSQL type name (schema-qualified where it is ours) -> Oracle type number.
PG_TO_ORACLE: dict[str, OracleType] = {
    "numeric": OracleType.NUMBER,
    "int2": OracleType.NUMBER,
    "int4": OracleType.NUMBER,
    "int8": OracleType.NUMBER,
    "float4": OracleType.BINARY_FLOAT,
    "float8": OracleType.BINARY_DOUBLE,
    "varchar": OracleType.VARCHAR,
    "text": OracleType.VARCHAR,
    "name": OracleType.VARCHAR,
    "bpchar": OracleType.CHAR,
    "oracle.nvarchar2": OracleType.VARCHAR,
    "oracle.nchar": OracleType.CHAR,
    "oracle.long": OracleType.LONG,
    "oracle.clob": OracleType.CLOB,
    "oracle.nclob": OracleType.CLOB,
    "oracle.xmltype": OracleType.CLOB,
    "oracle.json": OracleType.JSON,
    "oracle.vector": OracleType.VECTOR,
    "bytea": OracleType.RAW,
    "oracle.longraw": OracleType.LONG_RAW,
    "oracle.blob": OracleType.BLOB,
    "oracle.date": OracleType.DATE,
    "oracle.ts": OracleType.TIMESTAMP,
    "oracle.tsltz": OracleType.TIMESTAMP_LTZ,
    "oracle.tstz": OracleType.TIMESTAMP_TZ,
    "oracle.iym": OracleType.INTERVAL_YM,
    "oracle.ids": OracleType.INTERVAL_DS,
    "oracle.rowid": OracleType.ROWID,
    "bool": OracleType.BOOLEAN,
}

#: The hidden column that backs ROWID: the object's number above this many bits (32 of block, 10 of row).
ROWID_COLUMN = "ROWID$"
ROWID_OBJECT_SHIFT = 42
