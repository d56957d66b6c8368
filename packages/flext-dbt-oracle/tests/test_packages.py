"""dbt_utils, dbt_expectations, dbt_date, audit_helper and codegen through `dispatch`.

The packages are not on the package index. Without `DBT_PACKAGES_DIR`, a folder with a checkout of each by its name, small
packages of those names stand in for them: they dispatch as the real ones do and have no Oracle SQL of their own, so
that what is compared here is this package's SQL. With the checkouts the same tests run on the real packages, and
`REAL_ONLY` besides.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from dbt_projects import Outcome, Project

CHECKOUTS = os.environ.get("DBT_PACKAGES_DIR")
NAMES = ["dbt_utils", "dbt_expectations", "dbt_date", "audit_helper", "codegen"]

# package: {macro: its parameters}, as the real package declares them
MACROS = {
    "dbt_utils": {
        "generate_series": "upper_bound",
        "get_intervals_between": "start_date, end_date, datepart",
        "date_spine": "datepart, start_date, end_date",
        "deduplicate": "relation, partition_by, order_by",
        "union_relations": "relations, column_override=none, include=[], exclude=[],"
        " source_column_name='_dbt_source_relation', where=none",
        "get_tables_by_pattern_sql": "schema_pattern, table_pattern, exclude='', database=target.database",
        "generate_surrogate_key": "field_list",
        "haversine_distance": "lat1, lon1, lat2, lon2, unit='mi'",
        "group_by": "n",
    },
    "dbt_expectations": {
        "expression_is_true": "model, expression, test_condition='= true', group_by_columns=none, row_condition=none",
        "truth_expression": "expression",
        "log_natural": "x",
        "quantile": "field, quantile, partition",
        "rand": "",
    },
    "dbt_date": {
        "convert_timezone": "column, target_tz=none, source_tz='UTC'",
        "date_part": "datepart, date",
        "day_name": "date, short=true",
        "month_name": "date, short=true",
        "day_of_week": "date, isoweek=true",
        "week_start": "date",
        "week_end": "date",
        "iso_week_of_year": "date",
        "iso_week_start": "date",
        "from_unixtimestamp": "epochs, format='seconds'",
        "to_unixtimestamp": "timestamp",
    },
    "audit_helper": {
        "compare_queries": "a_query, b_query, primary_key=none, summarize=true, limit=none",
        "compare_column_values": "a_query, b_query, primary_key, column_to_compare, emojis=true,"
        " a_relation_name='a', b_relation_name='b'",
        "compare_column_values_verbose": "a_query, b_query, primary_key, column_to_compare",
        "compare_all_columns": "a_relation, b_relation, primary_key, exclude_columns=[], summarize=true",
        "compare_relation_columns": "a_relation, b_relation",
        "compare_which_query_columns_differ": "a_query, b_query, primary_key_columns=[], columns=[], event_time=none",
        "quick_are_queries_identical": "query_a, query_b, columns=[], event_time=none",
    },
    "codegen": {},
}
# generic tests, each dispatched as test_<name>
TESTS = {
    "dbt_utils": {
        "at_least_one": "model, column_name, group_by_columns=[]",
        "equal_rowcount": "model, compare_model, group_by_columns=[]",
        "fewer_rows_than": "model, compare_model, group_by_columns=[]",
        "mutually_exclusive_ranges": "model, lower_bound_column, upper_bound_column, partition_by=none,"
        " gaps='allowed', zero_length_range_allowed=false",
        "not_empty_string": "model, column_name, trim_whitespace=true",
    },
}
EXTRA = {
    "dbt_utils": """
{% macro default__union_relations(relations, column_override, include, exclude, source_column_name, where) %}
  {% for relation in relations %}
  select '{{ relation }}' as {{ source_column_name }}, t.* from {{ relation }} t {{ 'union all' if not loop.last }}
  {% endfor %}
{% endmacro %}
""",
    "dbt_expectations": """
{% test expression_is_true(model, expression, test_condition='= true', group_by_columns=none, row_condition=none) %}
  {{ dbt_expectations.expression_is_true(model, expression, test_condition, group_by_columns, row_condition) }}
{% endtest %}
""",
}


def arguments(signature: str) -> str:
    return ", ".join(part.split("=")[0].strip() for part in signature.split(",") if part.strip())


def stand_in(folder: Path, name: str) -> None:
    (folder / "macros").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text(f"name: {name}\nversion: 1.0.0\nconfig-version: 2\n")
    parts = [EXTRA.get(name, "")]
    for macro, signature in MACROS[name].items():
        parts.append(
            f"{{% macro {macro}({signature}) %}}"
            f"{{{{ return(adapter.dispatch('{macro}', '{name}')({arguments(signature)})) }}}}{{% endmacro %}}"
        )
    for test, signature in TESTS.get(name, {}).items():
        parts.append(
            f"{{% test {test}({signature}) %}}"
            f"{{{{ return(adapter.dispatch('test_{test}', '{name}')({arguments(signature)})) }}}}{{% endtest %}}"
        )
    (folder / "macros" / "all.sql").write_text("\n".join(parts))


MOMENT = "timestamp '2021-03-07 13:14:15'"  # a Sunday
ROWS = "select * from {{ target.schema }}."

MODELS: dict[str, tuple[str, list[tuple[Any, ...]]]] = {
    "series": ("{{ dbt_utils.generate_series(3) }}", [(1,), (2,), (3,)]),
    "spine": (
        """{{ dbt_utils.date_spine('day', "date '2024-02-28'", "date '2024-03-02'") }}""",
        [(datetime(2024, 2, 28),), (datetime(2024, 2, 29),), (datetime(2024, 3, 1),)],
    ),
    "dedup": (
        "{{ dbt_utils.deduplicate(source('raw', 'a'), 'id', 'name desc') }}",
        [(1, "one", 1), (2, "two", 2), (3, None, 3)],
    ),
    "surrogate": (
        # the MD5 of '1-_dbt_utils_surrogate_key_null_', as on every other database
        """select {{ dbt_utils.generate_surrogate_key(['1', 'null']) }} as k from dual""",
        [("9902a3dc3ffe71035ef18229afae9987",)],
    ),
    "distance": (
        # Zurich to Bern
        "select round({{ dbt_utils.haversine_distance(47.3769, 8.5417, 46.948, 7.4474, 'km') }}) as km from dual",
        [(96,)],
    ),
    "united": (
        """select id, case when "_DBT_SOURCE_RELATION" like '%a' then 'a' else 'b' end as src from ("""
        "{{ dbt_utils.union_relations([source('raw', 'a'), source('raw', 'b')]) }}) where id = 2",
        [(2, "a"), (2, "b")],
    ),
    "tables": (
        'select name from (select t.*, "table_name" as name from ('
        "{{ dbt_utils.get_tables_by_pattern_sql(target.schema, 'A%', 'AX%') }}) t)",
        [("A",)],
    ),
    "zones": (
        f"select {{{{ dbt_date.convert_timezone(\"{MOMENT}\", 'Asia/Tokyo', 'UTC') }}}} as x from dual",
        [(datetime(2021, 3, 7, 22, 14, 15),)],
    ),
    "parts": (
        "select "
        + ", ".join(
            f'{{{{ dbt_date.date_part("{part}", "{MOMENT}") }}}} as p{number}'
            for number, part in enumerate(["year", "quarter", "dayofyear", "hour", "epoch"])
        )
        + " from dual",
        [(2021, 1, 66, 13, 1615122855)],
    ),
    "names_of": (
        f'select {{{{ dbt_date.day_name("{MOMENT}") }}}} as a, {{{{ dbt_date.day_name("{MOMENT}", false) }}}} as b,'
        f' {{{{ dbt_date.month_name("{MOMENT}") }}}} as c, {{{{ dbt_date.month_name("{MOMENT}", false) }}}} as d'
        " from dual",
        [("Sun", "Sunday", "Mar", "March")],
    ),
    "weeks": (
        f'select {{{{ dbt_date.day_of_week("{MOMENT}") }}}} as a, {{{{ dbt_date.day_of_week("{MOMENT}", false) }}}} as b,'
        f' {{{{ dbt_date.week_start("{MOMENT}") }}}} as c, {{{{ dbt_date.week_end("{MOMENT}") }}}} as d,'
        f' {{{{ dbt_date.iso_week_start("{MOMENT}") }}}} as e, {{{{ dbt_date.iso_week_of_year("{MOMENT}") }}}} as f'
        " from dual",
        [(7, 1, datetime(2021, 3, 7), datetime(2021, 3, 13), datetime(2021, 3, 1), 9)],
    ),
    "epochs": (
        f'select {{{{ dbt_date.from_unixtimestamp(1615122855) }}}} as a, {{{{ dbt_date.to_unixtimestamp("{MOMENT}") }}}}'
        " as b from dual",
        [(datetime(2021, 3, 7, 13, 14, 15), 1615122855)],
    ),
    "compared": (
        "{{ audit_helper.compare_queries('" + ROWS.replace("{{ target.schema }}.", "' ~ target.schema ~ '.") + "a',"
        " 'select * from ' ~ target.schema ~ '.b') }}",
        [(1, 1, 1, 16.67), (1, 0, 3, 50), (0, 1, 2, 33.33)],
    ),
    "by_column": (
        "{{ audit_helper.compare_column_values('select * from ' ~ source('raw', 'c'), 'select * from ' ~ source('raw', 'b'),"
        " 'id', 'name', emojis=false) }}",
        [
            ("name", "perfect match", 1, 25),
            ("name", "missing from a", 1, 25),
            ("name", "missing from b", 1, 25),
            ("name", "value is null in b only", 1, 25),
        ],
    ),
    "all_columns": (
        "{{ audit_helper.compare_all_columns(source('raw', 'c'), source('raw', 'b'), 'id') }}",
        [("ID", 2, 0, 0, 1, 1, 0), ("N", 1, 0, 0, 1, 1, 1), ("NAME", 1, 1, 1, 1, 1, 1)],
    ),
    "columns_of": (
        "select column_name, in_both from ({{ audit_helper.compare_relation_columns(source('raw', 'a'), source('raw', 'b')) }})",
        [("ID", 1), ("NAME", 1), ("N", 1)],
    ),
    "differing": (
        "{{ audit_helper.compare_which_query_columns_differ('select * from ' ~ source('raw', 'c'),"
        " 'select * from ' ~ source('raw', 'b'), ['id'], ['id', 'name', 'n']) }}",
        [("id", 0), ("name", 1), ("n", 1)],
    ),
    "identical": (
        "{{ audit_helper.quick_are_queries_identical('select * from ' ~ source('raw', 'a'),"
        " 'select * from ' ~ source('raw', 'a'), ['id', 'name']) }}",
        [(1,)],
    ),
    "not_identical": (
        "{{ audit_helper.quick_are_queries_identical('select * from ' ~ source('raw', 'a'),"
        " 'select distinct * from ' ~ source('raw', 'b'), ['id', 'name']) }}",
        [(0,)],
    ),
    "logarithm": ("select round({{ dbt_expectations.log_natural(10) }}, 5) as x from dual", [(2.30259,)]),
}

# test name: (model it is on, the YAML of the test, whether it passes)
DATA_TESTS: dict[str, tuple[str, str, bool]] = {
    "true_holds": ("a", "dbt_expectations.expression_is_true: {arguments: {expression: n > 0}}", True),
    "true_fails": ("a", "dbt_expectations.expression_is_true: {arguments: {expression: n > 1}}", False),
    "true_unknown": (
        "a",
        "dbt_expectations.expression_is_true: {arguments: {expression: name is not null or name > 'a'}}",
        True,
    ),
    "true_grouped": (
        "a",
        "dbt_expectations.expression_is_true: {arguments: {expression: count(*) < 2, group_by_columns: [id]}}",
        False,
    ),
    "rows_equal": ("a", "dbt_utils.equal_rowcount: {arguments: {compare_model: \"source('raw', 'a')\"}}", True),
    "rows_differ": ("a", "dbt_utils.equal_rowcount: {arguments: {compare_model: \"source('raw', 'b')\"}}", False),
    "rows_differ_by_group": (
        "a",
        "dbt_utils.equal_rowcount: {arguments: {compare_model: \"source('raw', 'b')\", group_by_columns: [id]}}",
        False,
    ),
    "fewer": ("b", "dbt_utils.fewer_rows_than: {arguments: {compare_model: \"source('raw', 'a')\"}}", True),
    "not_fewer": ("a", "dbt_utils.fewer_rows_than: {arguments: {compare_model: \"source('raw', 'b')\"}}", False),
    "some_value": ("a", "dbt_utils.at_least_one: {arguments: {column_name: name}}", True),
    "no_value": ("blank", "dbt_utils.at_least_one: {arguments: {column_name: nothing}}", False),
    "no_value_in_a_group": (
        "a",
        "dbt_utils.at_least_one: {arguments: {column_name: name, group_by_columns: [id]}}",
        False,
    ),
    "not_blank": ("a", "dbt_utils.not_empty_string: {arguments: {column_name: name}}", True),
    "blank": ("blank", "dbt_utils.not_empty_string: {arguments: {column_name: blanks}}", False),
    "ranges_apart": (
        "ranges",
        "dbt_utils.mutually_exclusive_ranges: {arguments: {lower_bound_column: lo, upper_bound_column: hi}}",
        True,
    ),
    "ranges_without_gaps": (
        "ranges",
        "dbt_utils.mutually_exclusive_ranges: {arguments: {lower_bound_column: lo, upper_bound_column: hi,"
        " gaps: not_allowed}}",
        False,
    ),
    "ranges_overlap": (
        "overlaps",
        "dbt_utils.mutually_exclusive_ranges: {arguments: {lower_bound_column: lo, upper_bound_column: hi}}",
        False,
    ),
}
REAL_ONLY = {
    "real_recency": ("ranges", "dbt_utils.recency: {arguments: {datepart: day, field: at, interval: 1}}", True),
    "real_accepted_range": ("a", "dbt_utils.accepted_range: {arguments: {column_name: n, min_value: 2}}", False),
    "real_in_set": (
        "a",
        "dbt_expectations.expect_column_distinct_count_to_equal: {arguments: {column_name: id, value: 3}}",
        True,
    ),
    "real_between": (
        "a",
        "dbt_expectations.expect_column_values_to_be_between: {arguments: {column_name: n, min_value: 2, max_value: 9}}",
        False,
    ),
    "real_max": (
        "a",
        "dbt_expectations.expect_column_max_to_be_between: {arguments: {column_name: n, min_value: 4, max_value: 4}}",
        True,
    ),
    "real_length": (
        "a",
        "dbt_expectations.expect_column_value_lengths_to_equal: {arguments: {column_name: name, value: 3}}",
        True,
    ),
    "real_row_count": (
        "a",
        "dbt_expectations.expect_table_row_count_to_equal: {arguments: {value: 4}}",
        True,
    ),
}
TABLES = (
    "create table a (id number, name varchar2(10), n number)",
    "insert into a values (1, 'one', 1)",
    "insert into a values (2, 'two', 2)",
    "insert into a values (3, null, 3)",
    "insert into a values (1, 'aaa', 4)",
    "create table b (id number, name varchar2(10), n number)",
    "insert into b values (1, 'one', 1)",
    "insert into b values (2, null, 5)",
    "insert into b values (4, 'four', 4)",
    "create table c (id number, name varchar2(10), n number)",
    "insert into c values (1, 'one', 1)",
    "insert into c values (2, 'two', 2)",
    "insert into c values (3, null, 3)",
    "create table ax (id number)",
    "create table ranges (lo number, hi number, at date)",
    "insert into ranges values (1, 2, sysdate)",
    "insert into ranges values (3, 4, sysdate)",
    "create table overlaps (lo number, hi number)",
    "insert into overlaps values (1, 3)",
    "insert into overlaps values (2, 4)",
    "create table blank (blanks varchar2(5), nothing number)",
    "insert into blank values ('  ', null)",
)


def data_tests() -> dict[str, tuple[str, str, bool]]:
    return DATA_TESTS | (REAL_ONLY if CHECKOUTS else {})


def schema_file() -> str:
    tables: dict[str, dict[str, Any]] = {
        name: {"name": name} for name in ("a", "b", "c", "ranges", "overlaps", "blank")
    }
    for name, (table, text, _passes) in data_tests().items():
        ((test, body),) = yaml.safe_load(text).items()
        tables[table].setdefault("data_tests", []).append({test: {"name": name, **body}})
    source = {"name": "raw", "schema": "{{ target.schema }}", "tables": list(tables.values())}
    return yaml.safe_dump({"version": 2, "sources": [source]})


@pytest.fixture(scope="module")
def built(new_project: Callable[..., Project], tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Outcome]:
    folder = tmp_path_factory.mktemp("packages")
    for name in NAMES:
        if CHECKOUTS:
            shutil.copytree(Path(CHECKOUTS) / name, folder / name)
            (folder / name / "packages.yml").unlink(missing_ok=True)  # each is in the project's own packages.yml
        else:
            stand_in(folder / name, name)
    project = new_project(
        {f"models/{name}.sql": sql for name, (sql, _rows) in MODELS.items()} | {"models/sources.yml": schema_file()}
    )
    packages = yaml.safe_load((project.root / "packages.yml").read_text())
    packages["packages"] += [{"local": str(folder / name)} for name in NAMES]
    (project.root / "packages.yml").write_text(yaml.safe_dump(packages))
    project.configure(vars={"dbt_date:time_zone": "UTC"})
    project.execute(*TABLES)
    project.dbt("compile")
    return project, project.dbt("test", fails=True)


@pytest.mark.parametrize("name", MODELS)
def test_the_macro_gives_these_rows(built: tuple[Project, Outcome], name: str) -> None:
    compiled = built[0].root / "target/compiled/shop/models" / f"{name}.sql"
    assert built[0].query(compiled.read_text()) == MODELS[name][1]


@pytest.mark.parametrize("name", data_tests())
def test_the_data_test_passes_or_fails(built: tuple[Project, Outcome], name: str) -> None:
    assert built[1].status(name) == ("pass" if data_tests()[name][2] else "fail"), built[1].message(name)


def test_group_by_position_is_refused_by_name(built: tuple[Project, Outcome]) -> None:
    outcome = built[0].dbt("compile", "--inline", "select {{ dbt_utils.group_by(2) }} from dual", fails=True)
    assert "Oracle does not group by position" in outcome.log
