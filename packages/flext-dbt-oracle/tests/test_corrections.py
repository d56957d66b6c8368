"""The defects of dbt-oracle 1.11 that users meet, each shown on the bare adapter and mended by the package.

Two projects have the same models; one is plain, the other as `flext-dbt-oracle init` writes it. Everything runs twice,
since the second run is where Oracle projects break.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import oracledb
import pytest
from dbt_projects import Outcome, Project

NewProject = Callable[..., Project]


@dataclass(frozen=True, slots=True)
class Runs:
    """A project after two runs, and what they ended with."""

    project: Project
    first: Outcome
    second: Outcome

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        return self.project.query(sql)


def model(sql: str, **config: object) -> str:
    return "{{ config(" + ", ".join(f"{key}={value!r}" for key, value in config.items()) + ") }}\n" + sql


def kind(later: str) -> str:
    """A materialized view that becomes something else in the second run."""
    return (
        f"{{{{ config(materialized='{later}' if env_var('DBT_STEP', '1') == '2' else 'materialized_view', unique_key='n') }}}}"
        "\nselect count(*) as n from dual"
    )


STEP = "(select step from control)"

FILES = {
    # ------------------------------------------------------------------------------------------------ B1: unit tests
    "models/unit/ut_in.sql": model(
        "select 1 as id, cast('a' as varchar2(3)) as name, date '2024-01-01' as d,"
        " systimestamp as ts, 1 as flag, hextoraw('AB') as badge, to_clob('x') as notes, cast('n' as nvarchar2(5)) as title,"
        " to_blob(hextoraw('AB')) as photo, interval '1' day as hours, cast(1 as binary_double) as rating from dual",
        materialized="table",
    ),
    "models/unit/ut_out.sql": (
        "with source as (select * from {{ ref('ut_in') }})\n"
        "select id, upper(name) as name, d + 1 as next_day, flag, badge from source where ts > timestamp '2024-01-01 00:00:00'"
    ),
    "models/unit/ut_other.sql": "select id, name from {{ ref('ut_in') }}",
    "models/unit/unit.yml": """
version: 2
unit_tests:
- name: rows_compare
  model: ut_out
  given:
  - input: ref('ut_in')
    rows:
    - {id: 1, name: "it's", d: 2024-02-28, ts: "2024-03-01 10:00:00", flag: true, badge: "00FF", notes: text, title: "\u00fc"}
    - {id: 2, name: longer than three, d: "2024-02-29 13:00", ts: "2024-03-01T10:00:00.5Z", flag: false}
    - {id: 3, ts: "2023-01-01"}
  expect:
    rows:
    - {id: 1, name: "IT'S", next_day: 2024-02-29, flag: 1, badge: "00FF"}
    - {id: 2, name: LONGER THAN THREE, next_day: "2024-03-01 13:00:00", flag: 0, badge: null}
- name: nothing_in_nothing_out
  model: ut_out
  given: [{input: ref('ut_in'), rows: []}]
  expect: {rows: []}
- name: a_wrong_expectation
  model: ut_other
  given: [{input: ref('ut_in'), rows: [{id: 1, name: a}]}]
  expect: {rows: [{id: 1, name: B}]}
""",
    # ---------------------------------------------------------------------------------------- B2: hooks after commit
    "models/hooks/hooked.sql": model(
        "select 1 as id from dual",
        materialized="table",
        post_hook=[{"sql": "insert into hook_log values ('after')", "transaction": False}],
    ),
    # --------------------------------------------------------------------------------------- B3: merge on every column
    "models/merge/all_key.sql": model(
        f"select level as id, 'x' as name from dual connect by level <= {STEP}",
        materialized="incremental",
        unique_key=["id", "name"],
    ),
    # ----------------------------------------------------------------------------------------- B4: quoted predicates
    "models/predicates/quoted.sql": model(
        f"select 1 as id, 'open' as status, {STEP} as n from dual union all select 2, 'done', {STEP} from dual",
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="id",
        incremental_predicates=["DBT_INTERNAL_DEST.status in ('open', 'done')"],
    ),
    # ------------------------------------------------------------------------------------------- B5: rows affected
    "models/rows/counted.sql": model(
        f"select level as id, {STEP} as n from dual connect by level <= 3 + {STEP}",
        materialized="incremental",
        unique_key="id",
    ),
    # ---------------------------------------------------------------------------------- B6: names on the second run
    "models/names/named.sql": model(
        "select 1 as id, cast('a' as varchar2(5)) as code from dual", materialized="table", contract={"enforced": True}
    ),
    "models/names/indexed.sql": model(
        "select 1 as id, 2 as n from dual",
        materialized="table",
        post_hook="create index ix_of_indexed on {{ this }} (n)",
    ),
    "models/names/names.yml": """
