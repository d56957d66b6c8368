"""Scalar functions: what type each argument is converted to, and what type comes back.

One letter an argument: T text, N number, D date, S timestamp, Z timestamp with time zone, Y and I intervals, R raw, L
LOB, W rowid,
`B` bytes (RAW or BLOB) or else text, `*` as it is. The last letter repeats. The result is a PostgreSQL type, `1` for the
first argument's, `T` for text (a LOB if the first argument is one), `B` for bytes or text as the first argument, `M` for a
date or number like the first argument (TRUNC, ROUND). Functions of packages are named `PACKAGE.FUNCTION`.
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
    INSTR,INSTRB,INSTRC,INSTR2,INSTR4                                   TTNN     numeric         2-4
    LENGTH,LENGTHB,LENGTHC,LENGTH2,LENGTH4,ASCII                          T        numeric         1
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
    RAWTOHEX                                              *        varchar         1
    HEXTORAW                                              T        bytea           1
    EMPTY_CLOB                                            *        oracle.clob     0
    EMPTY_BLOB                                            *        oracle.blob     0
    TO_CLOB                                               *        oracle.clob     1
    TO_NCLOB                                              *        oracle.nclob    1
    TO_BLOB                                               *        oracle.blob     1
    TO_LOB                                                *        oracle.clob     1
    TO_BOOLEAN                                            *        bool            1
    SCN_TO_TIMESTAMP                                      N        oracle.ts       1
    TIMESTAMP_TO_SCN                                      S        numeric         1
    DUMP                                                  *N       varchar         1-4
    VSIZE                                                 *        numeric         1
    ROWIDTOCHAR                                           W        varchar         1
    CHARTOROWID                                           T        oracle.rowid    1
    COMPOSE,DECOMPOSE                                     T        oracle.nvarchar2  1
    RAWTONHEX                                             R        oracle.nvarchar2  1
    ROWIDTONCHAR                                          W        oracle.nvarchar2  1
    NLS_CHARSET_DECL_LEN                                  NN       numeric         2
    ASCIISTR                                              T        varchar         1
    UNISTR                                                T        oracle.nvarchar2  1
    CONVERT                                               TTT      varchar         2-3
    TO_SINGLE_BYTE,TO_MULTI_BYTE                          T        varchar         1
    NLS_CHARSET_ID                                        T        numeric         1
    NLS_CHARSET_NAME                                      N        varchar         1
    NLS_COLLATION_ID                                      T        numeric         1
    NLS_COLLATION_NAME                                    NT       varchar         1-2
    ORA_DST_ERROR                                         Z        numeric         1
    ORA_DST_CONVERT                                       ZNN      oracle.tstz     1-3
    BIN_TO_NUM                                            N        numeric         1-254
    ORA_DST_AFFECTED                                      Z        numeric         1
    NLSSORT                                               TT       bytea           1-2
    FROM_VECTOR,VECTOR_SERIALIZE                          *        varchar         1
    VECTOR_DIMENSION_COUNT,VECTOR_DIMS                    *        numeric         1
    VECTOR_DIMENSION_FORMAT                               *        varchar         1
    VECTOR_NORM                                           *        float8          1
    XMLTYPE                                               *        oracle.xmltype  1
    DBMS_DEBUG_JDWP.CURRENT_SESSION_ID                    *        numeric         0
    DBMS_DEBUG_JDWP.CURRENT_SESSION_SERIAL                *        numeric         0
    DBMS_FLASHBACK.GET_SYSTEM_CHANGE_NUMBER               *        numeric         0
    DBMS_LOB.GETLENGTH                                    B        numeric         1
    DBMS_LOB.SUBSTR                                       BNN      B               1-3
    DBMS_LOB.INSTR                                        TTNN     numeric         2-4
    DBMS_LOB.COMPARE                                      BB       numeric         2
    UTL_RAW.CAST_TO_RAW                                   T        bytea           1
    UTL_RAW.CAST_TO_VARCHAR2                              R        varchar         1
    UTL_RAW.LENGTH                                        R        numeric         1
    UTL_RAW.SUBSTR                                        RNN      bytea           2-3
    UTL_RAW.CAST_FROM_NUMBER                              N        bytea           1
    UTL_RAW.CAST_FROM_BINARY_INTEGER                      N        bytea           1
    UTL_RAW.CAST_TO_BINARY_INTEGER                        R        numeric         1
    UTL_ENCODE.BASE64_ENCODE,UTL_ENCODE.BASE64_DECODE     R        bytea           1
    DBMS_RANDOM.VALUE                                     N        numeric         0-2
    DBMS_RANDOM.RANDOM,DBMS_RANDOM.NORMAL                 *        numeric         0
    DBMS_RANDOM.STRING                                    TN       varchar         2
    DBMS_UTILITY.GET_TIME                                 *        numeric         0
    DBMS_UTILITY.GET_HASH_VALUE                           TNN      numeric         3
    DBMS_DEBUG_JDWP.CURRENT_SESSION_ID                    *        numeric         0
    DBMS_DEBUG_JDWP.CURRENT_SESSION_SERIAL                *        numeric         0
    DBMS_SESSION.UNIQUE_SESSION_ID                        *        varchar         0
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
