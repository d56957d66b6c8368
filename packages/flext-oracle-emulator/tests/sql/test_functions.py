"""FUNCTIONS.md is what the emulator has, and what it has exists in PostgreSQL.

It lists the functions of Oracle's SQL Language Reference (19c), and which of them the emulator has.

`python packages/flext-oracle-emulator/tests/sql/test_functions.py` writes it; a test checks that it is current.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flext_oracle_emulator.sql import translator as _translator  # noqa: F401 - the writers register themselves
from flext_oracle_emulator.sql.emit import aggregates, calls, expressions
from flext_oracle_emulator.sql.functions import SIGNATURES

if TYPE_CHECKING:
    from conftest import Database

TABLE = Path(__file__).parents[2] / "FUNCTIONS.md"

REFERENCE = {
    "Numeric": "ABS ACOS ASIN ATAN ATAN2 BITAND CEIL COS COSH EXP FLOOR LN LOG MOD NANVL POWER REMAINDER ROUND SIGN SIN"
    " SINH SQRT TAN TANH TRUNC WIDTH_BUCKET",
    "Text": "CHR CONCAT INITCAP LOWER LPAD LTRIM NCHR NLS_INITCAP NLS_LOWER NLS_UPPER NLSSORT REGEXP_REPLACE"
    " REGEXP_SUBSTR REPLACE RPAD RTRIM SOUNDEX SUBSTR SUBSTRB SUBSTRC SUBSTR2 SUBSTR4 TRANSLATE TRIM UPPER ASCII INSTR"
    " INSTRB INSTRC INSTR2 INSTR4 LENGTH LENGTHB LENGTHC LENGTH2 LENGTH4 REGEXP_COUNT REGEXP_INSTR COLLATION"
    " NLS_COLLATION_ID NLS_COLLATION_NAME",
    "Character sets": "NLS_CHARSET_DECL_LEN NLS_CHARSET_ID NLS_CHARSET_NAME",
    "Datetime": "ADD_MONTHS CURRENT_DATE CURRENT_TIMESTAMP DBTIMEZONE EXTRACT FROM_TZ LAST_DAY LOCALTIMESTAMP"
    " MONTHS_BETWEEN NEW_TIME NEXT_DAY NUMTODSINTERVAL NUMTOYMINTERVAL ORA_DST_AFFECTED ORA_DST_CONVERT ORA_DST_ERROR"
    " ROUND SESSIONTIMEZONE SYS_EXTRACT_UTC SYSDATE SYSTIMESTAMP TO_CHAR TO_DSINTERVAL TO_TIMESTAMP TO_TIMESTAMP_TZ"
    " TO_YMINTERVAL TRUNC TZ_OFFSET",
    "Comparison and NULL": "GREATEST LEAST COALESCE LNNVL NANVL NULLIF NVL NVL2 DECODE",
    "Conversion": "ASCIISTR BIN_TO_NUM CAST CHARTOROWID COMPOSE CONVERT DECOMPOSE HEXTORAW NUMTODSINTERVAL"
    " NUMTOYMINTERVAL RAWTOHEX RAWTONHEX ROWIDTOCHAR ROWIDTONCHAR SCN_TO_TIMESTAMP TIMESTAMP_TO_SCN TO_BINARY_DOUBLE"
    " TO_BINARY_FLOAT TO_BLOB TO_CHAR TO_CLOB TO_DATE TO_DSINTERVAL TO_LOB TO_MULTI_BYTE TO_NCHAR TO_NCLOB TO_NUMBER"
    " TO_SINGLE_BYTE TO_TIMESTAMP TO_TIMESTAMP_TZ TO_YMINTERVAL TREAT UNISTR VALIDATE_CONVERSION",
    "LOB": "BFILENAME EMPTY_BLOB EMPTY_CLOB",
    "Collection": "CARDINALITY COLLECT POWERMULTISET POWERMULTISET_BY_CARDINALITY SET",
    "Hierarchy": "SYS_CONNECT_BY_PATH",
    "JSON": "IS JSON JSON_ARRAY JSON_ARRAYAGG JSON_DATAGUIDE JSON_EQUAL JSON_EXISTS JSON_MERGEPATCH JSON_OBJECT"
    " JSON_OBJECTAGG JSON_QUERY JSON_SERIALIZE JSON_TABLE JSON_VALUE".replace("IS JSON ", "IS_JSON "),
    "XML": "APPENDCHILDXML DELETEXML DEPTH EXISTSNODE EXTRACTVALUE INSERTCHILDXML SYS_DBURIGEN SYS_XMLAGG SYS_XMLGEN"
    " UPDATEXML XMLAGG XMLCAST XMLCDATA XMLCOLATTVAL XMLCOMMENT XMLCONCAT XMLDIFF XMLELEMENT XMLEXISTS XMLFOREST"
    " XMLISVALID XMLPARSE XMLPATCH XMLPI XMLQUERY XMLROOT XMLSEQUENCE XMLSERIALIZE XMLTABLE XMLTRANSFORM",
    "Encoding": "DUMP ORA_HASH STANDARD_HASH VSIZE",
    "Environment and identifiers": "SYS_CONTEXT SYS_GUID SYS_TYPEID UID USER USERENV",
    "Aggregate": "ANY_VALUE APPROX_COUNT APPROX_COUNT_DISTINCT APPROX_MEDIAN APPROX_PERCENTILE APPROX_RANK APPROX_SUM AVG"
    " CORR CORR_K CORR_S COUNT COVAR_POP COVAR_SAMP CUME_DIST DENSE_RANK GROUP_ID GROUPING GROUPING_ID LISTAGG MAX MEDIAN"
    " MIN PERCENT_RANK PERCENTILE_CONT PERCENTILE_DISC RANK REGR_AVGX REGR_AVGY REGR_COUNT REGR_INTERCEPT REGR_R2"
    " REGR_SLOPE REGR_SXX REGR_SXY REGR_SYY STATS_BINOMIAL_TEST STATS_CROSSTAB STATS_F_TEST STATS_KS_TEST STATS_MODE"
    " STATS_MW_TEST STATS_ONE_WAY_ANOVA STATS_T_TEST_ONE STDDEV STDDEV_POP STDDEV_SAMP SUM VAR_POP VAR_SAMP VARIANCE",
    "Analytic": "CUME_DIST DENSE_RANK FIRST_VALUE LAG LAST_VALUE LEAD NTH_VALUE NTILE PERCENT_RANK RANK RATIO_TO_REPORT"
    " ROW_NUMBER",
    "Conditions": "REGEXP_LIKE LNNVL JSON_EQUAL JSON_EXISTS",
}

#: What other syntax than a plain call provides (COLLECT and POWERMULTISET stand in CAST).
_SYNTAX = frozenset(
    (
        *("CAST", "IS_JSON", "JSON_TABLE", "LNNVL", "REGEXP_LIKE", "JSON_EQUAL", "JSON_EXISTS"),
        *("XMLTABLE", "XMLEXISTS", "XMLSEQUENCE", "COLLECT", "POWERMULTISET"),
    )
)


def available() -> frozenset[str]:
    """Names that SQL can call."""
    special = {name for name, writer in calls.SPECIAL.items() if writer is not calls.not_yet}
    groups = aggregates.AGGREGATES - aggregates.NOT_YET | aggregates.ANALYTIC_ONLY
    return frozenset(SIGNATURES) | special | groups | frozenset(expressions.NILADIC) | _SYNTAX


def render() -> str:
    have = available()
    lines = [
        "# SQL functions",
        "",
        "The functions of Oracle's SQL Language Reference (19c). Those that are missing raise ORA-03001 or ORA-00904.",
        "Written by tests/sql/test_functions.py from the emulator's own tables; a test keeps it current.",
        "",
        "| group | there | missing |",
        "|---|---|---|",
    ]
    every: set[str] = set()
    for group, names in REFERENCE.items():
        listed = [name.replace("IS_JSON", "IS JSON") for name in sorted(names.split()) if name in have]
        missing = sorted(name for name in names.split() if name not in have)
        every |= set(names.split())
        lines.append(f"| {group} | {', '.join(listed)} | {', '.join(missing)} |")
    packages = sorted(name for name in SIGNATURES if "." in name)
    lines += ["", f"{len(every & have)} of {len(every)} functions.", ""]
    lines += [f"Functions of supplied packages that queries may call: {', '.join(packages)}.", ""]
    return "\n".join(lines)


def test_functions_md_is_current() -> None:
    assert TABLE.read_text(encoding="utf-8") == render()


def test_every_function_of_the_table_exists(db: Database) -> None:
    names = {name.replace(".", "_") for name in SIGNATURES if name not in calls.SPECIAL}
    assert names - db.catalog.functions == set()


if __name__ == "__main__":
    TABLE.write_text(render(), encoding="utf-8")
