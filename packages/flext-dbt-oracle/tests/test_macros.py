"""Macros that a model or a run-operation calls: partition clauses, query comment, plan, last change, and the dictionary."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from dbt_projects import Project

FILES = {
    "models/listed.sql": "{{ config(materialized='table', partition_config={'clause':"
    " flext_dbt_oracle.oracle_partition_by_list('country', {'p_ch': ['CH'], 'p_eu': ['DE', \"o'FR\"]})}) }}\n"
    "select 'DE' as country from dual union all select 'CH' from dual",
    "models/hashed.sql": "{{ config(materialized='table', partition_config={'clause':"
    " flext_dbt_oracle.oracle_partition_by_hash('id', 4)}) }}\nselect level as id from dual connect by level <= 8",
    "macros/look.sql": """
{% macro last_modified() %}
  {% set sql = flext_dbt_oracle.oracle_last_modified(target.schema, 'hashed') %}
  {% set now = 'sys_extract_utc(systimestamp)' %}
  {% set just = run_query("select case when (" ~ sql ~ ") between " ~ now ~ " - interval '1' hour and " ~ now
      ~ " then 1 else 0 end from dual").rows[0][0] %}
  {{ log('changed just now ' ~ just, info=true) }}
{% endmacro %}
{% macro dictionary() %}
  {% set here = api.Relation.create(database=target.database, schema=target.schema, identifier='') %}
  {% set typed = here.incorporate(path={'identifier': 'typed'}) %}
  {% for name, macros in {'ours': flext_dbt_oracle, 'theirs': dbt}.items() %}
    {% set relations = macros.oracle__list_relations_without_caching(here) %}
    {% set found = [] %}
    {% for row in relations.rows %}{% do found.append(row.values() | map('string') | list) %}{% endfor %}
    {% set columns = [] %}
    {% for column in macros.oracle__get_columns_in_relation(typed) %}
      {% set sizes = [column.char_size, column.numeric_precision, column.numeric_scale] %}
      {% do columns.append([column.name, column.dtype] + sizes | map('string') | list) %}
    {% endfor %}
    {% set catalog = [] %}
    {% for row in macros.oracle__get_catalog(none, [target.schema]).rows %}
      {% do catalog.append(row.values() | map('string') | list) %}
    {% endfor %}
    {% set described = [] %}
    {% for row in macros.oracle__get_catalog_relations(none, [typed]).rows %}
      {% do described.append(row.values() | map('string') | list) %}
    {% endfor %}
    {{ log('seen ' ~ name ~ ' ' ~ tojson({'relations': found | sort, 'columns': columns, 'catalog': catalog | sort,
        'described': described}), info=true) }}
  {% endfor %}
{% endmacro %}
""",
}


@pytest.fixture(scope="module")
def project(new_project: Callable[..., Project]) -> Project:
    project = new_project(FILES)
    project.configure(**{"query-comment": {"comment": "{{ flext_dbt_oracle.oracle_query_comment(node) }}"}})
    project.execute(
        "create table typed (n number(9,2), i number, v varchar2(10 char), b varchar2(10 byte), c char(3), d date,"
        " t timestamp(3) with time zone, l clob, f binary_double)",
        "create view seen as select n from typed",
        "create materialized view kept as select n from typed",
        'create table "MiXed" (id number)',
    )
    project.dbt("run")
    return project


def test_list_partitions_have_the_values_of_the_config(project: Project) -> None:
    rows = project.query(
        "select partition_name, high_value from user_tab_partitions where table_name = 'LISTED' order by partition_position"
    )
    assert rows == [("P_CH", "'CH'"), ("P_EU", "'DE', 'o''FR'")]
    assert project.query("select country from listed partition (p_eu)") == [("DE",)]


def test_hash_partitions_are_as_many_as_asked(project: Project) -> None:
    assert project.query("select count(*) from user_tab_partitions where table_name = 'HASHED'") == [(4,)]
    assert project.query("select count(*) from hashed") == [(8,)]


def test_the_query_comment_names_run_and_model(project: Project) -> None:
    log = (project.root / "logs/dbt.log").read_text()
    comments = [json.loads(found) for found in re.findall(r"/\* (\{.*?\}) \*/", log)]
    named = [comment for comment in comments if comment.get("node") == "model.shop.hashed"]
    assert named
    assert {(comment["app"], comment["target"]) for comment in named} == {("dbt", "dev")}
    assert all(len(comment["invocation_id"]) == 36 for comment in named)


def test_the_last_change_of_a_table_that_was_just_made_is_now_in_utc(project: Project) -> None:
    assert "changed just now 1" in project.dbt("run-operation", "last_modified").log


def test_the_dictionary_is_read_as_the_adapter_reads_it(project: Project) -> None:
    log = project.dbt("run-operation", "dictionary").log
    ours, theirs = (json.loads(text) for text in re.findall(r"seen (?:ours|theirs) (\{.*\})", log))
    assert ours == theirs
    assert [column[0] for column in ours["columns"]] == list("NIVBCDTLF")
    assert [row[5] for row in ours["described"]] == list("NIVBCDTLF")
    assert {row[2] for row in ours["catalog"]} >= {"TYPED", "MiXed", "SEEN", "KEPT"}
    assert {(row[1], row[3]) for row in ours["relations"]} == {
        ("TYPED", "table"),
        ("LISTED", "table"),
        ("HASHED", "table"),
        ("MiXed", "table"),
        ("SEEN", "view"),
        ("KEPT", "materialized_view"),
    }


def test_a_plan_is_asked_with_explain_plan(project: Project) -> None:
    log = project.dbt("run-operation", "oracle_explain", "--args", "{select_sql: select * from typed}").log
    assert "Plan hash value: " in log
    assert re.search(r"TABLE ACCESS FULL *\| *TYPED", log)