version: 2
models:
- name: named
  constraints:
  - {type: primary_key, columns: [id], name: pk_named}
  - {type: check, expression: "id > 0", name: ck_named}
  columns:
  - {name: id, data_type: number}
  - {name: code, data_type: varchar2(5), constraints: [{type: not_null}]}
""",
    # ---------------------------------------------------------------------------------- B15: foreign keys of contracts
    "models/foreign/parent.sql": model("select 1 as id from dual", materialized="table", contract={"enforced": True}),
    "models/foreign/child.sql": model(
        "select 1 as id, 1 as parent_id from {{ ref('parent') }}", materialized="table", contract={"enforced": True}
    ),
    "models/foreign/foreign.yml": """
version: 2
models:
- name: parent
  constraints: [{type: primary_key, columns: [id], name: pk_parent}]
  columns: [{name: id, data_type: number}]
- name: child
  constraints: [{type: foreign_key, columns: [parent_id], to: ref('parent'), to_columns: [id], name: fk_child}]
  columns: [{name: id, data_type: number}, {name: parent_id, data_type: number}]
""",
    # ------------------------------------------------------------------------------ B7: replaced materialized views
    "models/kinds/becomes_table.sql": kind("table"),
    "models/kinds/becomes_view.sql": kind("view"),
    "models/kinds/becomes_incremental.sql": kind("incremental"),
    # ------------------------------------------------------------------------------------------------ B8: freshness
    "models/fresh/sources.yml": """
version: 2
sources:
- name: raw
  schema: "{{ target.schema }}"
  tables:
  - name: loads
    config:
      freshness: {warn_after: {count: 1, period: day}}
      loaded_at_query: "select max(loaded_at) from {{ target.schema }}.loads"
""",
    # --------------------------------------------------------------------------------------------------- B9: functions
    "functions/plus_one.sql": "p_id + 1",
    "functions/label_of.sql": "select 'n' || p_id from dual",
    "functions/functions.yml": """
functions:
- name: plus_one
  config: {volatility: deterministic}
  arguments: [{name: p_id, data_type: "number(10)"}]
  returns: {data_type: "number(10)"}
- name: label_of
  arguments: [{name: p_id, data_type: number}]
  returns: {data_type: varchar2(20)}
""",
    # ---------------------------------------------------------------------------------- B10: what hangs on a table
    "models/hanging/customers.sql": model(
        f"select level as id, 'n' || level as name, {STEP} as n from dual connect by level <= 3",
        materialized="table",
        post_hook="{{ pk(this) }}",
    ),
    "macros/pk.sql": "{% macro pk(relation) %}{% if execute %}{% do run_query('alter table ' ~ relation ~"
    " ' add primary key (id)') %}{% endif %}{% endmacro %}",
    # ------------------------------------------------------------------------------- B12: two changes on one day
    "models/snap/changing.sql": "select 1 as id, 'v' || step as name,"
    " to_date('2024-01-01 0' || step || ':00:00', 'YYYY-MM-DD HH24:MI:SS') as updated_at from control",
    "snapshots/history.yml": """
snapshots:
- name: history
  relation: ref('changing')
  config: {unique_key: id, strategy: timestamp, updated_at: updated_at}
