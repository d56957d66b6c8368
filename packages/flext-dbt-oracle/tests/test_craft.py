"""Oracle craft: how tables are refreshed, indexed, partitioned and described, and what target-oracle's columns become.

One project, built twice; the second time the control table says 2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from dbt_projects import Outcome, Project

STEP = "(select step from control)"


def model(sql: str, **config: object) -> str:
    return "{{ config(" + ", ".join(f"{key}={value!r}" for key, value in config.items()) + ") }}\n" + sql


FILES = {
    # refresh in place
    "models/truncated.sql": model(
        f"select level as id, {STEP} as n from dual connect by level <= 3 - {STEP}",
        materialized="table",
        refresh_method="truncate_insert",
        parallel=2,
    ),
    "models/deleted.sql": model(
        f"select 1 as id, case {STEP} when 1 then 'old' when 3 then 'new' end as name from dual",
        materialized="table",
        refresh_method="delete_insert",
    ),
    "models/widened.sql": "{{ config(materialized='table', refresh_method='truncate_insert') }}\n"
    "select 1 as id {{ ', 2 as added' if env_var('DBT_STEP', '1') == '2' }} from dual",
    "models/narrowed.sql": "{{ config(materialized='table') }}\n"
    "select 1 as id {{ ', 2 as extra' if env_var('DBT_STEP', '1') == '1' }} from dual",
    # partitions
    "models/overwritten.sql": model(
        f"select date '2024-01-10' as d, 'jan' || {STEP} as name from dual where {STEP} = 1 union all"
        f" select date '2024-02-10', 'feb' || {STEP} from dual",
        materialized="incremental",
        incremental_strategy="insert_overwrite",
        partition_by={"field": "d", "granularity": "month"},
    ),
    "models/partitioned.sql": "{{ config(materialized='table', table_compression_clause=oracle('compression', 'basic'),"
    " partition_config={'clause': flext_dbt_oracle.oracle_partition_by_range('d', 'month', '2024-01-01')}) }}\n"
    "select date '2024-03-01' as d from dual",
    # indexes, constraints, statistics
    "models/indexed.sql": model(
        "select level as id, mod(level, 2) as parity, 'n' || level as name from dual connect by level <= 20",
        materialized="table",
        indexes=[
            {"columns": ["id"], "unique": True, "name": "ix_indexed_id"},
            {"columns": ["upper(name)", "parity"]},
        ],
        post_hook=[
            "{{ flext_dbt_oracle.oracle_add_constraint(this, 'primary_key', ['id'], state='rely disable novalidate') }}",
            "{{ flext_dbt_oracle.oracle_add_constraint(this, 'check', 'parity in (0, 1)') }}",
            "{{ flext_dbt_oracle.oracle_create_index(this, ['parity'], name='ix_parity') }}",
            "{{ flext_dbt_oracle.oracle_gather_stats(this) }}",
        ],
    ),
    # the session
    "models/session_of.sql": model(
        "select sys_context('userenv', 'module') as module, sys_context('userenv', 'action') as action,"
        " sys_context('userenv', 'client_identifier') as client, to_char(date '2024-01-02') as d,"
        " to_char(1.5) as n from dual",
        materialized="table",
        pre_hook="{{ flext_dbt_oracle.oracle_session_setup(parallel_dml=true, nls={'nls_date_format': 'YYYY\"y\"'}) }}",
    ),
    "models/numbered.sql": model(
        "select number_seq.nextval as id from dual",
        materialized="table",
        pre_hook="{{ flext_dbt_oracle.oracle_create_sequence('number_seq', start_with=100) }}",
    ),
    # what target-oracle loads
    "models/latest.sql": model(
        "{{ flext_dbt_oracle.oracle_latest(source('raw', 'events'), 'id') }}", materialized="table"
    ),
    "models/alive.sql": model(
        "select id, {{ flext_dbt_oracle.oracle_json_value('doc', '$.city') }} as city,"
        " {{ flext_dbt_oracle.oracle_json_value('doc', '$.age', 'number') }} as age,"
        " {{ flext_dbt_oracle.oracle_sdc('batched_at') }} as loaded_at"
        " from {{ source('raw', 'events') }} where {{ flext_dbt_oracle.oracle_not_deleted() }}",
        materialized="table",
    ),
    "models/sources.yml": """
version: 2
sources:
- name: raw
  schema: "{{ target.schema }}"
  tables: [{name: events}]
