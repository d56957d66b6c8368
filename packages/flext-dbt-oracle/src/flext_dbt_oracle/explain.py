"""What an Oracle error in a dbt run means and what to do, by its code.

The codes that any pipeline meets are explained in flext-db-oracle; here is what they mean when dbt raises them.
"""

from __future__ import annotations

import re

import oracledb
from flext_db_oracle import explain as explain_driver_error

_CODE = re.compile(r"\b(?:ORA|DPY|PLS)-\d{4,5}\b")

_IN_DBT = {
    "ORA-00955": (
        "An object of this name exists that dbt does not know of. On a second run: `database` in the profile differs "
        "from DB_NAME (run `flext-dbt-oracle doctor`). Else a table that dbt does not list is in the way."
    ),
    "ORA-00911": (
        "A character that Oracle does not allow here: a trailing `;` in a model or hook, or a name with a leading "
        "underscore that needs quotes (`{{ flext_dbt_oracle.oracle_sdc('batched_at') }}`)."
    ),
    "ORA-00904": (
        "The column does not exist in what the model reads. TRUE and FALSE are not in SQL before 23ai (1 and 0), and text in "
        "double quotes is a name."
    ),
    "ORA-00933": "The statement goes on after its end: a `;`, a LIMIT, or AS before a table alias.",
    "ORA-00923": (
        "SELECT without FROM: add `from dual` (needed before 23ai); or a reserved word as a column's alias (number, date, "
        "level ..). In unit tests or freshness: the project lacks the dispatch order or the shims (`flext-dbt-oracle init`)."
    ),
    "ORA-00936": "An expression is missing, as after a comma before FROM.",
    "ORA-00942": "The table does not exist or this user may not read it: GRANT SELECT, or check the source's schema.",
    "ORA-01031": "A privilege is missing; `flext-dbt-oracle doctor` lists which.",
    "ORA-01536": "The schema's quota is used up: ALTER USER .. QUOTA .. ON the tablespace; look for leftovers first.",
    "ORA-01652": "No temporary space left for a sort or join: build less at once (microbatch) or extend TEMP.",
    "ORA-01821": "Not a format of TRUNC: use dbt.date_trunc with the dispatch order of `flext-dbt-oracle init`.",
    "ORA-01839": "A day that the month does not have: use dbt.dateadd with the dispatch order of `flext-dbt-oracle init`.",
    "ORA-01843": "A text was converted to a date by the session's NLS format: use to_date with a format.",
    "ORA-01917": "A user or role in `grants:` does not exist in this database.",
    "ORA-02264": "The constraint's name is taken by the old table: use the shims of `flext-dbt-oracle init`.",
    "ORA-02298": "Rows without a parent: the foreign key is there but not validated. Find them with a relationships test.",
    "ORA-02440": "A foreign key inside CREATE TABLE AS SELECT: use the shims of `flext-dbt-oracle init`.",
    "ORA-12838": "The table was loaded by direct path in this transaction: move the hook after the commit.",
    "ORA-14452": "A temporary table is in use by another session: another run of the same model is going on.",
    "ORA-30926": "Two new rows have the same unique_key: remove duplicates in the model (`oracle_latest`).",
    "ORA-32034": "WITH inside WITH: an ephemeral model that begins with WITH; make it a view.",
    "ORA-38104": "A column of incremental_predicates is also updated: name other columns, or use delete+insert.",
    "DPY-4021": "The profile has no protocol: `flext-dbt-oracle profile` writes one that has.",
}


def codes(text: str) -> list[str]:
    """The error codes in a message, in order, each once."""
    return list(dict.fromkeys(_CODE.findall(text)))


def hint(code: str) -> str | None:
    """What to do about an error code, or None if nothing particular is known."""
    if code in _IN_DBT:
        return _IN_DBT[code]
    return explain_driver_error(oracledb.DatabaseError(f"{code}:")).hint


def hints(text: str) -> list[str]:
    """`CODE: what to do` for every code in a message that something is known about."""
    return [f"{code}: {known}" for code in codes(text) if (known := hint(code))]