""",
    # --------------------------------------------------------------------------------------- B14: rows that vanish
    "models/lost/replaced.sql": model(
        f"select 1 as id, case when {STEP} = 1 then 'kept' end as name from dual",
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="id",
    ),
    "models/lost/batched.sql": model(
        f"select 1 as id, case when {STEP} = 1 then 'kept' end as name, timestamp '2024-01-01 12:00:00' as at"
        " from {{ ref('events') }}",
        materialized="incremental",
        incremental_strategy="microbatch",
        event_time="at",
        begin="2024-01-01",
        batch_size="day",
    ),
    "models/lost/events.sql": model("select timestamp '2024-01-01 12:00:00' as at from dual", event_time="at"),
}


BEFORE = (
    "create table control (step number)",
    "insert into control values (1)",
    "create table hook_log (what varchar2(10))",
    "create table loads (loaded_at timestamp)",
    "insert into loads values (systimestamp)",
)
BETWEEN = (
    "update control set step = 2",
    "create index by_name on customers (upper(name), n desc)",
    "grant select on customers to public",
    "create table orders (id number, customer_id number constraint fk_orders references customers on delete cascade)",
    "insert into orders values (1, 1)",
    "alter table replaced modify (name not null)",
    "alter table batched modify (name not null)",
)
DAY = ("--event-time-start", "2024-01-01", "--event-time-end", "2024-01-02")


def run_twice(project: Project) -> Runs:
    project.execute(*BEFORE)
    outcomes = []
    for step in (1, 2):
        project.environment["DBT_STEP"] = str(step)
        outcomes.append(project.dbt("build", *DAY, fails=True))  # some tests and models are wrong on purpose
        if step == 1:
            project.execute(*BETWEEN)
    return Runs(project, *outcomes)


@pytest.fixture(scope="module")
def ours(new_project: NewProject) -> Runs:
    return run_twice(new_project(FILES))


@pytest.fixture(scope="module")
def plain(new_project: NewProject) -> Runs:
    """The bare adapter."""
    return run_twice(new_project(FILES, plain=True))


def test_only_what_is_wrong_on_purpose_fails(ours: Runs) -> None:
    def bad(outcome: Outcome) -> list[str]:
        return sorted(key.split(".")[-1] for key, node in outcome.nodes.items() if node["status"] in {"error", "fail"})

    assert bad(ours.first) == ["a_wrong_expectation"]
    assert bad(ours.second) == ["a_wrong_expectation", "batched", "replaced"]


def test_unit_tests_compare_rows(ours: Runs, plain: Runs) -> None:
    assert ours.first.status("rows_compare") == "pass", ours.first.message("rows_compare")
    assert ours.first.status("nothing_in_nothing_out") == "pass"
    assert ours.first.status("a_wrong_expectation") == "fail"
    assert "actual differs from expected" in ours.first.log
    assert "pass" not in {plain.first.status(name) for name in ("rows_compare", "nothing_in_nothing_out")}
    assert plain.first.status("a_wrong_expectation") == "error"
    assert "ORA-0" in plain.first.message("a_wrong_expectation")


def test_hooks_run_after_the_commit_and_their_work_stays(ours: Runs, plain: Runs) -> None:
    assert ours.query("select what from hook_log") == [("after",), ("after",)]
    assert "ORA-00911" in plain.first.message("hooked")


def test_a_merge_whose_key_is_the_whole_row_inserts_what_is_new(ours: Runs, plain: Runs) -> None:
    assert ours.second.rows("all_key") == 1
    assert ours.query("select id from all_key order by id") == [(1,), (2,)]
    assert "ORA-" in plain.second.message("all_key")


def test_predicates_may_hold_quoted_text(ours: Runs, plain: Runs) -> None:
    assert ours.query("select id, n from quoted order by id") == [(1, 2), (2, 2)]
    assert "ORA-06550" in plain.second.message("quoted")


def test_the_rows_of_an_incremental_run_are_reported(ours: Runs, plain: Runs) -> None:
    assert ours.second.rows("counted") == 5
    assert plain.second.rows("counted") == 0
    assert ours.query("select count(*), min(n) from counted") == [(5, 2)]


def test_named_constraints_and_indexes_do_not_collide_on_the_second_run(ours: Runs, plain: Runs) -> None:
    assert ours.query(
        "select constraint_name from user_constraints where table_name = 'NAMED' and generated = 'USER NAME' order by 1"
    ) == [("CK_NAMED",), ("PK_NAMED",)]
    assert ours.query("select index_name from user_indexes where table_name in ('NAMED', 'INDEXED') order by 1") == [
        ("IX_OF_INDEXED",),
        ("PK_NAMED",),
    ]
    assert "ORA-02264" in plain.second.message("named")
    assert "ORA-00955" in plain.second.message("indexed")


def test_a_contract_has_foreign_keys(ours: Runs, plain: Runs) -> None:
    assert ours.query(
        "select c.constraint_name, p.table_name from user_constraints c"
        " join user_constraints p on p.constraint_name = c.r_constraint_name"
        " where c.table_name = 'CHILD'"
    ) == [("FK_CHILD", "PARENT")]
    assert "ORA-02440" in plain.first.message("child")


@pytest.mark.parametrize(
    ("name", "kind"), [("becomes_table", "TABLE"), ("becomes_view", "VIEW"), ("becomes_incremental", "TABLE")]
)
def test_a_materialized_view_can_be_replaced(ours: Runs, plain: Runs, name: str, kind: str) -> None:
    assert ours.query(f"select object_type from user_objects where object_name = '{name.upper()}'") == [(kind,)]
    assert ours.query(f"select n from {name}") == [(1,)]
    assert "ORA-" in plain.second.message(name)


def test_freshness_by_a_query(ours: Runs, plain: Runs) -> None:
    assert "PASS freshness of raw.loads" in ours.project.dbt("source", "freshness").log
    assert "ORA-00923" in plain.project.dbt("source", "freshness", fails=True).log


def test_functions_are_created_and_answer(ours: Runs, plain: Runs) -> None:
    with ours.project.connect() as connection, connection.cursor() as cursor:
        assert cursor.callfunc("plus_one", int, [41]) == 42
        assert cursor.callfunc("label_of", str, [7]) == "n7"
    status = "select object_name, status from user_objects where object_type = 'FUNCTION' order by object_name"
    assert ours.query(status) == [("LABEL_OF", "VALID"), ("PLUS_ONE", "VALID")]
    with plain.project.connect() as connection, connection.cursor() as cursor:
        # Oracle creates what it cannot compile, and the bare adapter says OK
        assert plain.first.message("plus_one") == "OK"
        assert plain.query(status) == [("LABEL_OF", "INVALID"), ("PLUS_ONE", "INVALID")]
        with pytest.raises(oracledb.DatabaseError, match="ORA-06550"):
            cursor.callfunc("plus_one", int, [41])


def test_a_function_that_does_not_compile_is_an_error(new_project: NewProject) -> None:
    project = new_project(
        {
            "functions/wrong.sql": "begin return nosuch_function(1) end;",
            "functions/functions.yml": "functions: [{name: wrong, arguments: [], returns: {data_type: number}}]",
        }
    )
    assert "does not compile" in project.dbt("build", fails=True).log


GRANTS = "select grantee, privilege from user_tab_privs where table_name = 'CUSTOMERS'"
INDEXES = "select index_name from user_indexes where table_name = 'CUSTOMERS' and index_name = 'BY_NAME'"
KEYS = (
    "select constraint_name, delete_rule, status, validated from user_constraints"
    " where table_name = 'ORDERS' and constraint_type = 'R'"
)


def test_grants_indexes_and_foreign_keys_survive_a_rebuild(ours: Runs, plain: Runs) -> None:
    assert ours.query("select distinct n from customers") == [(2,)]
    assert ours.query(GRANTS) == [("PUBLIC", "SELECT")]
    assert ours.query(INDEXES) == [("BY_NAME",)]
    assert ours.query(KEYS) == [("FK_ORDERS", "CASCADE", "ENABLED", "VALIDATED")]
    for question in (GRANTS, INDEXES, KEYS):
        assert plain.query(question) == []


def test_two_changes_on_one_day_have_two_snapshot_ids(ours: Runs, plain: Runs) -> None:
    ids = "select count(*), count(distinct dbt_scd_id), count(dbt_valid_to) from history"
    assert ours.query(ids) == [(2, 2, 1)]
    # the bare adapter hashes '01-JAN-24' both times, and the change is taken for the old row
    assert plain.query(ids) == [(1, 1, 1)]


@pytest.mark.parametrize("name", ["replaced", "batched"])
def test_a_failed_insert_does_not_lose_the_deleted_rows(ours: Runs, plain: Runs, name: str) -> None:
    assert "ORA-01400" in ours.second.log
    assert "ORA-01400" in plain.second.log
    assert ours.query(f"select name from {name}") == [("kept",)]
    assert plain.query(f"select name from {name}") == []


def test_nothing_is_left_behind(ours: Runs) -> None:
    """But the temporary tables of the two models that failed, until they run again."""
    leftovers = "select count(*) from user_tables where table_name like '%DBT%' or table_name like 'O$PT%'"
    assert ours.query(leftovers) == [(2,)]
    ours.project.execute("update replaced set name = 'back'", "update control set step = 1")
    ours.project.dbt("run", "--select", "replaced", "batched", *DAY)
    assert ours.query(leftovers) == [(0,)]


def test_the_dictionary_is_asked_for_names_as_it_stores_them(ours: Runs, plain: Runs) -> None:
    """UPPER(owner) = .. is served by no index of the dictionary; owner = .. is."""

    def asked(runs: Runs) -> tuple[bool, bool]:
        log = (runs.project.root / "logs" / "dbt.log").read_text().lower()
        relations, columns = "from sys.all_tables", "from sys.all_tab_columns"
        assert relations in log
        assert columns in log
        name = runs.project.user.lower()
        return f"upper(owner) = upper('{name}')" in log, f"owner = '{name}'" in log

    assert asked(plain) == (True, False)
    assert asked(ours) == (False, True)