models:
- name: indexed
  data_tests:
  - flext_dbt_oracle.unique_combination: {arguments: {columns: [id, parity]}}
  - flext_dbt_oracle.unique_combination: {name: parity_repeats, arguments: {columns: [parity]}}
  - flext_dbt_oracle.same_row_count: {arguments: {compare_model: ref('indexed')}}
  - flext_dbt_oracle.same_row_count: {name: counts_differ, arguments: {compare_model: ref('latest')}}
  columns:
  - name: name
    data_tests:
    - flext_dbt_oracle.not_blank
- name: alive
  columns:
  - name: city
    data_tests:
    - flext_dbt_oracle.not_blank: {name: city_is_blank}
  - name: loaded_at
    data_tests:
    - flext_dbt_oracle.loaded_within: {arguments: {hours: 2}}
    - flext_dbt_oracle.loaded_within: {name: loaded_long_ago, arguments: {hours: -1}}
""",
    "tests/limited.sql": "{{ config(limit=5) }} select id from {{ ref('indexed') }}",
    "macros/oracle.sql": """
{% macro oracle(what, kind) %}{{ return(flext_dbt_oracle.oracle_compression(kind)) }}{% endmacro %}
{% macro look() %}
  {% if execute %}
    {% set relation = api.Relation.create(schema=target.schema, identifier='indexed') %}
    {{ log('columns ' ~ flext_dbt_oracle.oracle_get_columns_in_query('select 1 as a, 2 as "b" from dual') | join(' '), info=true) }}
    {{ log('comment ' ~ flext_dbt_oracle.oracle_get_table_comment(relation), info=true) }}
    {{ log('column comment ' ~ flext_dbt_oracle.oracle_get_column_comment(relation, 'id'), info=true) }}
    {% set stats = flext_dbt_oracle.oracle_model_stats(relation) %}
    {{ log('rows ' ~ stats.rows ~ ' analyzed ' ~ (stats.last_analyzed is not none), info=true) }}
    {% do flext_dbt_oracle.oracle_optimize_table('indexed') %}
    {% do flext_dbt_oracle.oracle_rebuild_unusable_indexes(relation) %}
  {% endif %}
{% endmacro %}
""",
}
SET_UP = (
    "create table control (step number)",
    "insert into control values (1)",
    'create table events (id number, doc varchar2(200), "_SDC_BATCHED_AT" timestamp, "_SDC_SEQUENCE" number,'
    ' "_SDC_DELETED_AT" timestamp)',
    """insert into events values (1, '{"city": "Bern", "age": 7}', sys_extract_utc(systimestamp) - 1/24, 1, null)""",
    """insert into events values (1, '{"city": "Rome"}', sys_extract_utc(systimestamp) - 1/48, 2, null)""",
    """insert into events values (2, '{"city": " "}', sys_extract_utc(systimestamp), 3, systimestamp)""",
    """insert into events values (3, '{"city": " "}', sys_extract_utc(systimestamp), 3, null)""",
)
BETWEEN = (
    "update control set step = 2",
    "grant select on truncated to public",
    "create index by_extra on narrowed (extra * 2)",
    "create index by_id on narrowed (id)",
    "alter table deleted modify (name not null)",
    "comment on table indexed is 'Twenty rows'",
    "comment on column indexed.id is 'From one'",
)
ON_PURPOSE = {"parity_repeats", "counts_differ", "limited", "city_is_blank", "loaded_long_ago"}


@pytest.fixture(scope="module")
def built(new_project: Callable[..., Project]) -> tuple[Project, Outcome, Outcome]:
    project = new_project(FILES)
    project.execute(*SET_UP)
    first = project.dbt("build", fails=True)
    project.execute(*BETWEEN)
    project.environment["DBT_STEP"] = "2"
    return project, first, project.dbt("build", "--exclude-resource-type", "test", fails=True)


@pytest.fixture(scope="module")
def project(built: tuple[Project, Outcome, Outcome]) -> Project:
    return built[0]


def bad(outcome: Outcome) -> set[str]:
    return {key.split(".")[2] for key, node in outcome.nodes.items() if node["status"] in {"error", "fail"}}


def test_only_what_is_wrong_on_purpose_fails(built: tuple[Project, Outcome, Outcome]) -> None:
    _, first, second = built
    assert bad(first) == ON_PURPOSE
    assert bad(second) == {"deleted"}


def test_a_tests_limit_is_oracles(built: tuple[Project, Outcome, Outcome]) -> None:
    assert built[1].nodes["test.shop.limited"]["failures"] == 5


def test_truncate_insert_keeps_the_table_and_its_grants(built: tuple[Project, Outcome, Outcome]) -> None:
    project, _, second = built
    assert project.query("select id, n from truncated") == [(1, 2)]
    assert project.query("select grantee from user_tab_privs where table_name = 'TRUNCATED'") == [("PUBLIC",)]
    assert second.rows("truncated") == 1


def test_delete_insert_leaves_the_rows_when_it_fails(built: tuple[Project, Outcome, Outcome]) -> None:
    project, _, second = built
    assert "ORA-01400" in second.message("deleted")
    assert project.query("select name from deleted") == [("old",)]


def test_a_changed_column_list_rebuilds_the_table(built: tuple[Project, Outcome, Outcome]) -> None:
    project, _, second = built
    assert "the columns changed, so the table is rebuilt" in second.log
    assert project.query("select id, added from widened") == [(1, 2)]


def test_an_index_on_a_column_that_is_gone_is_left_out_with_a_warning(
    built: tuple[Project, Outcome, Outcome],
) -> None:
    project, _, second = built
    assert "the index BY_EXTRA is not built again, its column EXTRA is no longer there" in second.log
    assert project.query("select index_name from user_indexes where table_name = 'NARROWED'") == [("BY_ID",)]


def test_insert_overwrite_replaces_the_partitions_that_arrive(project: Project) -> None:
    assert project.query("select name from overwritten order by 1") == [("feb2",), ("jan1",)]


def test_partitions_and_compression_are_in_the_dictionary(project: Project) -> None:
    assert project.query("select partitioned, compression from user_tables where table_name = 'PARTITIONED'") in [
        [("YES", None)],
        [("YES", "ENABLED")],
    ]


def test_indexes_survive_the_second_build_under_their_names(project: Project) -> None:
    rows = project.query(
        "select i.index_name, i.uniqueness, count(*) from user_indexes i join user_ind_columns c"
        " on c.index_name = i.index_name where i.table_name = 'INDEXED' group by i.index_name, i.uniqueness order by 1"
    )
    assert len(rows) == 3
    named = {row[0]: row[1:] for row in rows}
    assert named.pop("IX_INDEXED_ID") == ("UNIQUE", 1)
    assert named.pop("IX_PARITY") == ("NONUNIQUE", 1)
    ((name, described),) = named.items()
    assert name.startswith("IX_DBT_")
    assert described == ("NONUNIQUE", 2)


def test_a_rely_key_costs_nothing_and_a_check_checks(project: Project) -> None:
    rows: list[tuple[Any, ...]] = project.query(
        "select constraint_type, status, validated, rely from user_constraints where table_name = 'INDEXED'"
        " and constraint_name like '%DBT%' order by 1"
    )
    assert rows == [("C", "ENABLED", "VALIDATED", None), ("P", "DISABLED", "NOT VALIDATED", "RELY")]


def test_a_dba_sees_the_model_in_the_session(project: Project) -> None:
    ((module, action, client, date, number),) = project.query("select * from session_of")
    assert (module, action) == ("dbt:shop", "session_of")
    assert len(client) == 36  # the invocation's id
    assert (date, number) == ("2024y", "1.5")


def test_a_sequence_is_created_once(project: Project) -> None:
    assert project.query("select id from numbered") == [(101,)]


def test_the_latest_row_of_each_key_without_the_deleted(project: Project) -> None:
    assert project.query("select id, doc from latest order by id") == [(1, '{"city": "Rome"}'), (3, '{"city": " "}')]
    assert project.query("select id, city, age from alive order by id, city") == [
        (1, "Bern", 7),
        (1, "Rome", None),
        (3, " ", None),
    ]


def test_the_dictionary_is_a_macro_away(built: tuple[Project, Outcome, Outcome]) -> None:
    project = built[0]
    project.execute("comment on table indexed is 'Twenty rows'", "comment on column indexed.id is 'From one'")
    log = project.dbt("run-operation", "look").log
    assert "columns A b" in log
    assert "comment Twenty rows" in log
    assert "column comment From one" in log
    assert "rows 20 analyzed True" in log


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("materialized='table', refresh_method='magic'", "refresh_method 'magic' is not one of"),
        ("materialized='table', indexes=[{'column': 'id'}]", "each entry needs `columns`"),
        ("materialized='table', indexes=[{'columns': ['id'], 'sort': 1}]", "unknown key 'sort'"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(project: Project, config: str, message: str) -> None:
    project.write({"models/wrong.sql": "{{ config(" + config + ") }} select 1 as id from dual"})
    try:
        assert message in project.dbt("run", "--select", "wrong", fails=True).log
    finally:
        (project.root / "models/wrong.sql").unlink()


def _object_id(project: Project, name: str) -> int:
    ((number,),) = project.query(
        f"select object_id from user_objects where object_name = '{name}' and object_type = 'TABLE'"
    )
    return int(number)


def test_a_refresh_by_exchange_keeps_the_table_and_its_local_index(project: Project) -> None:
    rows = "select {{ env_var('DBT_STEP') }} as id, 'v{{ env_var('DBT_STEP') }}' as name from dual"
    clause = "partition by range (id) (partition all_rows values less than (maxvalue))"
    config = {"materialized": "table", "refresh_method": "exchange", "partition_config": {"clause": clause}}
    project.write({"models/exchanged.sql": model(rows, **config, indexes=[{"columns": ["name"], "local": True}])})
    project.environment["DBT_STEP"] = "1"
    project.dbt("run", "--select", "exchanged")
    first = _object_id(project, "EXCHANGED")
    project.environment["DBT_STEP"] = "2"
    assert project.dbt("run", "--select", "exchanged").rows("exchanged") == 1
    assert project.query("select id, name from exchanged") == [(2, "v2")]
    assert _object_id(project, "EXCHANGED") == first
    assert project.query("select partitioned from user_indexes where table_name = 'EXCHANGED'") == [("YES",)]
    assert project.query("select table_name from user_tables where table_name like '%EXCH'") == []


def test_a_refresh_by_exchange_needs_one_partition(project: Project) -> None:
    config = {"materialized": "table", "refresh_method": "exchange"}
    project.write({"models/unpartitioned.sql": model("select 1 as id from dual", **config)})
    project.dbt("run", "--select", "unpartitioned")
    outcome = project.dbt("run", "--select", "unpartitioned", fails=True)
    assert "has 0 partitions and needs exactly one" in outcome.message("unpartitioned")
    assert project.query("select id from unpartitioned") == [(1,)]


def by_exchange(width: str) -> str:
    return model(
        "select date '2024-01-10' as d, 'jan{{ env_var('DBT_STEP') }}' as name from dual where {{ env_var('DBT_STEP') }} = 1"
        " union all select date '2024-02-10', 'feb{{ env_var('DBT_STEP') }}' from dual"
        " union all select date '2024-03-10', 'mar' from dual where {{ env_var('DBT_STEP') }} = 2",
        materialized="incremental",
        incremental_strategy="insert_overwrite",
        overwrite_method="exchange",
        partition_by={"field": "d", "granularity": "month"},
        partition_config={
            "clause": f"partition by range (d) interval (numtoyminterval(1, '{width}'))"
            " (partition p_first values less than (date '2024-01-01'))"
        },
    )


def test_insert_overwrite_by_exchange_replaces_the_partitions_that_arrive(project: Project) -> None:
    project.write({"models/swapped.sql": by_exchange("MONTH")})
    project.environment["DBT_STEP"] = "1"
    project.dbt("run", "--select", "swapped")
    project.environment["DBT_STEP"] = "2"
    project.dbt("run", "--select", "swapped")
    assert project.query("select name from swapped order by d") == [("jan1",), ("feb2",), ("mar",)]
    assert project.query("select table_name from user_tables where table_name like '%EXCH'") == []


def test_insert_overwrite_by_exchange_refuses_partitions_that_are_wider(project: Project) -> None:
    project.write({"models/too_wide.sql": by_exchange("YEAR")})
    project.environment["DBT_STEP"] = "1"
    project.dbt("run", "--select", "too_wide")
    project.environment["DBT_STEP"] = "2"
    outcome = project.dbt("run", "--select", "too_wide", fails=True)
    assert "has rows of other values" in outcome.message("too_wide")
    assert project.query("select name from too_wide order by d") == [("jan1",), ("feb1",)]


def test_a_python_model_is_refused_by_name(project: Project) -> None:
    path = project.root / "models" / "frame.py"
    path.write_text("def model(dbt, session):\n    return None\n")
    try:
        outcome = project.dbt("run", "--select", "frame", fails=True)
    finally:
        path.unlink()
    assert "only supports languages ['sql']; got \"python\"" in outcome.message("frame")
