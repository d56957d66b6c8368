"""Scalar functions: what type each argument is converted to, and what type comes back.

One letter an argument: T text, N number, D date, S timestamp, Z timestamp with time zone, Y and I intervals, R raw, L
LOB, W rowid,
`*` as it is. The last letter repeats. The result is a PostgreSQL type, `1` for the first argument's, `T` for text (a
LOB if the first argument is one), `M` for a date or number like the first argument (TRUNC, ROUND).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Signature:
    arguments: str
    result: str
    least: int
    most: int


def _table(rows: str) -> dict[str, Signature]:
    table: dict[str, Signature] = {}
    for row in rows.strip().splitlines():
        names, arguments, result, counts = row.split()
        least, _, most = counts.partition("-")
        for name in names.split(","):
            table[name] = Signature(arguments, result, int(least), int(most or least))
    return table


SIGNATURES = _table(
    """
    UPPER,LOWER,INITCAP,NLS_UPPER,NLS_LOWER,NLS_INITCAP  T        T               1-2
    SUBSTR,SUBSTRB,SUBSTRC,SUBSTR2,SUBSTR4                TNN      T               2-3
    INSTR,INSTRB,INSTRC                                   TTNN     numeric         2-4
    LENGTH,LENGTHB,LENGTHC,ASCII                          T        numeric         1
    LPAD,RPAD                                             TNT      T               2-3
    LTRIM,RTRIM                                           TT       T               1-2
    REPLACE                                               TTT      T               2-3
    TRANSLATE                                             TTT      T               3
    CONCAT                                                TT       T               2
    CHR,NCHR                                              N        varchar         1
    SOUNDEX,REVERSE                                       T        varchar         1
    REGEXP_REPLACE                                        TTTNNT   T               2-6
    REGEXP_SUBSTR                                         TTNNTN   T               2-6
    REGEXP_INSTR                                          TTNNNTN  numeric         2-7
    REGEXP_COUNT                                          TTNT     numeric         2-4
    ABS,CEIL,FLOOR,SQRT,EXP,LN                            N        1               1
    SIN,COS,TAN,ASIN,ACOS,ATAN,SINH,COSH,TANH             N        1               1
    SIGN                                                  N        numeric         1
    POWER,LOG,ATAN2,MOD,REMAINDER,NANVL                   NN       1               2
    BITAND                                                NN       numeric         2
    WIDTH_BUCKET                                          NNNN     numeric         4
    ROUND,TRUNC                                           **       M               1-2
    TO_CHAR                                               *TT      varchar         1-3
    TO_NCHAR                                              *TT      oracle.nvarchar2  1-3
    TO_NUMBER                                             TTT      numeric         1-3
    TO_BINARY_DOUBLE                                      *TT      float8          1-3
    TO_BINARY_FLOAT                                       *TT      float4          1-3
    TO_DATE                                               TTT      oracle.date     1-3
    TO_TIMESTAMP                                          TTT      oracle.ts       1-3
    TO_TIMESTAMP_TZ                                       TTT      oracle.tstz     1-3
    TO_DSINTERVAL                                         T        oracle.ids      1-2
    TO_YMINTERVAL                                         T        oracle.iym      1
    NUMTODSINTERVAL                                       NT       oracle.ids      2
    NUMTOYMINTERVAL                                       NT       oracle.iym      2
    ADD_MONTHS                                            DN       oracle.date     2
    MONTHS_BETWEEN                                        DD       numeric         2
    LAST_DAY                                              D        oracle.date     1
    NEXT_DAY                                              D*       oracle.date     2
    NEW_TIME                                              DTT      oracle.date     3
    FROM_TZ                                               ST       oracle.tstz     2
    SYS_EXTRACT_UTC                                       Z        oracle.ts       1
    TZ_OFFSET                                             T        varchar         1
    SYSDATE,CURRENT_DATE                                  *        oracle.date     0
    SYSTIMESTAMP,CURRENT_TIMESTAMP                        *        oracle.tstz     0-1
    LOCALTIMESTAMP                                        *        oracle.ts       0-1
    SYS_CONTEXT                                           TTN      varchar         2-3
    USERENV                                               T        varchar         1
    USER,SESSIONTIMEZONE,DBTIMEZONE                       *        varchar         0
    UID                                                   *        numeric         0
    SYS_GUID                                              *        bytea           0
    STANDARD_HASH                                         *T       bytea           1-2
    ORA_HASH                                              *NN      numeric         1-3
    RAWTOHEX                                              R        varchar         1
    HEXTORAW                                              T        bytea           1
    EMPTY_CLOB                                            *        oracle.clob     0
    EMPTY_BLOB                                            *        oracle.blob     0
    TO_CLOB                                               *        oracle.clob     1
    TO_NCLOB                                              *        oracle.nclob    1
    TO_BLOB                                               *        oracle.blob     1
    TO_LOB                                                *        oracle.clob     1
    SCN_TO_TIMESTAMP                                      N        oracle.ts       1
    TIMESTAMP_TO_SCN                                      S        numeric         1
    DUMP                                                  *N       varchar         1-4
    VSIZE                                                 *        numeric         1
    ROWIDTOCHAR                                           W        varchar         1
    CHARTOROWID                                           T        oracle.rowid    1
    ASCIISTR,UNISTR,COMPOSE,DECOMPOSE                     T        varchar         1-2
    NLSSORT                                               TT       bytea           1-2
    XMLTYPE                                               *        oracle.xmltype  1
    """
)

LETTERS = {
    "N": "numeric",
    "D": "oracle.date",
    "S": "oracle.ts",
    "Z": "oracle.tstz",
    "Y": "oracle.iym",
    "I": "oracle.ids",
    "R": "bytea",
    "L": "oracle.clob",
    "W": "oracle.rowid",
}
